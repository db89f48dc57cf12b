"""Taking files in: what they are by content, whether they may enter, and the PDF made of a text.

Files are checked and stored before any transaction; what is refused leaves nothing behind (see `Tray`), and
what a killed process stored without speaking of it is harmless (see kernel.blobs).
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Self

from django.db import transaction

from vanthu import pdfsign
from vanthu.documents import rules
from vanthu.documents.checking import PDF, Checked, FileRefused, check
from vanthu.documents.conversion import TIME_LIMIT, ConversionFailed, always_wanted
from vanthu.documents.findings import Finding, Findings
from vanthu.documents.marks import SecretRefused, refuse_secret, refuse_secret_old_text
from vanthu.documents.settling import Drawn, draw
from vanthu.documents.states import ChangesChoice, FindingKind
from vanthu.kernel import blobs
from vanthu.kernel.blobs import StoredBlob
from vanthu.kernel.errors import DomainError
from vanthu.kernel.folding import tidy
from vanthu.room import files, papers
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
    "look_at",
    "needs_conversion",
    "page_count_of",
]

_UNKNOWN = "application/octet-stream"
#: Seconds a text from elsewhere may take LibreOffice; a person would not wait either.
_PATIENCE = 30
#: Turned pages that are named one by one.
_PAGES_NAMED = 20
_HOWEVER_YOUNG = datetime.max.replace(tzinfo=UTC)


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
    #: What its file was found to hold that the PDF does not show, or not as it stood.
    findings: Findings = field(default_factory=Findings)

    @property
    def files(self) -> list[AcceptedFile]:
        """The PDF, and what it was made of."""
        return [self.pdf, self.source] if self.source else [self.pdf]


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
        self._stored += [file.blob.sha256 for file in accepted.files]
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

    def empty(self) -> None:
        """Remove at once what was taken in so far."""
        discard_unspoken(self._stored)
        self._stored.clear()

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
        checked = check(path, _clean_name(file_name))
        _refuse_secret_old_text(path, checked, seconds=TIME_LIMIT)
        return _stored(path, checked)


def accept_draft(content: BinaryIO, file_name: str, *, limit: int) -> AcceptedDraft:
    """Take in a draft: a PDF as it is, its turned pages set upright, or a text LibreOffice makes the PDF of.

    Nothing is stored unless all of it is accepted. Raises FileRefused (also for a PDF that is locked, broken,
    already signed, or would be refused at its signature), SecretRefused, ConversionFailed, Unsettled,
    ChangesUndecided (nobody can be asked here), blobs.EmptyFile, blobs.FileTooLarge.
    """
    name = _clean_name(file_name)
    extension = rules.extension_of(name)
    if extension not in rules.DRAFT_EXTENSIONS:
        raise FileRefused("Dự thảo phải là tệp PDF hoặc Word (pdf, docx, doc, odt, rtf). Hãy chọn lại tệp.")
    with _received(content, limit) as path:
        checked = check(path, name)
        with blobs.work_folder() as folder:
            if extension == "pdf":
                _refuse_signed(checked.facts)
                with _with_one_truth(path, checked) as (draft, judged):
                    ready, findings = _made_ready(draft, folder)
                    if ready == draft:
                        return AcceptedDraft(pdf=_stored(draft, judged))
                    pdf = _stored(ready, check(ready, name))
                return AcceptedDraft(pdf=pdf, source=_stored(path, checked), findings=findings)
            drawn = draw(path, extension, folder, changes=None, seconds=TIME_LIMIT)
            pdf = _pdf_of(drawn, name, folder)
            return AcceptedDraft(pdf=pdf, source=_stored(path, checked), findings=drawn.findings)


def needs_conversion(file_name: str, *, is_draft: bool) -> bool:
    """Whether taking a file of this name in needs LibreOffice, which may be long: no work of a request."""
    extension = rules.extension_of(file_name)
    return extension in (rules.CONVERTED_DRAFTS if is_draft else rules.CONVERTED_ATTACHMENTS)


def accept_unconverted(content: BinaryIO, file_name: str, *, limit: int) -> AcceptedFile:
    """Take in a file whose look only LibreOffice tells; it may become part of nothing before that.

    Whoever calls answers for its bytes until then (`Tray`). Raises as `accept_attachment`.
    """
    with _received(content, limit) as path:
        return _stored(path, check(path, _clean_name(file_name)))


def convert_draft(
    source: AcceptedFile,
    *,
    seconds: int,
    changes: ChangesChoice | None = None,
    require_wanted: Callable[[], None] = always_wanted,
) -> AcceptedDraft:
    """Make the PDF of a text taken in by `accept_unconverted`. Raises as `accept_draft`.

    `changes`: what its author chose for the tracked changes; ChangesUndecided says what they are when he has
    not. What `require_wanted` raises, asked now and then meanwhile, ends it.
    """
    with blobs.as_path(source.blob.sha256) as path, blobs.work_folder() as folder:
        extension = rules.extension_of(source.name)
        drawn = draw(path, extension, folder, changes=changes, seconds=seconds, require_wanted=require_wanted)
        pdf = _pdf_of(drawn, source.name, folder)
        return AcceptedDraft(pdf=pdf, source=source, findings=drawn.findings)


def check_converted(
    attachment: AcceptedFile, *, seconds: int, require_wanted: Callable[[], None] = always_wanted
) -> None:
    """Look for the secrecy mark of an attachment taken in by `accept_unconverted`.

    What `require_wanted` raises ends it. Raises FileRefused, SecretRefused.
    """
    with blobs.as_path(attachment.blob.sha256) as path:
        checked = check(path, attachment.name)
        _refuse_secret_old_text(path, checked, seconds=seconds, require_wanted=require_wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a file from elsewhere is, by its bytes, whatever its name says."""

    media_type: str
    #: It asks for a password, or was locked with one.
    is_locked: bool = False


