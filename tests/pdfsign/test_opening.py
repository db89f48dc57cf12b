"""What a file is before anything is done with it; bad ones are refused in one sentence."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pypdfium2
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

from tests.pdfsign.documents import typeset, write
from tests.pdfsign.office import Office
from vanthu.pdfsign import (
    BrokenPdf,
    EmptyPdf,
    NotAPdf,
    PasswordProtected,
    PdfFacts,
    UnreadablePdf,
    Verdict,
    find_places,
    inspect,
    verify,
)


def test_the_facts_of_a_document(tmp_path: Path) -> None:
    file = write(tmp_path / "two.pdf", typeset(page_breaks=1))

    assert inspect(file) == PdfFacts(pages=2, has_text=True, signatures=0)


def test_a_scan_has_no_text(tmp_path: Path) -> None:
    document = pypdfium2.PdfDocument.new()
    document.new_page(595, 842)
    document.save(tmp_path / "scan.pdf")
    document.close()

    assert inspect(tmp_path / "scan.pdf") == PdfFacts(pages=1, has_text=False, signatures=0)


def test_signatures_and_timestamps_are_counted(archived: Path) -> None:
    assert inspect(archived).signatures == 3


def _encrypted(password: str, *, packed: bool = False) -> bytes:
    """A letter with the password of its owner, and one for its readers; `packed`: even its root is locked."""
    source, target = io.BytesIO(typeset()), io.BytesIO()
    writer = copy_into_new_writer(PdfFileReader(source), writer_kwargs={"stream_xrefs": packed})
    writer.encrypt(owner_pass="chu", user_pass=password)
    if packed:
        root = generic.DictionaryObject(dict(dict.items(writer.root)))
        writer._root = writer.add_object(root, obj_stream=writer.prepare_object_stream())
    writer.write(target)
    return target.getvalue()


def _locked_by_another_lock() -> bytes:
    """A letter locked with a lock that no library here knows."""
    return _encrypted("bi-mat").replace(b"/Filter /Standard", b"/Filter /KhoaRieng")


_BAD = [
    (b"", EmptyPdf),
    (b"PK\x03\x04 mot tep docx", NotAPdf),
    ("Văn bản thường".encode(), NotAPdf),
    (b"%PDF-1.7\nrac rac rac", BrokenPdf),
    (typeset()[:-300], BrokenPdf),
    (typeset()[:2000], BrokenPdf),
    (_encrypted("bi-mat"), PasswordProtected),
    (_encrypted("bi-mat", packed=True), PasswordProtected),
    (_encrypted("", packed=True), PasswordProtected),
    (_locked_by_another_lock(), PasswordProtected),
]


@pytest.mark.parametrize(("data", "error"), _BAD, ids=[str(index) for index in range(len(_BAD))])
def test_bad_files_are_refused(office: Office, data: bytes, error: type[UnreadablePdf]) -> None:
    file = write(office.folder / "bad.pdf", data)

    with pytest.raises(error):
        inspect(file)
    with pytest.raises(UnreadablePdf):
        find_places(file, signer_name="A B", signer_title="C")
    with pytest.raises(UnreadablePdf):
        office.prepared(file)
    with pytest.raises(UnreadablePdf):
        office.judged(file)
    assert not (office.folder / "prepared.pdf").exists()


def test_owner_password_alone_is_refused_for_signing(office: Office) -> None:
    file = write(office.folder / "locked.pdf", _encrypted(""))

    with pytest.raises(PasswordProtected):
        inspect(file)
    with pytest.raises(PasswordProtected):
        office.prepared(file)


def test_a_missing_file_is_said(office: Office) -> None:
    with pytest.raises(UnreadablePdf, match=r"khong-co\.pdf"):
        verify(office.folder / "khong-co.pdf", trust=[], now=office.now)


def test_verify_works_inside_a_running_event_loop(office: Office, sealed: Path) -> None:
    """As in a browser test, where one runs in the same thread."""

    async def inside() -> Verdict:
        return office.judged(sealed).verdict

    assert asyncio.run(inside()) is Verdict.VALID
