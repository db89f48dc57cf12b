"""The signature block: title, room for the handwriting, typed name (NĐ 30/2020 PL I, ô 7a–7c)."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from vanthu import plain_text
from vanthu.pdfsign.appearance import BASELINE
from vanthu.pdfsign.glyphs import Glyph, Line, PageText, folded, written_in
from vanthu.pdfsign.places import Box
from vanthu.pdfsign.sights import Found, Sight

#: The widest handwriting that still looks like one, and the lowest gap one can be put in.
_SIGNATURE_WIDTH, _SIGNATURE_HEIGHT, _LOWEST_GAP = 120.0, 72.0, 18.0
#: Half the width of the column that title, signature and name are centred in.
_COLUMN = 135.0
#: Columns on the line of a name: «Nơi nhận» beside it, and two or three who sign together.
_COLUMNS = 6
#: Lines of a title, «TM. ỦY BAN NHÂN DÂN» and the rest, and letters of a note between it and the name: «(Ký
#: tên, đóng dấu)».
_TITLE_LINES, _NOTE = 6, 40
#: Lines of one title stand at most so many type sizes apart.
_LEADING = 2.4
#: So alike, two names without their marks are one name spelt in two ways.
_ALIKE = 0.75
#: What may stand before a name: «TS.», «Đại tá».
_BEFORE_NAME = re.compile(
    r"|.*\.|(?:đại|thượng|trung|thiếu)(?:tướng|tá|úy|uý)|(?:phó)?giáosư|tiếnsĩ|tiếnsỹ|thạcsĩ|thạcsỹ|bácsĩ|bácsỹ"
)
_SHORTEST_NAME, _LONGEST_NAME, _WORDS_OF_NAME = 4, 60, range(2, 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Where the handwriting goes, and what was seen of name and title."""

    signature: Box | None
    name: Found
    title: Found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Name:
    """Letters that may be the typed name, with what stands above them in their column."""

    page: PageText
    glyphs: tuple[Glyph, ...]
    above: list[list[Glyph]]
    #: Where the space for handwriting begins and ends, from below; None: nothing stands above.
    ceiling: float | None

    @property
    def top(self) -> float:
        return max(glyph.y1 for glyph in self.glyphs)

    @property
    def has_room(self) -> bool:
        return self.ceiling is not None and self.ceiling - self.top >= _LOWEST_GAP


def find_block(pages: Sequence[PageText], *, name: str, title: str) -> Block:
    """Find the block from the end of the document; a mention of the name in the text has no room above it.

    Where the name is not found, what stands in its place is told: one spelt alike, or that under the title.
    Raises RotatedPage.
    """
    wanted = folded(name)
    mentions = list(_mentions(pages, wanted, title)) if wanted else []
    for mention in mentions:
        if mention.has_room:
            mention.page.require_upright()
            return Block(
                signature=_between(mention),
                name=Found(sight=Sight.BLANK),
                title=_title_seen(mention, title),
            )
    other = _other_name(pages, wanted, title)
    if other is not None:
        written = Found(sight=Sight.OTHER, written=written_in(other.glyphs))
        return Block(signature=None, name=written, title=_title_seen(other, title))
    sight = Sight.NARROW if any(_title_above(mention) for mention in mentions) else Sight.ABSENT
    return Block(signature=None, name=Found(sight=sight), title=Found(sight=Sight.ABSENT))


def _mentions(pages: Sequence[PageText], wanted: str, title: str) -> Iterator[_Name]:
    """Every line with the very name in it, whole, from the end."""
    for page in reversed(pages):
        for line in reversed(page.lines):
            for column in _apart(line):
                start = column.text.rfind(wanted)
                if start >= 0 and _is_whole(column.text, start, start + len(wanted)):
                    yield _name(page, column, column.glyphs[start : start + len(wanted)], title)


