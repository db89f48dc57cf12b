"""The Times-metric fonts that number, date and text stamps are written in, cut down once and cached.

Embedding a whole font through a general subsetter costs some 0.3 s per signature. So the two small fonts
(figures and Latin letters; figures and Vietnamese) are cut from Debian's Liberation Serif once per machine,
kept in the cache directory, and embedded from memory afterwards.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import os
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from fontTools.ttLib import TTFont
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from vanthu import plain_text
from vanthu.pdfsign.errors import FontMissing

SOURCE_DIRECTORY = Path("/usr/share/fonts/truetype/liberation2")
_UPRIGHT, _ITALIC = "LiberationSerif-Regular.ttf", "LiberationSerif-Italic.ttf"

_ASCII = tuple(range(0x20, 0x7F))
_FIRST_LATIN, _LAST_LATIN = ord("0"), ord("z")
_VIETNAMESE = (*_ASCII, *range(0xA0, 0x180), 0x1A0, 0x1A1, 0x1AF, 0x1B0, *range(0x1EA0, 0x1EFA))
_PUNCTUATION = (0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026)

#: Cut files of another layout must not be taken for these.
_LAYOUT = "1"


@dataclass(frozen=True)
class Font:
    """One cut font: what is embedded, and its measures in 1/1000 of the type size."""

    name: str
    compressed: bytes
    length: int
    #: Character -> (glyph, advance).
    glyphs: dict[str, tuple[int, int]]
    ascent: int
    descent: int
    cap_height: int
    box: tuple[int, int, int, int]
    italic_angle: float

    def width(self, text: str, size: float) -> float:
        """The width of `text` in points. A character the font lacks counts as a space."""
        return sum(self._glyph(character)[1] for character in text) * size / 1000

    def encode(self, text: str) -> str:
        """`text` as the hexadecimal string of a Type 0 font's show operator."""
        return "".join(f"{self._glyph(character)[0]:04x}" for character in text)

    def _glyph(self, character: str) -> tuple[int, int]:
        return self.glyphs.get(character) or self.glyphs[" "]


def cache_directory() -> Path:
    """Where cut fonts are kept: $VANTHU_CACHE, else the user's own cache."""
    configured = os.environ.get("VANTHU_CACHE")
    if configured:
        return Path(configured)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vanthu"


@functools.lru_cache(maxsize=1)
def number_font() -> Font:
    """Upright, for the number (NĐ 30/2020 PL I II.3: 13, đứng).

    Raises FontMissing.
    """
    return _load(_UPRIGHT, _ASCII, "VTSERU")


@functools.lru_cache(maxsize=1)
def date_font() -> Font:
    """Italic, for day and month (NĐ 30/2020 PL I II.4: 13-14, nghiêng).

    Raises FontMissing.
    """
    return _load(_ITALIC, _ASCII, "VTSERI")


@functools.lru_cache(maxsize=1)
def stamp_font() -> Font:
    """Upright with all Vietnamese letters, for text stamps (NĐ 30/2020 PL I II.8.b: 10, đứng).

    Raises FontMissing.
    """
    return _load(_UPRIGHT, _VIETNAMESE + _PUNCTUATION, "VTSERV")


def build_fonts() -> None:
    """Cut and cache every font now, so that no first signature waits for it.

    Also those this process holds in its memory: others read them from the folder, and somebody may have
    emptied it. Raises FontMissing.
    """
    for font in (number_font, date_font, stamp_font):
        font.cache_clear()
        font()


def _load(source_name: str, characters: tuple[int, ...], tag: str) -> Font:
    source = SOURCE_DIRECTORY / source_name
    try:
        original = source.read_bytes()
    except OSError as error:
        raise FontMissing from error
    key = hashlib.sha256(original + _LAYOUT.encode()).hexdigest()[:16]
    cached = cache_directory() / "fonts" / f"{tag}-{key}.ttf"
    try:
        cut = cached.read_bytes()
    except FileNotFoundError:
        cut = _cut(original, characters)
        _keep(cached, cut)
    return _measure(cut, tag)


def _cut(original: bytes, characters: tuple[int, ...]) -> bytes:
    # Loading the cutter takes a second; it is needed once per machine.
    from fontTools import subset

    options = subset.Options(
        hinting=False, layout_features=[], notdef_outline=True, drop_tables=["FFTM", "kern", "GDEF"]
    )
    with TTFont(io.BytesIO(original)) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=characters)
        cutter.subset(font)
        out = io.BytesIO()
        font.save(out)
    return out.getvalue()


def _keep(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Another process may be cutting the same font: write aside, then move into place in one step.
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)
    except OSError:
        with contextlib.suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise


def _measure(cut: bytes, tag: str) -> Font:
    with TTFont(io.BytesIO(cut)) as font:
        scale = 1000 / font["head"].unitsPerEm
        advances = font["hmtx"].metrics
        glyphs = {
            chr(code): (font.getGlyphID(name), round(advances[name][0] * scale))
            for code, name in font.getBestCmap().items()
        }
        head, os2 = font["head"], font["OS/2"]
        return Font(
            name=f"{tag}+{font['name'].getDebugName(6)}",
            compressed=zlib.compress(cut, 9),
            length=len(cut),
            glyphs=glyphs,
            ascent=round(font["hhea"].ascent * scale),
            descent=round(font["hhea"].descent * scale),
            cap_height=round(getattr(os2, "sCapHeight", 0) * scale) or 655,
            box=(
                round(head.xMin * scale),
                round(head.yMin * scale),
                round(head.xMax * scale),
                round(head.yMax * scale),
            ),
            italic_angle=float(font["post"].italicAngle),
        )


