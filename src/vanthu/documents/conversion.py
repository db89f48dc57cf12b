"""Making a PDF, or a docx, of a text with LibreOffice, headless, in a process and profile of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from vanthu.kernel.errors import DomainError
from vanthu.room import programs

#: The profile's settings: a document from anywhere runs nothing, and fetches nothing from network or disk.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
</oor:items>
"""
#: Comments are nobody's text: they stay out of the PDF.
_PDF = 'pdf:writer_pdf_Export:{"ExportNotes":{"type":"boolean","value":"false"}}'
#: Seconds after which a conversion is given up; a page takes well under one.
TIME_LIMIT = 120
#: Seconds between two questions whether a conversion is still wanted.
_LOOK = 1.0
#: What one conversion may take of the machine: address space and largest file in bytes, seconds of processor.
_ALLOWANCE = [
    f"--as={4 * 1024**3}",
    f"--fsize={512 * 1024**2}",
    f"--cpu={TIME_LIMIT}",
    "--core=0",
]


class ConversionFailed(DomainError):
    """Không chuyển được tệp Word sang PDF. Hãy mở tệp, lưu lại hoặc xuất ra PDF rồi chọn tệp PDF."""

    code = "documents.conversion-failed"


def always_wanted() -> None:
    """A conversion nobody calls off."""


def convert_to_pdf(
    source: Path,
    extension: str,
    folder: Path,
    *,
    seconds: int = TIME_LIMIT,
    require_wanted: Callable[[], None] = always_wanted,
) -> Path:
    """The PDF LibreOffice makes of `source` (a text in the format of `extension`), inside `folder`.

    After `seconds` it is given up. What `require_wanted` raises, asked every second, ends it at once.

    Every call has its own user profile, so that conversions at the same time do not wait for, or see,
    each other. Raises ConversionFailed.
    """
    return _convert(source, extension, folder, _PDF, seconds=seconds, require_wanted=require_wanted)


def convert_to_docx(
    source: Path,
    extension: str,
    folder: Path,
    *,
    seconds: int = TIME_LIMIT,
    require_wanted: Callable[[], None] = always_wanted,
) -> Path:
    """The docx LibreOffice makes of a text of another format, to be looked through. As `convert_to_pdf`."""
    return _convert(source, extension, folder, "docx", seconds=seconds, require_wanted=require_wanted)


def _convert(
    source: Path,
    extension: str,
    folder: Path,
    to: str,
    *,
    seconds: int,
    require_wanted: Callable[[], None],
) -> Path:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise ConversionFailed(
            "Máy chủ chưa cài LibreOffice nên chưa nhận được tệp Word. Hãy xuất ra PDF rồi chọn tệp PDF."
        )
    # A copy with the right extension: LibreOffice chooses its reader by it.
    copy = folder / f"van-ban.{extension}"
    shutil.copyfile(source, copy)
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    command = [
        *programs.confined(folder),
        *_bounded(),
        program,
        "--headless",
        "--norestore",
        f"-env:UserInstallation={profile.as_uri()}",
        "--convert-to",
        to,
        "--outdir",
        str(folder),
        str(copy),
    ]
    _run(command, folder, seconds, require_wanted)
    result = copy.with_suffix(f".{to.partition(':')[0]}")
    if not result.is_file() or result.stat().st_size == 0:
        raise ConversionFailed
    return result


def _bounded() -> list[str]:
    """The command prefix that sets the limits; not preexec_fn, which is unsafe beside threads."""
    limiter = shutil.which("prlimit")
    if limiter is None:
        raise ConversionFailed(
            "Máy chủ thiếu lệnh prlimit (gói util-linux) nên chưa nhận được tệp Word. "
            "Hãy xuất ra PDF rồi chọn tệp PDF."
        )
    return [limiter, *_ALLOWANCE]


def _run(command: list[str], folder: Path, seconds: int, require_wanted: Callable[[], None]) -> None:
    environment = {"HOME": str(folder), "PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}
    process = subprocess.Popen(  # noqa: S603 - the arguments are ours; the file name is fixed
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    ends_at = time.monotonic() + seconds
    try:
        while not _has_ended(process, within=min(_LOOK, ends_at - time.monotonic())):
            if time.monotonic() >= ends_at:
                raise ConversionFailed
            require_wanted()
    finally:
        if process.poll() is None:
            # soffice starts children; the whole group goes.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _has_ended(process: subprocess.Popen[bytes], *, within: float) -> bool:
    try:
        process.wait(max(0.0, within))
    except subprocess.TimeoutExpired:
        return False
    return True
