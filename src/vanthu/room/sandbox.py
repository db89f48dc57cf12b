"""Namespaces around what reads strangers' bytes: Debian's bubblewrap, where the machine allows it."""

from __future__ import annotations

import functools
import logging
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

logger = logging.getLogger(__name__)

_SYSTEM = ("/usr", "/etc/ld.so.cache", "/etc/fonts", "/etc/alternatives", "/etc/localtime")
_LINKS = ("/bin", "/lib", "/lib64", "/sbin")
#: Bytes of the temporary folder, which is memory.
_ROOM = 2 * 1024**3


def around(read: Iterable[Path], *, write: Path | None = None) -> list[str]:
    """The command prefix that runs a program alone: own processes, own empty network, no disk but `read`.

    `write` is a folder it may write in. Empty where the machine gives no namespaces.
    """
    if not is_to_be_had():
        return []
    command = [
        str(shutil.which("bwrap")),
        *("--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"),
        *("--hostname", "room", "--proc", "/proc", "--dev", "/dev"),
        *("--size", str(_ROOM), "--tmpfs", "/tmp"),  # noqa: S108 - the sandbox's own, seen by nobody else
    ]
    for path in dict.fromkeys((*map(Path, _SYSTEM), *(each for each in read if _is_outside(each)))):
        command += ["--ro-bind-try", str(path), str(path)]
    for link in map(Path, _LINKS):
        command += ["--symlink", str(link.readlink()), str(link)] if link.is_symlink() else []
        command += ["--ro-bind", str(link), str(link)] if link.is_dir() and not link.is_symlink() else []
    if write is not None:
        command += ["--bind", str(write), str(write)]
    return [*command, "--chdir", "/", "--"]


def python_folders() -> list[Path]:
    """What this interpreter and this package need of the disk."""
    return [Path(sys.base_prefix), Path(sys.prefix), Path(__file__).parents[1]]


def _is_outside(path: Path) -> bool:
    return not path.is_relative_to("/usr") and not path.is_relative_to("/proc")


@functools.cache
def is_to_be_had() -> bool:
    """Whether bubblewrap works here; when not, the log says so once."""
    program = shutil.which("bwrap")
    if program is None:
        logger.warning("The room has no namespaces: bubblewrap is not installed")
        return False
    tried = subprocess.run(  # noqa: S603 - the arguments are ours
        [
            program,
            "--unshare-all",
            "--ro-bind",
            "/",
            "/",
            "--proc",
            "/proc",
            "--dev",
            "/dev",
            "/usr/bin/true",
        ],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if tried.returncode:
        said = tried.stderr.decode(errors="replace").strip()
        logger.warning("The room has no namespaces: bubblewrap says %s", said)
    return tried.returncode == 0