def _apart(line: Line) -> Sequence[Line]:
    """The columns of a line, from the right; of a line that is a row of a wide table none."""
    columns = line.columns
    return () if len(columns) > _COLUMNS else columns[::-1]


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether it is no part of a longer name: «Nguyễn Trần Thanh Bình», «Trần Thanh Bình Minh»."""
    return not text[end : end + 1].isalpha() and _BEFORE_NAME.fullmatch(text[:start]) is not None


def _name(page: PageText, line: Line, glyphs: tuple[Glyph, ...], title: str) -> _Name:
    middle = (glyphs[0].x0 + glyphs[-1].x1) / 2
    above = _column_above(page, line, middle)
    return _Name(page=page, glyphs=glyphs, above=above, ceiling=_ceiling(above, title))


def _between(name: _Name) -> Box:
    page, top, ceiling = name.page, name.top, name.ceiling
    assert ceiling is not None, "there is room"
    middle = (name.glyphs[0].x0 + name.glyphs[-1].x1) / 2
    height = min(ceiling - top - 4, _SIGNATURE_HEIGHT)
    centre = (ceiling + top) / 2
    width = min(_SIGNATURE_WIDTH, 2 * height)
    x0 = min(max(middle - width / 2, page.x0), page.x1 - width)
    return Box(page=page.number, x0=x0, y0=centre - height / 2, x1=x0 + width, y1=centre + height / 2)


def _column_above(page: PageText, below: Line, middle: float) -> list[list[Glyph]]:
    """The nearest lines above the name, as many as a title has, each cut to the column around it."""
    column: list[list[Glyph]] = []
    for index in range(bisect_left(page.lines, -below.baseline, key=_depth) - 1, -1, -1):
        glyphs = page.lines[index].glyphs
        inside = [glyph for glyph in glyphs if abs((glyph.x0 + glyph.x1) / 2 - middle) < _COLUMN]
        if inside:
            column.insert(0, inside)
        if len(column) == _TITLE_LINES:
            break
    return column


def _depth(line: Line) -> float:
    """Lines stand from the top of the page downwards."""
    return -line.baseline


def _ceiling(column: Sequence[Sequence[Glyph]], title: str) -> float | None:
    """Where the space for handwriting begins: under the title, or under the last line when it is not there.

    The title may run over several lines («KT. GIÁM ĐỐC» / «PHÓ GIÁM ĐỐC»), so they are read as one text; a
    short note may stand below it.
    """
    if not column:
        return None
    glyphs = [glyph for line in column for glyph in line]
    text = Line(tuple(glyphs)).text
    for part in (title, *reversed(_lines_of(title))):
        wanted = folded(part)
        found = text.rfind(wanted) if wanted else -1
        end = found + len(wanted)
        if found >= 0 and len(text) - end <= _NOTE:
            return _bottom(glyphs[found:end])
    return _bottom(column[-1])


def _bottom(glyphs: Sequence[Glyph]) -> float:
    return min(glyph.baseline - glyph.size * BASELINE for glyph in glyphs)


def _lines_of(title: str) -> list[str]:
    return [part for part in re.split(r"[\n/]", title) if part.strip()]


def _title_seen(name: _Name, title: str) -> Found:
    """Whether the lines above the room end in the lines of the title."""
    lines = _title_above(name)
    if not lines:
        return Found(sight=Sight.ABSENT)
    written = [Line(tuple(line)).text for line in lines]
    wanted = "".join(folded(part) for part in _lines_of(title))
    if any("".join(written[index:]) == wanted for index in range(len(written))):
        return Found(sight=Sight.BLANK)
    return Found(sight=Sight.OTHER, written=" / ".join(written_in(line) for line in lines))


def _title_above(name: _Name) -> list[list[Glyph]]:
    """The lines in capitals right above the room, from the top; a note below them is passed over."""
    title: list[list[Glyph]] = []
    for line in reversed(name.above):
        is_near = not title or line[0].baseline - title[0][0].baseline <= _LEADING * line[0].size
        if is_near and Line(tuple(line)).is_in_capitals:
            title.insert(0, line)
        elif title or line[0].character != "(":
            break
    return title


def _other_name(pages: Sequence[PageText], wanted: str, title: str) -> _Name | None:
    """What stands where the name should: one spelt alike with room above it, or that under the very title."""
    under_title = None
    for page in reversed(pages):
        for line in reversed(page.lines):
            for column in _apart(line):
                if not _may_be_name(column):
                    continue
                name = _name(page, column, column.glyphs, title)
                if not name.has_room:
                    continue
                if wanted and _alike(column.text, wanted):
                    return name
                if under_title is None and _title_above(name):
                    under_title = name
    return under_title


def _may_be_name(column: Line) -> bool:
    text = column.text
    if not _SHORTEST_NAME <= len(text) <= _LONGEST_NAME:
        return False
    words = column.written.split()
    return len(words) in _WORDS_OF_NAME and words[0][0].isupper() and text.isalpha()


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, _unmarked(one), _unmarked(other), autojunk=False).ratio() >= _ALIKE


def _unmarked(text: str) -> str:
    return plain_text.without_marks(plain_text.decompose(text.replace("đ", "d"), longest=2000))
