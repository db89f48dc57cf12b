"""What each thing found in a letter weighs, how it is said, and what to change in Word: one table.

Whoever shows or asks anything of a letter reads it here: pages, dialogs and acts alike. NĐ 30/2020 decides
what cannot be right; where real letters rightly differ from the usual, a person answers for it by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Weight(StrEnum):
    """What a matter means for the letter's way."""

    #: It cannot be right: the letter is not submitted, approved or signed.
    STOPS = "stops"
    #: It is right only for a reason the system does not know: confirmed by name, or mended.
    CONFIRM = "confirm"
    #: For whoever reads the letter to look at.
    REMARK = "remark"


class Matter(StrEnum):
    """What may be found in a letter."""

    NUMBER_TYPED = "number_typed"
    NUMBER_OPEN = "number_open"
    NUMBER_NARROW = "number_narrow"
    NUMBER_ABSENT = "number_absent"
    DATE_TYPED = "date_typed"
    DATE_NARROW = "date_narrow"
    DATE_ABSENT = "date_absent"
    MONTH_IMPOSSIBLE = "month_impossible"
    MONTH_PASSED = "month_passed"
    MONTH_TO_COME = "month_to_come"
    MONTH_UNPADDED = "month_unpadded"
    YEAR_PASSED = "year_passed"
    YEAR_OTHER = "year_other"
    YEAR_UNREAD = "year_unread"
    NAME_OTHER = "name_other"
    NAME_ABSENT = "name_absent"
    NAME_NARROW = "name_narrow"
    TITLE_OTHER = "title_other"
    TITLE_ABSENT = "title_absent"
    TITLE_FORM = "title_form"
    SUBJECT_OTHER = "subject_other"
    SYMBOL_OF_ANOTHER = "symbol_of_another"
    SYMBOL_OF_ANOTHER_TYPE = "symbol_of_another_type"
    SYMBOL_UNUSUAL = "symbol_unusual"
    SYMBOL_UNREAD = "symbol_unread"
    UNPLACED = "unplaced"
    COVERED = "covered"
    NUMBER_BY_HAND = "number_by_hand"
    DATE_BY_HAND = "date_by_hand"
    INK_BENEATH = "ink_beneath"
    TEXT_BENEATH_SIGNATURE = "text_beneath_signature"
    TEXT_BENEATH_SEAL = "text_beneath_seal"
    NO_TEXT = "no_text"
    NO_LAYOUT = "no_layout"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A line of the table; `{…}` in its sentences is filled with what was found."""

    weight: Weight
    #: What is the matter.
    sentence: str
    #: What its drafter changes, mostly in Word.
    mending: str
    #: The provision, or why it weighs as much as it does.
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A matter as it is told of one letter."""

    matter: Matter
    #: The sentence and what to change, filled in.
    words: str

    @property
    def weight(self) -> Weight:
        return RULES[self.matter].weight


def tell(matter: Matter, **found: str) -> Told:
    """Say the matter in the words of the table, with what was `found`."""
    rule = RULES[matter]
    return Told(matter=matter, words=f"{rule.sentence} {rule.mending}".format(**found).strip())


def _stops(sentence: str, mending: str, source: str) -> Rule:
    return Rule(weight=Weight.STOPS, sentence=sentence, mending=mending, source=source)


def _confirm(sentence: str, mending: str, source: str) -> Rule:
    return Rule(weight=Weight.CONFIRM, sentence=sentence, mending=mending, source=source)


def _remark(sentence: str, mending: str, source: str) -> Rule:
    return Rule(weight=Weight.REMARK, sentence=sentence, mending=mending, source=source)


_NUMBER = "NĐ 30/2020 Điều 15; PL I, II.3: the number is given by the system after the signature"
_DATE = "NĐ 30/2020 Điều 15; PL I, II.4: the date is that of issue, in full"
_NAME = "NĐ 30/2020 Điều 13; PL I, II.7: full name and office of the person who signs"
_SUBJECT = "NĐ 30/2020 PL I, II.5: what the register says of a document is what the document says"
_SYMBOL = "NĐ 30/2020 PL I, II.3.b"
_PLACES = "NĐ 30/2020 PL I, II.3, II.4, II.7, II.8; what is written may cover nothing of the letter"
_BY_HAND = "whoever put the box there by hand has said so already"

