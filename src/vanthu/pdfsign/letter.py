"""All that a letter says by its own text of what is done with it before it is signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from vanthu.pdfsign.finding import Marks, find_marks
from vanthu.pdfsign.glyphs import Line, PageText, folded, read_pages
from vanthu.pdfsign.heading import Heading, heading_of
from vanthu.pdfsign.places import Places
from vanthu.pdfsign.sights import Found, Sight

#: What every letter has some of (NĐ 30/2020 PL I): where there is none, what text there is may be anything.
_NATION, _MOTTO, _ADDRESSED, _RECIPIENTS = (
    folded(text)
    for text in ("Cộng hòa xã hội chủ nghĩa Việt Nam", "Độc lập - Tự do - Hạnh phúc", "Kính gửi", "Nơi nhận")
)
_SIGNS = (_NATION, _MOTTO, _ADDRESSED, _RECIPIENTS)
#: Ô 5b stands beneath the symbol, ô 5a beneath the name of the type.
_TOP = 0.45
_ABOUT = ("v/v", folded("Về việc"))
#: Ô 5a of the types that have a name (NĐ 30/2020 Điều 7); the subject stands under it.
_TYPES = frozenset(
    map(
        folded,
        (
            *("Nghị quyết", "Quyết định", "Chỉ thị", "Quy chế", "Quy định", "Thông cáo", "Thông báo"),
            *("Hướng dẫn", "Chương trình", "Kế hoạch", "Phương án", "Đề án", "Dự án", "Báo cáo"),
            *("Biên bản", "Tờ trình", "Hợp đồng", "Công điện", "Bản ghi nhớ", "Bản thỏa thuận"),
            *("Giấy ủy quyền", "Giấy mời", "Giấy giới thiệu", "Phiếu gửi", "Phiếu chuyển", "Phiếu báo"),
        ),
    )
)
#: Of the page's width: a subject is set narrower than the text below it, which reaches both margins.
_WIDEST_SUBJECT = 0.7
#: Ô 1 and ô 2 stand in this upper share of the page.
_HEAD = 0.18
#: What follows a subject and is none of it.
_AFTER = tuple(map(folded, ("Kính gửi", "Kính trình", "Căn cứ", "Thực hiện")))
_SUBJECT_LINES, _SUBJECT_LETTERS = 12, 3000
#: Lines of one subject stand at most so many type sizes apart, and their middles so many.
_LEADING, _ASIDE = 1.9, 4.0


class Component(StrEnum):
    """Thành phần thể thức: what every official paper has (NĐ 30/2020 Điều 8), as far as text can show it."""

    NATION = "nation"
    AGENCY = "agency"
    NUMBER = "number"
    DATE = "date"
    SUBJECT = "subject"
    SIGNER = "signer"
    RECIPIENTS = "recipients"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sayings:
    """What was seen of each line that matters."""

    number: Found
    day: Found
    month: Found
    name: Found
    title: Found
    #: Trích yếu as written, «V/v …» or «Về việc …»; empty when there is none to be read.
    subject: str
    #: Whether the text is that of the page. It is not on a scan, also where a program has laid under it what
    #: it took the picture for, nor in type that is not Unicode.
    is_legible: bool
    #: Some page has no text at all, as a scan among others; what is not read may stand there.
    has_wordless_page: bool
    #: Whether there is text of its own at all, be it that of a letter or not.
    has_text: bool = True
    #: Which components were looked for and not seen, in the order of the page.
    unseen: tuple[Component, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` reads them back."""
        seen = {field.name: getattr(self, field.name) for field in fields(self)} | {
            "unseen": [str(each) for each in self.unseen]
        }
        return {name: each.to_dict() if isinstance(each, Found) else each for name, each in seen.items()}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Sayings:
        """Read what `to_dict` wrote. Raises ValueError for anything else."""
        try:
            found = {name: Found.from_dict(plain[name]) for name in _FOUND}
            flags = {name: bool(plain[name]) for name in ("is_legible", "has_wordless_page")}
            known: dict[str, Any] = {**flags, **found}
            # Older readings do not tell them; what could be read had text.
            known["has_text"] = bool(plain.get("has_text", flags["is_legible"]))
            known["unseen"] = tuple(map(Component, plain.get("unseen", ())))
            return cls(subject=str(plain["subject"]), **known)
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a letter: {plain!r}") from error


