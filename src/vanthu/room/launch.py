"""Give up what a program must not have, then become it: `python -I -m vanthu.room.launch FOLDER PROGRAM …`.

For programs that read strangers' files and that we did not write. Beside the namespaces of `room.sandbox`,
and alone where a machine gives none: writes in FOLDER and the temporary folder only, reads the system's own
files, reaches no network, gains no right.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
import tempfile
from pathlib import Path

import pyseccomp

from vanthu.room import confinement, landlock

_ALSO_READ = ("/bin", "/sbin", "/etc/libreoffice", "/etc/fonts", "/etc/alternatives", "/etc/passwd", "/proc")
_ALSO_WRITE = (Path("/tmp"), Path("/dev"))  # noqa: S108 - where the program puts its sockets
#: What a reader of documents has no need of: looking into others, the kernel's own affairs.
_DENIED = (
    "ptrace process_vm_readv process_vm_writev kcmp mount umount2 pivot_root chroot setns unshare bpf "
    "perf_event_open userfaultfd keyctl add_key request_key init_module finit_module delete_module "
    "kexec_load reboot swapon swapoff io_uring_setup acct quotactl"
)


def main(arguments: list[str]) -> None:
    """`arguments`: the folder it may write in, and the command."""
    folder, *command = arguments
    confinement.give_up_rights()
    if landlock.version():
        landlock.keep_only(
            read=(*confinement.READABLE, *map(Path, _ALSO_READ)),
            work=(Path(folder), *_ALSO_WRITE),
            runs=True,
        )
    _filter_calls()
    os.execv(command[0], command)  # noqa: S606 - the command is our own


def _filter_calls() -> None:
    calls = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for name in _DENIED.split():
        calls.add_rule(pyseccomp.ERRNO(errno.EPERM), name)
    # Its parts speak to each other over local sockets; every other kind leads out.
    calls.add_rule(
        pyseccomp.ERRNO(errno.EACCES), "socket", pyseccomp.Arg(0, pyseccomp.NE, int(socket.AF_UNIX))
    )
    with tempfile.TemporaryFile() as file:
        calls.export_bpf(file)
        file.seek(0)
        confinement.load(file.read())


if __name__ == "__main__":
    main(sys.argv[1:])
