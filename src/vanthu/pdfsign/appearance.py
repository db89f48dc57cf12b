"""What fields look like on the page: written by us, never left to the viewer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from vanthu.pdfsign.fonts import Font
from vanthu.pdfsign.images import Picture, embed_picture

#: A field's box is one line high: its height divided by its type size, and the baseline's share of it.
LINE_HEIGHT = 1.15
BASELINE = 0.25
#: NĐ 30/2020 asks for 13 to 14; a box drawn by hand never makes the type larger or unreadably small.
LARGEST, SMALLEST = 14.0, 8.0
#: The most a line is squeezed sideways before the type gets smaller.
_NARROWEST = 0.7


def empty_appearance(width: float, height: float) -> generic.StreamObject:
    """A field nobody has filled: nothing is drawn."""
    return _form(width, height, "", {})


def line_appearance(
    *,
    width: float,
    height: float,
    text: str,
    font: Font,
    font_object: generic.PdfObject,
    opaque: bool,
    flush_right: bool,
) -> generic.StreamObject:
    """One line of ASCII text, on the baseline its box was measured from, centred or flush right.

    `opaque` paints the paper's white first, so that dots printed in the blank do not show through.
    """
    size, squeeze = fitting_size(width=width, height=height, natural=font.width(text, 1))
    free = width - font.width(text, size) * squeeze
    left = free if flush_right else free / 2
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    background = f"1 1 1 rg 0 0 {width:.2f} {height:.2f} re f " if opaque else ""
    content = (
        f"/Tx BMC q {background}0 g BT /F0 {size:.2f} Tf {squeeze * 100:.1f} Tz "
        f"{left:.2f} {size * BASELINE:.2f} Td ({escaped}) Tj ET Q EMC"
    )
    return _form(width, height, content, {"/Font": {"/F0": font_object}})


def fitting_size(*, width: float, height: float, natural: float) -> tuple[float, float]:
    """The type size, and how far the line is squeezed sideways (1 = not at all), to fit the box.

    `natural` is how wide the line is for each point of its type size.
    """
    size = min(max(height / LINE_HEIGHT, SMALLEST), LARGEST)
    squeeze = min(1.0, width / (natural * size or 1.0))
    if squeeze >= _NARROWEST:
        return size, squeeze
    return size * squeeze / _NARROWEST, _NARROWEST


def picture_appearance(
    writer: BasePdfFileWriter, picture: Picture, *, width: float, height: float
) -> generic.StreamObject:
    """The picture as large as fits the box with its proportions kept, in the middle."""
    scale = min(width / picture.width, height / picture.height)
    shown_width, shown_height = picture.width * scale, picture.height * scale
    left, bottom = (width - shown_width) / 2, (height - shown_height) / 2
    content = f"q {shown_width:.3f} 0 0 {shown_height:.3f} {left:.3f} {bottom:.3f} cm /I0 Do Q"
    return _form(width, height, content, {"/XObject": {"/I0": embed_picture(writer, picture)}})


def lines_appearance(
    *,
    width: float,
    height: float,
    lines: Sequence[str],
    font: Font,
    font_object: generic.PdfObject,
    size: float,
) -> generic.StreamObject:
    """Lines of Vietnamese text in black, flush right, from the top of the box downwards."""
    shows = []
    for index, line in enumerate(lines):
        left = max(width - font.width(line, size), 0.0)
        bottom = height - size * (1 + index * LINE_HEIGHT) + size * (1 - font.ascent / 1000)
        shows.append(f"1 0 0 1 {left:.2f} {bottom:.2f} Tm <{font.encode(line)}> Tj")
    content = f"q 0 g BT /F0 {size:.2f} Tf " + " ".join(shows) + " ET Q"
    return _form(width, height, content, {"/Font": {"/F0": font_object}})


def _form(
    width: float, height: float, content: str, resources: Mapping[str, Mapping[str, generic.PdfObject]]
) -> generic.StreamObject:
    stream = generic.StreamObject(
        dict_data={
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): generic.ArrayObject(
                [generic.FloatObject(round(number, 3)) for number in (0, 0, width, height)]
            ),
            pdf_name("/Resources"): generic.DictionaryObject(
                {
                    pdf_name(kind): generic.DictionaryObject(
                        {pdf_name(name): value for name, value in entries.items()}
                    )
                    for kind, entries in resources.items()
                }
            ),
        },
        stream_data=content.encode("ascii"),
    )
    return stream
