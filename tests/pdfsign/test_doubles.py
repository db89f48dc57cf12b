"""A file that says two things is not valid by the one that its judge happens to read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pdfsign import disguises, doubles, outside, tampering
from tests.pdfsign.documents import scanned, typeset, write
from tests.pdfsign.office import Office
from tests.pdfsign.pki import Pki
from vanthu.pdfsign import Problem, Verdict
from vanthu.pdfsign.altering import Kind

_WHITE = b"1 1 1 rg 0 0 500 500 re f 1 0 0 rg 5 5 20 20 re f"
_RED_RING = b"0.8 0.1 0.2 RG 3 w 5 5 90 60 re S"


@pytest.fixture(scope="module")
def once_signed(pki: Pki) -> bytes:
    return outside.signed(typeset(), pki)


class TestTwoThingsAtOnce:
    @pytest.mark.parametrize("make", doubles.DOUBLES, ids=lambda make: make.__name__)
    def test_are_never_valid(
        self, office: Office, once_signed: bytes, make: Callable[[bytes], bytes]
    ) -> None:
        report = office.judged(outside.saved(office.folder, make(once_signed)))

        assert report.verdict is Verdict.INDETERMINATE
        assert report.signatures[0].details.alterations == (Kind.TWOFOLD.words,)

    @pytest.mark.parametrize("make", doubles.DOUBLES, ids=lambda make: make.__name__)
    def test_nor_with_a_further_signature_over_them(
        self, office: Office, once_signed: bytes, make: Callable[[bytes], bytes]
    ) -> None:
        """Whoever signs later answers for himself; what the first one signed is as unclear as before."""
        later = outside.signed(make(once_signed), office.pki, field="Hai", name="person")
        report = office.judged(outside.saved(office.folder, later))

        assert report.verdict is not Verdict.VALID

    def test_but_an_entry_that_says_the_same_twice_says_one(self, office: Office, once_signed: bytes) -> None:
        data = doubles.page_with_two_contents(once_signed, same=True)
        report = office.judged(outside.saved(office.folder, data))

        assert report.verdict is Verdict.VALID
        assert report.signatures[0].details.alterations == (Kind.REWRITTEN.words,)

    def test_content_freed_where_two_tables_stand_side_by_side_is_gone(
        self, office: Office, once_signed: bytes
    ) -> None:
        report = office.judged(outside.saved(office.folder, doubles.freed_beside_a_stream(once_signed)))

        assert report.verdict is Verdict.INVALID
        assert "nội dung trang 1 bị thay đổi" in report.message


class TestAFieldCalledSo:
    def test_that_we_did_not_make_may_not_be_filled(self, office: Office) -> None:
        """Nobody compares its look with its value; it may lie over the whole text."""
        draft = disguises.prepared(typeset(), lambda writer: tampering.add_text_field(writer, "so"))
        signed = outside.saved(office.folder, outside.signed(draft, office.pki), "with-so.pdf")
        assert office.judged(signed).verdict is Verdict.VALID

        filled = tampering.append_revision(
            signed, lambda writer: tampering.fill_text_field(writer, "so", b"1 1 1 rg 0 0 400 300 re f")
        )
        later = outside.signed(filled.read_bytes(), office.pki, field="Hai", name="person")
        report = office.judged(outside.saved(office.folder, later))

        assert report.verdict is Verdict.INVALID
        assert "ô «so» ở trang 1 bị điền hoặc sửa" in report.message


class TestAPictureOfALaterSignature:
    @pytest.fixture
    def first(self, office: Office, once_signed: bytes) -> Path:
        return write(office.folder / "first.pdf", once_signed)

    def test_over_the_text_leaves_open_what_was_signed(self, office: Office, first: Path) -> None:
        path = doubles.signed_over(first, office.pki.signer("person"), box=doubles.OVER_TEXT, drawing=_WHITE)
        report = office.judged(path)

        assert report.verdict is Verdict.INDETERMINATE
        assert report.message == (
            "Nội dung mà Sở Nội vụ ký số còn nguyên, nhưng sau đó hình của ô «Hai» che chữ ở trang 1, "
            "không rõ để làm gì."
        )
        assert [one.details.problem for one in report.signatures] == [Problem.CHANGED_UNCLEAR, None]

    @pytest.mark.parametrize(
        ("box", "drawing"),
        [(doubles.OVER_TEXT, _RED_RING), (doubles.ON_PAPER, _WHITE), (doubles.OVER_TEXT, b"")],
        ids=["a ring over text", "white on white", "nothing over text"],
    )
    def test_that_hides_nothing_is_a_signature_like_any(
        self, office: Office, first: Path, box: doubles.Box, drawing: bytes
    ) -> None:
        path = doubles.signed_over(first, office.pki.signer("person"), box=box, drawing=drawing)

        assert office.judged(path).verdict is Verdict.VALID

    def test_over_the_picture_of_a_text_is_seen_as_well(self, office: Office) -> None:
        data = outside.signed(scanned(typeset()), office.pki)
        path = doubles.signed_over(
            write(office.folder / "scan.pdf", data),
            office.pki.signer("person"),
            box=doubles.OVER_TEXT,
            drawing=_WHITE,
        )

        assert office.judged(path).verdict is Verdict.INDETERMINATE

    def test_that_names_another_page_than_it_lies_on_is_looked_for_where_it_lies(
        self, office: Office
    ) -> None:
        """A viewer draws what a page lists, whatever /P says."""
        sealed = office.sealed(office.signed(office.prepared(office.draft(page_breaks=1))))
        signer = office.pki.signer("person-ec")
        path = doubles.signed_over(
            sealed, signer, box=(140, 738, 200, 758), drawing=_WHITE, page=0, named_page=1
        )

        assert office.judged(path).verdict is not Verdict.VALID

    def test_of_one_who_only_stamps_in_resources_of_his_own(self, office: Office, first: Path) -> None:
        """/DR in the widget, as iText writes it and with it the government's tool."""
        data = outside.signed_in(first.read_bytes(), office.pki, disguises.FIELD_AS_ITEXT_WRITES, field="Cho")

        assert office.judged(outside.saved(office.folder, data)).verdict is Verdict.VALID


