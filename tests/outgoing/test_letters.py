"""What is said of a malformed letter: the line at fault and what to change in Word, not what it leads to."""

from __future__ import annotations

import pytest

from tests.outgoing.letters import CHOSEN, SOUND, doubts, faults, saying, seen, told
from vanthu.outgoing.letter_rules import RULES, Matter, Weight
from vanthu.outgoing.letters import LetterRead, other_subject, subject_of
from vanthu.pdfsign import Beneath, Found, Sayings, Sight


class TestFaults:
    def test_of_a_sound_letter_are_none(self) -> None:
        assert faults(SOUND) == []

    @pytest.mark.parametrize(
        ("says", "missing", "fault"),
        [
            (
                {"number": seen(Sight.ABSENT)},
                ["number"],
                "Không thấy dòng «Số: …» ở đầu trang 1. Trong Word, hãy ghi dưới tên cơ quan: "
                "«Số:          /SNV-CCVC», hoặc tự đặt khung «Số» trên trang.",
            ),
            (
                {"number": seen(Sight.OPEN)},
                ["number"],
                "Dòng «Số:» thiếu dấu gạch chéo và ký hiệu. Trong Word, hãy ghi «Số:          /SNV-CCVC», "
                "hoặc tự đặt khung «Số» trên trang.",
            ),
            (
                {"number": seen(Sight.TYPED, "125")},
                ["number"],
                "Số đã được ghi sẵn: «Số: 125/…». Trong Word, hãy xóa «125» và để trống; văn thư cấp số sau "
                "khi ký.",
            ),
            (
                {"day": seen(Sight.ABSENT), "month": seen(Sight.ABSENT)},
                ["day", "month"],
                "Không thấy dòng «An Bình, ngày      tháng      năm …» ở đầu trang 1. Trong Word, hãy ghi "
                "dưới «Độc lập - Tự do - Hạnh phúc», hoặc tự đặt khung «Ngày» và «Tháng» trên trang.",
            ),
            (
                {"day": seen(Sight.TYPED, "22")},
                ["day"],
                "Ngày đã được ghi sẵn: «ngày 22». Trong Word, hãy xóa «22» và để trống; ngày được ghi khi "
                "cấp số, tháng và năm có thể in sẵn.",
            ),
            (
                {"day": seen(Sight.TYPED, "22"), "month": seen(Sight.TYPED, "11")},
                ["day", "month"],
                "Ngày tháng đã được ghi sẵn: «ngày 22 tháng 11». Trong Word, hãy xóa «22» và để trống; ngày "
                "được ghi khi cấp số, tháng và năm có thể in sẵn.",
            ),
            (
                {"month": seen(Sight.NARROW)},
                ["month"],
                "Sau «tháng» không còn chỗ để ghi. Trong Word, hãy chừa khoảng trống: "
                "«An Bình, ngày      tháng      năm …», hoặc tự đặt khung «Tháng» trên trang.",
            ),
            (
                {"name": seen(Sight.OTHER, "Trần Thanh Bìn")},
                ["signature", "seal"],
                "Dưới chỗ ký ghi «Trần Thanh Bìn», người ký đã chọn là «Trần Thanh Bình». Hãy sửa họ tên "
                "trong Word, hoặc chọn lại người ký.",
            ),
            (
                {"name": seen(Sight.ABSENT)},
                ["signature", "seal"],
                "Không thấy họ tên người ký «Trần Thanh Bình» dưới chỗ ký. Trong Word, hãy ghi họ tên dưới "
                "chức vụ, hoặc chọn lại người ký.",
            ),
            (
                {"name": seen(Sight.NARROW)},
                ["signature", "seal"],
                "Giữa chức vụ và họ tên «Trần Thanh Bình» không đủ chỗ để ký. Trong Word, hãy chừa khoảng "
                "năm dòng trống, hoặc tự đặt khung «Chữ ký» trên trang.",
            ),
        ],
        ids=[
            "no line of the number",
            "a number line without its symbol",
            "a typed number",
            "no line of the date",
            "a typed day",
            "a typed date",
            "no room for the month",
            "a misspelt name",
            "no name",
            "no room to sign",
        ],
    )
    def test_name_the_line_and_what_to_change(
        self, says: dict[str, Found], missing: list[str], fault: str
    ) -> None:
        assert faults(saying(**says), *missing) == [fault]

    def test_come_all_at_once(self) -> None:
        says = saying(number=seen(Sight.ABSENT), name=seen(Sight.OTHER, "Trần Thanh Bìn"))

        assert len(faults(says, "number", "signature", "seal")) == 2

    @pytest.mark.parametrize(
        "found",
        [
            {"number": seen(Sight.TYPED, "125")},
            {"day": seen(Sight.TYPED, "22")},
            {"name": seen(Sight.OTHER, "Trần Thanh Bìn")},
            {"name": seen(Sight.ABSENT)},
        ],
    )
    def test_that_no_box_can_mend_stay_when_boxes_are_placed(self, found: dict[str, Found]) -> None:
        assert len(faults(saying(**found))) == 1

    @pytest.mark.parametrize("name", ["number", "day", "month"])
    def test_that_a_box_can_mend_are_gone_when_it_is_placed(self, name: str) -> None:
        assert faults(saying(**{name: seen(Sight.ABSENT)})) == []

    def test_of_what_lies_beneath_a_box_say_what_would_be_covered(self) -> None:
        assert faults(SOUND, number=Beneath(text="V/v rà soát")) == [
            "Khung «Số» đang đè lên chữ «V/v rà soát» của văn bản. Hãy dời khung tới chỗ trống."
        ]

    def test_of_a_scan_ask_for_the_boxes_alone(self) -> None:
        scan = saying(is_legible=False, number=seen(Sight.ABSENT), name=seen(Sight.ABSENT))

        assert faults(scan) == []
        assert faults(scan, "number", "seal") == [
            "Chưa đặt trên trang: số, dấu cơ quan. Hãy đặt khung, hoặc xác nhận khung đặt tạm đã đúng chỗ."
        ]

    def test_do_not_say_that_a_name_is_missing_which_may_stand_on_a_scanned_page(self) -> None:
        assert faults(saying(name=seen(Sight.ABSENT), has_wordless_page=True)) == []

    def test_of_a_version_nobody_has_read_ask_for_the_boxes_alone(self) -> None:
        assert faults(None) == []
        assert len(faults(None, "day")) == 1


