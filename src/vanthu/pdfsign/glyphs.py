"""The text of a PDF as placed characters, whatever the order and the encoding it was written in."""

from __future__ import annotations

import ctypes
import dataclasses
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from vanthu import plain_text
from vanthu.pdfsign.budget import LETTERS
from vanthu.pdfsign.errors import EmptyPdf, RotatedPage
from vanthu.pdfsign.opening import at_most, check_header, open_pdfium

#: Of what is looked for on a page: a name, a title, a letter with its marks.
_LONGEST = 2000
#: Wider than this part of the type size, a gap between two letters parts words; than the other, columns.
WORD_GAP, COLUMN_GAP = 0.2, 1.6
#: «hòa» and «hoà», «thúy» and «thuý»: the tone on the first vowel or on the second is one spelling.
_TONED = {"o": "òóỏõọ", "u": "ùúủũụ", "a": "àáảãạ", "e": "èéẻẽẹ", "y": "ỳýỷỹỵ"}
_OLD_PLACE = re.compile(f"([{_TONED['o']}])([ae])|([{_TONED['u']}])(y)")


@dataclass(frozen=True)
class Glyph:
    """One letter with its tone marks, in the page's user space (points)."""

    #: Case-folded and composed (NFC); one character.
    character: str
    x0: float
    y0: float
    x1: float
    y1: float
    baseline: float
    #: Type size in points.
    size: float
    #: The same letter in the case it is written in.
    written: str


@dataclass(frozen=True)
class Line:
    """The letters standing on one baseline, left to right, over the whole width of the page. No spaces."""

    glyphs: tuple[Glyph, ...]

    @property
    def text(self) -> str:
        """As `folded` has it, letter by letter."""
        return _tones_placed("".join(glyph.character for glyph in self.glyphs))

    @property
    def columns(self) -> tuple[Line, ...]:
        """The line where wide gaps part it: what stands side by side was not written as one."""
        parts: list[list[Glyph]] = []
        for glyph in self.glyphs:
            if parts and glyph.x0 - parts[-1][-1].x1 <= COLUMN_GAP * glyph.size:
                parts[-1].append(glyph)
            else:
                parts.append([glyph])
        return tuple(Line(tuple(part)) for part in parts)

    @property
    def written(self) -> str:
        """As it reads, in its own capitals, with a space where there is one to see."""
        return written_in(self.glyphs)

    @property
    def is_in_capitals(self) -> bool:
        """As titles and headings are."""
        letters = [glyph.written for glyph in self.glyphs if glyph.written.isalpha()]
        return bool(letters) and all(letter.isupper() for letter in letters)

    @property
    def baseline(self) -> float:
        return self.glyphs[0].baseline

    def glyph(self, index: int) -> Glyph:
        return self.glyphs[index]


@dataclass(frozen=True)
class PageText:
    """One page: its lines from top to bottom, and its visible area."""

    #: 1-based.
    number: int
    lines: tuple[Line, ...]
    x0: float
    x1: float
    y0: float
    y1: float
    rotated: bool
    #: The text is not what is seen: somebody's program read it off a scan and laid it beneath, unseen.
    recognised: bool = False

    @property
    def width(self) -> float:
        """The right edge: the farthest x a box may reach."""
        return self.x1

    def above(self, share: float) -> tuple[Line, ...]:
        """The lines of the upper part of the page; `share` of its height, 0 to 1."""
        floor = self.y1 - share * (self.y1 - self.y0)
        return tuple(line for line in self.lines if line.baseline >= floor)

    def require_upright(self) -> None:
        """Raises RotatedPage when viewers show this page turned."""
        if self.rotated:
            raise RotatedPage


def folded(text: str) -> str:
    """Text as `Line.text` has it: composed, case-folded, without any space, each tone at its place of today.

    What is left is the spelling: «Hòa» is «Hoà», and «Bình» is neither «Bìn» nor «Binh».
    """
    return _tones_placed(_folded(text))


def written_in(glyphs: Sequence[Glyph]) -> str:
    """Letters as they read, with a space where there is one to see."""
    read = ""
    for index, glyph in enumerate(glyphs):
        is_apart = index and glyph.x0 - glyphs[index - 1].x1 > WORD_GAP * glyph.size
        read += f" {glyph.written}" if is_apart else glyph.written
    return read


def _folded(text: str) -> str:
    return "".join(plain_text.compose(text, longest=_LONGEST).casefold().split())


