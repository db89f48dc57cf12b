"""What is wrong with a letter before anybody signs it, in words its drafter can act on (NĐ 30/2020 PL I).

Plain values in, plain values out. A fault keeps the letter from being submitted, approved or signed; a remark
is for whoever reads it to judge. Each names the line of the letter that is at fault and what to change in
Word, never the box on the page that could not be placed for want of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from vanthu.kernel.folding import fold, spell, tidy
from vanthu.pdfsign import Beneath, Places, Sayings, Sight

#: What each place is called, in reading order.
PLACE_NAMES: Mapping[str, str] = {
    "number": "số",
    "day": "ngày",
    "month": "tháng",
    "signature": "chữ ký",
    "seal": "dấu cơ quan",
}
#: Places that are written in: nothing of the letter may stand beneath.
_WRITTEN = ("number", "day", "month")
#: Share of ink from which a box lies on something drawn; the dots of a blank are a third of it.
_MUCH_INK = 0.1
_ABOUT = re.compile(rf"(?:v/v|{spell('về việc')})[\s:.]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRead:
    """What was read of the version in force and is kept with the document."""

    #: None: a version from before letters were read.
    says: Sayings | None = None
    #: By place; of those there are.
    beneath: Mapping[str, Beneath] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` reads them back."""
        if self.says is None:
            return {}
        lying = {name: [each.text, round(each.ink, 3)] for name, each in self.beneath.items()}
        return {"says": self.says.to_dict(), "beneath": lying}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> LetterRead:
        """Read what `to_dict` wrote."""
        if not plain:
            return cls()
        lying = {name: Beneath(text=text, ink=ink) for name, (text, ink) in plain["beneath"].items()}
        return cls(says=Sayings.from_dict(plain["says"]), beneath=lying)

    @property
    def typed(self) -> frozenset[str]:
        """The places that need no box, as the letter has them filled in already."""
        if self.says is None or not self.says.is_legible:
            return frozenset()
        return frozenset(name for name in _WRITTEN if getattr(self.says, name).sight is Sight.TYPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What was filled in beside the letter, that the letter is compared with."""

    signer_name: str
    signer_title: str
    #: As the line of the number should read after its blank.
    notation: str
    #: Địa danh.
    place: str


def letter_faults(letter: LetterRead, places: Places, chosen: Chosen) -> list[str]:
    """Why this letter may not be signed as it is; all of it at once."""
    says = letter.says
    if says is None or not says.is_legible:
        faults = _unplaced(places.missing)
    else:
        faults = [*_of_number(says, places, chosen), *_of_date(says, places, chosen)]
        faults += _of_name(says, places, chosen)
    return [*faults, *_covered(letter)]


def letter_remarks(letter: LetterRead, places: Places, chosen: Chosen) -> list[str]:
    """What whoever checks the letter should look at; nothing that stops it."""
    says = letter.says
    if says is None:
        return []
    if not says.is_legible:
        remarks = [
            "Không đọc được chữ trên văn bản (bản quét, hoặc phông chữ không phải Unicode). Hãy tự so số, "
            f"ngày tháng, trích yếu, chức vụ và họ tên «{chosen.signer_name}» với bản PDF."
        ]
    else:
        remarks = [*_placed_by_hand(says, places), *_of_title(says, chosen)]
    return remarks + _laid_over(letter, places, chosen)


def subject_of(says: Sayings | None) -> str:
    """Trích yếu as the letter itself has it; empty when it cannot be read."""
    return tidy(says.subject) if says is not None and says.is_legible else ""


def other_subject(letter: LetterRead, subject: str) -> str:
    """The letter's own subject where it is another than `subject`; empty where it is the same or none.

    «V/v» and «Về việc», capitals, spaces, tone placement and the stop at the end make no difference.
    """
    own = subject_of(letter.says)
    return own if own and _bare(own) != _bare(subject) else ""


def _bare(subject: str) -> str:
    return _ABOUT.sub("", spell(subject.strip(" .;:/")), count=1)


def _unplaced(missing: tuple[str, ...]) -> list[str]:
    if not missing:
        return []
    names = ", ".join(PLACE_NAMES[name] for name in missing)
    return [f"Chưa đặt trên trang: {names}. Hãy đặt khung, hoặc xác nhận khung đặt tạm đã đúng chỗ."]


def _of_number(says: Sayings, places: Places, chosen: Chosen) -> Iterator[str]:
    found, line = says.number, f"«Số:          /{chosen.notation}»"
    if found.sight is Sight.TYPED:
        yield (
            f"Số đã được ghi sẵn: «Số: {found.written}/…». Trong Word, hãy xóa «{found.written}» và để "
            "trống; văn thư cấp số sau khi ký."
        )
    elif places.number is None:
        said = {
            Sight.OPEN: f"Dòng «Số:» thiếu dấu gạch chéo và ký hiệu. Trong Word, hãy ghi {line}",
            Sight.NARROW: f"Sau «Số:» không còn chỗ để ghi số. Trong Word, hãy chừa khoảng trống: {line}",
        }
        absent = f"Không thấy dòng «Số: …» ở đầu trang 1. Trong Word, hãy ghi dưới tên cơ quan: {line}"
        yield f"{said.get(found.sight, absent)}, hoặc tự đặt khung «Số» trên trang."


def _of_date(says: Sayings, places: Places, chosen: Chosen) -> Iterator[str]:
    line = f"«{chosen.place}, ngày      tháng      năm …»"
    typed = [
        f"{word} {found.written}"
        for word, found in (("ngày", says.day), ("tháng", says.month))
        if found.sight is Sight.TYPED
    ]
    if typed:
        figures = " và ".join(f"«{each.split()[-1]}»" for each in typed)
        yield (
            f"{typed[0].split()[0].capitalize()}{' tháng' * (len(typed) > 1)} đã được ghi sẵn: "
            f"«{' '.join(typed)}». Trong Word, hãy xóa {figures} và để trống; ngày tháng được ghi khi cấp số."
        )
    absent = [
        (name, found)
        for name, found in (("day", says.day), ("month", says.month))
        if found.sight is not Sight.TYPED and getattr(places, name) is None
    ]
    if not absent:
        return
    names = " và ".join(f"«{PLACE_NAMES[name].capitalize()}»" for name, _ in absent)
    if any(found.sight is Sight.ABSENT for _, found in absent):
        said = f"Không thấy dòng {line} ở đầu trang 1. Trong Word, hãy ghi dưới «Độc lập - Tự do - Hạnh phúc»"
    else:
        words = " và ".join(f"«{PLACE_NAMES[name]}»" for name, _ in absent)
        said = f"Sau {words} không còn chỗ để ghi. Trong Word, hãy chừa khoảng trống: {line}"
    yield f"{said}, hoặc tự đặt khung {names} trên trang."


def _of_name(says: Sayings, places: Places, chosen: Chosen) -> Iterator[str]:
    found, name = says.name, chosen.signer_name
    unplaced = tuple(each for each in places.missing if each not in _WRITTEN)
    if found.sight is Sight.OTHER:
        yield (
            f"Dưới chỗ ký ghi «{found.written}», người ký đã chọn là «{name}». Hãy sửa họ tên trong Word, "
            "hoặc chọn lại người ký."
        )
    elif found.sight is Sight.ABSENT and not says.has_wordless_page:
        yield (
            f"Không thấy họ tên người ký «{name}» dưới chỗ ký. Trong Word, hãy ghi họ tên dưới chức vụ, "
            "hoặc chọn lại người ký."
        )
    elif found.sight is Sight.NARROW and places.signature is None:
        yield (
            f"Giữa chức vụ và họ tên «{name}» không đủ chỗ để ký. Trong Word, hãy chừa khoảng năm dòng "
            "trống, hoặc tự đặt khung «Chữ ký» trên trang."
        )
    else:
        yield from _unplaced(unplaced)


def _covered(letter: LetterRead) -> Iterator[str]:
    for name in _WRITTEN:
        lying = letter.beneath.get(name)
        if lying is not None and lying.text:
            yield (
                f"Khung «{PLACE_NAMES[name].capitalize()}» đang đè lên chữ «{lying.text}» của văn bản. "
                "Hãy dời khung tới chỗ trống."
            )


def _placed_by_hand(says: Sayings, places: Places) -> Iterator[str]:
    if places.number is not None and says.number.sight in {Sight.ABSENT, Sight.OPEN}:
        yield "Văn bản không có dòng «Số: …/ký hiệu»; số sẽ in ở khung đặt tay. Hãy xem khung trên trang."
    if places.day is not None and says.day.sight is Sight.ABSENT:
        yield (
            "Văn bản không có dòng «…, ngày … tháng … năm …»; ngày tháng sẽ in ở khung đặt tay. "
            "Hãy xem khung trên trang."
        )


def _of_title(says: Sayings, chosen: Chosen) -> Iterator[str]:
    wanted = " / ".join(line.strip() for line in re.split(r"[\n/]", chosen.signer_title) if line.strip())
    if says.name.sight is not Sight.BLANK or not wanted:
        return
    if says.title.sight is Sight.OTHER:
        yield (
            f"Trên họ tên ghi chức vụ «{says.title.written}», của {chosen.signer_name} là «{wanted}». "
            "Nếu ghi nhầm, hãy sửa trong Word hoặc chọn lại người ký."
        )
    elif says.title.sight is Sight.ABSENT:
        yield f"Không thấy chức vụ «{wanted}» trên họ tên {chosen.signer_name}. Hãy xem lại bản PDF."


def _laid_over(letter: LetterRead, places: Places, chosen: Chosen) -> list[str]:
    remarks = []
    for name in places.found:
        lying = letter.beneath.get(name, Beneath())
        called = PLACE_NAMES[name].capitalize()
        if name in _WRITTEN and lying.ink >= _MUCH_INK and not getattr(places, name).opaque:
            remarks.append(
                f"Dưới khung «{called}» có nét in sẵn trên trang. Hãy xem khung có đúng chỗ không."
            )
        elif name == "signature" and lying.text:
            remarks.append(f"Khung «{called}» đè lên chữ «{lying.text}» của văn bản.")
        elif name == "seal" and (strange := _not_of_block(lying.text, chosen)):
            remarks.append(f"Dấu cơ quan đè lên chữ «{strange}» của văn bản.")
    return remarks


def _not_of_block(text: str, chosen: Chosen) -> str:
    """What of it is neither title nor name: those the seal lies on by law (NĐ 30/2020 PL I, II.8)."""
    # Words are cut where the seal ends, so they are parts of words, and their marks stand anywhere in them.
    block = fold(f"{chosen.signer_title} {chosen.signer_name}").replace(" ", "")
    return " ".join(word for word in text.split() if fold(word) not in block)
