"""Pages that lie otherwise in their file: marks stand upright where they were put, or it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter

from tests.pdfsign import tampering
from tests.pdfsign.documents import typeset, write
from tests.pdfsign.office import NAME, TITLE, Office
from tests.pdfsign.sheets import A4, laid, moved, picture, seen_of, turned
from vanthu.pdfsign import (
    AlreadyPrepared,
    Box,
    BrokenPdf,
    OddPage,
    PdfSignError,
    PlaceOutside,
    Places,
    RotatedPage,
    Verdict,
    find_places,
    inspect,
    make_ready,
    page_areas,
    prepare,
)


def _unlike(one: Image.Image, other: Image.Image) -> int:
    """How much two pictures differ where they differ most; a hair's breadth apart is the same."""
    assert one.size == other.size
    near = [each.filter(ImageFilter.BoxBlur(1)) for each in (one, other)]
    differing = ImageChops.difference(near[0], near[1]).convert("L")
    return max(shade for shade, count in enumerate(differing.histogram()) if count)


def _issued(office: Office, draft: Path) -> Path:
    return office.sealed(office.signed(office.prepared(draft)))


@pytest.fixture(scope="module")
def upright(tmp_path_factory: pytest.TempPathFactory, finished: Office) -> Image.Image:
    """The letter as it looks when it is signed and sealed on an ordinary page."""
    return picture(finished.folder / "sealed.pdf")


class TestAPageThatIsTurned:
    @pytest.mark.parametrize("degrees", [90, 180, 270])
    def test_is_set_upright_and_looks_as_before(self, office: Office, degrees: int) -> None:
        draft = write(office.folder / "turned.pdf", turned(degrees))
        ready = office.folder / "ready.pdf"

        assert make_ready(draft, ready) == (1,)

        assert _unlike(picture(draft), picture(ready)) == 0
        assert seen_of(ready) == [A4]
        assert ready.read_bytes().startswith(draft.read_bytes())

    @pytest.mark.parametrize("degrees", [90, 180, 270])
    def test_is_signed_numbered_and_sealed_upright_where_the_marks_belong(
        self, office: Office, upright: Image.Image, degrees: int
    ) -> None:
        draft, ready = write(office.folder / "turned.pdf", turned(degrees)), office.folder / "ready.pdf"
        make_ready(draft, ready)

        sealed = _issued(office, ready)

        assert office.judged(sealed).verdict is Verdict.VALID
        assert _unlike(picture(sealed), upright) < 80

    def test_among_others_is_the_only_one_touched(self, office: Office) -> None:
        draft = write(office.folder / "mixed.pdf", laid(typeset(page_breaks=2), first=2, Rotate=90))
        ready = office.folder / "ready.pdf"

        assert make_ready(draft, ready) == (3,)

        assert seen_of(draft) == [A4, A4, None]
        assert seen_of(ready) == [A4, A4, (0, 0, A4[3], A4[2])]
        for page in range(3):
            assert _unlike(picture(draft, page), picture(ready, page)) == 0

    def test_shows_no_more_of_it_than_was_shown(self, office: Office) -> None:
        cut = laid(turned(90), CropBox=(100, 80, 700, 500))
        draft, ready = write(office.folder / "cut.pdf", cut), office.folder / "ready.pdf"

        make_ready(draft, ready)

        assert seen_of(ready) == [(0, 0, 420, 600)]
        assert _unlike(picture(draft), picture(ready)) == 0

    def test_with_notes_drawn_on_it_is_refused_by_its_number(self, office: Office) -> None:
        draft = tampering.append_revision(
            write(office.folder / "turned.pdf", turned(90)), tampering.annotate, "noted.pdf"
        )

        with pytest.raises(OddPage, match="Trang 1 bị xoay và có ô điền hoặc ghi chú"):
            make_ready(draft, office.folder / "ready.pdf")

    def test_is_refused_at_the_signature_if_it_came_before_pages_were_turned(self, office: Office) -> None:
        draft = write(office.folder / "old.pdf", turned(180))
        box = Box(page=1, x0=100, y0=100, x1=120, y1=120)

        with pytest.raises(RotatedPage):
            prepare(
                draft,
                office.folder / "prepared.pdf",
                Places(number=box, day=box, month=box, signature=box, seal=box),
            )


