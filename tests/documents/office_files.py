"""Texts and sheets of every format that may be exchanged, small, each saying what it is told."""

from __future__ import annotations

import io
import struct
import subprocess
import tempfile
import zipfile
from functools import cache
from pathlib import Path

from tests.documents import papers

_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_SPACES = " ".join(
    f'xmlns:{name}="{_ODF}:{name}:1.0"' for name in ("office", "text", "table", "style", "draw")
)
_SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


_MANIFEST = f"""<manifest:manifest xmlns:manifest="{_ODF}:manifest:1.0" manifest:version="1.2">
<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.%s"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/>
</manifest:manifest>"""


def odt(*paragraphs: str, header: str = "", deleted: str = "", before: str = "", styles: str = "") -> bytes:
    """An OpenDocument text; a paragraph is XML as it stands between its tags, `deleted` tracked as such.

    `before`: what stands before the paragraphs; `styles`: the automatic styles of the text.
    """
    body = before + "".join(f"<text:p>{text}</text:p>" for text in paragraphs)
    if deleted:
        body = f"<text:tracked-changes><text:p>{deleted}</text:p></text:tracked-changes>{body}"
    return _open_document("text", f"<office:text>{body}</office:text>", header, styles)


def ods(*sheets: list[str], header: str = "") -> bytes:
    """OpenDocument sheets of one column."""
    tables = "".join(
        "<table:table>"
        + "".join(
            f"<table:table-row><table:table-cell><text:p>{cell}</text:p></table:table-cell></table:table-row>"
            for cell in sheet
        )
        + "</table:table>"
        for sheet in sheets
    )
    return _open_document("spreadsheet", f"<office:spreadsheet>{tables}</office:spreadsheet>", header)


def _open_document(kind: str, body: str, header: str, styles: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}", zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", _MANIFEST % kind)
        archive.writestr(
            "content.xml",
            f"<office:document-content {_SPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body>{body}</office:body></office:document-content>",
        )
        archive.writestr(
            "styles.xml",
            f"<office:document-styles {_SPACES}><office:master-styles><style:master-page>"
            f"<style:header><text:p>{header}</text:p></style:header>"
            "</style:master-page></office:master-styles></office:document-styles>",
        )
    return out.getvalue()


def xlsx(*sheets: list[str], header: str = "", inline: bool = False) -> bytes:
    """Excel sheets of one column; their texts shared, as Excel writes them, or `inline`."""
    shared = [cell for sheet in sheets for cell in sheet]
    parts = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f'<workbook {_SHEET} xmlns:r="{_RELATION}"><sheets>'
        + "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="rId{n}"/>' for n in range(len(sheets)))
        + "</sheets></workbook>",
        # The first sheet of the book need not be the first part.
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">'
        + "".join(
            f'<Relationship Id="rId{n}" Target="worksheets/sheet{len(sheets) - n}.xml"/>'
            for n in range(len(sheets))
        )
        + "</Relationships>",
        "xl/sharedStrings.xml": f"<sst {_SHEET}>"
        + "".join(f"<si><r><t>{text[:1]}</t></r><r><t>{text[1:]}</t></r></si>" for text in shared)
        + "</sst>",
    }
    for number, sheet in enumerate(sheets):
        rows = "".join(
            f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>{cell}</t></is></c></row>'
            if inline
            else f'<row r="{row}"><c r="A{row}" t="s"><v>{shared.index(cell)}</v></c></row>'
            for row, cell in enumerate(sheet, start=1)
        )
        parts[f"xl/worksheets/sheet{len(sheets) - number}.xml"] = (
            f"<worksheet {_SHEET}><sheetData>{rows}</sheetData>"
            f"<headerFooter><oddHeader>{header}</oddHeader></headerFooter></worksheet>"
        )
    return papers.zipped(parts)


def xls(*cells: str, header: str = "") -> bytes:
    """An Excel 97 sheet of one column."""

    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    def text(value: str) -> bytes:
        return struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")

    start = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)
    name = b"\x02\x00S1"
    book_length = 4 + len(start) + 4 + 6 + len(name) + 4
    book = (
        record(0x0809, start)
        + record(0x0085, struct.pack("<IH", book_length, 0) + name)
        + record(0x000A, b"")
    )
    sheet = record(0x0809, start[:2] + b"\x10\x00" + start[4:])
    sheet += record(0x0014, text(header)) if header else b""
    for row, cell in enumerate(cells):
        sheet += record(0x0204, struct.pack("<HHH", row, 0, 0) + text(cell))
    return compound("Workbook", book + sheet + record(0x000A, b""))


def compound(name: str, content: bytes) -> bytes:
    """A compound file with one stream, long enough to lie in sectors of its own."""
    content = content.ljust(4096, b"\0")
    content += b"\0" * (-len(content) % 512)
    sectors = len(content) // 512
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + sectors), 0xFFFFFFFE]
    table = struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))

    def entry(title: str, kind: int, child: int, first: int, size: int) -> bytes:
        letters = (title + "\0").encode("utf-16-le")
        links = struct.pack("<BBIII", kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        return (
            letters.ljust(64, b"\0")
            + struct.pack("<H", len(letters))
            + links
            + b"\0" * 36
            + struct.pack("<III", first, size, 0)
        )

    nothing = b"\0" * 64 + struct.pack("<HBBIII", 0, 0, 0, *[0xFFFFFFFF] * 3) + b"\0" * 48
    folder = (
        entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry(name, 2, 0xFFFFFFFF, 2, len(content)) + nothing * 2
    )
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    head += b"\0" * 6 + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return head + table + folder + content


def rtf(*paragraphs: str, header: str = "") -> bytes:
    """A rich text, its letters written as Word writes those of no code page."""

    def letters(text: str) -> str:
        return "".join(sign if sign.isascii() else f"\\u{ord(sign)}?" for sign in text)

    body = "".join(f"{letters(text)}\\par " for text in paragraphs)
    top = f"{{\\header {letters(header)}\\par}}" if header else ""
    return f"{{\\rtf1\\ansi\\deff0{{\\fonttbl{{\\f0 Liberation Serif;}}}}{top}{body}}}".encode("ascii")


@cache
def doc(text: str, header: str = "") -> bytes:
    """A Word 97 text, made by LibreOffice."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "a.rtf").write_bytes(rtf(text, header=header))
        subprocess.run(
            [
                "soffice",
                f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                "--headless",
                "--convert-to",
                "doc:MS Word 97",
                "--outdir",
                name,
                str(folder / "a.rtf"),
            ],
            check=True,
            capture_output=True,
        )
        return (folder / "a.doc").read_bytes()
