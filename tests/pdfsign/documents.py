"""Documents in NĐ 30/2020 layout, typeset for the tests, and hand-drawn signatures and seals."""

from __future__ import annotations

import ctypes
import functools
import io
import math
from pathlib import Path

import pypdfium2
import typst
from PIL import Image, ImageDraw

_TEMPLATE = r"""
#set page(paper: "a4", margin: (top: 20mm, bottom: 20mm, left: 30mm, right: 18mm))
#set text(font: "Liberation Serif", size: 13.5pt, lang: "vi")
#set par(justify: true, first-line-indent: (amount: 1.27cm, all: true), leading: 0.7em, spacing: 0.9em)
#let number_blank = %(number_blank)s
#let day_blank = %(day_blank)s
#let month_blank = %(month_blank)s
#grid(columns: (46%%, 54%%), align: center, row-gutter: 4pt,
  text(size: 12pt)[UBND TỈNH AN BÌNH],
  text(size: 12pt, weight: "bold")[CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM],
  text(size: 12pt, weight: "bold")[SỞ NỘI VỤ],
  text(size: 13.5pt, weight: "bold")[Độc lập - Tự do - Hạnh phúc],
  line(length: 30%%, stroke: .6pt), line(length: 62%%, stroke: .6pt),
  [#v(4pt)#text(size: 13pt)[%(number_line)s]],
  [#v(4pt)#emph[%(date_line)s]],
  [#text(size: 12pt)[%(subject)s]], [])
#v(10pt)
#align(center)[Kính gửi: Ủy ban nhân dân các xã, phường.]

Thực hiện Kế hoạch số 88/KH-UBND ngày 10 tháng 11 năm 2026 của Ủy ban nhân dân tỉnh, Sở Nội vụ (đồng chí
%(name)s phụ trách) đề nghị các đơn vị thực hiện một số nội dung sau:

1. Rà soát, thống kê số lượng người làm việc theo từng vị trí việc làm tại thời điểm ngày 30 tháng 11.

%(breaks)s

2. Gửi báo cáo về Sở Nội vụ trước ngày 05 tháng 12 năm 2026./.
#v(12pt)
#grid(columns: (50%%, 50%%),
  [#set par(first-line-indent: 0pt)
   #text(size: 12pt, weight: "bold", style: "italic")[Nơi nhận:]\
   #text(size: 11pt)[- Như trên;\ - UBND tỉnh (để b/c);\ - Lưu: VT, CCVC.]],
  align(center)[#set par(first-line-indent: 0pt)
   %(title)s
   #v(70pt)
   #text(weight: "bold")[%(typed_name)s]])
"""
#: Ô 3, ô 4 and ô 5b as drafters set them; what is asked for instead may be empty.
NUMBER_LINE = "Số:#number_blank/%s"
DATE_LINE = "An Bình, ngày#(day_blank)tháng#(month_blank)năm %s"
ABOUT = "V/v rà soát vị trí việc làm"


@functools.lru_cache(maxsize=16)
def scanned(pdf: bytes, *, recognised: str = "") -> bytes:
    """The pages of `pdf` as pictures, as a scanner makes them.

    `recognised`: words a program has read off the first page and laid under it, unseen.
    """
    document, scan = pypdfium2.PdfDocument(pdf), pypdfium2.PdfDocument.new()
    for index in range(len(document)):
        page = document[index]
        width, height = page.get_size()
        picture = pypdfium2.PdfImage.new(scan)
        picture.set_bitmap(page.render(scale=100 / 72, grayscale=True))
        picture.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
        sheet = scan.new_page(width, height)
        sheet.insert_obj(picture)
        if recognised and index == 0:
            _lay_under(scan, sheet, recognised)
        sheet.gen_content()
    out = io.BytesIO()
    scan.save(out)
    scan.close()
    document.close()
    return out.getvalue()