class TestAPageThatBeginsElsewhere:
    @pytest.mark.parametrize("by", [(100, 50), (-200, -300)])
    def test_is_signed_numbered_and_sealed_where_the_marks_belong(
        self, office: Office, upright: Image.Image, by: tuple[float, float]
    ) -> None:
        draft = write(office.folder / "moved.pdf", moved(typeset(), by=by))
        assert make_ready(draft, office.folder / "ready.pdf") == ()

        sealed = _issued(office, draft)

        assert office.judged(sealed).verdict is Verdict.VALID
        assert _unlike(picture(sealed), upright) < 80

    def test_says_what_is_seen_of_it(self, office: Office) -> None:
        draft = write(office.folder / "moved.pdf", moved(typeset(), by=(100, 50)))

        assert seen_of(draft) == [(100, 50, 100 + A4[2], 50 + A4[3])]

    def test_has_its_seal_inside(self, office: Office) -> None:
        draft = write(office.folder / "moved.pdf", moved(typeset(), by=(500, 900)))

        seal = find_places(draft, signer_name=NAME, signer_title=TITLE).seal

        assert seal is not None
        assert (seal.x0 >= 500, seal.y0 >= 900) == (True, True)

    def test_takes_no_mark_outside_of_what_is_seen(self, office: Office) -> None:
        draft = write(office.folder / "cut.pdf", laid(typeset(), CropBox=(50, 50, 500, 1000)))
        inside, outside = (Box(page=1, x0=x, y0=100, x1=x + 10, y1=120) for x in (480, 520))

        assert seen_of(draft) == [(50, 50, 500, A4[3])]
        prepare(draft, office.folder / "a.pdf", _all_at(inside))
        with pytest.raises(PlaceOutside):
            prepare(draft, office.folder / "b.pdf", _all_at(outside))


def _all_at(box: Box) -> Places:
    return Places(number=box, day=box, month=box, signature=box, seal=box)


_ODD = {
    "no media box": laid(typeset(), MediaBox=None),
    "an empty media box": laid(typeset(), MediaBox=(0, 0, 0, 0)),
    "a media box without height": laid(typeset(), MediaBox=(0, 100, 595, 100)),
    "a media box of three numbers": laid(typeset(), MediaBox=(0, 0, 595)),
    "a media box without end": laid(typeset(), MediaBox=(0, 0, 595, 10**12)),
    "a media box that is a name": laid(typeset(), MediaBox="/A4"),
    "a crop box beside the page": laid(typeset(), CropBox=(2000, 2000, 2100, 2100)),
    "turned by half a right angle": laid(typeset(), Rotate=45),
    "a unit of its own": laid(typeset(), UserUnit=10),
}


class TestWhatSigningWouldRefuse:
    @pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in _ODD.items()])
    def test_is_refused_when_the_draft_comes_in(self, office: Office, data: bytes) -> None:
        draft = write(office.folder / "odd.pdf", data)
        box = Box(page=1, x0=100, y0=100, x1=120, y1=120)

        with pytest.raises(PdfSignError) as at_signing:
            prepare(draft, office.folder / "prepared.pdf", _all_at(box))
        with pytest.raises(type(at_signing.value)) as at_upload:
            make_ready(draft, office.folder / "ready.pdf")

        assert "hãy" in str(at_upload.value)
        assert seen_of(draft) == [None]

    def test_is_refused_for_what_is_no_number(self, office: Office) -> None:
        """Written out, «NaN» is no PDF at all: nothing of the page can be read."""
        data = laid(typeset(), MediaBox=(0, 0, 594.5, 842)).replace(b"594.5", b"  NaN")
        draft = write(office.folder / "odd.pdf", data)

        for refused in (lambda: make_ready(draft, office.folder / "ready.pdf"), lambda: page_areas(draft)):
            with pytest.raises(BrokenPdf, match="hãy xuất lại"):
                refused()

    def test_is_refused_by_the_number_of_the_page(self, office: Office) -> None:
        draft = write(office.folder / "odd.pdf", laid(typeset(page_breaks=2), first=2, MediaBox=(0, 0, 0, 0)))

        with pytest.raises(OddPage, match="Trang 3 có khổ giấy trống"):
            make_ready(draft, office.folder / "ready.pdf")

    def test_is_refused_for_fields_that_will_be_ours(self, office: Office) -> None:
        draft = tampering.append_revision(
            office.draft(), lambda writer: tampering.add_text_field(writer, "ngay"), "fields.pdf"
        )

        with pytest.raises(AlreadyPrepared):
            make_ready(draft, office.folder / "ready.pdf")

    def test_is_nothing_of_an_honest_letter(self, office: Office) -> None:
        draft = office.draft()

        assert make_ready(draft, office.folder / "ready.pdf") == ()
        assert not (office.folder / "ready.pdf").exists()
        assert inspect(draft).pages == 1
