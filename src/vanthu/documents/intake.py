"""Taking files in: what they are by content, whether they may enter, and the PDF made of a text.

Files are checked and stored before any transaction; what is refused leaves nothing behind (see `Tray`), and
what a killed process stored without speaking of it is harmless (see kernel.blobs).
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Self

from django.db import transaction

from vanthu import pdfsign
from vanthu.documents import rules
from vanthu.documents.conversion import TIME_LIMIT, ConversionFailed, always_wanted, convert_to_pdf
from vanthu.documents.marks import SecretRefused, refuse_secret, refuse_secret_old_text
from vanthu.kernel import blobs
from vanthu.kernel.blobs import StoredBlob
from vanthu.kernel.errors import DomainError
from vanthu.kernel.folding import tidy
from vanthu.room import files
from vanthu.room.errors import FileUnread

__all__ = [
    "PDF",
    "AcceptedDraft",
    "AcceptedFile",
    "FileRefused",
    "SecretRefused",
    "TooMuchWork",
    "Tray",
    "Work",
    "accept_attachment",
    "accept_draft",
    "accept_unconverted",
    "check_converted",
    "convert_draft",
    "discard_unspoken",
    "needs_conversion",
    "page_count_of",
    "refuse_secret_everywhere",
]

PDF = "application/pdf"
_UNKNOWN = "application/octet-stream"
_OFFICE_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_ZIPPED = frozenset({"docx", "xlsx", "odt", "ods"})
#: What an office file may come to when unpacked, in bytes; more is a bomb.
_UNPACKED_LIMIT = 256 * 1024 * 1024
#: How many times its own size it may come to; texts and tables people write stay under fifty times.
_RATIO_LIMIT = 100
#: Seconds a text from elsewhere may take LibreOffice; a person would not wait either.
_PATIENCE = 30
_HOWEVER_YOUNG = datetime.max.replace(tzinfo=UTC)
#: Below this many unpacked bytes the ratio says nothing: an empty picture packs very well.
_RATIO_MATTERS = 16 * 1024 * 1024


class FileRefused(DomainError):
    """Tệp không dùng được. Hãy chọn tệp khác."""

    code = "documents.file-refused"


class TooMuchWork(DomainError):
    """Các tệp của gói tin cần quá nhiều thời gian để đọc, nên chưa kiểm tra hết dấu độ mật."""

    code = "documents.too-much-work"


class Work:
    """What the reading of all files that came together may take, however many they are."""

    def __init__(self, *, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds

    def seconds_left(self) -> int:
        """Whole seconds, at least one. Raises TooMuchWork when there is none."""
        left = int(self._ends_at - time.monotonic())
        if left < 1:
            raise TooMuchWork
        return left


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedFile:
    """A stored file that may become part of a document."""

    blob: StoredBlob
    name: str
    media_type: str
    #: Pages of a PDF; None for other formats.
    page_count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedDraft:
    """A draft as it will be signed, and the text it was made of when it was not a PDF."""

    pdf: AcceptedFile
    source: AcceptedFile | None = None


class Tray:
    """The files of one act, taken in one after the other; used as a context manager around the act.

    When the act is refused, or any of its files, the bytes of those before it do not stay behind: what no
    row speaks of is removed at once, and does not wait to be swept.
    """

    def __init__(self, *, limit: int) -> None:
        self._limit = limit
        self._stored: list[str] = []

    def draft(self, content: BinaryIO, file_name: str) -> AcceptedDraft:
        """As `accept_draft`."""
        accepted = accept_draft(content, file_name, limit=self._limit)
        files = [accepted.pdf, accepted.source] if accepted.source else [accepted.pdf]
        self._stored += [file.blob.sha256 for file in files]
        return accepted

    def attachment(self, content: BinaryIO, file_name: str) -> AcceptedFile:
        """As `accept_attachment`."""
        accepted = accept_attachment(content, file_name, limit=self._limit)
        self._stored.append(accepted.blob.sha256)
        return accepted

    def unconverted(self, content: BinaryIO, file_name: str) -> AcceptedFile:
        """As `accept_unconverted`."""
        accepted = accept_unconverted(content, file_name, limit=self._limit)
        self._stored.append(accepted.blob.sha256)
        return accepted

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            discard_unspoken(self._stored)


def discard_unspoken(stored: Iterable[str]) -> None:
    """Remove at once the bytes of what was refused, unless a row speaks of them."""
    for sha256 in stored:
        with transaction.atomic(durable=True):
            # Somebody else may have sent the same bytes, and his row speak of them.
            if blobs.claim_unspoken(sha256, before=_HOWEVER_YOUNG) is not None:
                blobs.discard(sha256)


def accept_attachment(content: BinaryIO, file_name: str, *, limit: int) -> AcceptedFile:
    """Take in a file of any allowed format (Quyết định Lạng Sơn 2020 Điều 4), checked by its content.

    `limit` is in bytes. Raises FileRefused, SecretRefused, blobs.EmptyFile, blobs.FileTooLarge.
    """
    with _received(content, limit) as path:
        checked = _checked(path, _clean_name(file_name))
        _refuse_secret_old_text(path, checked, seconds=TIME_LIMIT)
        return _stored(path, checked)


def accept_draft(content: BinaryIO, file_name: str, *, limit: int) -> AcceptedDraft:
    """Take in a draft: a PDF as it is, or a text from which LibreOffice makes the PDF.

    Nothing is stored unless all of it is accepted. Raises FileRefused (also for a PDF that is encrypted,
    broken or already signed), SecretRefused, ConversionFailed, blobs.EmptyFile, blobs.FileTooLarge.
    """
    name = _clean_name(file_name)
    extension = rules.extension_of(name)
    if extension not in rules.DRAFT_EXTENSIONS:
        raise FileRefused("Dự thảo phải là tệp PDF hoặc Word (pdf, docx, doc, odt, rtf). Hãy chọn lại tệp.")
    with _received(content, limit) as path:
        checked = _checked(path, name)
        if extension == "pdf":
            _refuse_signed(checked.facts)
            with _with_one_truth(path, checked) as (draft, judged):
                return AcceptedDraft(pdf=_stored(draft, judged))
        with blobs.work_folder() as folder:
            made = convert_to_pdf(path, extension, folder)
            pdf = _checked(made, f"{name.rpartition('.')[0]}.pdf")
            return AcceptedDraft(pdf=_stored(made, pdf), source=_stored(path, checked))


def needs_conversion(file_name: str, *, is_draft: bool) -> bool:
    """Whether taking a file of this name in needs LibreOffice, which may be long: no work of a request."""
    extension = rules.extension_of(file_name)
    return extension in (rules.CONVERTED_DRAFTS if is_draft else rules.CONVERTED_ATTACHMENTS)


def accept_unconverted(content: BinaryIO, file_name: str, *, limit: int) -> AcceptedFile:
    """Take in a file whose look only LibreOffice tells; it may become part of nothing before that.

    Whoever calls answers for its bytes until then (`Tray`). Raises as `accept_attachment`.
    """
    with _received(content, limit) as path:
        return _stored(path, _checked(path, _clean_name(file_name)))


def convert_draft(
    source: AcceptedFile, *, seconds: int, require_wanted: Callable[[], None] = always_wanted
) -> AcceptedDraft:
    """Make the PDF of a text taken in by `accept_unconverted`. Raises as `accept_draft`.

    What `require_wanted` raises, asked now and then meanwhile, ends it.
    """
    with blobs.as_path(source.blob.sha256) as path, blobs.work_folder() as folder:
        extension = rules.extension_of(source.name)
        made = convert_to_pdf(path, extension, folder, seconds=seconds, require_wanted=require_wanted)
        pdf = _checked(made, f"{source.name.rpartition('.')[0]}.pdf")
        return AcceptedDraft(pdf=_stored(made, pdf), source=source)


def check_converted(
    attachment: AcceptedFile, *, seconds: int, require_wanted: Callable[[], None] = always_wanted
) -> None:
    """Look for the secrecy mark of an attachment taken in by `accept_unconverted`.

    What `require_wanted` raises ends it. Raises FileRefused, SecretRefused.
    """
    with blobs.as_path(attachment.blob.sha256) as path:
        checked = _checked(path, attachment.name)
        _refuse_secret_old_text(path, checked, seconds=seconds, require_wanted=require_wanted)


def refuse_secret_everywhere(path: Path, *, work: Work) -> str:
    """Refuse a file from elsewhere, of any format and whatever it is called, that bears a state-secret mark.

    Returns its media type by its bytes, whatever its name says. What nobody can open, or is too much for
    its reader, shows nobody its mark, and passes. `work` is what all files that came with it may take
    together. Raises SecretRefused, TooMuchWork, RoomClosed.
    """
    seconds = min(_PATIENCE, work.seconds_left())
    try:
        surveyed = files.survey(path)
    except FileUnread:
        return _UNKNOWN
    refuse_secret(surveyed.lines)
    with suppress(ConversionFailed, pdfsign.PdfSignError):
        refuse_secret_old_text(path, surveyed.format, seconds=seconds)
    return surveyed.media_type


def page_count_of(path: Path) -> int | None:
    """Pages of a PDF from elsewhere; None for what cannot be read. Raises RoomClosed."""
    try:
        facts = files.survey(path, facts=True).facts
    except FileUnread:
        return None
    return facts.pages if facts else None


def _refuse_secret_old_text(
    path: Path, checked: _Checked, *, seconds: int, require_wanted: Callable[[], None] = always_wanted
) -> None:
    try:
        refuse_secret_old_text(path, checked.format, seconds=seconds, require_wanted=require_wanted)
    except (ConversionFailed, pdfsign.PdfSignError) as failed:
        raise FileRefused(
            f"Không đọc được tệp «{checked.name}» để biết có dấu độ mật hay không. "
            "Hãy lưu lại ở dạng docx, xlsx hoặc PDF rồi chọn lại."
        ) from failed


@contextmanager
def _received(content: BinaryIO, limit: int) -> Iterator[Path]:
    """The upload as a file of our own, at most `limit` bytes and not empty."""
    with tempfile.NamedTemporaryFile(dir=blobs.workroom(), suffix=".upload") as file:
        size = 0
        while chunk := content.read(blobs.CHUNK):
            size += len(chunk)
            if size > limit:
                raise blobs.FileTooLarge(
                    f"Tệp lớn hơn {limit // (1024 * 1024)} MB. Hãy nén, tách nhỏ hoặc gửi bằng cách khác."
                )
            file.write(chunk)
        if size == 0:
            raise blobs.EmptyFile
        file.flush()
        yield Path(file.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    """A file that may enter, not yet stored."""

    name: str
    media_type: str
    #: By its content, as `room.files.Survey` has it.
    format: str
    #: Of a PDF.
    facts: pdfsign.PdfFacts | None


def _checked(path: Path, name: str) -> _Checked:
    extension = rules.extension_of(name)
    known = rules.ALLOWED_FORMATS.get(extension)
    if known is None:
        allowed = ", ".join(rules.ALLOWED_FORMATS)
        raise FileRefused(f"Không nhận tệp «.{extension[:20] or '?'}». Các định dạng được nhận: {allowed}.")
    surveyed = _surveyed(path, facts=extension == "pdf")
    if surveyed.media_type not in known.media_types and _OFFICE_PARTS.get(extension) not in surveyed.parts:
        raise FileRefused(
            f"Tệp «{name}» có tên .{extension} nhưng nội dung không phải {known.name}. "
            "Hãy lưu lại đúng định dạng rồi chọn lại."
        )
    if extension in _ZIPPED:
        _refuse_bomb(surveyed.unpacked, path, name)
    refuse_secret(surveyed.lines)
    if surveyed.refused is not None:
        raise FileRefused(str(surveyed.refused)) from surveyed.refused
    return _Checked(
        name=name,
        media_type=PDF if extension == "pdf" else surveyed.media_type,
        # A workbook may hold a Word text, or its name; what people open is the workbook, and no LibreOffice.
        format="xls" if extension == "xls" else surveyed.format,
        facts=surveyed.facts,
    )


@contextmanager
def _with_one_truth(path: Path, checked: _Checked) -> Iterator[tuple[Path, _Checked]]:
    """The draft itself; or, when it has two cross-references, written afresh and looked at anew.

    What is looked at, approved and signed is the file as stored, so it is settled before anybody sees it.
    """
    if checked.facts is None or not checked.facts.twofold:
        yield path, checked
        return
    with blobs.work_folder() as folder:
        written = folder / "written.pdf"
        try:
            files.write_afresh(path, written)
        except (FileUnread, pdfsign.PdfSignError) as unwritten:
            raise FileRefused(str(unwritten)) from unwritten
        yield written, _checked(written, checked.name)


def _surveyed(path: Path, *, facts: bool) -> files.Survey:
    """The file looked at in the room. Raises FileRefused, with what the person can do, and RoomClosed."""
    try:
        return files.survey(path, facts=facts)
    except FileUnread as unread:
        raise FileRefused(str(unread)) from unread


def _stored(path: Path, checked: _Checked) -> AcceptedFile:
    return AcceptedFile(
        blob=blobs.put_file(path),
        name=checked.name,
        media_type=checked.media_type,
        page_count=checked.facts.pages if checked.facts else None,
    )


def _refuse_signed(facts: pdfsign.PdfFacts | None) -> None:
    if facts is not None and facts.signatures:
        raise FileRefused(
            "Tệp PDF này đã có chữ ký số. Dự thảo phải là tệp chưa ký; hãy xuất lại từ bản Word."
        )


def _refuse_bomb(unpacked: int | None, path: Path, name: str) -> None:
    if unpacked is None:
        raise FileRefused(f"Tệp «{name}» bị hỏng. Hãy mở tệp, lưu lại rồi chọn lại.")
    packed_too_well = unpacked > _RATIO_MATTERS and unpacked > _RATIO_LIMIT * path.stat().st_size
    if unpacked > _UNPACKED_LIMIT or packed_too_well:
        raise FileRefused(f"Tệp «{name}» khi giải nén quá lớn nên không được nhận. Hãy chọn tệp khác.")


def _clean_name(file_name: str) -> str:
    """The name without folders and control characters, in NFC, 200 characters at most, extension kept."""
    bare = tidy(file_name.replace("\\", "/").rpartition("/")[2])
    safe = "".join(letter for letter in bare if letter.isprintable()).strip() or "tep"
    stem, dot, extension = safe.rpartition(".")
    if not dot or len(extension) > 20:
        return safe[:200]
    return f"{stem[: 199 - len(extension)]}.{extension}"
