"""Each attack on a signed document, and what `verify` says of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from tests.pdfsign import tampering
from tests.pdfsign.documents import typeset, write
from tests.pdfsign.office import Office
from tests.pdfsign.tampering import Change, append_revision
from vanthu.pdfsign import Changes, Problem, Verdict

AFTER_SEAL: list[Change] = [
    tampering.change_number,
    tampering.redraw_number,
    tampering.redraw_signature,
    tampering.stamp_content,
    tampering.annotate,
    tampering.add_page,
    tampering.clear_seal,
    tampering.copy_signature_value,
    tampering.draw_unsigned_seal,
]


def _name(change: Change) -> str:
    return getattr(change, "__name__", "change")


class TestRevisionsAfterTheSeal:
    @pytest.mark.parametrize("change", AFTER_SEAL, ids=_name)
    def test_nobody_answers_for_them(self, office: Office, sealed: Path, change: Change) -> None:
        report = office.judged(append_revision(sealed, change))

        assert report.verdict is Verdict.INVALID
        assert report.message.startswith("Đã bị sửa sau khi ký số")
        assert not any(one.covers_whole_file for one in report.signatures)
        assert all(one.changes_after is Changes.ILLEGAL for one in report.signatures)

    @pytest.mark.parametrize("change", AFTER_SEAL, ids=_name)
    def test_nor_after_the_archive_timestamp(self, office: Office, archived: Path, change: Change) -> None:
        assert office.judged(append_revision(archived, change)).verdict is Verdict.INVALID

    @pytest.mark.parametrize(
        "change",
        [
            tampering.change_number,
            tampering.redraw_number,
            tampering.redraw_signature,
            tampering.stamp_content,
            tampering.annotate,
            tampering.add_page,
            tampering.draw_unsigned_seal,
        ],
        ids=_name,
    )
    def test_a_further_signature_does_not_heal_them(
        self, office: Office, sealed: Path, change: Change
    ) -> None:
        report = office.judged(office.copied(append_revision(sealed, change)))

        assert report.verdict is Verdict.INVALID
        assert report.signatures[-1].changes_after is Changes.NONE
        assert report.agency is not None
        assert report.agency.changes_after is Changes.ILLEGAL

    def test_a_page_taken_away_is_noticed(self, office: Office) -> None:
        sealed = office.sealed(office.signed(office.prepared(office.draft(page_breaks=1))))
        assert office.judged(sealed).verdict is Verdict.VALID

        assert office.judged(append_revision(sealed, tampering.remove_page)).verdict is Verdict.INVALID


class TestBetweenPersonAndSeal:
    @pytest.mark.parametrize(
        "change",
        [tampering.stamp_content, tampering.annotate, tampering.add_page, tampering.draw_unsigned_seal],
        ids=_name,
    )
    def test_content_stamped_there_breaks_the_person_s_signature(
        self, office: Office, signed: Path, change: Change
    ) -> None:
        report = office.judged(office.sealed(append_revision(signed, change)))

        assert report.verdict is Verdict.INVALID
        assert report.person is not None
        assert report.agency is not None
        assert report.person.changes_after is Changes.ILLEGAL
        assert report.person.intact
        assert report.person.cryptographically_valid
        assert report.agency.verdict is Verdict.VALID


class TestAppendedBytes:
    @pytest.mark.parametrize("tail", [b"\n", b"\r\n", b" ", b"\0"])
    @pytest.mark.parametrize("stage", ["signed", "sealed", "archived"])
    def test_a_blank_that_a_sender_s_system_adds_means_nothing(
        self, office: Office, finished: Office, stage: str, tail: bytes
    ) -> None:
        """ISO 32000-2 7.2.3: white space outside objects."""
        data = (finished.folder / f"{stage}.pdf").read_bytes()
        report = office.judged(write(office.folder / "longer.pdf", data + tail))

        assert report.verdict is Verdict.VALID
        assert report.signatures[-1].changes_after is Changes.ALLOWED
        assert not report.signatures[-1].covers_whole_file

    @pytest.mark.parametrize("tail", [b"% ghi chu\n", b"\0" * 4096, b"\n%%EOF\n", b"\nDEADBEEF"])
    @pytest.mark.parametrize("stage", ["signed", "sealed", "archived"])
    def test_of_others_nobody_knows_what_they_are_for(
        self, office: Office, finished: Office, stage: str, tail: bytes
    ) -> None:
        data = (finished.folder / f"{stage}.pdf").read_bytes()
        report = office.judged(write(office.folder / "longer.pdf", data + tail))

        assert report.verdict is Verdict.INDETERMINATE
        assert report.message.endswith("có dữ liệu lạ ở cuối tệp, không rõ để làm gì.")
        assert all(one.changes_after is Changes.UNKNOWN for one in report.signatures)

    @pytest.mark.parametrize(
        "tail",
        [
            b"1 0 obj\n<<>>\nendobj\n",
            b"\n3 0 obj\n<< /Type /Page >>\nendobj\n%%EOF\n",
            b"\nxref\n0 0\ntrailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n",
        ],
    )
    @pytest.mark.parametrize("stage", ["signed", "sealed", "archived"])
    def test_objects_are_a_revision_that_nobody_signed(
        self, office: Office, finished: Office, stage: str, tail: bytes
    ) -> None:
        data = (finished.folder / f"{stage}.pdf").read_bytes()
        report = office.judged(write(office.folder / "longer.pdf", data + tail))

        assert report.verdict is Verdict.INVALID
        assert all(one.changes_after is Changes.ILLEGAL for one in report.signatures)


class TestByteRange:
    def test_not_starting_at_the_beginning(self, office: Office, sealed: Path) -> None:
        _, first, start, length = tampering.byte_ranges(sealed.read_bytes())[-1]
        report = office.judged(tampering.rewrite_range(sealed, (1, first - 1, start, length)))

        assert report.verdict is Verdict.INVALID
        assert report.signatures[-1].details.problem is Problem.ODD_RANGE

    @pytest.mark.parametrize(
        ("less", "later", "shorter"),
        [(10, 0, 0), (0, 10, 10), (0, -40, -40), (0, 0, 10)],
        ids=["gap begins early", "gap ends late", "parts overlap", "end not covered"],
    )
    def test_with_another_gap(
        self, office: Office, sealed: Path, less: int, later: int, shorter: int
    ) -> None:
        _, first, start, length = tampering.byte_ranges(sealed.read_bytes())[-1]
        other = (0, first - less, start + later, length - shorter)
        report = office.judged(tampering.rewrite_range(sealed, other))

        assert report.verdict is Verdict.INVALID
        assert not report.signatures[-1].intact

    def test_with_something_hidden_in_the_padding(self, office: Office, sealed: Path) -> None:
        _, first, start, _ = tampering.byte_ranges(sealed.read_bytes())[-1]
        data = bytearray(sealed.read_bytes())
        assert data[start - 41 : start - 1] == b"0" * 40
        data[start - 41 : start - 1] = b"DEADBEEF" * 5
        report = office.judged(write(office.folder / "padded.pdf", bytes(data)))

        assert report.verdict is Verdict.INVALID
        assert report.signatures[-1].details.problem is Problem.ODD_RANGE
        assert first < start

    def test_of_a_moved_second_part(self, office: Office, sealed: Path) -> None:
        """The signature-wrapping attack: the signed tail copied to the end, other content in the gap."""
        data = sealed.read_bytes()
        _, first, start, length = tampering.byte_ranges(data)[-1]
        moved = write(office.folder / "wrapped.pdf", data + b"\n%evil\n" + data[start : start + length])
        new = (0, first, moved.stat().st_size - length, length)
        report = office.judged(tampering.rewrite_range(moved, new))

        assert report.verdict is Verdict.INVALID


class TestSignatureValue:
    def test_of_another_document(self, office: Office, finished: Office) -> None:
        """The value cut out of one document and set into another of the same length."""
        ours = (finished.folder / "signed.pdf").read_bytes()
        other = Office(office.folder, office.pki)
        theirs = other.signed(other.prepared(other.draft(day_blank="h(25pt)"))).read_bytes()
        _, first, start, _ = tampering.byte_ranges(ours)[-1]
        _, their_first, their_start, _ = tampering.byte_ranges(theirs)[-1]
        mixed = ours[:first] + theirs[their_first:their_start] + ours[start:]
        report = office.judged(write(office.folder / "mixed.pdf", mixed))

        assert report.verdict is Verdict.INVALID
        assert report.message.startswith("Đã bị sửa sau khi ký số")

    def test_that_is_not_one(self, office: Office, sealed: Path) -> None:
        data = bytearray(sealed.read_bytes())
        _, first, start, _ = tampering.byte_ranges(bytes(data))[-1]
        data[first + 1 : start - 1] = b"0" * (start - first - 2)
        report = office.judged(write(office.folder / "empty-value.pdf", bytes(data)))

        assert report.verdict is Verdict.INVALID
        assert any(one.details.problem is Problem.UNREADABLE for one in report.signatures)


class TestShadowFields:
    def test_another_text_field_filled_after_signing(self, office: Office) -> None:
        """A field of the draft that can be made to cover its text: filling it is not number or date."""

        def add_field(writer: IncrementalPdfFileWriter) -> None:
            tampering.add_text_field(writer, "GhiChu")

        def fill_field(writer: IncrementalPdfFileWriter) -> None:
            tampering.fill_text_field(writer, "GhiChu", b"1 1 1 rg 0 0 400 300 re f")

        draft = append_revision(office.draft(), add_field, "draft-with-field.pdf")
        signed = office.signed(office.prepared(draft))
        assert office.judged(signed).verdict is Verdict.VALID

        report = office.judged(office.sealed(append_revision(signed, fill_field, "filled.pdf")))

        assert report.verdict is Verdict.INVALID
        assert report.person is not None
        assert report.person.changes_after is Changes.ILLEGAL

    def test_a_signature_whose_picture_lies_over_the_number(self, office: Office, sealed: Path) -> None:
        report = office.judged(tampering.sign_over_number(sealed, office.pki.signer("person-ec")))

        assert report.verdict is Verdict.INVALID
        assert report.signatures[-1].verdict is Verdict.VALID


class TestWhatIsAllowed:
    def test_long_term_data_and_a_timestamp(self, office: Office, archived: Path) -> None:
        report = office.judged(archived)

        assert report.verdict is Verdict.VALID
        assert [one.changes_after for one in report.signatures] == ["allowed", "allowed", "none"]

    def test_a_copy_s_text_signature(self, office: Office, archived: Path) -> None:
        report = office.judged(office.copied(archived))

        assert report.verdict is Verdict.VALID
        assert len(report.signatures) == 4

    def test_two_copies(self, office: Office, sealed: Path) -> None:
        report = office.judged(office.copied(office.copied(sealed)))

        assert report.verdict is Verdict.VALID

    def test_validation_data_alone_after_the_last_signature(self, office: Office, sealed: Path) -> None:
        extended = append_revision(sealed, tampering.add_validation_data(office.pki.root))
        report = office.judged(extended)

        assert report.verdict is Verdict.VALID
        assert {one.changes_after for one in report.signatures} == {Changes.ALLOWED}
        assert not any(one.covers_whole_file for one in report.signatures)

    def test_a_signature_taken_back_leaves_the_earlier_file(self, office: Office, sealed: Path) -> None:
        """Cutting off the seal's revision gives the file as the person signed it: valid, and it says so."""
        length = tampering.first_revision_length(sealed, 0)
        report = office.judged(write(office.folder / "cut.pdf", sealed.read_bytes()[:length]))

        assert report.verdict is Verdict.VALID
        assert report.agency is None
        assert "chưa có chữ ký số của cơ quan" in report.message


def test_an_unsigned_file_is_unsigned(office: Office) -> None:
    report = office.judged(write(office.folder / "plain.pdf", typeset()))

    assert report.verdict is Verdict.UNSIGNED
    assert report.message == "Văn bản không có chữ ký số."
