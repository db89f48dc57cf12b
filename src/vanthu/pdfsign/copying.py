"""Text-only agency signatures: copies, and attachments in their own files (NĐ 30/2020 PL I II.8.b)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, enumerate_sig_fields

from vanthu.pdfsign.appearance import lines_appearance
from vanthu.pdfsign.certificates import Certificate, common_name
from vanthu.pdfsign.errors import PlaceOutside
from vanthu.pdfsign.fonts import embed_vietnamese, stamp_font
from vanthu.pdfsign.objects import pick
from vanthu.pdfsign.opening import open_writer, parsing
from vanthu.pdfsign.pending import PendingSignature
from vanthu.pdfsign.places import Box
from vanthu.pdfsign.sheets import require_upright_inside, visible_area
from vanthu.pdfsign.signers import Signer
from vanthu.pdfsign.signing import begin_in_field, complete
from vanthu.pdfsign.timestamping import Timestamper
from vanthu.pdfsign.top_margin import Area, Stamp, find_room, printed_areas

#: Fields of text-only signatures: ChuKyBoSung1, ChuKyBoSung2, …
TEXT_FIELD_PREFIX = "ChuKyBoSung"
_MOST_LINES = 4


def begin_text_signature(
    source: Path,
    target: Path,
    *,
    lines: Sequence[str],
    certificate: Certificate,
    chain: Sequence[Certificate],
    now: datetime,
    reason: str = "",
    location: str = "",
    pss: bool = False,
) -> PendingSignature:
    """Write a signature shown as text alone, top right of page 1, all but its value.

    For copies («SAO Y; UBND xã An Hòa; 22/11/2026; 08:30:15 +07:00») and for attachments in files of their
    own («Số: 125/SNV; …»). `lines`: one to four, Times-metric, upright, 10, black (NĐ 30/2020 PL I II.8.b).
    All earlier signatures stay valid, and none is covered; a further one stands below those already there
    or to their left (see `find_room`, which may break the lines elsewhere when the margin is nearly full).

    Raises PlaceOutside (no room, or too many lines), RotatedPage, FontMissing, BrokenPdf.
    """
    with open_writer(source) as writer:
        with parsing():
            stamp = _top_right(source, writer, lines)
            number = 1 + sum(
                1 for name, _, _ in enumerate_sig_fields(writer) if name.startswith(TEXT_FIELD_PREFIX)
            )
        require_upright_inside(writer, stamp.box)
        field = f"{TEXT_FIELD_PREFIX}{number}"

        def draw(w: IncrementalPdfFileWriter, width: float, height: float) -> generic.StreamObject:
            font = stamp_font()
            embedded = embed_vietnamese(w, font, "".join(stamp.lines))
            return lines_appearance(
                width=width,
                height=height,
                lines=stamp.lines,
                font=font,
                font_object=embedded,
                size=stamp.size,
            )

        return begin_in_field(
            writer,
            target,
            field=field,
            draw=draw,
            certificate=certificate,
            chain=chain,
            now=now,
            name=common_name(certificate),
            reason=reason,
            location=location,
            pss=pss,
            new_field=SigFieldSpec(field, on_page=0, box=_whole_points(stamp.box)),
        )


def sign_with_text(
    source: Path,
    target: Path,
    *,
    lines: Sequence[str],
    signer: Signer,
    now: datetime,
    reason: str = "",
    location: str = "",
    timestamper: Timestamper | None = None,
) -> None:
    """`begin_text_signature`, the signer and `finish_signature` in one go.

    Raises what these raise, and what the signer raises.
    """
    pending = begin_text_signature(
        source,
        target,
        lines=lines,
        certificate=signer.certificate,
        chain=signer.chain,
        now=now,
        reason=reason,
        location=location,
        pss=signer.pss,
    )
    complete(pending, target, signer, timestamper)


def _whole_points(box: Box) -> tuple[int, int, int, int]:
    return math.floor(box.x0), math.floor(box.y0), math.floor(box.x1), math.floor(box.y1)


def _top_right(source: Path, writer: IncrementalPdfFileWriter, lines: Sequence[str]) -> Stamp:
    if not 1 <= len(lines) <= _MOST_LINES:
        raise PlaceOutside("Chữ ký dạng chữ cần từ một đến bốn dòng.")
    page = writer.find_page_for_modification(0)[0].get_object()
    stamp = find_room(
        lines, page=visible_area(page), printed=printed_areas(source), fields=list(_field_areas(page))
    )
    if stamp is None:
        raise PlaceOutside(
            "Đầu trang thứ nhất không còn chỗ cho chữ ký dạng chữ; hãy ký trên tệp gốc, chưa có các bản sao."
        )
    return stamp


def _field_areas(page: generic.DictionaryObject) -> Iterator[Area]:
    """Everything that stands on the page without being part of it: fields, signatures, notes."""
    for reference in pick(page, "/Annots", ()):
        a, b, c, d = (float(number) for number in reference.get_object()["/Rect"])
        yield min(a, c), min(b, d), max(a, c), max(b, d)
