"""Attachments on arrival: what is taken out of its zip, what is left alone, and what it is called."""

from __future__ import annotations

import unicodedata
import zipfile
from pathlib import Path

import pytest

from tests.edxml.dialects import PDF, UUID, Enclosed, edoc, read_edoc, zip_of
from vanthu import edxml

DOCX = zip_of(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w:document/>"))


def only_attachment(data: bytes, name: str, folder: Path, content_type: str = "") -> edxml.Attachment:
    enclosed = Enclosed(name=name, data=data, content_type=content_type or "application/zip")
    (attachment,) = read_edoc(edoc(enclosed=[enclosed]), folder).attachments
    return attachment


def encrypted() -> bytes:
    data = bytearray(zip_of((f"{UUID}.pdf", PDF)))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


WRAPPED = {
    "the SDK's name": ("a.pdf", zip_of((f"{UUID}.pdf", PDF))),
    "any name with the same extension": ("a.pdf", zip_of(("Công văn.PDF", PDF))),
    "a UUID with another extension": ("a.doc", zip_of((f"{UUID}.edxml", PDF))),
    "a UUID alone": ("a.doc", zip_of((UUID.upper(), PDF))),
    "a zip in a zip": ("ho-so.zip", zip_of((f"{UUID}.zip", PDF))),
    "a comment at the end": ("a.pdf", zip_of((f"{UUID}.pdf", PDF))[:-2] + b"\x03\x00abc"),
}
KEPT = {
    "a docx": ("a.docx", DOCX),
    "a zip called zip": ("ho-so.zip", zip_of(("a.pdf", PDF))),
    "a zip of a zip called otherwise": ("ho-so.zip", zip_of(("a.zip", PDF))),
    "a UUID in what is called zip": ("ho-so.zip", zip_of((f"{UUID}.pdf", PDF))),
    "two entries": ("a.pdf", zip_of((f"{UUID}.pdf", PDF), ("b.pdf", PDF))),
    "no entry": ("a.pdf", zip_of()),
    "another extension": ("a.pdf", zip_of(("a.txt", PDF))),
    "no extension on either": ("a", zip_of(("b", PDF))),
    "a folder": ("a.pdf", zip_of((f"{UUID}/", b""))),
    "an encrypted entry": ("a.pdf", encrypted()),
    "an unusual compression": ("a.pdf", zip_of((f"{UUID}.pdf", PDF), compression=zipfile.ZIP_BZIP2)),
    "no zip at all": ("a.pdf", PDF),
    "nothing": ("a.pdf", b""),
}


class TestUnwrap:
    @pytest.mark.parametrize(("name", "data"), WRAPPED.values(), ids=WRAPPED)
    def test_takes_the_one_entry_out(self, name: str, data: bytes, tmp_path: Path) -> None:
        attachment = only_attachment(data, name, tmp_path)
        assert attachment.wrapped
        assert attachment.path.read_bytes() == PDF

    @pytest.mark.parametrize(("name", "data"), KEPT.values(), ids=KEPT)
    def test_leaves_other_zips_alone(self, name: str, data: bytes, tmp_path: Path) -> None:
        attachment = only_attachment(data, name, tmp_path)
        assert not attachment.wrapped
        assert attachment.path.read_bytes() == data

    def test_uses_the_name_of_the_manifest_when_the_attachment_has_none(self, tmp_path: Path) -> None:
        data = edoc(enclosed=[Enclosed(data=zip_of(("a.pdf", PDF)))])
        head, tail = data.split(b"<AttachmentEncoded>")
        (attachment,) = read_edoc(
            head + b"<AttachmentEncoded>" + tail.replace(b"AttachmentName", b"Unknown"), tmp_path
        ).attachments
        assert (attachment.name, attachment.wrapped) == ("cong-van.pdf", True)


class TestContentType:
    @pytest.mark.parametrize(
        ("name", "declared", "data", "expected"),
        [
            ("a.pdf", "application/pdf", PDF, "application/pdf"),
            ("a.pdf", "application/zip", zip_of(("a.pdf", PDF)), "application/pdf"),
            ("a.docx", "application/docx", zip_of((f"{UUID}.docx", DOCX)), "application/docx"),
            ("a.zip", "application/zip", DOCX, "application/zip"),
            ("a.bin", "application/zip", zip_of(("a.bin", b"x")), "application/octet-stream"),
        ],
    )
    def test_describes_the_unwrapped_file(
        self, name: str, declared: str, data: bytes, expected: str, tmp_path: Path
    ) -> None:
        attachment = only_attachment(data, name, tmp_path, declared)
        assert (attachment.content_type, attachment.declared_type) == (expected, declared)


class TestName:
    @pytest.mark.parametrize(
        ("declared", "safe"),
        [
            ("Quyết định.pdf", "Quyết định.pdf"),
            (unicodedata.normalize("NFD", "Quyết định.pdf"), "Quyết định.pdf"),
            ("125/QĐ-UBND.pdf", "125_QĐ-UBND.pdf"),
            ("B: biểu mẫu?.pdf", "B_ biểu mẫu_.pdf"),
            ("cong\u202efdp.exe", "congfdp.exe"),
            ("cong\u200bvan\u0085.pdf", "congvan.pdf"),
            ("a..b.pdf", "a..b.pdf"),
            ("tep. . ", "tep"),
            ("...", "tep-dinh-kem-1"),
            ("", "tep-dinh-kem-1"),
            ("ă" * 250 + ".pdf", "ă" * 196 + ".pdf"),
            ("a" * 250, "a" * 200),
        ],
    )
    def test_is_made_safe_and_the_change_is_said(self, declared: str, safe: str, tmp_path: Path) -> None:
        packet = read_edoc(edoc(enclosed=[Enclosed(name=declared)]), tmp_path)
        assert packet.attachments[0].name == safe
        assert packet.attachments[0].declared_name == declared.strip(" ")
        assert bool(packet.warnings) is (safe != declared)
        assert edxml.safe_name(safe, otherwise="x") == safe
