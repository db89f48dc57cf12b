"""What is said of a malformed letter: the line at fault and what to change in Word, not what it leads to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from vanthu.outgoing.letters import (
    Chosen,
    LetterRead,
    letter_faults,
    letter_remarks,
    other_subject,
    subject_of,
)
from vanthu.pdfsign import Beneath, Box, Found, Places, Sayings, Sight

_BOX = Box(page=1, x0=10, y0=10, x1=50, y1=26)
WHOLE = Places(number=_BOX, day=_BOX, month=_BOX, signature=_BOX, seal=_BOX)
CHOSEN = Chosen(signer_name="Trần Thanh Bình", signer_title="GIÁM ĐỐC", notation="SNV-CCVC", place="An Bình")
_SOUND = Found(sight=Sight.BLANK)
SOUND = Sayings(
    number=_SOUND,
    day=_SOUND,
    month=_SOUND,
    name=_SOUND,
    title=_SOUND,
    subject="V/v rà soát vị trí việc làm",
    is_legible=True,
    has_wordless_page=False,
)


def _absent(**changes: Any) -> Sayings:
    return replace(SOUND, **changes)


def _faults(says: Sayings | None, *missing: str, **lying: Beneath) -> list[str]:
    places = replace(WHOLE, **dict.fromkeys(missing))
    return letter_faults(LetterRead(says=says, beneath=lying), places, CHOSEN)


def _seen(sight: Sight, written: str = "") -> Found:
    return Found(sight=sight, written=written)


class TestFaults:
    def test_of_a_sound_letter_are_none(self) -> None:
        assert _faults(SOUND) == []

    @pytest.mark.parametrize(
        ("says", "missing", "fault"),
        [
            (
                {"number": _seen(Sight.ABSENT)},
                ["number"],
                "Không thấy dòng «Số: …» ở đầu trang 1. Trong Word, hãy ghi dưới tên cơ quan: "
                "«Số:          /SNV-CCVC», hoặc tự đặt khung «Số» trên trang.",
            ),
            (
                {"number": _seen(Sight.OPEN)},
                ["number"],
                "Dòng «Số:» thiếu dấu gạch chéo và ký hiệu. Trong Word, hãy ghi «Số:          /SNV-CCVC», "
                "hoặc tự đặt khung «Số» trên trang.",
            ),
            (
                {"number": _seen(Sight.TYPED, "125")},
                ["number"],
                "Số đã được ghi sẵn: «Số: 125/…». Trong Word, hãy xóa «125» và để trống; văn thư cấp số sau "
                "khi ký.",
            ),
            (
                {"day": _seen(Sight.ABSENT), "month": _seen(Sight.ABSENT)},
                ["day", "month"],
                "Không thấy dòng «An Bình, ngày      tháng      năm …» ở đầu trang 1. Trong Word, hãy ghi "
                "dưới «Độc lập - Tự do - Hạnh phúc», hoặc tự đặt khung «Ngày» và «Tháng» trên trang.",
            ),
            (
                {"month": _seen(Sight.TYPED, "11")},
                ["month"],
                "Tháng đã được ghi sẵn: «tháng 11». Trong Word, hãy xóa «11» và để trống; ngày tháng được "
                "ghi khi cấp số.",
            ),
            (
                {"day": _seen(Sight.TYPED, "22"), "month": _seen(Sight.TYPED, "11")},
                ["day", "month"],
                "Ngày tháng đã được ghi sẵn: «ngày 22 tháng 11». Trong Word, hãy xóa «22» và «11» và để "
                "trống; ngày tháng được ghi khi cấp số.",
            ),
            (
                {"month": _seen(Sight.NARROW)},
                ["month"],
                "Sau «tháng» không còn chỗ để ghi. Trong Word, hãy chừa khoảng trống: "
                "«An Bình, ngày      tháng      năm …», hoặc tự đặt khung «Tháng» trên trang.",
            ),
            (
                {"name": _seen(Sight.OTHER, "Trần Thanh Bìn")},
                ["signature", "seal"],
                "Dưới chỗ ký ghi «Trần Thanh Bìn», người ký đã chọn là «Trần Thanh Bình». Hãy sửa họ tên "
                "trong Word, hoặc chọn lại người ký.",
            ),
            (
                {"name": _seen(Sight.ABSENT)},
                ["signature", "seal"],
                "Không thấy họ tên người ký «Trần Thanh Bình» dưới chỗ ký. Trong Word, hãy ghi họ tên dưới "
                "chức vụ, hoặc chọn lại người ký.",
            ),
            (
                {"name": _seen(Sight.NARROW)},
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
            "a preprinted month",
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
        assert _faults(_absent(**says), *missing) == [fault]

    def test_come_all_at_once(self) -> None:
        says = _absent(number=_seen(Sight.ABSENT), name=_seen(Sight.OTHER, "Trần Thanh Bìn"))

        assert len(_faults(says, "number", "signature", "seal")) == 2

    @pytest.mark.parametrize(
        "found",
        [
            {"number": _seen(Sight.TYPED, "125")},
            {"day": _seen(Sight.TYPED, "22")},
            {"name": _seen(Sight.OTHER, "Trần Thanh Bìn")},
            {"name": _seen(Sight.ABSENT)},
        ],
    )
    def test_that_no_box_can_mend_stay_when_boxes_are_placed(self, found: dict[str, Found]) -> None:
        assert len(_faults(_absent(**found))) == 1

    @pytest.mark.parametrize("name", ["number", "day", "month"])
    def test_that_a_box_can_mend_are_gone_when_it_is_placed(self, name: str) -> None:
        assert _faults(_absent(**{name: _seen(Sight.ABSENT)})) == []

    def test_of_what_lies_beneath_a_box_say_what_would_be_covered(self) -> None:
        assert _faults(SOUND, number=Beneath(text="V/v rà soát")) == [
            "Khung «Số» đang đè lên chữ «V/v rà soát» của văn bản. Hãy dời khung tới chỗ trống."
        ]

    def test_of_a_scan_ask_for_the_boxes_alone(self) -> None:
        scan = _absent(is_legible=False, number=_seen(Sight.ABSENT), name=_seen(Sight.ABSENT))

        assert _faults(scan) == []
        assert _faults(scan, "number", "seal") == [
            "Chưa đặt trên trang: số, dấu cơ quan. Hãy đặt khung, hoặc xác nhận khung đặt tạm đã đúng chỗ."
        ]

    def test_do_not_say_that_a_name_is_missing_which_may_stand_on_a_scanned_page(self) -> None:
        assert _faults(_absent(name=_seen(Sight.ABSENT), has_wordless_page=True)) == []

    def test_of_a_version_nobody_has_read_ask_for_the_boxes_alone(self) -> None:
        assert _faults(None) == []
        assert len(_faults(None, "day")) == 1


class TestRemarks:
    def _remarks(self, says: Sayings | None, **lying: Beneath) -> list[str]:
        return letter_remarks(LetterRead(says=says, beneath=lying), WHOLE, CHOSEN)

    def test_on_a_sound_letter_are_none(self) -> None:
        assert self._remarks(SOUND) == []
        assert self._remarks(None) == []

    def test_tell_another_title(self) -> None:
        assert self._remarks(_absent(title=_seen(Sight.OTHER, "PHÓ GIÁM ĐỐC"))) == [
            "Trên họ tên ghi chức vụ «PHÓ GIÁM ĐỐC», của Trần Thanh Bình là «GIÁM ĐỐC». Nếu ghi nhầm, hãy "
            "sửa trong Word hoặc chọn lại người ký."
        ]

    def test_tell_that_a_title_is_missing(self) -> None:
        assert "Không thấy chức vụ «GIÁM ĐỐC»" in self._remarks(_absent(title=_seen(Sight.ABSENT)))[0]

    def test_tell_that_a_number_is_printed_where_no_line_is(self) -> None:
        assert "số sẽ in ở khung đặt tay" in self._remarks(_absent(number=_seen(Sight.ABSENT)))[0]

    def test_tell_that_a_scan_must_be_compared_by_a_person(self) -> None:
        assert "Hãy tự so" in self._remarks(_absent(is_legible=False))[0]

    def test_tell_ink_beneath_a_number_but_not_the_dots_of_a_blank(self) -> None:
        assert "có nét in sẵn" in self._remarks(SOUND, day=Beneath(ink=0.3))[0]
        assert self._remarks(SOUND, day=Beneath(ink=0.04)) == []

    def test_tell_what_the_seal_covers_but_for_title_and_name(self) -> None:
        assert self._remarks(SOUND, seal=Beneath(text="GI Trần Thanh Bìn")) == []
        assert self._remarks(SOUND, seal=Beneath(text="GI Trần VT, CCVC.")) == [
            "Dấu cơ quan đè lên chữ «VT, CCVC.» của văn bản."
        ]


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
        says = _absent(subject="V/v hoà giải ở cơ sở")

        assert other_subject(LetterRead(says=says), "V/v hòa giải ở cơ sở") == ""

    def test_that_differs_is_told_as_the_letter_has_it(self) -> None:
        assert other_subject(LetterRead(says=SOUND), "V/v rà soát biên chế") == SOUND.subject

    def test_is_not_taken_from_a_scan(self) -> None:
        assert subject_of(_absent(is_legible=False)) == ""
        assert other_subject(LetterRead(), "V/v rà soát") == ""


class TestWhatIsKept:
    def test_comes_back_as_it_was(self) -> None:
        read = LetterRead(says=SOUND, beneath={"seal": Beneath(text="GI", ink=0.25)})

        assert LetterRead.from_dict(read.to_dict()) == read
        assert LetterRead.from_dict({}) == LetterRead()