_FOUND = ("number", "day", "month", "name", "title")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter that was read."""

    places: Places
    heading: Heading
    says: Sayings


def read_letter(file: Path, *, signer_name: str, signer_title: str) -> Letter:
    """Read a letter for the person who is to sign it.

    Raises NotAPdf, BrokenPdf, PasswordProtected, EmptyPdf, RotatedPage (the page of a place is turned).
    """
    pages = read_pages(file)
    marks = find_marks(pages, name=signer_name, title=signer_title)
    return Letter(places=marks.places, heading=heading_of(pages[0]), says=_sayings(pages, marks))


def _sayings(pages: Sequence[PageText], marks: Marks) -> Sayings:
    subject = _subject(pages[0])
    return Sayings(
        number=marks.number,
        day=marks.day,
        month=marks.month,
        name=marks.name,
        title=marks.title,
        subject=subject,
        is_legible=not pages[0].recognised and _is_legible(pages, marks),
        has_wordless_page=any(not page.lines or page.recognised for page in pages),
        has_text=any(page.lines and not page.recognised for page in pages),
        unseen=_unseen(pages, marks, subject),
    )


def _unseen(pages: Sequence[PageText], marks: Marks, subject: str) -> tuple[Component, ...]:
    head = pages[0].above(_HEAD)
    seen = {
        Component.NATION: any(_NATION in line.text for line in head),
        Component.AGENCY: any(_may_be_agency(column) for line in head for column in line.columns),
        Component.NUMBER: marks.number.sight is not Sight.ABSENT,
        Component.DATE: marks.day.sight is not Sight.ABSENT,
        Component.SUBJECT: bool(subject),
        Component.SIGNER: marks.name.sight is not Sight.ABSENT,
        Component.RECIPIENTS: any(_RECIPIENTS in line.text for page in pages for line in page.lines),
    }
    return tuple(component for component in Component if not seen[component])


def _may_be_agency(column: Line) -> bool:
    return column.is_in_capitals and _NATION not in column.text and column.text not in _TYPES


def _is_legible(pages: Sequence[PageText], marks: Marks) -> bool:
    if any(found.sight is not Sight.ABSENT for found in (marks.number, marks.day, marks.name)):
        return True
    return any(sign in line.text for page in pages for line in page.lines for sign in _SIGNS)


def _subject(page: PageText) -> str:
    lines = page.above(_TOP)
    for index, line in enumerate(lines):
        for column in line.columns:
            if column.text.startswith(_ABOUT):
                parts = [column, *_going_on(column, lines[index + 1 : index + _SUBJECT_LINES])]
                return " ".join(part.written for part in parts)[:_SUBJECT_LETTERS]
    return _subject_of_type(page, lines)


def _subject_of_type(page: PageText, lines: Sequence[Line]) -> str:
    """What stands under the name of the type; empty where it runs into the text and cannot be told apart."""
    for index, line in enumerate(lines):
        for column in line.columns:
            if column.text in _TYPES and column.is_in_capitals:
                parts = _going_on(column, lines[index + 1 : index + _SUBJECT_LINES])
                widest = max((each.glyphs[-1].x1 - each.glyphs[0].x0 for each in parts), default=0.0)
                if widest > _WIDEST_SUBJECT * (page.x1 - page.x0):
                    return ""
                return " ".join(part.written for part in parts)[:_SUBJECT_LETTERS]
    return ""


def _going_on(first: Line, below: Sequence[Line]) -> list[Line]:
    """The lines under the first that go on with it in its column."""
    parts: list[Line] = []
    last = first
    for line in below:
        if last.baseline - line.baseline > _LEADING * last.glyphs[0].size:
            break
        column = next((each for each in line.columns if _is_beneath(each, first)), None)
        if column is None:
            continue
        if column.text.startswith(_AFTER) or column.is_in_capitals:
            break
        parts.append(column)
        last = column
    return parts


def _is_beneath(line: Line, above: Line) -> bool:
    size = above.glyphs[0].size
    middles = [(each.glyphs[0].x0 + each.glyphs[-1].x1) / 2 for each in (line, above)]
    is_left = abs(line.glyphs[0].x0 - above.glyphs[0].x0) < size
    return is_left or abs(middles[0] - middles[1]) < _ASIDE * size
