"""Programs that read strangers' files (LibreOffice), run under the same roof: without rights or network."""

from __future__ import annotations

import sys
from pathlib import Path

from vanthu.room import sandbox

#: Settings of the programs outside /usr.
_SETTINGS = (Path("/etc/libreoffice"), Path("/etc/passwd"))


def confined(folder: Path) -> list[str]:
    """The command prefix that runs a program which may write in `folder` and learns nothing else.

    The program is named by its absolute path. Where the machine gives no namespaces, the rest still holds
    (see `room.launch`), and the log says so.
    """
    inside = sandbox.around([*sandbox.python_folders(), *_SETTINGS], write=folder)
    return [*inside, sys.executable, "-I", "-m", "vanthu.room.launch", str(folder)]
