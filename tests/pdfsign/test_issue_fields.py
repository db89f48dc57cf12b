"""The fields for number and date: what they show, and what was done to them before the seal."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from tests.pdfsign import lying, tampering
from tests.pdfsign.documents import DOTS, SPACES, UNDERSCORES
from tests.pdfsign.office import NAME, TITLE, Office
from tests.pdfsign.tampering import Change, append_revision
from vanthu.pdfsign import Box, NotPrepared, Problem, Verdict, find_places, prepare, sealing
from vanthu.pdfsign.appearance import picture_appearance
from vanthu.pdfsign.errors import IssueFieldsTouched

LYING: dict[str, Change] = {
    "another number": lying.number_drawn_as(lying.line("999")),
    "part of the number": lying.number_drawn_as(lying.line("12")),
    "nothing": lying.number_drawn_as(b""),
    "two lines of text": lying.number_drawn_as(lying.line("125") + b" " + lying.line("6")),
    "a picture over it": lying.number_drawn_as(lying.line("125") + b" 0 0 20 10 re f"),
    "white on white": lying.number_drawn_as(lying.line("125").replace(b"0 g BT", b"1 g BT")),
    "white on white paper": lying.number_drawn_as(lying.line("125", before="1 1 1 rg 0 0 30 14 re f 1 g ")),
    "invisible text": lying.number_drawn_as(lying.line("125", state="3 Tr ")),
    "ink that covers nothing": lying.see_through,
    "type of a hundredth of a point": lying.number_drawn_as(lying.line("125", size=0.01)),
    "type of one point": lying.number_drawn_as(lying.line("125", size=1)),
    "type a little smaller than fits": lying.number_drawn_as(lying.line("125", size=12.9)),
    "no type at all": lying.number_drawn_as(lying.line("125", size=0)),
    "type upside down": lying.number_drawn_as(lying.line("125", x=28, y=9, size=-13)),
    "type upside down and mirrored back": lying.number_drawn_as(
        lying.line("125", y=9, size=-13, squeeze=-100)
    ),
    "flat as a line": lying.number_drawn_as(lying.line("125", squeeze=0.01)),
    "squeezed where there is room": lying.number_drawn_as(lying.line("125", squeeze=70)),
    "stretched": lying.number_drawn_as(lying.line("125", squeeze=120)),
    "mirrored": lying.number_drawn_as(lying.line("125", x=28, squeeze=-100)),
    "raised out of its box": lying.number_drawn_as(lying.line("125", state="40 Ts ")),
    "figures far apart": lying.number_drawn_as(lying.line("125", state="40 Tc ")),
    "figures on one another": lying.number_drawn_as(lying.line("125", state="-6.5 Tc ")),
    "wide word spaces": lying.number_drawn_as(lying.line("125", state="40 Tw ")),
    "another matrix of the text": lying.number_drawn_as(lying.line("125", state="1 0 0 1 900 900 Tm ")),
    "the page moved": lying.number_drawn_as(lying.line("125", before="1 0 0 1 900 900 cm ")),
    "the page shrunk": lying.number_drawn_as(lying.line("125", before=".01 0 0 .01 0 0 cm ")),
    "cut to nothing": lying.number_drawn_as(lying.line("125", before="0 0 0 0 re W n ")),
    "cut off at the left": lying.number_drawn_as(lying.line("125", x=-10)),
    "cut off at the bottom": lying.number_drawn_as(lying.line("125", y=-6)),
    "cut off at the right": lying.number_drawn_as(lying.line("125", x=30)),
    "cut off at the top": lying.number_drawn_as(lying.line("125", y=9)),
    "too large for its box": lying.number_drawn_as(lying.line("125", size=40)),
    "a box of another size": lying.number_drawn_as(lying.line("125"), box=(200, 200)),
    "a turned box": lying.number_drawn_as(
        lying.line("125"), extra={"/Matrix": generic.ArrayObject([generic.NumberObject(-1)] * 6)}
    ),
    "another font": lying.other_font,
    "a hidden field": lying.hide_number,
    "another number under the mouse": lying.other_on_hover,
    "a second field of the name": lying.second_number,
}


class TestWhatTheFieldsShow:
    """The value is what programs read, the appearance what people see; nothing in a PDF ties them."""

    @pytest.mark.parametrize("change", LYING.values(), ids=LYING.keys())
    def test_a_number_that_looks_otherwise_is_not_valid(
        self, office: Office, signed: Path, change: Change, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The agency's own program lies: the change is in the revision that the seal signs and locks."""
        report = office.judged(_sealed_with(office, signed, change, monkeypatch))

        assert report.verdict is Verdict.INVALID
        assert report.agency is not None
        assert report.agency.details.problem is Problem.SHOWN_OTHERWISE
        assert report.agency.details.shown_otherwise == ("Số văn bản",)
        assert report.agency.message.startswith("Số văn bản hiện trên trang không đúng với giá trị mà Sở")
        assert report.agency.intact

    def test_nor_are_fields_that_viewers_are_to_draw_anew(
        self, office: Office, signed: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Our own drawing is there, and Acrobat would not show it; set when pyHanko no longer clears it."""

        def draw_and_lie(writer: IncrementalPdfFileWriter, *picture: Any, **size: Any) -> Any:
            lying.let_viewers_redraw(writer)
            return picture_appearance(writer, *picture, **size)

        monkeypatch.setattr(sealing, "picture_appearance", draw_and_lie)
        report = office.judged(office.sealed(signed))

        assert report.verdict is Verdict.INVALID
        assert report.agency is not None
        assert report.agency.details.shown_otherwise == ("Số văn bản", "Ngày ban hành", "Tháng ban hành")

    def test_nor_is_a_number_whose_place_is_another_when_sealed(
        self, office: Office, signed: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Fitting its box, which is no longer the one the person signed: it is that signature that tells."""

        def move_and_draw(writer: IncrementalPdfFileWriter) -> None:
            lying.move_number(writer)
            lying.number_drawn_as(lying.line("125", size=14))(writer)

        report = office.judged(_sealed_with(office, signed, move_and_draw, monkeypatch))

        assert report.verdict is Verdict.INVALID
        assert report.agency is not None
        assert report.agency.details.shown_otherwise == ()
        assert report.person is not None
        assert report.person.details.problem is Problem.CHANGED_AFTER

    def test_the_same_drawing_by_other_hands_is(
        self, office: Office, signed: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The attacks above fail for what they change, not for being made by the tests."""
        change = lying.number_drawn_as(lying.line("125"))

        assert office.judged(_sealed_with(office, signed, change, monkeypatch)).verdict is Verdict.VALID

    def test_white_paper_over_the_text_of_the_document_is_not_valid(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A draft with a field so laid over its text, by a program that does not look what it hides."""
        module = importlib.import_module("vanthu.pdfsign.prepare")
        monkeypatch.setattr(module, "hides_text", lambda *_: False)
        draft = office.draft()
        places = find_places(draft, signer_name=NAME, signer_title=TITLE)
        assert places.number is not None
        wide = replace(places.number, x0=places.number.x0 - 40, opaque=True)
        prepare(draft, office.folder / "prepared.pdf", replace(places, number=wide))
        report = office.judged(office.sealed(office.signed(office.folder / "prepared.pdf")))

        assert report.agency is not None
        assert report.agency.details.shown_otherwise == ("Số văn bản",)
        assert report.person is not None
        assert report.person.verdict is Verdict.VALID

    def test_our_own_white_paper_hides_no_letter(self, office: Office) -> None:
        draft = office.draft(number_blank=DOTS)
        places = find_places(draft, signer_name=NAME, signer_title=TITLE)
        assert places.number is not None
        assert places.number.opaque
        wide = replace(places.number, x0=places.number.x0 - 40)
        prepare(draft, office.folder / "prepared.pdf", replace(places, number=wide))

        assert office.judged(office.sealed(office.signed(office.folder / "prepared.pdf"))).verdict is (
            Verdict.VALID
        )

    @pytest.mark.parametrize("blank", [SPACES, DOTS, UNDERSCORES], ids=["spaces", "dots", "underscores"])
    @pytest.mark.parametrize(
        "issue",
        [{"number": "01", "day": "05", "month": "01"}, {"number": "123456ABC"}, {"number": "7b"}],
        ids=str,
    )
    def test_what_we_seal_ourselves_is_valid(self, office: Office, blank: str, issue: dict[str, Any]) -> None:
        sealed = office.sealed(office.signed(office.prepared(office.draft(number_blank=blank))), **issue)
        copied = office.copied(office.archived(sealed))

        assert office.judged(copied).verdict is Verdict.VALID

    @settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(
        width=st.floats(1, 300), height=st.floats(1, 60), number=st.from_regex("[0-9]{1,6}", fullmatch=True)
    )
    def test_so_it_is_in_a_box_drawn_by_hand(
        self, office: Office, width: float, height: float, number: str
    ) -> None:
        draft = office.draft()
        places = find_places(draft, signer_name=NAME, signer_title=TITLE)
        box = Box(page=1, x0=100, y0=400, x1=100 + width, y1=400 + height)
        prepare(draft, office.folder / "prepared.pdf", replace(places, number=box))
        sealed = office.sealed(office.signed(office.folder / "prepared.pdf"), number=number)

        assert office.judged(sealed).verdict is Verdict.VALID

    def test_a_form_of_another_program_is_its_own_affair(self, office: Office) -> None:
        """A field «so» of some other form, which shows what it likes, signed by an agency."""

        def add_form(writer: IncrementalPdfFileWriter) -> None:
            tampering.add_text_field(writer, "so")
            tampering.fill_text_field(writer, "so", b"0 g 0 0 10 10 re f")

        form = append_revision(office.draft(), add_form, "form.pdf")

        assert office.judged(office.copied(form)).verdict is Verdict.VALID


def _sealed_with(office: Office, signed: Path, change: Change, monkeypatch: pytest.MonkeyPatch) -> Path:
    fill = sealing._fill

    def fill_and_lie(writer: IncrementalPdfFileWriter, values: dict[str, str]) -> None:
        fill(writer, values)
        change(writer)

    monkeypatch.setattr(sealing, "_fill", fill_and_lie)
    return office.sealed(signed)


class TestFieldsBeforeTheSeal:
    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            (lying.fill_number, "Số văn bản đã bị sửa"),
            (lying.draw_on_empty_number, "Số văn bản đã bị sửa"),
            (lying.move_number, "Số văn bản đã bị sửa"),
            (lying.hide_number, "Số văn bản đã bị sửa"),
            (lying.second_number, "Số văn bản đã bị sửa"),
            (lying.other_font, "Số văn bản đã bị sửa"),
            (lying.unlock, "Ô dấu cơ quan đã bị sửa"),
            (lying.move_seal, "Ô dấu cơ quan đã bị sửa"),
        ],
        ids=lambda change: getattr(change, "__name__", None),
    )
    def test_the_seal_is_refused_when_they_were_touched(
        self, office: Office, signed: Path, change: Change, sentence: str
    ) -> None:
        with pytest.raises(IssueFieldsTouched, match=sentence):
            office.sealed(append_revision(signed, change))
        assert not (office.folder / "sealed.pdf").exists()

    def test_the_seal_is_refused_when_the_person_signed_them_filled(
        self, office: Office, prepared: Path
    ) -> None:
        filled = append_revision(prepared, lying.fill_number, "filled.pdf")

        with pytest.raises(IssueFieldsTouched, match="Số văn bản đã bị điền"):
            office.sealed(office.signed(filled))

    def test_the_seal_is_refused_when_it_would_lock_nothing(self, office: Office, prepared: Path) -> None:
        unlocked = append_revision(prepared, lying.unlock, "unlocked.pdf")

        with pytest.raises(NotPrepared):
            office.sealed(office.signed(unlocked))
