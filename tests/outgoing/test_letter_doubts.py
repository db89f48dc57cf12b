"""What of a letter is for somebody to confirm, and a month in print (NĐ 30/2020 PL I)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.outgoing.letters import CHOSEN, SOUND, doubts, faults, saying, seen, told
from vanthu.outgoing.letter_rules import Weight
from vanthu.outgoing.letters import LetterRead, month_fault
from vanthu.pdfsign import Component, Sayings, Sight


class TestAMonthInPrint:
    """«ngày      tháng 11 năm 2026»: on the 25th of November 2026."""

    def _says(self, month: str) -> Sayings:
        return saying(month=seen(Sight.TYPED, month))

    def test_that_is_this_month_is_nothing_to_speak_of(self) -> None:
        assert faults(self._says("11")) == doubts(self._says("11")) == []

    @pytest.mark.parametrize("month", ["10", "1", "01"])
    def test_that_has_passed_stops_the_letter(self, month: str) -> None:
        assert f"Văn bản in sẵn tháng {month}; hôm nay là tháng 11" in faults(self._says(month))[0]

    def test_that_is_to_come_is_confirmed(self) -> None:
        assert faults(self._says("12")) == []
        assert "sang tháng 12 mới cấp số được" in doubts(self._says("12"))[0]

    def test_of_the_coming_year_is_to_come(self) -> None:
        chosen = replace(CHOSEN, written_year=2027)

        assert faults(self._says("01"), chosen=chosen) == []
        assert "sang tháng 01 mới cấp số được" in doubts(self._says("01"), chosen)[0]

    def test_of_a_year_left_blank_may_be_to_come(self) -> None:
        assert faults(self._says("01"), chosen=replace(CHOSEN, written_year=None)) == []

    @pytest.mark.parametrize("month", ["0", "00", "13"])
    def test_that_no_year_has_stops_the_letter(self, month: str) -> None:
        assert f"«tháng {month}», không có tháng này" in faults(self._says(month))[0]

    @pytest.mark.parametrize(
        ("month", "is_asked"), [("1", True), ("2", True), ("01", False), ("3", False), ("03", False)]
    )
    def test_one_and_two_have_a_zero_before_them(self, month: str, is_asked: bool) -> None:
        """NĐ 30/2020 PL I, II.4."""
        chosen = replace(CHOSEN, day=date(2026, int(month), 5))

        assert bool(doubts(self._says(month), chosen)) is is_asked
        assert faults(self._says(month), chosen=chosen) == []

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
        assert doubts(SOUND) == []

    def test_tell_another_subject_as_both_have_it(self) -> None:
        (doubt,) = doubts(SOUND, replace(CHOSEN, subject="V/v biên chế"))

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
        says = saying(title=seen(Sight.OTHER, written))
        said = wanted.replace("\n", " / ")

        assert doubts(says, replace(CHOSEN, signer_title=wanted)) == [
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
        says = saying(title=seen(Sight.OTHER, written))
        chosen = replace(CHOSEN, signer_title=wanted)

        assert doubts(says, chosen) == []
        assert "Nếu ghi nhầm hình thức ký" in told(Weight.REMARK, says, chosen=chosen)[0]

    def test_tell_that_a_title_is_missing(self) -> None:
        assert "Không thấy chức vụ «GIÁM ĐỐC»" in doubts(saying(title=seen(Sight.ABSENT)))[0]

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

        (words,) = told(weight, SOUND, chosen=chosen)
        assert said in words

    @pytest.mark.parametrize("written", ["SNV-CCVC", "snv-ccvc", "SNV- CCVC".replace(" ", "")])
    def test_are_none_of_the_usual_symbol(self, written: str) -> None:
        assert doubts(SOUND, replace(CHOSEN, written_notation=written)) == []

    @pytest.mark.parametrize(
        ("is_signed", "said"), [(False, "hãy sửa tệp dự thảo."), (True, "hãy trả lại để sửa.")]
    )
    def test_of_a_signed_letter_are_given_back(self, is_signed: bool, said: str) -> None:
        """The clerk mends nothing himself."""
        (doubt,) = doubts(SOUND, replace(CHOSEN, written_year=2027, is_signed=is_signed))

        assert doubt == f"Văn bản ghi năm 2027, nay là năm 2026. Nếu ghi nhầm, {said}"

    def test_are_none_of_a_year_that_has_passed_which_stops_the_letter(self) -> None:
        chosen = replace(CHOSEN, written_year=2025)

        assert doubts(SOUND, chosen) == []
        assert faults(SOUND, chosen=chosen) == [
            "Văn bản ghi năm 2025, nay là năm 2026. Hãy sửa năm trong Word rồi tải lại tệp dự thảo."
        ]

    def test_of_text_without_any_layout_name_what_was_not_seen(self) -> None:
        strange = saying(is_legible=False, unseen=tuple(Component), subject="")

        (doubt,) = doubts(strange)
        assert doubt.startswith(
            "Văn bản có lớp chữ nhưng không thấy: Quốc hiệu, tên cơ quan, số, ký hiệu, địa danh, ngày tháng, "
            "trích yếu, họ tên người ký, nơi nhận."
        )
        assert "tự đặt khung trên trang" in doubt
