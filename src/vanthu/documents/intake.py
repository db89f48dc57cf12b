"""Taking files in: what they are by content, whether they may enter, and the PDF made of a text.

Files are checked and stored before any transaction; what is refused leaves nothing behind, and what is
stored but never spoken of is harmless (see kernel.blobs).
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import magic
import pypdfium2

from vanthu import pdfsign
from vanthu.documents import rules
from vanthu.documents.conversion import convert_to_pdf
from vanthu.kernel import blobs
from vanthu.kernel.blobs import StoredBlob
from vanthu.kernel.errors import DomainError
from vanthu.kernel.folding import tidy

PDF = "application/pdf"
_OFFICE_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}


class FileRefused(DomainError):
    """Tệp không dùng được. Hãy chọn tệp khác."""

    code = "documents.file-refused"


class SecretRefused(DomainError):
    """Văn bản có dấu độ mật không được đưa vào hệ thống. Hãy xử lý theo quy định bảo vệ bí mật nhà nước."""

    code = "documents.secret-refused"


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


def accept_attachment(content: BinaryIO, file_name: str, *, limit: int) -> AcceptedFile:
    """Take in a file of any allowed format (Quyết định Lạng Sơn 2020 Điều 4), checked by its content.

    `limit` is in bytes. Raises FileRefused, SecretRefused, blobs.EmptyFile, blobs.FileTooLarge.
    """
    with _received(content, limit) as path:
        return _accept(path, _clean_name(file_name))


def accept_draft(content: BinaryIO, file_name: str, *, limit: int) -> AcceptedDraft:
    """Take in a draft: a PDF as it is, or a text from which LibreOffice makes the PDF.

    Raises FileRefused (also for a PDF that is encrypted, broken or already signed), SecretRefused,
    blobs.EmptyFile, blobs.FileTooLarge.
    """
    name = _clean_name(file_name)
    if rules.extension_of(name) not in rules.DRAFT_EXTENSIONS:
        raise FileRefused("Dự thảo phải là tệp PDF hoặc Word (pdf, docx, doc, odt, rtf). Hãy chọn lại tệp.")
    with _received(content, limit) as path:
        if rules.extension_of(name) == "pdf":
            accepted = _accept(path, name)
            _refuse_signed(path)
            return AcceptedDraft(pdf=accepted)
        source = _accept(path, name)
        with blobs.work_folder() as folder:
            pdf = convert_to_pdf(path, rules.extension_of(name), folder)
            made = _accept(pdf, f"{name.rpartition('.')[0]}.pdf")
        return AcceptedDraft(pdf=made, source=source)


def refuse_secret(path: Path) -> None:
    """Refuse a PDF whose first page bears a state-secret mark (seed regulations; QĐ 28/2018 Điều 1).

    Raises SecretRefused. Only text can be read here; a scanned mark is for the records clerk to see.
    """
    if rules.secrecy_mark(first_page_lines(path)) is not None:
        raise SecretRefused


def first_page_lines(path: Path) -> list[str]:
    """The lines of text on a PDF's first page; none for a scan."""
    document = pypdfium2.PdfDocument(path)
    try:
        if len(document) == 0:
            return []
        page = document[0]
        text = page.get_textpage()
        try:
            return str(text.get_text_bounded()).splitlines()
        finally:
            text.close()
            page.close()
    finally:
        document.close()


def media_type_of(path: Path) -> str:
    """What the bytes are, by libmagic, whatever the name says."""
    return str(magic.from_file(str(path), mime=True))


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


def _accept(path: Path, name: str) -> AcceptedFile:
    extension = rules.extension_of(name)
    known = rules.ALLOWED_FORMATS.get(extension)
    if known is None:
        allowed = ", ".join(rules.ALLOWED_FORMATS)
        raise FileRefused(f"Không nhận tệp «.{extension or '?'}». Các định dạng được nhận: {allowed}.")
    media_type = media_type_of(path)
    if media_type not in known.media_types and not _is_office(path, extension):
        raise FileRefused(
            f"Tệp «{name}» có tên .{extension} nhưng nội dung không phải {known.name}. "
            "Hãy lưu lại đúng định dạng rồi chọn lại."
        )
    pages = _check_pdf(path) if extension == "pdf" else None
    return AcceptedFile(
        blob=blobs.put_file(path),
        name=name,
        media_type=PDF if extension == "pdf" else media_type,
        page_count=pages,
    )


def _check_pdf(path: Path) -> int:
    try:
        facts = pdfsign.inspect(path)
    except pdfsign.PdfSignError as refused:
        raise FileRefused(str(refused)) from refused
    refuse_secret(path)
    return facts.pages


def _refuse_signed(path: Path) -> None:
    if pdfsign.inspect(path).signatures:
        raise FileRefused(
            "Tệp PDF này đã có chữ ký số. Dự thảo phải là tệp chưa ký; hãy xuất lại từ bản Word."
        )


def _is_office(path: Path, extension: str) -> bool:
    """Office files that libmagic takes for a plain ZIP are told by the part they must hold."""
    part = _OFFICE_PARTS.get(extension)
    if part is None or not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return part in archive.namelist()


def _clean_name(file_name: str) -> str:
    """The name without folders and control characters, in NFC, 200 characters at most, extension kept."""
    bare = tidy(file_name.replace("\\", "/").rpartition("/")[2])
    safe = "".join(letter for letter in bare if letter.isprintable()) or "tep"
    stem, dot, extension = safe.rpartition(".")
    return f"{stem[: 199 - len(extension)]}.{extension}" if dot else safe[:200]