RULES: Mapping[Matter, Rule] = MappingProxyType(
    {
        Matter.NUMBER_TYPED: _stops(
            "Số đã được ghi sẵn: «Số: {written}/…».",
            "Trong Word, hãy xóa «{written}» và để trống; văn thư cấp số sau khi ký.",
            _NUMBER,
        ),
        Matter.NUMBER_OPEN: _stops(
            "Dòng «Số:» thiếu dấu gạch chéo và ký hiệu.",
            "Trong Word, hãy ghi {line}, hoặc tự đặt khung «Số» trên trang.",
            _NUMBER,
        ),
        Matter.NUMBER_NARROW: _stops(
            "Sau «Số:» không còn chỗ để ghi số.",
            "Trong Word, hãy chừa khoảng trống: {line}, hoặc tự đặt khung «Số» trên trang.",
            _NUMBER,
        ),
        Matter.NUMBER_ABSENT: _stops(
            "Không thấy dòng «Số: …» ở đầu trang 1.",
            "Trong Word, hãy ghi dưới tên cơ quan: {line}, hoặc tự đặt khung «Số» trên trang.",
            _NUMBER,
        ),
        Matter.DATE_TYPED: _stops(
            "{what} đã được ghi sẵn: «{typed}».",
            "Trong Word, hãy xóa «{day}» và để trống; ngày được ghi khi cấp số, tháng và năm có thể in sẵn.",
            _DATE,
        ),
        Matter.DATE_NARROW: _stops(
            "Sau {words} không còn chỗ để ghi.",
            "Trong Word, hãy chừa khoảng trống: {line}, hoặc tự đặt khung {names} trên trang.",
            _DATE,
        ),
        Matter.DATE_ABSENT: _stops(
            "Không thấy dòng {line} ở đầu trang 1.",
            "Trong Word, hãy ghi dưới «Độc lập - Tự do - Hạnh phúc», hoặc tự đặt khung {names} trên trang.",
            _DATE,
        ),
        Matter.MONTH_IMPOSSIBLE: _stops(
            "Văn bản in sẵn «tháng {written}», không có tháng này.",
            "Trong Word, hãy sửa «{written}», hoặc xóa và để trống.",
            _DATE,
        ),
        Matter.MONTH_PASSED: _stops(
            "Văn bản in sẵn tháng {written}; hôm nay là tháng {month}, tháng in sẵn đã qua.",
            "Trong Word, hãy sửa «{written}», hoặc xóa và để trống.",
            _DATE,
        ),
        Matter.MONTH_TO_COME: _confirm(
            "Văn bản in sẵn tháng {written}; hôm nay là tháng {month}, sang tháng {written} mới cấp số được.",
            "Nếu ghi nhầm, hãy sửa «{written}» trong Word, hoặc xóa và để trống.",
            "a letter may be signed on the last day of a month and numbered on the next (Điều 15.2)",
        ),
        Matter.MONTH_UNPADDED: _confirm(
            "Văn bản in sẵn «tháng {written}»; theo Nghị định 30 thì ghi «tháng {right}».",
            "Trong Word, hãy sửa «{written}», hoặc xóa và để trống.",
            "NĐ 30/2020 PL I, II.4: months 1 and 2 with a 0; many letters lack it, and are true all the same",
        ),
        Matter.YEAR_PASSED: _stops(
            "Văn bản ghi năm {written}, nay là năm {year}.",
            "Hãy sửa năm trong Word rồi tải lại tệp dự thảo.",
            _DATE,
        ),
        Matter.YEAR_OTHER: _confirm(
            "Văn bản ghi năm {written}, nay là năm {year}.",
            "Nếu ghi nhầm, {mending}.",
            "a draft of December may be meant for January; signature and number want the year itself",
        ),
        Matter.YEAR_UNREAD: _remark(
            "Không đọc được năm ở dòng ngày tháng trên văn bản.",
            "Hãy xem lại trên bản PDF.",
            _DATE,
        ),
        Matter.NAME_OTHER: _stops(
            "Dưới chỗ ký ghi «{written}», người ký đã chọn là «{name}».",
            "Hãy sửa họ tên trong Word, hoặc chọn lại người ký.",
            _NAME,
        ),
        Matter.NAME_ABSENT: _stops(
            "Không thấy họ tên người ký «{name}» dưới chỗ ký.",
            "Trong Word, hãy ghi họ tên dưới chức vụ, hoặc chọn lại người ký.",
            _NAME,
        ),
        Matter.NAME_NARROW: _stops(
            "Giữa chức vụ và họ tên «{name}» không đủ chỗ để ký.",
            "Trong Word, hãy chừa khoảng năm dòng trống, hoặc tự đặt khung «Chữ ký» trên trang.",
            _NAME,
        ),
        Matter.TITLE_OTHER: _confirm(
            "Trên họ tên ghi chức vụ «{written}», của {name} là «{wanted}».",
            "Nếu ghi nhầm, hãy sửa trong Word hoặc chọn lại người ký.",
            f"{_NAME}; a new office may be on the paper before it is in the system",
        ),
        Matter.TITLE_ABSENT: _confirm(
            "Không thấy chức vụ «{wanted}» trên họ tên {name}.",
            "Nếu thiếu, hãy ghi thêm trong Word.",
            _NAME,
        ),
        Matter.TITLE_FORM: _remark(
            "Trên họ tên ghi «{written}», thường là «{wanted}».",
            "Nếu ghi nhầm hình thức ký, hãy sửa trong Word.",
            "NĐ 30/2020 Điều 13; PL I, II.7.a: TM., KT., TL., TUQ. and Q. are all lawful before one's office",
        ),
        Matter.SUBJECT_OTHER: _confirm(
            "Trích yếu khác trên văn bản. Văn bản ghi: «{written}». Đã nhập: «{typed}».",
            "Nếu ghi nhầm, hãy sửa trích yếu đã nhập, hoặc sửa trong Word.",
            _SUBJECT,
        ),
        Matter.SYMBOL_OF_ANOTHER: _confirm(
            "Văn bản ghi ký hiệu «{written}», không có «{agency}» của cơ quan; thường là «{usual}».",
            "Nếu ghi nhầm, {mending}.",
            f"{_SYMBOL}; a council that works at an agency has its own",
        ),
        Matter.SYMBOL_OF_ANOTHER_TYPE: _confirm(
            "Văn bản ghi ký hiệu «{written}», không phải của loại văn bản đã chọn; thường là «{usual}».",
            "Nếu chọn nhầm loại văn bản hoặc ghi nhầm, {mending}.",
            _SYMBOL,
        ),
        Matter.SYMBOL_UNUSUAL: _remark(
            "Văn bản ghi ký hiệu «{written}»; theo loại văn bản và đơn vị soạn thì là «{usual}».",
            "Nếu ghi nhầm, {mending}.",
            f"{_SYMBOL}: the unit that drafted, or the field of work",
        ),
        Matter.SYMBOL_UNREAD: _remark(
            "Không đọc được ký hiệu trên văn bản, hệ thống ghi «{usual}».",
            "Hãy so với bản PDF.",
            _SYMBOL,
        ),
        Matter.UNPLACED: _stops(
            "Chưa đặt trên trang: {names}.",
            "Hãy đặt khung, hoặc xác nhận khung đặt tạm đã đúng chỗ.",
            _PLACES,
        ),
        Matter.COVERED: _stops(
            "Khung «{box}» đang đè lên chữ «{text}» của văn bản.",
            "Hãy dời khung tới chỗ trống.",
            _PLACES,
        ),
        Matter.NUMBER_BY_HAND: _remark(
            "Văn bản không có dòng «Số: …/ký hiệu»; số sẽ in ở khung đặt tay.",
            "Hãy xem khung trên trang.",
            _BY_HAND,
        ),
        Matter.DATE_BY_HAND: _remark(
            "Văn bản không có dòng «…, ngày … tháng … năm …»; ngày tháng sẽ in ở khung đặt tay.",
            "Hãy xem khung trên trang.",
            _BY_HAND,
        ),
        Matter.INK_BENEATH: _remark(
            "Dưới khung «{box}» có nét in sẵn trên trang.",
            "Hãy xem khung có đúng chỗ không.",
            "a rule or a frame may be meant to be there",
        ),
        Matter.TEXT_BENEATH_SIGNATURE: _remark(
            "Khung «{box}» đè lên chữ «{text}» của văn bản.",
            "Hãy xem khung trên trang.",
            "NĐ 30/2020 PL I, II.7: handwriting may cross the title",
        ),
        Matter.TEXT_BENEATH_SEAL: _remark(
            "Dấu cơ quan đè lên chữ «{text}» của văn bản.",
            "Hãy xem khung trên trang.",
            "NĐ 30/2020 PL I, II.8: the seal lies on a third of the signature, and so on what is beside it",
        ),
        Matter.NO_TEXT: _remark(
            "Văn bản không có lớp chữ (bản quét hoặc bản chụp), hệ thống không so được.",
            "Hãy tự so số, ngày tháng, trích yếu, chức vụ và họ tên «{name}» với bản PDF; "
            "nếu có bản Word thì nên tải bản Word.",
            "whoever put every box there by hand has seen the page",
        ),
        Matter.NO_LAYOUT: _confirm(
            "Văn bản có lớp chữ nhưng không thấy: {components}.",
            "Hãy xem có chọn nhầm tệp không; nếu đúng tệp, hãy trình bày theo Nghị định 30 trong Word bằng "
            "phông chữ Unicode, hoặc tự đặt khung trên trang và tự so với bản PDF.",
            "NĐ 30/2020 Điều 8; PL I, I.3: Times New Roman, bộ mã Unicode. Old fonts read as other letters",
        ),
    }
)