class TestTheEndOfTheFile:
    """ISO 32000-1 Annex H, note 18: readers look for the mark in the last 1,024 bytes."""

    @pytest.mark.parametrize(
        "tail", [b"\0" * 511, b"\r\n" * 500, b" " * 1_017], ids=["block", "lines", "all"]
    )
    def test_padded_as_far_as_readers_look_means_nothing(
        self, office: Office, once_signed: bytes, tail: bytes
    ) -> None:
        report = office.judged(outside.saved(office.folder, once_signed + tail))

        assert report.verdict is Verdict.VALID

    @pytest.mark.parametrize(
        "tail",
        [b"\0" * 1_030, b" " * 500 + b"%", b"\n" * 500 + b"x"],
        ids=["farther", "a comment", "a letter"],
    )
    def test_pushed_out_of_sight_or_followed_by_a_sign_is_unclear(
        self, office: Office, once_signed: bytes, tail: bytes
    ) -> None:
        report = office.judged(outside.saved(office.folder, once_signed + tail))

        assert report.verdict is Verdict.INDETERMINATE
        assert "có dữ liệu lạ ở cuối tệp" in report.message

    def test_with_an_object_behind_the_blanks_was_added_to(self, office: Office, once_signed: bytes) -> None:
        tail = b"\0" * 900 + b"3 0 obj\n<< >>\nendobj\n"
        report = office.judged(outside.saved(office.folder, once_signed + tail))

        assert report.verdict is Verdict.INVALID


class TestHowAnObjectIsKept:
    def test_a_length_told_elsewhere_may_not_become_another(self, office: Office) -> None:
        signed = outside.signed(doubles.measured_apart(typeset()), office.pki)
        assert office.judged(outside.saved(office.folder, signed)).verdict is Verdict.VALID

        report = office.judged(outside.saved(office.folder, doubles.measured_anew(signed)))

        assert report.verdict is Verdict.INVALID
        assert "nội dung trang 1 bị thay đổi" in report.message

    def test_nor_one_that_leaves_its_stream_unreadable(self, office: Office) -> None:
        """Viewers mend such a stream; the judge does not know what it leads to."""
        signed = outside.signed(doubles.measured_apart(typeset()), office.pki)
        data = doubles.measured_anew(signed, more=-3)

        assert office.judged(outside.saved(office.folder, data)).verdict is not Verdict.VALID

    def test_an_object_that_stands_twice_in_its_stream_may_not_change_places(self, office: Office) -> None:
        draft, row = doubles.packed_twice(typeset())
        signed = outside.signed(draft, office.pki)
        assert office.judged(outside.saved(office.folder, signed)).verdict is Verdict.VALID

        report = office.judged(outside.saved(office.folder, doubles.shown_by_place(signed, row)))

        assert report.verdict is Verdict.INDETERMINATE
        assert report.signatures[0].details.alterations == (Kind.TWOFOLD.words,)