def _lay_under(scan: pypdfium2.PdfDocument, sheet: pypdfium2.PdfPage, words: str) -> None:
    raw = pypdfium2.raw
    data = Path("/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf").read_bytes()
    buffer = (ctypes.c_uint8 * len(data)).from_buffer_copy(data)
    font = raw.FPDFText_LoadFont(scan, buffer, len(data), raw.FPDF_FONT_TRUETYPE, 1)
    for index, line in enumerate(words.split("\n")):
        text = raw.FPDFPageObj_CreateTextObj(scan, font, 13.0)
        encoded = (line + "\0").encode("utf-16-le")
        raw.FPDFText_SetText(text, (ctypes.c_ushort * (len(encoded) // 2)).from_buffer_copy(encoded))
        raw.FPDFTextObj_SetTextRenderMode(text, raw.FPDF_TEXTRENDERMODE_INVISIBLE)
        raw.FPDFPageObj_Transform(text, 1, 0, 0, 1, 90, 760 - 20 * index)
        raw.FPDFPage_InsertObject(sheet, text)


SPACES = "h(34pt)"
DOTS = "[……….]"
UNDERSCORES = "[\\_\\_\\_\\_\\_\\_]"


@functools.lru_cache(maxsize=64)
def typeset(
    *,
    name: str = "Nguyễn Văn Ước",
    title_lines: tuple[str, ...] = ("GIÁM ĐỐC",),
    number_blank: str = SPACES,
    day_blank: str = "h(24pt)",
    month_blank: str = "h(24pt)",
    notation: str = "SNV-CCVC",
    year: str = "2026",
    page_breaks: int = 0,
    tagged: bool = True,
    number_line: str | None = None,
    date_line: str | None = None,
    about: str = ABOUT,
    typed_name: str | None = None,
) -> bytes:
    """A công văn as PDF bytes; blanks are typst expressions.

    `number_line` and `date_line` stand instead of the usual ones; `name` is named in the text and typed under
    the signature, `typed_name` instead of it there.
    """
    bold = r"\ ".join(f'#text(weight: "bold")[{line}]' for line in title_lines)
    source = _TEMPLATE % {
        "name": name,
        "title": bold,
        "number_blank": number_blank,
        "day_blank": day_blank,
        "month_blank": month_blank,
        "number_line": NUMBER_LINE % notation if number_line is None else number_line,
        "date_line": DATE_LINE % year if date_line is None else date_line,
        "subject": about,
        "typed_name": name if typed_name is None else typed_name,
        "breaks": "\n".join(["#pagebreak()"] * page_breaks),
    }
    fonts = typst.Fonts(font_paths=["/usr/share/fonts/truetype/liberation2"], include_system_fonts=False)
    compiled = typst.Compiler(source.encode(), font_paths=fonts).compile(pdf_tags=tagged)
    assert isinstance(compiled, bytes)
    return compiled


@functools.cache
def handwriting() -> bytes:
    """A blue scribble on a transparent ground (NĐ 30/2020 PL I II.7.d)."""
    image = Image.new("RGBA", (480, 240), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    points = [(20 + t * 4.4, 120 + 80 * math.sin(t / 6) * math.cos(t / 23)) for t in range(100)]
    draw.line(points, fill=(29, 78, 216, 255), width=9, joint="curve")
    return _png(image)


@functools.cache
def round_seal() -> bytes:
    """A red round seal on a transparent ground (NĐ 30/2020 PL I II.8.a)."""
    image = Image.new("RGBA", (600, 600), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    red = (208, 32, 46, 255)
    draw.ellipse((8, 8, 592, 592), outline=red, width=14)
    draw.ellipse((120, 120, 480, 480), outline=red, width=6)
    star = [
        (300 + r * math.sin(i * math.pi / 5), 300 - r * math.cos(i * math.pi / 5))
        for i, r in enumerate([90, 36] * 5)
    ]
    draw.polygon(star, fill=red)
    return _png(image)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def write(path: Path, data: bytes) -> Path:
    """Write and return the path, for one-line set-ups."""
    path.write_bytes(data)
    return path


def minimal_docx(*, name: str, title: str) -> dict[str, str]:
    """The parts of a DOCX with the header and the signature block of NĐ 30/2020, file name -> content."""
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'

    def paragraph(text: str, *, italic: bool = False) -> str:
        style = "<w:i/>" if italic else ""
        return (
            '<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:rPr>'
            f'<w:rFonts w:ascii="Liberation Serif" w:hAnsi="Liberation Serif"/>{style}<w:sz w:val="26"/>'
            f'</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'
        )

    def row(left: str, right: str) -> str:
        cell = '<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{content}</w:tc>'
        return (
            "<w:tr>"
            + cell.format(width=4200, content=left)
            + cell.format(width=5400, content=right)
            + "</w:tr>"
        )

    rows = [
        row(paragraph("UBND TỈNH AN BÌNH"), paragraph("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")),
        row(paragraph("SỞ NỘI VỤ"), paragraph("Độc lập - Tự do - Hạnh phúc")),
        row(
            paragraph("Số:…………/SNV-VP"),
            paragraph("An Bình, ngày       tháng      năm 2026", italic=True),
        ),
    ]
    ending = [row(paragraph("Nơi nhận:"), paragraph(title) + paragraph("") * 4 + paragraph(name))]
    table = '<w:tbl><w:tblPr><w:tblW w:w="9600" w:type="dxa"/></w:tblPr>{rows}</w:tbl>'
    body = (
        table.format(rows="".join(rows))
        + paragraph("Sở Nội vụ đề nghị các đơn vị báo cáo trước ngày 05 tháng 12 năm 2026./.")
        + table.format(rows="".join(ending))
        + paragraph("")
    )
    return {
        "[Content_Types].xml": f'{head}<Types xmlns="{types}">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": f'{head}<Relationships xmlns="{relations}">'
        f'<Relationship Id="r1" Type="{office}" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'{head}<w:document xmlns:w="{word}"><w:body>{body}</w:body></w:document>',
    }