def _tones_placed(text: str) -> str:
    """As long as it was, in letters."""
    return _OLD_PLACE.sub(_moved, text)


def _moved(found: re.Match[str]) -> str:
    first, second = found[1] or found[3], found[2] or found[4]
    plain = "o" if found[1] else "u"
    return plain + _TONED[second][_TONED[plain].index(first)]


def read_pages(file: Path) -> list[PageText]:
    """All pages' text.

    Raises NotAPdf, BrokenPdf, PasswordProtected, EmptyPdf.
    """
    with _opened(file, None) as document:
        return [read_page(document, index) for index in range(len(document))]


def read_first_page(file: Path) -> PageText:
    """The first page's text. Raises as `read_pages`."""
    with _opened(file, [0]) as document:
        return read_page(document, 0)


@contextmanager
def _opened(file: Path, pages: Iterable[int] | None) -> Iterator[pypdfium2.PdfDocument]:
    check_header(file)
    with open_pdfium(file, pages) as document:
        if not len(document):
            raise EmptyPdf
        yield document


def read_page(document: pypdfium2.PdfDocument, index: int) -> PageText:
    """The text of one page, counted from 0, of a document that is open."""
    page = document[index]
    text = page.get_textpage()
    try:
        letters = at_most(text.count_chars(), LETTERS)
        read = {i: glyph for i in letters if (glyph := _read_glyph(text, i))}
        glyphs = _compose(list(read.values()))
        x0, y0, x1, y1 = page.get_bbox()
        return PageText(
            number=index + 1,
            lines=_into_lines(glyphs),
            x0=min(x0, x1),
            x1=max(x0, x1),
            y0=min(y0, y1),
            y1=max(y0, y1),
            rotated=page.get_rotation() != 0,
            recognised=2 * sum(is_unseen(text, i) for i in read) > len(read),
        )
    finally:
        text.close()
        page.close()


def _read_glyph(text: pypdfium2.PdfTextPage, index: int) -> Glyph | None:
    character = chr(pdfium.FPDFText_GetUnicode(text, index))
    if pdfium.FPDFText_IsGenerated(text, index) == 1 or character.isspace() or not character.isprintable():
        return None
    x, y = ctypes.c_double(), ctypes.c_double()
    box = pdfium.FS_RECTF()
    matrix = pdfium.FS_MATRIX()
    placed = (
        pdfium.FPDFText_GetCharOrigin(text, index, x, y)
        and pdfium.FPDFText_GetLooseCharBox(text, index, box)
        and pdfium.FPDFText_GetMatrix(text, index, matrix)
    )
    if not placed:
        return None
    size = pdfium.FPDFText_GetFontSize(text, index) * abs(matrix.d)
    return Glyph(character, box.left, box.bottom, box.right, box.top, y.value, size, character)


def is_unseen(text: pypdfium2.PdfTextPage, index: int) -> bool:
    """Whether a letter is there for programs alone, as beneath a scan."""
    shape = pdfium.FPDFText_GetTextObject(text, index)
    return bool(shape) and pdfium.FPDFTextObj_GetTextRenderMode(shape) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE


def _compose(glyphs: list[Glyph]) -> list[Glyph]:
    """Join tone marks to their letters, split ligatures: one glyph, one composed and folded character."""
    joined: list[tuple[str, Glyph]] = []
    for glyph in glyphs:
        letters, base = joined[-1] if joined else ("", glyph)
        # A letter bears a few marks; a long row of them is taken for letters of its own.
        if plain_text.is_mark(glyph.character) and 0 < len(letters) <= plain_text.MARKS_IN_A_ROW:
            joined[-1] = (letters + glyph.character, base)
        else:
            joined.append((glyph.character, glyph))
    return [
        dataclasses.replace(glyph, character=character, written=written)
        for letters, glyph in joined
        for written in (_split(letters) if letters != "…" else letters)
        for character in _folded(written)
    ]


def _split(letters: str) -> str:
    """A ligature as its letters, a letter and its marks as one, spaces left out."""
    return "".join(plain_text.compose_compatible(letters, longest=_LONGEST).split())


def _into_lines(glyphs: list[Glyph]) -> tuple[Line, ...]:
    lines: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda glyph: -glyph.baseline):
        # Columns side by side rarely share a baseline to the last hundredth.
        if lines and lines[-1][0].baseline - glyph.baseline <= max(1.5, glyph.size * 0.15):
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
    return tuple(Line(tuple(sorted(line, key=lambda glyph: glyph.x0))) for line in lines)