class TestRemarks:
    def _remarks(self, says: Sayings | None, **lying: Beneath) -> list[str]:
        return told(Weight.REMARK, says, chosen=CHOSEN, **lying)

    def test_on_a_sound_letter_are_none(self) -> None:
        assert self._remarks(SOUND) == []
        assert self._remarks(None) == []

    def test_tell_that_a_number_is_printed_where_no_line_is(self) -> None:
        assert "số sẽ in ở khung đặt tay" in self._remarks(saying(number=seen(Sight.ABSENT)))[0]

    def test_tell_that_a_scan_must_be_compared_by_a_person(self) -> None:
        scan = saying(is_legible=False, has_text=False)

        (remark,) = self._remarks(scan)
        assert "không có lớp chữ (bản quét hoặc bản chụp)" in remark
        assert "Hãy tự so" in remark
        assert doubts(scan) == []

    def test_tell_ink_beneath_a_number_but_not_the_dots_of_a_blank(self) -> None:
        assert "có nét in sẵn" in self._remarks(SOUND, day=Beneath(ink=0.3))[0]
        assert self._remarks(SOUND, day=Beneath(ink=0.04)) == []

    def test_tell_what_the_seal_covers_but_for_title_and_name(self) -> None:
        assert self._remarks(SOUND, seal=Beneath(text="GI Trần Thanh Bìn")) == []
        assert self._remarks(SOUND, seal=Beneath(text="GI Trần VT, CCVC.")) == [
            "Dấu cơ quan đè lên chữ «VT, CCVC.» của văn bản. Hãy xem khung trên trang."
        ]


class TestTheTable:
    def test_has_a_line_for_every_matter(self) -> None:
        assert set(RULES) == set(Matter)

    @pytest.mark.parametrize("matter", Matter)
    def test_says_what_is_the_matter_what_to_do_and_why(self, matter: Matter) -> None:
        rule = RULES[matter]

        assert rule.sentence.endswith(".")
        assert rule.mending.endswith(".")
        assert rule.source


class TestTheSubject:
    @pytest.mark.parametrize(
        "typed",
        [
            "V/v rà soát vị trí việc làm",
            "Về việc rà soát vị trí việc làm.",
            "rà soát  VỊ TRÍ việc làm",
        ],
    )
    def test_written_in_another_way_is_the_same(self, typed: str) -> None:
        assert other_subject(LetterRead(says=SOUND), typed) == ""

    def test_with_another_tone_placement_is_the_same(self) -> None:
        says = saying(subject="V/v hoà giải ở cơ sở")

        assert other_subject(LetterRead(says=says), "V/v hòa giải ở cơ sở") == ""

    def test_that_differs_is_told_as_the_letter_has_it(self) -> None:
        assert other_subject(LetterRead(says=SOUND), "V/v rà soát biên chế") == SOUND.subject

    def test_is_not_taken_from_a_scan(self) -> None:
        assert subject_of(saying(is_legible=False)) == ""
        assert other_subject(LetterRead(), "V/v rà soát") == ""


class TestWhatIsKept:
    def test_comes_back_as_it_was(self) -> None:
        read = LetterRead(says=SOUND, beneath={"seal": Beneath(text="GI", ink=0.25)})

        assert LetterRead.from_dict(read.to_dict()) == read
        assert LetterRead.from_dict({}) == LetterRead()
