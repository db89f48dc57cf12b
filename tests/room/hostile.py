"""PDFs that are small to send and without end to read, of our own making."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

_MB = 1024 * 1024


def _pdf(objects: Sequence[bytes], *, more: bytes = b"") -> bytes:
    """A PDF of numbered objects, the first its catalogue."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, more, start)
    return bytes(out)


def _stream(data: bytes, dictionary: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), dictionary, data)


_PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
_FONT = b"/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"


def plain() -> bytes:
    """One honest page."""
    text = _stream(b"BT /F 12 Tf 72 700 Td (Kinh gui) Tj ET")
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << %s >> >>"
    return _pdf([b"<< /Type /Catalog /Pages 2 0 R >>", _PAGES, page % _FONT, text])


def nested_forms(*, depth: int = 10, each: int = 10) -> bytes:
    """Form XObjects, each drawing the next so many times: ten by ten are ten thousand million letters."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
    page += b" /Resources << /XObject << /X 5 0 R >> >> >>"
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", _PAGES, page, _stream(b"/X Do " * each)]
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << "
    for level in range(depth):
        draws = form + b"/XObject << /X %d 0 R >> >>" % (6 + level)
        objects.append(_stream(b"/X Do " * each, draws))
    objects.append(_stream(b"BT /F 12 Tf 72 700 Td (a) Tj ET", form + _FONT + b" >>"))
    return _pdf(objects)


def nested_fields(*, depth: int = 9, each: int = 10) -> bytes:
    """Form fields, each with the next as its child so many times over."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"
    objects = [b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>", _PAGES, page]
    for level in range(depth):
        objects.append(b"<< /T (f) /Kids [%s] >>" % (b"%d 0 R " % (5 + level) * each))
    objects.append(b"<< /T (leaf) /FT /Sig >>")
    return _pdf(objects)


def million_pages() -> bytes:
    """A tree of a thousand thousand pages, of seven nodes."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    for level in range(6):
        count = 10 ** (6 - level)
        objects.append(b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b"%d 0 R " % (3 + level) * 10, count))
    objects.append(b"<< /Type /Page /Parent 7 0 R /MediaBox [0 0 595 842] >>")
    return _pdf(objects)


def flate_bomb(*, megabytes: int = 5 * 1024) -> bytes:
    """A page whose text is packed twice: some kilobytes become gigabytes."""
    block = zlib.compressobj(9, wbits=-15)
    zeros = block.compress(bytes(16 * _MB)) + block.flush(zlib.Z_FULL_FLUSH)
    inner = b"\x78\xda" + zeros * (megabytes // 16) + zlib.compressobj(9, wbits=-15).flush()
    packed = zlib.compress(inner, 9)
    text = _stream(packed, b"/Filter [/FlateDecode /FlateDecode]")
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>"
    return _pdf([b"<< /Type /Catalog /Pages 2 0 R >>", _PAGES, page, text])


def previous_at_zero() -> bytes:
    """A file that says its earlier cross-reference is at its very first byte."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"
    return _pdf([b"<< /Type /Catalog /Pages 2 0 R >>", _PAGES, page], more=b"/Prev 0 ")


KINDS = {
    "forms nested tenfold": nested_forms,
    "fields nested tenfold": nested_fields,
    "a million pages": million_pages,
    "a flate bomb": flate_bomb,
    "an earlier table at 0": previous_at_zero,
}
