"""What is said of a malformed letter: the line at fault and what to change in Word, not what it leads to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from vanthu.outgoing.letter_rules import RULES, Matter, Weight
from vanthu.outgoing.letters import (
    Chosen,
    LetterRead,
    month_fault,
    other_subject,
    subject_of,
    weigh_letter,
    weighing,
)
from vanthu.pdfsign import Beneath, Box, Component, Found, Places, Sayings, Sight

_BOX = Box(page=1, x0=10, y0=10, x1=50, y1=26)
WHOLE = Places(number=_BOX, day=_BOX, month=_BOX, signature=_BOX, seal=_BOX)
CHOSEN = Chosen(
    signer_name="Trần Thanh Bình",
    signer_title="GIÁM ĐỐC",
    notation="SNV-CCVC",
    place="An Bình",
    subject="V/v rà soát vị trí việc làm",
    day=date(2026, 11, 25),
    written_notation="SNV-CCVC",
    written_year=2026,
    usual_notation="SNV-CCVC",
    agency_abbreviation="SNV",
    type_abbreviation="",
)
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


def _told(
    weight: Weight, says: Sayings | None, *missing: str, chosen: Chosen = CHOSEN, **lying: Beneath
) -> list[str]:
    read = LetterRead(says=says, beneath=lying)
    in_print = bool(read.printed_month)
    boxes = {name: box for name, box in WHOLE.found.items() if name not in missing}
    if in_print:
        boxes.pop("month", None)
    places = Places.from_dict(
        {name: box.to_dict() for name, box in boxes.items()} | {"month_in_print": in_print}
    )
    return [each.words for each in weighing(weigh_letter(read, places, chosen), weight)]


def _faults(says: Sayings | None, *missing: str, chosen: Chosen = CHOSEN, **lying: Beneath) -> list[str]:
    return _told(Weight.STOPS, says, *missing, chosen=chosen, **lying)


def _doubts(says: Sayings | None, chosen: Chosen = CHOSEN) -> list[str]:
    return _told(Weight.CONFIRM, says, chosen=chosen)


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
                {"day": _seen(Sight.TYPED, "22")},
                ["day"],
                "Ngày đã được ghi sẵn: «ngày 22». Trong Word, hãy xóa «22» và để trống; ngày được ghi khi "
                "cấp số, tháng và năm có thể in sẵn.",
            ),
            (
                {"day": _seen(Sight.TYPED, "22"), "month": _seen(Sight.TYPED, "11")},
                ["day", "month"],
                "Ngày tháng đã được ghi sẵn: «ngày 22 tháng 11». Trong Word, hãy xóa «22» và để trống; ngày "
                "được ghi khi cấp số, tháng và năm có thể in sẵn.",
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


class TestAMonthInPrint:
    """«ngày      tháng 11 năm 2026»: on the 25th of November 2026."""

    def _says(self, month: str) -> Sayings:
        return _absent(month=_seen(Sight.TYPED, month))

    def test_that_is_this_month_is_nothing_to_speak_of(self) -> None:
        assert _faults(self._says("11")) == _doubts(self._says("11")) == []

    @pytest.mark.parametrize("month", ["10", "1", "01"])
    def test_that_has_passed_stops_the_letter(self, month: str) -> None:
        assert f"Văn bản in sẵn tháng {month}; hôm nay là tháng 11" in _faults(self._says(month))[0]

    def test_that_is_to_come_is_confirmed(self) -> None:
        assert _faults(self._says("12")) == []
        assert "sang tháng 12 mới cấp số được" in _doubts(self._says("12"))[0]

    def test_of_the_coming_year_is_to_come(self) -> None:
        chosen = replace(CHOSEN, written_year=2027)

        assert _faults(self._says("01"), chosen=chosen) == []
        assert "sang tháng 01 mới cấp số được" in _doubts(self._says("01"), chosen)[0]

    def test_of_a_year_left_blank_may_be_to_come(self) -> None:
        assert _faults(self._says("01"), chosen=replace(CHOSEN, written_year=None)) == []

    @pytest.mark.parametrize("month", ["0", "00", "13"])
    def test_that_no_year_has_stops_the_letter(self, month: str) -> None:
        assert f"«tháng {month}», không có tháng này" in _faults(self._says(month))[0]

    @pytest.mark.parametrize(
        ("month", "is_asked"), [("1", True), ("2", True), ("01", False), ("3", False), ("03", False)]
    )
    def test_one_and_two_have_a_zero_before_them(self, month: str, is_asked: bool) -> None:
        """NĐ 30/2020 PL I, II.4."""
        chosen = replace(CHOSEN, day=date(2026, int(month), 5))

        assert bool(_doubts(self._says(month), chosen)) is is_asked
        assert _faults(self._says(month), chosen=chosen) == []

    @pytest.mark.parametrize(
        ("month", "day", "is_refused"),
        [
            ("01", date(2027, 1, 31), False),
            ("1", date(2027, 1, 31), False),
            ("01", date(2027, 2, 1), True),
            ("02", date(2027, 1, 31), True),
        ],
    )
    def test_is_that_of_the_number(self, month: str, day: date, is_refused: bool) -> None:
        fault = month_fault(LetterRead(says=self._says(month)), day)

        assert bool(fault) is is_refused
        if is_refused:
            assert fault.startswith(f"Văn bản in sẵn tháng {month}; hôm nay là tháng {day.month:02d}: ")

    def test_is_not_asked_of_a_blank_or_a_scan(self) -> None:
        assert month_fault(LetterRead(says=SOUND), date(2027, 2, 1)) == ""
        assert month_fault(LetterRead(), date(2027, 2, 1)) == ""


class TestDoubts:
    def test_of_a_sound_letter_are_none(self) -> None:
        assert _doubts(SOUND) == []

    def test_tell_another_subject_as_both_have_it(self) -> None:
        (doubt,) = _doubts(SOUND, replace(CHOSEN, subject="V/v biên chế"))

        assert "Văn bản ghi: «V/v rà soát vị trí việc làm». Đã nhập: «V/v biên chế»." in doubt

    @pytest.mark.parametrize(
        ("wanted", "written"),
        [
            ("GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"),
            ("KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC", "GIÁM ĐỐC"),
            ("KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"),
            ("KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC", "Q. GIÁM ĐỐC"),
            ("TL. GIÁM ĐỐC\nCHÁNH VĂN PHÒNG", "CHÁNH VĂN PHÒNG"),
            ("TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH", "TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH / PHÓ CHỦ TỊCH"),
        ],
    )
    def test_tell_a_title_that_is_not_the_signers(self, wanted: str, written: str) -> None:
        says = _absent(title=_seen(Sight.OTHER, written))
        said = wanted.replace("\n", " / ")

        assert _doubts(says, replace(CHOSEN, signer_title=wanted)) == [
            f"Trên họ tên ghi chức vụ «{written}», của Trần Thanh Bình là «{said}». Nếu ghi nhầm, hãy sửa "
            "trong Word hoặc chọn lại người ký."
        ]

    @pytest.mark.parametrize(
        ("wanted", "written"),
        [
            ("KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC", "TUQ. GIÁM ĐỐC / PHÓ GIÁM ĐỐC"),
            ("GIÁM ĐỐC", "Q. GIÁM ĐỐC"),
            ("TL. GIÁM ĐỐC\nCHÁNH VĂN PHÒNG", "TUQ. GIÁM ĐỐC / CHÁNH VĂN PHÒNG"),
            ("CHỦ TỊCH", "TM. ỦY BAN NHÂN DÂN / CHỦ TỊCH"),
        ],
    )
    def test_are_none_of_another_lawful_form_which_is_remarked(self, wanted: str, written: str) -> None:
        """NĐ 30/2020 Điều 13; PL I, II.7.a."""
        says = _absent(title=_seen(Sight.OTHER, written))
        chosen = replace(CHOSEN, signer_title=wanted)

        assert _doubts(says, chosen) == []
        assert "Nếu ghi nhầm hình thức ký" in _told(Weight.REMARK, says, chosen=chosen)[0]

    def test_tell_that_a_title_is_missing(self) -> None:
        assert "Không thấy chức vụ «GIÁM ĐỐC»" in _doubts(_absent(title=_seen(Sight.ABSENT)))[0]

    @pytest.mark.parametrize(
        ("written", "type_abbreviation", "usual", "weight", "said"),
        [
            ("STC-NS", "", "SNV-CCVC", Weight.CONFIRM, "không có «SNV» của cơ quan"),
            ("KH-STC", "KH", "KH-SNV", Weight.CONFIRM, "không có «SNV» của cơ quan"),
            ("KH-SNV", "QĐ", "QĐ-SNV", Weight.CONFIRM, "không phải của loại văn bản đã chọn"),
            ("SNV-VP", "", "SNV-CCVC", Weight.REMARK, "theo loại văn bản và đơn vị soạn"),
            ("", "", "SNV-CCVC", Weight.REMARK, "Không đọc được ký hiệu"),
        ],
    )
    def test_tell_a_symbol_of_another_agency_or_type(
        self, written: str, type_abbreviation: str, usual: str, weight: Weight, said: str
    ) -> None:
        chosen = replace(
            CHOSEN,
            written_notation=written,
            type_abbreviation=type_abbreviation,
            usual_notation=usual,
        )

        (told,) = _told(weight, SOUND, chosen=chosen)
        assert said in told

    @pytest.mark.parametrize("written", ["SNV-CCVC", "snv-ccvc", "SNV- CCVC".replace(" ", "")])
    def test_are_none_of_the_usual_symbol(self, written: str) -> None:
        assert _doubts(SOUND, replace(CHOSEN, written_notation=written)) == []

    @pytest.mark.parametrize(
        ("is_signed", "said"), [(False, "hãy sửa tệp dự thảo."), (True, "hãy trả lại để sửa.")]
    )
    def test_of_a_signed_letter_are_given_back(self, is_signed: bool, said: str) -> None:
        """The clerk mends nothing himself."""
        (doubt,) = _doubts(SOUND, replace(CHOSEN, written_year=2027, is_signed=is_signed))

        assert doubt == f"Văn bản ghi năm 2027, nay là năm 2026. Nếu ghi nhầm, {said}"

    def test_are_none_of_a_year_that_has_passed_which_stops_the_letter(self) -> None:
        chosen = replace(CHOSEN, written_year=2025)

        assert _doubts(SOUND, chosen) == []
        assert _faults(SOUND, chosen=chosen) == [
            "Văn bản ghi năm 2025, nay là năm 2026. Hãy sửa năm trong Word rồi tải lại tệp dự thảo."
        ]

    def test_of_text_without_any_layout_name_what_was_not_seen(self) -> None:
        strange = _absent(is_legible=False, unseen=tuple(Component), subject="")

        (doubt,) = _doubts(strange)
        assert doubt.startswith(
            "Văn bản có lớp chữ nhưng không thấy: Quốc hiệu, tên cơ quan, số, ký hiệu, địa danh, ngày tháng, "
            "trích yếu, họ tên người ký, nơi nhận."
        )
        assert "tự đặt khung trên trang" in doubt


class TestRemarks:
    def _remarks(self, says: Sayings | None, **lying: Beneath) -> list[str]:
        return _told(Weight.REMARK, says, chosen=CHOSEN, **lying)

    def test_on_a_sound_letter_are_none(self) -> None:
        assert self._remarks(SOUND) == []
        assert self._remarks(None) == []

    def test_tell_that_a_number_is_printed_where_no_line_is(self) -> None:
        assert "số sẽ in ở khung đặt tay" in self._remarks(_absent(number=_seen(Sight.ABSENT)))[0]

    def test_tell_that_a_scan_must_be_compared_by_a_person(self) -> None:
        scan = _absent(is_legible=False, has_text=False)

        (remark,) = self._remarks(scan)
        assert "không có lớp chữ (bản quét hoặc bản chụp)" in remark
        assert "Hãy tự so" in remark
        assert _doubts(scan) == []

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