def look_at(path: Path, *, work: Work) -> Looked:
    """Look at a file from elsewhere, of any format; refuse one that bears a state-secret mark.

    What nobody can open, or is too much for its reader, shows nobody its mark, and passes. `work` is what
    all files that came with it may take together. Raises SecretRefused, TooMuchWork, RoomClosed.
    """
    seconds = min(_PATIENCE, work.seconds_left())
    try:
        surveyed = files.survey(path)
    except FileUnread:
        return Looked(media_type=_UNKNOWN)
    refuse_secret(surveyed.lines)
    looked = Looked(media_type=surveyed.media_type, is_locked=surveyed.locked)
    if looked.is_locked:
        return looked
    with suppress(ConversionFailed, pdfsign.PdfSignError):
        refuse_secret_old_text(path, surveyed.format, seconds=seconds)
    return looked


def page_count_of(path: Path) -> int | None:
    """Pages of a PDF from elsewhere; None for what cannot be read. Raises RoomClosed."""
    try:
        facts = files.survey(path, facts=True).facts
    except FileUnread:
        return None
    return facts.pages if facts else None


def _refuse_secret_old_text(
    path: Path, checked: Checked, *, seconds: int, require_wanted: Callable[[], None] = always_wanted
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


@contextmanager
def _with_one_truth(path: Path, checked: Checked) -> Iterator[tuple[Path, Checked]]:
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
        yield written, check(written, checked.name)


def _stored(path: Path, checked: Checked) -> AcceptedFile:
    return AcceptedFile(
        blob=blobs.put_file(path),
        name=checked.name,
        media_type=checked.media_type,
        page_count=checked.facts.pages if checked.facts else None,
    )


def _pdf_of(drawn: Drawn, name: str, folder: Path) -> AcceptedFile:
    """The PDF made of a text, stored under its name. Raises FileRefused, SecretRefused."""
    ready, _ = _made_ready(drawn.path, folder)
    return _stored(ready, check(ready, f"{name.rpartition('.')[0]}.pdf"))


def _made_ready(path: Path, folder: Path) -> tuple[Path, Findings]:
    """The PDF with its turned pages upright, and which they were. Raises FileRefused: signing would fail."""
    target = folder / "dung-thang.pdf"
    try:
        turned = papers.make_ready(path, target)
    except pdfsign.PdfSignError as refused:
        raise FileRefused(str(refused)) from refused
    pages = ", ".join(map(str, turned[:_PAGES_NAMED])) + ("…" if len(turned) > _PAGES_NAMED else "")
    found = Findings(
        counts={FindingKind.TURNED: len(turned)},
        named={FindingKind.TURNED: (Finding(text=f"trang {pages}"),)},
    )
    return (target, found) if turned else (path, Findings())


def _refuse_signed(facts: pdfsign.PdfFacts | None) -> None:
    if facts is not None and facts.signatures:
        raise FileRefused(
            "Tệp PDF này đã có chữ ký số. Dự thảo phải là tệp chưa ký; hãy xuất lại từ bản Word."
        )


def _clean_name(file_name: str) -> str:
    """The name without folders and control characters, in NFC, 200 characters at most, extension kept."""
    bare = tidy(file_name.replace("\\", "/").rpartition("/")[2])
    safe = "".join(letter for letter in bare if letter.isprintable()).strip() or "tep"
    stem, dot, extension = safe.rpartition(".")
    if not dot or len(extension) > 20:
        return safe[:200]
    return f"{stem[: 199 - len(extension)]}.{extension}"
