"""The kinds of value one element holds: text, number, date, moment, yes/no, codes.

Each kind knows four things: how to read a received text without refusing it (`parse`, remarks go to
`Remarks`), how to write it (`wire`), what is not allowed to leave (`check`), and its JSON form.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from enum import IntEnum
from typing import Any

from vanthu import plain_text
from vanthu.edxml.errors import Problem, Rule
from vanthu.edxml.identifiers import ORGAN_ID_MAX_LENGTH, is_acceptable_organ_id, is_sendable_organ_id

#: Timestamps on the wire carry no zone; they are Vietnam time, which has been +07 all year since 1975.
VIETNAM_TIME = timezone(timedelta(hours=7), "+07")

_XML_SPACE = " \t\r\n"
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Remarks:
    """What was odd but readable in a received packet, in the order met."""

    #: A hostile packet must not turn into a million sentences.
    MOST = 200

    def __init__(self) -> None:
        self._lines: list[str] = []

    def add(self, path: str, message: str) -> None:
        if len(self._lines) < self.MOST:
            self._lines.append(f"{path}: {message}")
        elif len(self._lines) == self.MOST:
            self._lines.append("Còn những điểm khác không được liệt kê.")

    def lines(self) -> tuple[str, ...]:
        return tuple(self._lines)


@dataclass(slots=True)
class Checking:
    """What a check knows and has found: codes the directory vouches for, and the problems so far."""

    known_codes: Collection[str] = ()
    problems: list[Problem] = field(default_factory=list)

    def report(self, path: str, rule: Rule, message: str) -> None:
        self.problems.append(Problem(path, rule, message))


def length_of(text: str) -> int:
    """Count characters as a person does: a decomposed «ế» is one, as in NFC."""
    return len(plain_text.compose_or(text, longest=len(text), otherwise=text))


def tidy(text: str) -> str:
    """Strip the XML white space that pretty-printers put around a value."""
    return text.strip(_XML_SPACE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf(ABC):
    """An element that holds one value; the base kind is never used by itself."""

    name: str
    required: bool = False

    @abstractmethod
    def parse(self, text: str, path: str, remarks: Remarks) -> Any:
        """Read a received text; None or "" when nothing usable is there. Never raises."""

    def missing(self, path: str, remarks: Remarks) -> None:
        """Remark on an element that is not there, or holds nothing; the field keeps its default."""
        if self.required:
            remarks.add(path, "thiếu")

    @abstractmethod
    def wire(self, value: Any) -> str:
        """Write the value as the standard has it."""

    @abstractmethod
    def check(self, value: Any, path: str, checking: Checking) -> None:
        """Report what may not leave; the value is present."""

    def to_json(self, value: Any) -> Any:
        return self.wire(value)

    def from_json(self, value: Any, path: str, checking: Checking) -> Any:
        """Take the JSON form back; a wrong one is reported and None returned."""
        if isinstance(value, str | int) and not isinstance(value, bool):
            return self._strictly(str(value), path, checking)
        checking.report(path, Rule.WRONG_FORMAT, "giá trị phải là chuỗi ký tự")
        return None

    def _strictly(self, text: str, path: str, checking: Checking) -> Any:
        if not plain_text.is_writable(text):
            checking.report(path, Rule.WRONG_FORMAT, "có ký tự điều khiển mà gói tin không được có")
            return None
        remarks = Remarks()
        value = self.parse(text, path, remarks)
        if value is None:
            checking.report(path, Rule.WRONG_FORMAT, f"không đọc được giá trị «{shorten(text)}»")
        return value


def shorten(text: str) -> str:
    """Quote at most forty characters of a foreign value in a message."""
    return text if len(text) <= 40 else text[:39] + "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Leaf):
    """A text of limited length, and of a given form where the standard gives one."""

    max_length: int
    pattern: str | None = None
    #: What the pattern asks for, as the end of «phải là …».
    expected: str = ""

    def parse(self, text: str, path: str, remarks: Remarks) -> str:
        value = tidy(text)
        if not plain_text.is_writable(value):
            remarks.add(path, "có ký tự điều khiển không nhìn thấy được, đã bỏ")
            value = tidy(plain_text.without_unwritable(value))
        # Cheap length first: most values are far too short to be worth normalising.
        if len(value) > self.max_length and length_of(value) > self.max_length:
            remarks.add(path, f"dài {length_of(value)} ký tự, quy định tối đa {self.max_length}")
        elif value and self.pattern is not None and not re.fullmatch(self.pattern, value):
            remarks.add(path, f"«{shorten(value)}» không phải là {self.expected}")
        return value

    def wire(self, value: Any) -> str:
        return tidy(str(value))

    def check(self, value: Any, path: str, checking: Checking) -> None:
        text = self.wire(value)
        if _ILLEGAL.search(text) or not plain_text.is_writable(text):
            checking.report(path, Rule.WRONG_FORMAT, "có ký tự điều khiển mà gói tin không được có")
        if plain_text.has_too_many_marks(text):
            checking.report(path, Rule.WRONG_FORMAT, "có một chữ mang quá nhiều dấu chồng lên nhau")
        if length_of(text) > self.max_length:
            checking.report(
                path, Rule.TOO_LONG, f"dài {length_of(text)} ký tự, quy định tối đa {self.max_length}"
            )
        elif self.pattern is not None and not re.fullmatch(self.pattern, text):
            checking.report(path, Rule.WRONG_FORMAT, f"«{shorten(text)}» phải là {self.expected}")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganCode(Text):
    """A code of a body; `echoed` ones repeat what another body sent and are not ours to correct."""

    max_length: int = ORGAN_ID_MAX_LENGTH
    echoed: bool = False

    def parse(self, text: str, path: str, remarks: Remarks) -> str:
        value = tidy(text)
        if value.lower() == "null":
            # The axis writes the word when it does not know who it is.
            remarks.add(path, "ghi «null», coi như không có")
            return ""
        if value and not is_acceptable_organ_id(value):
            remarks.add(path, f"mã định danh «{shorten(value)}» không đúng dạng")
        return value

    def check(self, value: Any, path: str, checking: Checking) -> None:
        code = self.wire(value)
        if self.echoed or code in checking.known_codes:
            sendable = is_acceptable_organ_id(code)
        else:
            sendable = is_sendable_organ_id(code)
        if not sendable:
            checking.report(
                path, Rule.WRONG_FORMAT, f"mã định danh «{shorten(code)}» không đúng dạng quy định"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusCodeText(Text):
    """A two-digit status code, kept as text: «01», never 1."""

    max_length: int = 2

    def parse(self, text: str, path: str, remarks: Remarks) -> str:
        value = tidy(text)
        if re.fullmatch(r"\d", value):
            remarks.add(path, f"ghi «{value}», hiểu là «{value.zfill(2)}»")
            return value.zfill(2)
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Integer(Leaf):
    """A whole number within its limits."""

    low: int = 0
    #: PromulgationAmount and PageAmount are unsigned shorts; nothing in a packet is larger.
    high: int = 65_535

    def parse(self, text: str, path: str, remarks: Remarks) -> int | None:
        value = tidy(text)
        if not value:
            return None
        if not re.fullmatch(r"[+-]?[0-9]{1,9}", value):
            remarks.add(path, f"«{shorten(value)}» không phải số nguyên, bỏ qua")
            return None
        number = int(value)
        if not self.low <= number <= self.high:
            remarks.add(path, f"giá trị {number} ngoài khoảng {self.low}–{self.high}")
        return number

    def wire(self, value: Any) -> str:
        return str(int(value))

    def check(self, value: Any, path: str, checking: Checking) -> None:
        if not self.low <= value <= self.high:
            checking.report(path, Rule.OUT_OF_RANGE, f"giá trị {value} ngoài khoảng {self.low}–{self.high}")

    def to_json(self, value: Any) -> int:
        return int(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Leaf):
    """A number out of a closed list; an unknown one is read as None, never as the nearest."""

    options: type[IntEnum]
    #: What it means when nothing is said: the default of the field.
    blank: IntEnum | None = None

    def missing(self, path: str, remarks: Remarks) -> None:
        if self.blank is not None:
            remarks.add(path, f"thiếu, coi như {int(self.blank)}")
        elif self.required:
            remarks.add(path, "thiếu")

    def parse(self, text: str, path: str, remarks: Remarks) -> IntEnum | None:
        value = tidy(text)
        if re.fullmatch(r"[0-9]{1,3}", value) and int(value) in set(self.options):
            return self.options(int(value))
        remarks.add(path, f"không hiểu giá trị «{shorten(value)}»")
        return None

    def wire(self, value: Any) -> str:
        return str(int(value))

    def check(self, value: Any, path: str, checking: Checking) -> None:
        if value not in set(self.options):
            checking.report(path, Rule.OUT_OF_RANGE, f"không có giá trị {value} trong danh mục")

    def to_json(self, value: Any) -> int:
        return int(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Boolean(Leaf):
    """Yes or no, in the ways XML Schema writes them."""

    def parse(self, text: str, path: str, remarks: Remarks) -> bool | None:
        value = tidy(text).lower()
        if value in ("true", "1"):
            return True
        if value in ("false", "0"):
            return False
        if value:
            remarks.add(path, f"«{shorten(value)}» không phải true hoặc false, bỏ qua")
        return None

    def wire(self, value: Any) -> str:
        return "true" if value else "false"

    def check(self, value: Any, path: str, checking: Checking) -> None:
        """Every boolean may leave."""

    def to_json(self, value: Any) -> bool:
        return bool(value)

    def from_json(self, value: Any, path: str, checking: Checking) -> bool | None:
        if isinstance(value, bool):
            return value
        checking.report(path, Rule.WRONG_FORMAT, "giá trị phải là true hoặc false")
        return None


# The order matters: the standard's own form first, then what other systems really write. A day comes
# before its month, as everywhere in Viet Nam.
_DAY_FORMS = ("%Y/%m/%d", "%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")
_CLOCK_FORMS = ("%H:%M:%S", "%H:%M:%S.%f", "%H:%M")
_MOMENT = re.compile(r"(\S{8,10}?)[T ]+(\d{1,2}:\d{2}\S*?)(Z|[+-]\d{2}:?\d{2})?")
# .NET writes seven digits of a second.
_LONG_FRACTION = re.compile(r"(?<=\.\d{6})\d+$")
_DAY_SHAPE = re.compile(r"\d{4}/\d{2}/\d{2}")
_MOMENT_SHAPE = re.compile(r"\d{4}/\d{2}/\d{2} \d{2}:\d{2}:\d{2}")


def _first(text: str, forms: Collection[str]) -> datetime | None:
    for form in forms:
        try:
            return datetime.strptime(text, form).replace(tzinfo=VIETNAM_TIME)
        except ValueError:
            continue
    return None


def parse_moment(text: str) -> datetime | None:
    """Read a moment in any of the forms met; without a zone it is Vietnam time."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        return _first(text, _DAY_FORMS)
    day, clock, zone = match.groups()
    forms = [f"{d} {c}" for d in _DAY_FORMS for c in _CLOCK_FORMS]
    if zone is None:
        return _first(f"{day} {_LONG_FRACTION.sub('', clock)}", forms)
    try:
        return datetime.fromisoformat(f"{day}T{clock}{zone}").astimezone(VIETNAM_TIME)
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Day(Leaf):
    """A date, `yyyy/MM/dd` on the wire and in JSON."""

    def parse(self, text: str, path: str, remarks: Remarks) -> date | None:
        value = tidy(text)
        if not value:
            return None
        moment = parse_moment(value)
        if moment is None:
            remarks.add(path, f"«{shorten(value)}» không phải ngày, bỏ qua")
            return None
        if not _DAY_SHAPE.fullmatch(value):
            remarks.add(path, f"ngày «{shorten(value)}» không đúng dạng yyyy/MM/dd")
        return moment.date()

    def wire(self, value: Any) -> str:
        return f"{value.year:04}/{value.month:02}/{value.day:02}"

    def check(self, value: Any, path: str, checking: Checking) -> None:
        """Every date may leave; whether a future one makes sense is the sender's rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment(Leaf):
    """A moment, `yyyy/MM/dd HH:mm:ss` in Vietnam time on the wire and in JSON; an aware datetime here."""

    def parse(self, text: str, path: str, remarks: Remarks) -> datetime | None:
        value = tidy(text)
        if not value:
            return None
        moment = parse_moment(value)
        if moment is None:
            remarks.add(path, f"«{shorten(value)}» không phải thời điểm, bỏ qua")
            return None
        if not _MOMENT_SHAPE.fullmatch(value):
            remarks.add(path, f"thời điểm «{shorten(value)}» không đúng dạng yyyy/MM/dd HH:mm:ss")
        return moment.replace(microsecond=0)

    def wire(self, value: Any) -> str:
        local = value.astimezone(VIETNAM_TIME)
        return f"{local.year:04}/{local.month:02}/{local.day:02} {local:%H:%M:%S}"

    def check(self, value: Any, path: str, checking: Checking) -> None:
        if value.tzinfo is None:
            checking.report(path, Rule.WRONG_FORMAT, "thời điểm phải có múi giờ")
