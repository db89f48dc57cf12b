"""A table of a TOML file, read key by key; everything wrong with it is told, with its place."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from vanthu import plain_text
from vanthu.interfaces.cli.command import CommandRefused
from vanthu.kernel.folding import tidy

_WHERE = re.compile(r"\(at line (\d+), column (\d+)\)")


def load(path: Path) -> Mapping[str, Any]:
    """The whole file. Raises CommandRefused (no TOML) and OSError."""
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError as error:
        raise CommandRefused(f"{path}: không phải chữ UTF-8.") from error
    except (ValueError, RecursionError) as error:
        found = _WHERE.search(str(error))
        where = f" ở dòng {found[1]}, cột {found[2]}" if found else ""
        raise CommandRefused(f"{path}: không đúng cú pháp TOML{where}.") from error


#: Of one value of the file; each kind of value has a limit of its own besides.
_LONGEST_VALUE = 20_000


class Section:
    """One table; `place` is how people find it in the file, `faults` gathers one sentence per fault.

    Every key that is asked for is known; `finish` tells the ones nobody asked for, so that a typing error is
    not passed over. A value with a fault reads as empty.
    """

    def __init__(self, values: Mapping[str, Any], place: str, faults: list[str]) -> None:
        self.place = place
        self._values, self._faults = values, faults
        self._known: set[str] = set()

    def fault(self, key: str, sentence: str) -> None:
        """Tell a fault of one key, or of the table itself when `key` is empty."""
        self._faults.append(f"{', '.join(filter(None, (self.place, key)))}: {sentence}")

    def text(self, key: str, *, most: int, required: bool = False, lines: bool = False) -> str:
        """A text of at most so many characters, tidied; with `lines` it may have several lines."""
        value = self._value(key, str, "phải là chữ trong ngoặc kép", required)
        return "" if value is None else self._sound(key, value, most, required, lines)

    def texts(self, key: str, *, most: int, required: bool = False) -> list[str]:
        """A list of different texts."""
        values = self._value(key, list, 'phải là danh sách, ví dụ ["a", "b"]', required)
        if values is None:
            return []
        if required and not values:
            self.fault(key, "chưa có gì. Hãy ghi ít nhất một.")
        found: list[str] = []
        for value in values:
            if not isinstance(value, str):
                self.fault(key, "mỗi mục phải là chữ trong ngoặc kép.")
            elif text := self._sound(key, value, most, True, False):
                if text in found:
                    self.fault(key, f"«{text}» ghi hai lần.")
                found.append(text)
        return found

    def choice(self, key: str, choices: Collection[str]) -> str:
        """One of the words; required."""
        value = self.text(key, most=100, required=True)
        return value if value and self._is_one_of(key, value, choices) else ""

    def choices(self, key: str, choices: Collection[str], *, required: bool = False) -> list[str]:
        """A list of some of the words."""
        return [
            value
            for value in self.texts(key, most=100, required=required)
            if self._is_one_of(key, value, choices)
        ]

    def table(self, key: str, *, required: bool = False) -> Section | None:
        """A table below this one."""
        place = f"[{key}]" if not self.place else f"{self.place}, [{key}]"
        values = self._value(key, dict, f"phải là một bảng [{key}]", required)
        return None if values is None else Section(values, place, self._faults)

    def tables(self, key: str, *, named: str = "") -> list[Section]:
        """The tables [[key]]; the text at `named`, if it has one, helps to find each."""
        values = self._value(key, list, f"phải là các bảng [[{key}]]", False)
        found: list[Section] = []
        for number, each in enumerate(values or (), start=1):
            if not isinstance(each, dict):
                self.fault(key, f"phải là các bảng [[{key}]].")
                return found
            name = each.get(named)
            label = f" ({_label(name)})" if isinstance(name, str) and name.strip() else ""
            found.append(Section(each, f"[[{key}]] thứ {number}{label}", self._faults))
        return found

    def finish(self) -> None:
        """Tell every key nobody asked for."""
        for key in self._values:
            if key not in self._known:
                self.fault(
                    key, f"không có mục tên này; các mục có thể ghi: {', '.join(sorted(self._known))}."
                )

    def _value(self, key: str, kind: type, otherwise: str, required: bool) -> Any:
        self._known.add(key)
        value = self._values.get(key)
        if value is None:
            if required:
                self.fault(key, "còn thiếu.")
        elif not isinstance(value, kind):
            self.fault(key, f"{otherwise}.")
            return None
        return value

    def _sound(self, key: str, value: str, most: int, required: bool, lines: bool) -> str:
        try:
            plain_text.require_fit(value, longest=_LONGEST_VALUE)
            text = "\n".join(filter(None, map(tidy, value.split("\n")))) if lines else tidy(value)
        except plain_text.UnfitText as unfit:
            self.fault(key, f"không dùng được. {unfit}")
            return ""
        if required and not text:
            self.fault(key, "để trống.")
        elif len(text) > most:
            self.fault(key, f"dài {len(text)} ký tự, không được quá {most}.")
        elif any(
            unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co") for letter in text.replace("\n", "")
        ):
            self.fault(key, "có ký tự không đọc được.")
        else:
            return text
        return ""

    def _is_one_of(self, key: str, value: str, choices: Collection[str]) -> bool:
        if value in choices:
            return True
        self.fault(key, f"không có «{value}», chỉ có: {', '.join(choices)}.")
        return False


def _label(name: str) -> str:
    """What a person or a unit is called in a sentence about a fault; its own faults are said elsewhere."""
    return " ".join(plain_text.compose_or(name, longest=_LONGEST_VALUE, otherwise="…").split())
