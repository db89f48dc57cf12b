"""Files of a storm: hostile ones, small and made here, and an honest one that must be converted."""

from __future__ import annotations

import io
import zipfile

#: A letter as RTF; LibreOffice makes the PDF.
HONEST_TEXT = (
    rb"{\rtf1\ansi\deff0{\fonts{\f0 Liberation Serif;}}\f0\fs26 "
    + "".join(
        f"\\u{ord(letter)}?" if ord(letter) > 127 else letter
        for letter in "Kính gửi: Ủy ban nhân dân xã Hòa Bình. Đề nghị rà soát vị trí việc làm. GIÁM ĐỐC. "
    ).encode("ascii")
    + rb"\par Tr\u7847?n Thanh B\u236?nh\par}"
)


def hostile_files() -> list[tuple[str, bytes]]:
    """Files to be refused with a sentence; the last two would never be read to an end."""
    return [
        ("rong.pdf", b"%PDF-1.7\n"),
        ("cut.pdf", _pdf([b"<</Type/Catalog/Pages 2 0 R>>"])[:40]),
        ("lui.pdf", _pdf([b"<</Type/Catalog/Pages 2 0 R>>", _PAGES, _PAGE], trailer=b"/Prev 0")),
        ("dau.pdf", b"%PDF-1.7\nstartxref\n5\n%%EOF\n"),
        ("web.pdf", b"<html><script>alert(1)</script>"),
        ("mat.txt", "MẬT\n\nKính gửi: ai đó\n".encode()),
        ("nhieu.docx", _many_entries(20_000)),
        ("lon.docx", _swelling(30 * 1024 * 1024)),
        ("x" * 300 + ".pdf", b"\x00" * 2000),
        *_endless(),
    ]


_PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
_PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"


def _pdf(objects: list[bytes], *, trailer: bytes = b"") -> bytes:
    out, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        trailer,
        start,
    )


def _stream(dictionary: bytes, content: bytes) -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (dictionary, len(content), content)


def _endless() -> list[tuple[str, bytes]]:
    """Form XObjects nested tenfold, and a page tree that counts a million pages of one."""
    levels, names = 12, b" ".join(b"/F Do" for _ in range(10))
    forms = [
        _stream(
            b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F %d 0 R>>>>" % (number + 1),
            names,
        )
        for number in range(5, 5 + levels)
    ]
    last = _stream(b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]", b"BT ET")
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>"
    )
    nested = _pdf([b"<</Type/Catalog/Pages 2 0 R>>", _PAGES, page, _stream(b"", names), *forms, last])
    kids = b" ".join([b"2 0 R"] * 1000)
    tree = _pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[%s]/Count 1000000>>" % kids])
    return [("long.pdf", nested), ("cay.pdf", tree)]


def _many_entries(number: int) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        for each in range(number):
            packed.writestr(f"word/{each}", b"")
    return content.getvalue()


def _swelling(size: int) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("word/document.xml", b"<w>" + b" " * size)
    return content.getvalue()
