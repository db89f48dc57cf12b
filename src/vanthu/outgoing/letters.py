"""What there is to say of a letter before anybody signs it (NĐ 30/2020 PL I).

Plain values in, plain values out. What each thing weighs, and how it is said, is the table in `letter_rules`;
here is found which of it there is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from vanthu.kernel.folding import fold, spell, tidy
from vanthu.outgoing.letter_rules import Matter, Told, Weight, tell
from vanthu.pdfsign import Beneath, Component, Places, Sayings, Sight

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
#: Thành phần thể thức (NĐ 30/2020 Điều 8), as they are called.
_COMPONENTS: Mapping[Component, str] = {
    Component.NATION: "Quốc hiệu",
    Component.AGENCY: "tên cơ quan",
    Component.NUMBER: "số, ký hiệu",
    Component.DATE: "địa danh, ngày tháng",
    Component.SUBJECT: "trích yếu",
    Component.SIGNER: "họ tên người ký",
    Component.RECIPIENTS: "nơi nhận",
}
_MONTH = re.compile(r"[0-9]{1,2}")
_MONTHS, _PADDED_MONTHS = 12, 2
#: Lawful ways to sign (NĐ 30/2020 Điều 13; PL I, II.7.a).
_FORM = re.compile(r"(?:tm|kt|tl|tuq|q)\.")
_MENDING, _MENDING_SIGNED = "hãy sửa tệp dự thảo", "hãy trả lại để sửa"
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
    def printed_month(self) -> str:
        """The month that stands in print, as it is written; empty where its blank is left."""
        if self.says is None or "month" not in self.typed:
            return ""
        written = self.says.month.written
        return written if _MONTH.fullmatch(written) else ""

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
    subject: str
    #: The day the letter is to bear, as far as is known: that of its number, or today.
    day: date
    #: Ký hiệu and year as read from the head of the paper; "" and None where they cannot be read.
    written_notation: str
    written_year: int | None
    #: Ký hiệu by type, agency and unit, and the abbreviations it begins with or must hold.
    usual_notation: str
    agency_abbreviation: str
    #: "" for a type whose symbol does not name it.
    type_abbreviation: str
    #: Whether it is signed: nobody changes it any more, it is given back.
    is_signed: bool = False


def weigh_letter(letter: LetterRead, places: Places, chosen: Chosen) -> list[Told]:
    """All there is to say of the letter, in the order of the page; what each thing weighs it says itself."""
    return [
        *_of_head(letter, places, chosen),
        *_of_subject(letter, chosen),
        *_of_signer(letter, places, chosen),
        *_covered(letter),
        *_laid_over(letter, places, chosen),
    ]


def weighing(told: Iterable[Told], weight: Weight) -> list[Told]:
    """Those of this weight."""
    return [each for each in told if each.weight is weight]


def month_fault(letter: LetterRead, day: date) -> str:
    """Why a letter may not bear this day, for the month in its print; empty when it may.

    Asked before a number is taken: a month that has not come is no fault until then.
    """
    printed = letter.printed_month
    if not printed or int(printed) == day.month:
        return ""
    return (
        f"Văn bản in sẵn tháng {printed}; hôm nay là tháng {day.month:02d}: không cấp số được. "
        "Hãy trả lại người soạn để sửa."
    )


def _of_head(letter: LetterRead, places: Places, chosen: Chosen) -> Iterator[Told]:
    says = letter.says
    if says is None or not says.is_legible:
        yield from _unplaced(places.missing)
        if says is not None:
            yield _unread(says, chosen)
    else:
        yield from _of_number(says, places, chosen)
        yield from _of_date(says, places, chosen)
        yield from _of_printed_month(letter, chosen)
        yield from _placed_by_hand(says, places)
    yield from _of_symbol(chosen)
    yield from _of_year(chosen)


def _unread(says: Sayings, chosen: Chosen) -> Told:
    if not says.has_text:
        return tell(Matter.NO_TEXT, name=chosen.signer_name)
    unseen = ", ".join(_COMPONENTS[component] for component in says.unseen)
    return tell(Matter.NO_LAYOUT, components=unseen)


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


def _of_subject(letter: LetterRead, chosen: Chosen) -> Iterator[Told]:
    written = other_subject(letter, chosen.subject)
    if written:
        yield tell(Matter.SUBJECT_OTHER, written=written, typed=chosen.subject)


def _unplaced(missing: tuple[str, ...]) -> Iterator[Told]:
    if missing:
        yield tell(Matter.UNPLACED, names=", ".join(PLACE_NAMES[name] for name in missing))


def _of_number(says: Sayings, places: Places, chosen: Chosen) -> Iterator[Told]:
    found = says.number
    if found.sight is Sight.TYPED:
        yield tell(Matter.NUMBER_TYPED, written=found.written)
    elif places.number is None:
        matters = {Sight.OPEN: Matter.NUMBER_OPEN, Sight.NARROW: Matter.NUMBER_NARROW}
        line = f"«Số:          /{chosen.notation}»"
        yield tell(matters.get(found.sight, Matter.NUMBER_ABSENT), line=line)


def _of_date(says: Sayings, places: Places, chosen: Chosen) -> Iterator[Told]:
    line = f"«{chosen.place}, ngày      tháng      năm …»"
    if says.day.sight is Sight.TYPED:
        has_month = says.month.sight is Sight.TYPED
        day, month = f"ngày {says.day.written}", f" tháng {says.month.written}" if has_month else ""
        what = "Ngày tháng" if has_month else "Ngày"
        yield tell(Matter.DATE_TYPED, what=what, typed=day + month, day=says.day.written)
    absent = [
        (name, found)
        for name, found in (("day", says.day), ("month", says.month))
        if found.sight is not Sight.TYPED and getattr(places, name) is None
    ]
    if not absent:
        return
    names = " và ".join(f"«{PLACE_NAMES[name].capitalize()}»" for name, _ in absent)
    if any(found.sight is Sight.ABSENT for _, found in absent):
        yield tell(Matter.DATE_ABSENT, line=line, names=names)
    else:
        words = " và ".join(f"«{PLACE_NAMES[name]}»" for name, _ in absent)
        yield tell(Matter.DATE_NARROW, words=words, line=line, names=names)


def _of_printed_month(letter: LetterRead, chosen: Chosen) -> Iterator[Told]:
    """A month in print is lawful where it is that of the day of issue (NĐ 30/2020 PL I, II.4)."""
    written = letter.printed_month
    if not written:
        return
    month, today = int(written), chosen.day.month
    if not 1 <= month <= _MONTHS:
        yield tell(Matter.MONTH_IMPOSSIBLE, written=written)
        return
    if month <= _PADDED_MONTHS and len(written) == 1:
        yield tell(Matter.MONTH_UNPADDED, written=written, right=f"{month:02d}")
    if month != today and not chosen.is_signed:
        # Signed, it waits for its number, and `month_fault` says whether it may have one.
        # Without a year, a month before this one may be that of next year.
        years = (chosen.written_year or chosen.day.year + (month < today)) - chosen.day.year
        has_passed = years < 0 or (years == 0 and month < today)
        matter = Matter.MONTH_PASSED if has_passed else Matter.MONTH_TO_COME
        yield tell(matter, written=written, month=f"{today:02d}")


def _of_symbol(chosen: Chosen) -> Iterator[Told]:
    """What is written on the paper is what the record says: the paper is the original."""
    written, usual = chosen.written_notation, chosen.usual_notation
    if not written:
        yield tell(Matter.SYMBOL_UNREAD, usual=usual)
    elif tidy(written).casefold() != tidy(usual).casefold():
        parts = {part.casefold() for part in re.split(r"[-/.]", tidy(written))}
        matter = Matter.SYMBOL_UNUSUAL
        if not _is_in(chosen.agency_abbreviation, parts):
            matter = Matter.SYMBOL_OF_ANOTHER
        elif chosen.type_abbreviation and not _is_in(chosen.type_abbreviation, parts):
            matter = Matter.SYMBOL_OF_ANOTHER_TYPE
        mending = _MENDING_SIGNED if chosen.is_signed else _MENDING
        agency = chosen.agency_abbreviation
        yield tell(matter, written=written, usual=usual, agency=agency, mending=mending)


def _is_in(abbreviation: str, parts: Collection[str]) -> bool:
    own = {part.casefold() for part in re.split(r"[-/.]", tidy(abbreviation)) if part}
    return own <= set(parts)


def _of_year(chosen: Chosen) -> Iterator[Told]:
    if chosen.written_year is None:
        yield tell(Matter.YEAR_UNREAD)
    elif chosen.written_year != chosen.day.year:
        has_passed = chosen.written_year < chosen.day.year and not chosen.is_signed
        yield tell(
            Matter.YEAR_PASSED if has_passed else Matter.YEAR_OTHER,
            written=str(chosen.written_year),
            year=str(chosen.day.year),
            mending=_MENDING_SIGNED if chosen.is_signed else _MENDING,
        )


def _of_signer(letter: LetterRead, places: Places, chosen: Chosen) -> Iterator[Told]:
    says = letter.says
    if says is None or not says.is_legible:
        return
    unplaced = tuple(each for each in places.missing if each not in _WRITTEN)
    found, name = says.name, chosen.signer_name
    if found.sight is Sight.OTHER:
        yield tell(Matter.NAME_OTHER, written=found.written, name=name)
    elif found.sight is Sight.ABSENT and not says.has_wordless_page:
        yield tell(Matter.NAME_ABSENT, name=name)
    elif found.sight is Sight.NARROW and places.signature is None:
        yield tell(Matter.NAME_NARROW, name=name)
    else:
        yield from _unplaced(unplaced)
    yield from _of_title(says, chosen)


def _covered(letter: LetterRead) -> Iterator[Told]:
    for name in _WRITTEN:
        lying = letter.beneath.get(name)
        if lying is not None and lying.text:
            yield tell(Matter.COVERED, box=PLACE_NAMES[name].capitalize(), text=lying.text)


def _placed_by_hand(says: Sayings, places: Places) -> Iterator[Told]:
    if places.number is not None and says.number.sight in {Sight.ABSENT, Sight.OPEN}:
        yield tell(Matter.NUMBER_BY_HAND)
    if places.day is not None and says.day.sight is Sight.ABSENT:
        yield tell(Matter.DATE_BY_HAND)


def _of_title(says: Sayings, chosen: Chosen) -> Iterator[Told]:
    wanted = _lines_of(chosen.signer_title)
    if says.name.sight is not Sight.BLANK or not wanted:
        return
    said = {"name": chosen.signer_name, "wanted": " / ".join(wanted), "written": says.title.written}
    if says.title.sight is Sight.OTHER:
        is_form = _is_other_form(_lines_of(says.title.written), wanted)
        yield tell(Matter.TITLE_FORM if is_form else Matter.TITLE_OTHER, **said)
    elif says.title.sight is Sight.ABSENT:
        yield tell(Matter.TITLE_ABSENT, **said)


def _lines_of(title: str) -> list[str]:
    return [line.strip() for line in re.split(r"[\n/]", title) if line.strip()]


def _is_other_form(written: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether it is the signer's own office under another lawful form: «TUQ.» for «KT.», «Q.» before it."""
    *above, own = map(_letters, written)
    *_, office = map(_letters, wanted)
    if own == f"q.{office}":
        return True
    return own == office and bool(above) and all(_FORM.match(line) for line in above)


def _letters(line: str) -> str:
    return spell(line).replace(" ", "")


def _laid_over(letter: LetterRead, places: Places, chosen: Chosen) -> Iterator[Told]:
    for name in places.found:
        lying = letter.beneath.get(name, Beneath())
        box = PLACE_NAMES[name].capitalize()
        if name in _WRITTEN and lying.ink >= _MUCH_INK and not getattr(places, name).opaque:
            yield tell(Matter.INK_BENEATH, box=box)
        elif name == "signature" and lying.text:
            yield tell(Matter.TEXT_BENEATH_SIGNATURE, box=box, text=lying.text)
        elif name == "seal" and (strange := _not_of_block(lying.text, chosen)):
            yield tell(Matter.TEXT_BENEATH_SEAL, text=strange)


def _not_of_block(text: str, chosen: Chosen) -> str:
    """What of it is neither title nor name: those the seal lies on by law (NĐ 30/2020 PL I, II.8)."""
    # Words are cut where the seal ends, so they are parts of words, and their marks stand anywhere in them.
    block = fold(f"{chosen.signer_title} {chosen.signer_name}").replace(" ", "")
    return " ".join(word for word in text.split() if fold(word) not in block)