def embed_latin(writer: BasePdfFileWriter, font: Font) -> generic.IndirectObject:
    """Add `font` to the document as a simple TrueType font with WinAnsi encoding, for figures and letters."""
    codes = range(_FIRST_LATIN, _LAST_LATIN + 1)
    widths = [generic.NumberObject(font.glyphs.get(chr(code), (0, 0))[1]) for code in codes]
    return _add(
        writer,
        {
            "/Type": pdf_name("/Font"),
            "/Subtype": pdf_name("/TrueType"),
            "/BaseFont": pdf_name(f"/{font.name}"),
            "/Encoding": pdf_name("/WinAnsiEncoding"),
            "/FirstChar": generic.NumberObject(_FIRST_LATIN),
            "/LastChar": generic.NumberObject(_LAST_LATIN),
            "/Widths": generic.ArrayObject(widths),
            "/FontDescriptor": _descriptor(writer, font, flags=32),
        },
    )


def embed_vietnamese(writer: BasePdfFileWriter, font: Font, text: str) -> generic.IndirectObject:
    """Add `font` to the document as a Type 0 font, to write `text` with as `Font.encode` gives it.

    Only the widths `text` needs are written: every number costs time whenever the file is verified.
    """
    widths: list[generic.PdfObject] = []
    for glyph, advance in sorted({font.glyphs.get(character, font.glyphs[" "]) for character in text}):
        widths += [generic.NumberObject(glyph), generic.ArrayObject([generic.NumberObject(advance)])]
    descendant = _add(
        writer,
        {
            "/Type": pdf_name("/Font"),
            "/Subtype": pdf_name("/CIDFontType2"),
            "/BaseFont": pdf_name(f"/{font.name}"),
            "/CIDToGIDMap": pdf_name("/Identity"),
            "/CIDSystemInfo": generic.DictionaryObject(
                {
                    pdf_name("/Registry"): generic.pdf_string("Adobe"),
                    pdf_name("/Ordering"): generic.pdf_string("Identity"),
                    pdf_name("/Supplement"): generic.NumberObject(0),
                }
            ),
            "/W": generic.ArrayObject(widths),
            "/FontDescriptor": _descriptor(writer, font, flags=4),
        },
    )
    to_unicode = generic.StreamObject(stream_data=_to_unicode(font))
    to_unicode.compress()
    return _add(
        writer,
        {
            "/Type": pdf_name("/Font"),
            "/Subtype": pdf_name("/Type0"),
            "/BaseFont": pdf_name(f"/{font.name}"),
            "/Encoding": pdf_name("/Identity-H"),
            "/DescendantFonts": generic.ArrayObject([descendant]),
            "/ToUnicode": writer.add_object(to_unicode),
        },
    )


def _add(writer: BasePdfFileWriter, entries: dict[str, generic.PdfObject]) -> generic.IndirectObject:
    dictionary = generic.DictionaryObject({pdf_name(key): value for key, value in entries.items()})
    return writer.add_object(dictionary)


def _descriptor(writer: BasePdfFileWriter, font: Font, *, flags: int) -> generic.IndirectObject:
    file = generic.StreamObject(
        dict_data={
            pdf_name("/Filter"): pdf_name("/FlateDecode"),
            pdf_name("/Length1"): generic.NumberObject(font.length),
        },
        encoded_data=font.compressed,
    )
    numbers = {
        "/Flags": flags | (64 if font.italic_angle else 0),
        "/Ascent": font.ascent,
        "/Descent": font.descent,
        "/CapHeight": font.cap_height,
        "/StemV": 80,
    }
    entries: dict[str, generic.PdfObject] = {key: generic.NumberObject(n) for key, n in numbers.items()}
    entries |= {
        "/Type": pdf_name("/FontDescriptor"),
        "/FontName": pdf_name(f"/{font.name}"),
        "/FontBBox": generic.ArrayObject([generic.NumberObject(n) for n in font.box]),
        "/ItalicAngle": generic.FloatObject(font.italic_angle),
        "/FontFile2": writer.add_object(file),
    }
    return _add(writer, entries)


def _to_unicode(font: Font) -> bytes:
    lines = [
        f"<{glyph:04x}> <{plain_text.compose(character, longest=1).encode('utf-16-be').hex()}>"
        for character, (glyph, _) in sorted(font.glyphs.items(), key=lambda item: item[1])
    ]
    # A bfchar section may hold at most 100 entries (PDF 32000-1, 9.10.3 and Adobe technical note 5014).
    sections = [
        f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar"
        for part in (lines[start : start + 100] for start in range(0, len(lines), 100))
    ]
    head = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
    )
    tail = "\nendcmap CMapName currentdict /CMap defineresource pop end end"
    return (head + "\n".join(sections) + tail).encode("ascii")
