"""Text-only signatures on copies and attachments: top right of page 1, ten point, no seal."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from tests.pdfsign.office import Office
from vanthu.pdfsign import PlaceOutside, Verdict, sign_with_text
from vanthu.pdfsign.objects import form_fields


def _areas(file: Path) -> list[list[float]]:
    with file.open("rb") as stream:
        fields = form_fields(PdfFileReader(stream))
        return [
            [float(number) for number in field["/Rect"]]
            for name, field in fields.items()
            if name.startswith("ChuKyBoSung")
        ]


def test_stands_in_the_top_margin_at_the_right(office: Office, sealed: Path) -> None:
    copy = office.copied(sealed)
    ((x0, y0, x1, y1),) = _areas(copy)

    assert 595 / 2 < x0 < x1 < 595 - 15 / 25.4 * 72 + 1
    assert 842 - 20 / 25.4 * 72 < y0 < y1 < 842
    assert office.judged(copy).verdict is Verdict.VALID


def test_a_second_one_does_not_cover_the_first(office: Office, sealed: Path) -> None:
    first, second = _areas(office.copied(office.copied(sealed)))

    assert second[2] < first[0]
    assert second[3] == first[3]


def test_vietnamese_letters_are_embedded(office: Office, sealed: Path) -> None:
    fonts = subprocess.run(
        ["pdffonts", str(office.copied(sealed))], capture_output=True, text=True, check=True
    ).stdout

    assert "VTSERV+LiberationSerif" in fonts


def test_an_attachment_of_its_own_needs_no_person(office: Office) -> None:
    """NĐ 30/2020 PL I II.8.b: the agency signs each separate file, with number, date and time as text."""
    target = office.folder / "attachment.pdf"
    lines = ["Số: 125/SNV-CCVC; 22/11/2026; 08:30:15 +07:00"]
    sign_with_text(office.draft(), target, lines=lines, signer=office.pki.signer("agency"), now=office.now)
    report = office.judged(target)

    assert report.verdict is Verdict.VALID
    assert report.person is None
    assert "không có chữ ký số cá nhân" in report.message


@pytest.mark.parametrize("lines", [[], ["một"] * 5, ["quá dài " * 20]], ids=["none", "five", "too long"])
def test_what_does_not_fit_is_refused(office: Office, sealed: Path, lines: list[str]) -> None:
    with pytest.raises(PlaceOutside):
        sign_with_text(
            sealed,
            office.folder / "out.pdf",
            lines=lines,
            signer=office.pki.signer("agency"),
            now=office.now,
        )
