"""Text-only signatures on copies and attachments: top right of page 1, ten point, no seal."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from tests.pdfsign import tampering
from tests.pdfsign.office import Office
from vanthu.pdfsign import PlaceOutside, Verdict, sign_with_text
from vanthu.pdfsign.objects import form_fields
from vanthu.pdfsign.top_margin import find_room, overlap, printed_areas


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


ONE_LINE = ["SAO Y; UBND xã Hòa Bình; 22/11/2026; 08:30:15 +07:00"]
TWO_LINES = ["SAO Y; UBND xã Hòa Bình", "22/11/2026; 08:30:15 +07:00"]
LONG_NAME = ["SAO LỤC; Ủy ban nhân dân phường Điện Biên Phủ; 22/11/2026; 08:30:15 +07:00"]


@pytest.mark.parametrize(
    ("lines", "copies"),
    [(ONE_LINE, 5), (TWO_LINES, 5), (LONG_NAME, 4)],
    ids=["one line", "two lines", "a name as long as they get"],
)
def test_many_find_room_and_cover_neither_text_nor_one_another(
    office: Office, sealed: Path, lines: list[str], copies: int
) -> None:
    """A document handed on again and again; NĐ 30/2020 leaves 20 to 25 mm above the text."""
    file = sealed
    for number in range(copies):
        file = office.copied(file, lines=lines, name=f"copy-{number}.pdf")
    areas = _areas(file)

    assert len(areas) == copies
    assert not any(overlap(one, other) for one, other in itertools.combinations(areas, 2))
    assert not any(overlap(area, text) for area in areas for text in printed_areas(sealed))
    assert all(area[1] > 842 - 25 / 25.4 * 72 for area in areas)
    assert office.judged(file).verdict is Verdict.VALID


def test_the_law_s_type_size_is_kept_as_long_as_there_is_room() -> None:
    page, taken = (0.0, 0.0, 595.0, 842.0), list[tuple[float, ...]]()
    found = []
    for _ in range(5):
        stamp = find_room(ONE_LINE, page=page, printed=[(100.0, 770.0, 500.0, 785.0)], fields=taken)
        assert stamp is not None
        taken.append((stamp.box.x0, stamp.box.y0, stamp.box.x1, stamp.box.y1))
        found.append(stamp)

    assert [stamp.size for stamp in found] == [10.0] * 5
    assert [stamp.lines for stamp in found] == [tuple(ONE_LINE)] * 5
    assert [round(stamp.box.x1) for stamp in found] == [552, 552, 552, 304, 304]


def test_a_stamp_too_wide_for_what_is_left_is_broken_at_its_semicolons() -> None:
    taken = [(300.0, 780.0, 552.0, 842.0)]
    stamp = find_room(LONG_NAME, page=(0.0, 0.0, 595.0, 842.0), printed=[], fields=taken)

    assert stamp is not None
    assert stamp.size == 10
    assert stamp.lines == ("SAO LỤC; Ủy ban nhân dân phường Điện Biên Phủ", "22/11/2026; 08:30:15 +07:00")


def test_text_up_to_the_edge_does_not_hinder_the_first(office: Office) -> None:
    """The law wants the signature there; such an attachment has no margin for it."""
    stamp = find_room(ONE_LINE, page=(0.0, 0.0, 595.0, 842.0), printed=[(0.0, 0.0, 595.0, 842.0)], fields=[])

    assert stamp is not None
    assert stamp.box.x1 > 550


def test_a_page_full_of_stamps_is_refused_with_what_to_do(office: Office, sealed: Path) -> None:
    def fill(writer: IncrementalPdfFileWriter) -> None:
        tampering.cover(writer, (30, 770, 565, 842))

    with pytest.raises(PlaceOutside, match="hãy ký trên tệp gốc"):
        office.copied(tampering.append_revision(sealed, fill))


def test_vietnamese_letters_are_embedded(office: Office, sealed: Path) -> None:
    with office.copied(sealed).open("rb") as stream:
        field = form_fields(PdfFileReader(stream))["ChuKyBoSung1"]
        fonts = field["/AP"]["/N"]["/Resources"]["/Font"]
        (descendant,) = fonts["/F0"]["/DescendantFonts"]

        assert descendant.get_object()["/BaseFont"] == "/VTSERV+LiberationSerif"
        assert descendant.get_object()["/FontDescriptor"]["/FontFile2"].data.startswith(b"\0\1\0\0")


def test_an_attachment_of_its_own_needs_no_person(office: Office) -> None:
    """NĐ 30/2020 PL I II.8.b: the agency signs each separate file, with number, date and time as text."""
    target = office.folder / "attachment.pdf"
    lines = ["Số: 125/SNV-CCVC; 22/11/2026; 08:30:15 +07:00"]
    sign_with_text(office.draft(), target, lines=lines, signer=office.pki.signer("agency"), now=office.now)
    report = office.judged(target)

    assert report.verdict is Verdict.VALID
    assert report.person is None
    assert "không có chữ ký số cá nhân" in report.message


@pytest.mark.parametrize("lines", [[], ["một"] * 5, ["quá dài " * 40]], ids=["none", "five", "too long"])
def test_what_does_not_fit_is_refused(office: Office, sealed: Path, lines: list[str]) -> None:
    with pytest.raises(PlaceOutside):
        sign_with_text(
            sealed,
            office.folder / "out.pdf",
            lines=lines,
            signer=office.pki.signer("agency"),
            now=office.now,
        )
