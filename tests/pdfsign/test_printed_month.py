"""A letter with its month in print («ngày      tháng 11 năm 2026») is signed and sealed without a box for it.

Whether the month agrees with the day it is sealed is seen before the seal; that nobody puts a month of his
own beside it, by the judge before the key signs and by whoever verifies.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from tests.pdfsign import tampering
from tests.pdfsign.documents import handwriting, round_seal
from tests.pdfsign.office import NAME, TITLE, Office
from tests.pdfsign.tampering import append_revision
from vanthu.pdfsign import (
    AddedOtherwise,
    BadIssueData,
    Box,
    IssueFieldsTouched,
    NotPrepared,
    Places,
    Verdict,
    begin_person_signature,
    begin_seal,
    find_places,
    prepare,
    require_only_issued,
    require_only_reserved,
)
from vanthu.pdfsign.objects import form_fields

GIVEN = {"number": "125", "day": "22", "month": "11"}


def _draft(office: Office, month: str = "11") -> Path:
    return office.draft(month_blank=f"[ {month} ]")


def _places(draft: Path) -> Places:
    return find_places(draft, signer_name=NAME, signer_title=TITLE)


def _signed(office: Office, month: str = "11") -> Path:
    return office.signed(office.prepared(_draft(office, month)))


def _signature_begun(office: Office, draft: Path, places: Places) -> Path:
    ready, pending = office.folder / "ready.pdf", office.folder / "pending.pdf"
    prepare(draft, ready, places)
    signer = office.pki.signer("person")
    begin_person_signature(
        ready,
        pending,
        certificate=signer.certificate,
        chain=signer.chain,
        image=handwriting(),
        now=office.now,
    )
    return pending


def _seal_begun(office: Office, signed: Path) -> Path:
    signer, pending = office.pki.signer("agency"), office.folder / "sealing.pdf"
    begin_seal(
        signed,
        pending,
        certificate=signer.certificate,
        chain=signer.chain,
        image=round_seal(),
        now=office.now,
        number=GIVEN["number"],
        day=GIVEN["day"],
        month=GIVEN["month"],
    )
    return pending


def _with_a_box(places: Places) -> Places:
    """As of a letter that leaves its month blank."""
    return replace(places, month=Box(page=1, x0=470, y0=700, x1=500, y1=716), month_in_print=False)


class TestThePlaces:
    def test_are_four(self, office: Office) -> None:
        places = _places(_draft(office))

        assert places.month_in_print
        assert places.missing == ()
        assert list(places.require_all()) == ["number", "day", "signature", "seal"]
        assert Places.from_dict(places.to_dict()).missing == ()

    def test_are_five_where_a_blank_is_left(self, office: Office) -> None:
        places = _places(office.draft())

        assert not places.month_in_print
        assert list(places.require_all()) == ["number", "day", "month", "signature", "seal"]

    def test_hold_no_box_for_what_is_in_print(self) -> None:
        with pytest.raises(ValueError, match="needs no box"):
            Places(month=Box(page=1, x0=1, y0=1, x1=9, y1=9), month_in_print=True)


class TestTheFields:
    def test_have_none_for_the_month_and_the_seal_locks_that_name_too(self, office: Office) -> None:
        with office.prepared(_draft(office)).open("rb") as stream:
            fields = form_fields(PdfFileReader(stream))

            assert list(fields) == ["so", "ngay", "NguoiKy", "DauCoQuan"]
            assert list(fields["DauCoQuan"]["/Lock"]["/Fields"]) == ["so", "ngay", "thang"]

    def test_are_judged_before_the_person_signs(self, office: Office) -> None:
        draft = _draft(office)
        pending = _signature_begun(office, draft, _places(draft))

        require_only_reserved(draft, pending, places=_places(draft), image=handwriting())

    def test_are_as_many_as_the_places_seen_no_fewer_and_no_more(self, office: Office) -> None:
        draft = _draft(office)
        printed, blank = _places(draft), _with_a_box(_places(draft))

        for made, seen in ((printed, blank), (blank, printed)):
            pending = _signature_begun(office, draft, made)
            with pytest.raises(AddedOtherwise):
                require_only_reserved(draft, pending, places=seen, image=handwriting())


class TestTheSeal:
    @pytest.mark.parametrize(("printed", "month"), [("11", "11"), ("01", "01"), ("1", "01"), ("09", "9")])
    def test_of_the_month_in_print_is_valid(self, office: Office, printed: str, month: str) -> None:
        report = office.judged(office.sealed(_signed(office, printed), month=month))

        assert [signature.verdict for signature in report.signatures] == [Verdict.VALID, Verdict.VALID]
        assert (report.number, report.day, report.month) == ("125", "22", "")

    @pytest.mark.parametrize(("printed", "month"), [("11", "12"), ("01", "10"), ("1", "11")])
    def test_of_another_month_is_refused(self, office: Office, printed: str, month: str) -> None:
        signed = _signed(office, printed)

        with pytest.raises(BadIssueData, match=f"in sẵn tháng {printed}, không phải tháng {month}"):
            office.sealed(signed, month=month)
        assert not (office.folder / "sealed.pdf").exists()

    def test_is_judged_before_the_agency_signs(self, office: Office) -> None:
        signed = _signed(office)

        require_only_issued(signed, _seal_begun(office, signed), image=round_seal(), **GIVEN)
        for said in ({"number": "126"}, {"day": "21"}):
            with pytest.raises(AddedOtherwise):
                require_only_issued(
                    signed, office.folder / "sealing.pdf", image=round_seal(), **(GIVEN | said)
                )

    def test_is_refused_where_neither_field_nor_print_says_the_month(self, office: Office) -> None:
        """Signed by other hands, for a letter whose month is blank."""
        draft = office.draft()
        as_printed = replace(_places(draft), month=None, month_in_print=True)
        prepare(draft, office.folder / "ready.pdf", as_printed)

        with pytest.raises(NotPrepared):
            office.sealed(office.signed(office.folder / "ready.pdf"))


def _a_month_beside(writer: IncrementalPdfFileWriter) -> None:
    """A field «thang» such as a letter with a blank has, drawn on the page."""
    tampering.add_text_field(writer, "thang")


class TestAMonthBesideTheOneInPrint:
    def test_keeps_the_seal_away(self, office: Office) -> None:
        with pytest.raises(IssueFieldsTouched, match="Tháng ban hành đã bị sửa"):
            office.sealed(append_revision(_signed(office), _a_month_beside))

    def test_makes_what_is_sealed_invalid(self, office: Office) -> None:
        sealed = office.sealed(_signed(office))
        assert office.judged(sealed).verdict is Verdict.VALID

        added = append_revision(sealed, _a_month_beside, "added.pdf")
        assert office.judged(added).verdict is Verdict.INVALID
