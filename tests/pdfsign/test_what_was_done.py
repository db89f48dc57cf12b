"""What is said of a signature: three answers for a weak digest, what was done and where, and which time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from tests.pdfsign import aftermath, hostile, outside, tampering
from tests.pdfsign.documents import typeset, write
from tests.pdfsign.office import Office
from tests.pdfsign.tampering import Change, append_revision
from vanthu.pdfsign import Changes, Problem, Verdict, holder, verify
from vanthu.pdfsign.ber import length_of
from vanthu.pdfsign.clocks import odd_time

NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)


class TestAWeakDigest:
    def test_is_told_beside_intact_bytes_and_a_known_signer(self, office: Office) -> None:
        report = office.judged(
            outside.saved(office.folder, outside.signed(typeset(), office.pki, digest="sha1"))
        )

        (one,) = report.signatures
        assert report.verdict is Verdict.INDETERMINATE
        assert (one.intact, one.cryptographically_valid, one.trusted) == (True, True, True)
        assert one.details.problem is Problem.WEAK_DIGEST
        assert report.message == (
            "Nội dung còn nguyên như khi ký và người ký số là Sở Nội vụ, "
            "nhưng chữ ký dùng thuật toán băm SHA-1 nay đã yếu."
        )

    def test_hides_no_alteration(self, office: Office) -> None:
        signed = outside.saved(office.folder, outside.signed(typeset(), office.pki, digest="sha1"))
        report = office.judged(append_revision(signed, tampering.stamp_content))

        assert report.verdict is Verdict.INVALID
        assert report.message == (
            "Đã bị sửa sau khi ký số: sau chữ ký số của Sở Nội vụ, nội dung trang 1 bị thay đổi."
        )

    def test_hides_no_untrusted_signer(self, office: Office) -> None:
        signed = outside.saved(office.folder, outside.signed(typeset(), office.pki, digest="sha1"))
        report = office.judged(signed, trust=[])

        assert report.signatures[0].details.problem is Problem.WEAK_DIGEST
        assert "(chứng thư chưa dẫn tới tổ chức chứng thực đã biết)" in report.message

    def test_hides_no_other_signature(self, office: Office) -> None:
        data = outside.signed(typeset(), office.pki, digest="sha1")
        report = office.judged(outside.saved(office.folder, outside.signed(data, office.pki, field="Hai")))

        assert [one.verdict for one in report.signatures] == [Verdict.INDETERMINATE, Verdict.VALID]

    def test_that_is_broken_is_no_weak_one(self, office: Office) -> None:
        data = outside.signed(typeset(), office.pki, digest="sha512")

        assert office.judged(outside.saved(office.folder, data)).verdict is Verdict.VALID


class TestWhatAndWhere:
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (tampering.stamp_content, "nội dung trang 1 bị thay đổi"),
            (tampering.annotate, "trang 1 bị thêm hoặc sửa hình, chú thích (Stamp)"),
            (tampering.add_page, "trang bị thêm, bớt hoặc đổi chỗ"),
            (tampering.clear_seal, "chữ ký ở ô «DauCoQuan» bị thay hoặc xóa"),
            (tampering.redraw_signature, "hình chữ ký ở ô «NguoiKy» bị vẽ lại"),
            (tampering.draw_unsigned_seal, "ô «DauGia» ở trang 1 có hình mà không ai ký"),
            (tampering.copy_signature_value, "ô «KyLan2» dùng lại một chữ ký cũ"),
            (aftermath.run_at_opening, "lệnh tự chạy bị thêm hoặc sửa (OpenAction)"),
            (aftermath.attach, "tệp đính kèm bị thêm, bớt hoặc sửa"),
            (aftermath.turn_the_page, "nội dung trang 1 bị thay đổi"),
        ],
        ids=lambda one: getattr(one, "__name__", "said"),
    )
    def test_a_harmful_change_is_named(self, office: Office, sealed: Path, change: Change, said: str) -> None:
        report = office.judged(append_revision(sealed, change))

        assert report.verdict is Verdict.INVALID
        assert said in report.signatures[-1].message

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (aftermath.note_the_language, "mục Lang của tệp bị thay đổi"),
            (aftermath.keep_private_data, "mục PieceInfo của trang 1 bị thay đổi"),
        ],
        ids=lambda one: getattr(one, "__name__", "said"),
    )
    def test_a_change_no_rule_knows_is_left_open(
        self, office: Office, sealed: Path, change: Change, said: str
    ) -> None:
        report = office.judged(append_revision(sealed, change))

        assert report.verdict is Verdict.INDETERMINATE
        assert {one.details.problem for one in report.signatures} == {Problem.CHANGED_UNCLEAR}
        assert said in report.message
        assert report.message.endswith("không rõ để làm gì.")

    def test_the_second_page_is_called_by_its_number(self, office: Office) -> None:
        def stamp_second(writer: IncrementalPdfFileWriter) -> None:
            page = writer.find_page_for_modification(1)[0].get_object()
            page[generic.pdf_name("/Rotate")] = generic.NumberObject(90)
            writer.update_container(page)

        signed = outside.saved(office.folder, outside.signed(typeset(page_breaks=1), office.pki))
        report = office.judged(append_revision(signed, stamp_second))

        assert "nội dung trang 2 bị thay đổi" in report.message


class TestTheTime:
    def test_of_the_time_stamp_is_shown_where_the_signer_wrote_local_time_as_utc(
        self, office: Office
    ) -> None:
        ahead = timedelta(hours=7)
        data = outside.signed_ahead(typeset(), office.pki, ahead=ahead, stamped=True)
        (one,) = office.judged(outside.saved(office.folder, data)).signatures

        assert one.signed_at is not None
        assert abs(one.signed_at - office.now) < timedelta(minutes=5)
        assert "ghi giờ Việt Nam thành giờ quốc tế (UTC)" in one.details.odd_time

    def test_of_a_stamp_nobody_vouches_for_is_shown_all_the_same(self, office: Office) -> None:
        data = outside.signed_ahead(typeset(), office.pki, ahead=timedelta(hours=7), stamped=True)
        (one,) = office.judged(outside.saved(office.folder, data), timestamp_trust=[]).signatures

        assert one.details.timestamp_at is None
        assert one.signed_at == one.details.stamped_at

    def test_without_a_stamp_what_is_odd_is_said(self, office: Office) -> None:
        data = outside.signed_ahead(typeset(), office.pki, ahead=timedelta(hours=7))
        (one,) = office.judged(outside.saved(office.folder, data)).signatures

        assert "không có dấu thời gian nên chưa rõ ký lúc nào" in one.details.odd_time

    @given(minutes=st.integers(-10_000, 20))
    def test_of_usual_clocks_is_not_odd(self, minutes: int) -> None:
        assert odd_time(NOON + timedelta(minutes=minutes), stamped=NOON, now=NOON) == ""


class TestManySignatures:
    @pytest.mark.parametrize("count", [25, 80])
    def test_are_all_judged_and_soon(self, tmp_path: Path, count: int) -> None:
        """25 once took 7.9 s; the bound is wide: what is quadratic is far beyond it."""
        path = write(tmp_path / "a.pdf", hostile.signed(typeset(), times=count))

        begun = time.process_time()
        report = verify(path, trust=[], now=datetime.now(UTC))
        spent = time.process_time() - begun

        assert (len(report.signatures), report.not_judged) == (count, 0)
        assert [one.changes_after for one in report.signatures] == [Changes.ALLOWED] * (count - 1) + [
            Changes.NONE
        ]
        assert spent < count * 0.08

    def test_one_that_cannot_be_read_hides_no_other(self, office: Office, sealed: Path) -> None:
        data = bytearray(sealed.read_bytes())
        _, first, start, _ = tampering.byte_ranges(bytes(data))[0]
        data[first + 1 : start - 1] = b"0" * (start - first - 2)
        report = office.judged(write(office.folder / "odd.pdf", bytes(data)))

        assert len(report.signatures) == 2
        assert {one.field for one in report.signatures} == {"NguoiKy", "DauCoQuan"}
        seal = next(one for one in report.signatures if one.field == "DauCoQuan")
        assert seal.signer == "Sở Nội vụ"


class TestBer:
    def test_of_indefinite_length_is_the_value_in_its_gap(self, office: Office, sealed: Path) -> None:
        data = outside.with_last_cms(sealed.read_bytes(), outside.in_ber)

        assert data != sealed.read_bytes()
        assert office.judged(write(office.folder / "ber.pdf", data)).verdict is Verdict.VALID

    def test_with_something_hidden_behind_it(self, office: Office, sealed: Path) -> None:
        data = outside.with_last_cms(sealed.read_bytes(), lambda der: outside.in_ber(der) + b"an")
        report = office.judged(write(office.folder / "ber.pdf", data))

        assert report.verdict is Verdict.INVALID
        assert report.signatures[-1].details.problem is Problem.ODD_RANGE

    @given(data=st.binary(max_size=60))
    def test_whatever_it_is_the_length_is_found_or_refused(self, data: bytes) -> None:
        try:
            length = length_of(data)
        except ValueError:
            return
        assert 2 <= length <= len(data)

    @given(content=st.binary(max_size=300))
    def test_both_forms_are_measured(self, content: bytes) -> None:
        size = len(content)
        head = b"\x04" + (bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big"))

        assert length_of(head + content + b"rest") == len(head) + size
        assert length_of(b"\x30\x80" + head + content + b"\0\0rest") == len(head) + size + 4


class TestALinearizedFile:
    def test_signed_in_its_only_revision(self, office: Office) -> None:
        path = outside.saved(office.folder, outside.linearized(office.pki))
        report = office.judged(path)

        assert report.verdict is Verdict.VALID
        assert report.signatures[0].covers_whole_file

    def test_changed_afterwards(self, office: Office) -> None:
        path = outside.saved(office.folder, outside.linearized(office.pki))
        report = office.judged(append_revision(path, tampering.stamp_content))

        assert report.verdict is Verdict.INVALID
        assert "nội dung trang 1 bị thay đổi" in report.message


def test_a_certificate_is_named_by_person_and_office(office: Office) -> None:
    assert holder(office.pki.certificates["person"]) == "Nguyễn Văn Ước (Sở Nội vụ)"
    assert holder(office.pki.certificates["agency"]) == "Sở Nội vụ (UBND tỉnh An Bình)"
