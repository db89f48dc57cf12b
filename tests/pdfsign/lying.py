"""How the fields for number and date are made to show other than they hold, or touched before the seal."""

from __future__ import annotations

from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from tests.pdfsign import tampering
from tests.pdfsign.tampering import Change
from vanthu.pdfsign.objects import form_fields


def number_drawn_as(
    content: bytes,
    *,
    resources: dict[str, Any] | None = None,
    extra: dict[str, Any] | None = None,
    box: tuple[float, float] | None = None,
) -> Change:
    """The number's value stays; the field is drawn by `content`, with the form's own font unless told."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        field = form_fields(writer)["so"]
        left, bottom, right, top = (float(number) for number in field["/Rect"])
        width, height = box or (right - left, top - bottom)
        drawn = tampering.form_xobject(writer, content, width, height)
        fonts = resources or {"/F0": writer.root["/AcroForm"]["/DR"]["/Font"].raw_get("/VTSoKyHieu")}
        stream = drawn.get_object()
        stream[pdf_name("/Resources")] = _dictionary({"/Font": _dictionary(fonts)})
        for key, value in (extra or {}).items():
            stream[pdf_name(key)] = value
        field[pdf_name("/AP")] = _dictionary({"/N": drawn})
        writer.update_container(field)

    return change


def _dictionary(entries: dict[str, Any]) -> generic.DictionaryObject:
    return generic.DictionaryObject({pdf_name(key): value for key, value in entries.items()})


def line(
    text: str,
    *,
    x: float = 2,
    y: float = 3.4,
    size: float = 13,
    squeeze: float = 100.0,
    before: str = "",
    state: str = "",
) -> bytes:
    """What our own program writes to draw one line; and what else is set `before` the text, or for it."""
    return (
        f"/Tx BMC q {before}0 g BT /F0 {size:.2f} Tf {squeeze} Tz {state}{x:.2f} {y:.2f} Td ({text}) Tj "
        "ET Q EMC"
    ).encode()


def see_through(writer: IncrementalPdfFileWriter) -> None:
    """The number drawn with ink that covers nothing."""
    number_drawn_as(line("125", before="/G0 gs "))(writer)
    resources = form_fields(writer)["so"]["/AP"]["/N"]["/Resources"]
    resources[pdf_name("/ExtGState")] = _dictionary({"/G0": _dictionary({"/ca": generic.NumberObject(0)})})


def let_viewers_redraw(writer: IncrementalPdfFileWriter) -> None:
    """Viewers are to draw every field anew, by its default type: any size, any colour."""
    form = writer.root["/AcroForm"]
    form[pdf_name("/NeedAppearances")] = generic.BooleanObject(True)
    writer.update_container(form)


def hide_number(writer: IncrementalPdfFileWriter) -> None:
    """The field is there, and viewers are told not to show it."""
    field = form_fields(writer)["so"]
    field[pdf_name("/F")] = generic.NumberObject(4 | 2)
    writer.update_container(field)


def other_on_hover(writer: IncrementalPdfFileWriter) -> None:
    """Another number while the mouse is over the field."""
    field = form_fields(writer)["so"]
    field["/AP"][pdf_name("/R")] = tampering.form_xobject(writer, b"0 g 0 0 20 10 re f", 30, 14)
    writer.update_container(field)


def second_number(writer: IncrementalPdfFileWriter) -> None:
    """One more field of the name, elsewhere on the page."""
    tampering.add_text_field(writer, "so")


def other_font(writer: IncrementalPdfFileWriter) -> None:
    """The number drawn in a font whose figures may look like any others, put among the form's fonts."""
    fonts = writer.root["/AcroForm"]["/DR"]["/Font"]
    replaced = writer.add_object(generic.DictionaryObject(fonts["/VTSoKyHieu"]))
    fonts[pdf_name("/VTSoKyHieu")] = replaced
    writer.update_container(fonts)
    number_drawn_as(line("125"), resources={"/F0": replaced})(writer)


def fill_number(writer: IncrementalPdfFileWriter) -> None:
    """A value and a picture, before the clerk gives the number."""
    field = form_fields(writer)["so"]
    field[pdf_name("/V")] = pdf_string("999")
    number_drawn_as(line("999"))(writer)


def draw_on_empty_number(writer: IncrementalPdfFileWriter) -> None:
    """No value, yet something to see."""
    number_drawn_as(line("999"))(writer)


def move_number(writer: IncrementalPdfFileWriter) -> None:
    field = form_fields(writer)["so"]
    left, bottom, right, top = (float(number) for number in field["/Rect"])
    moved = (left, bottom - 300, right + 200, top)
    field[pdf_name("/Rect")] = generic.ArrayObject([generic.FloatObject(x) for x in moved])
    writer.update_container(field)


def move_seal(writer: IncrementalPdfFileWriter) -> None:
    field = form_fields(writer)["DauCoQuan"]
    field[pdf_name("/Rect")] = generic.ArrayObject([generic.FloatObject(x) for x in (10, 10, 90, 90)])
    writer.update_container(field)


def unlock(writer: IncrementalPdfFileWriter) -> None:
    """The seal will no longer lock number and date."""
    field = form_fields(writer)["DauCoQuan"]
    del field["/Lock"]
    writer.update_container(field)
