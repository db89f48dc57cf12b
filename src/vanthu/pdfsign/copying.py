"""Text-only agency signatures: copies, and attachments in their own files (NĐ 30/2020 PL I II.8.b)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, enumerate_sig_fields

from vanthu.pdfsign.appearance import LINE_HEIGHT, lines_appearance
from vanthu.pdfsign.certificates import Certificate, common_name
from vanthu.pdfsign.errors import PlaceOutside
from vanthu.pdfsign.fonts import embed_vietnamese, stamp_font
from vanthu.pdfsign.opening import open_writer, parsing, require_upright_inside, visible_area
from vanthu.pdfsign.pending import PendingSignature
from vanthu.pdfsign.places import MILLIMETRE, Box
from vanthu.pdfsign.signers import Signer
from vanthu.pdfsign.signing import begin_in_field, complete
from vanthu.pdfsign.timestamping import Timestamper

#: Fields of text-only signatures: ChuKyBoSung1, ChuKyBoSung2, …
TEXT_FIELD_PREFIX = "ChuKyBoSung"
#: Times-metric, upright, 10, black (NĐ 30/2020 PL I II.8.b).
_SIZE = 10.0
_RIGHT_MARGIN, _TOP_MARGIN, _GAP = 15 * MILLIMETRE, 6 * MILLIMETRE, 12.0
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
    own («Số: 125/SNV; …»). `lines`: one to four. All earlier signatures stay valid; a further one stands
    to the left of those already there.

    Raises PlaceOutside (no room, or too many lines), RotatedPage, FontMissing, BrokenPdf.
    """
    with open_writer(source) as writer:
        with parsing():
            box = _top_right(writer, lines)
            number = 1 + sum(
                1 for name, _, _ in enumerate_sig_fields(writer) if name.startswith(TEXT_FIELD_PREFIX)
            )
        require_upright_inside(writer, box)
        field = f"{TEXT_FIELD_PREFIX}{number}"

        def draw(w: IncrementalPdfFileWriter, width: float, height: float) -> generic.StreamObject:
            font = stamp_font()
            embedded = embed_vietnamese(w, font, "".join(lines))
            return lines_appearance(
                width=width, height=height, lines=lines, font=font, font_object=embedded, size=_SIZE
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
            new_field=SigFieldSpec(field, on_page=0, box=_whole_points(box)),
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


def _top_right(writer: IncrementalPdfFileWriter, lines: Sequence[str]) -> Box:
    """In the top margin, against the right; further ones to the left of those already there."""
    if not 1 <= len(lines) <= _MOST_LINES:
        raise PlaceOutside("Chữ ký dạng chữ cần từ một đến bốn dòng.")
    left, _, right, top = visible_area(writer.find_page_for_modification(0)[0].get_object())
    x1 = right - _RIGHT_MARGIN
    for name, _, reference in enumerate_sig_fields(writer):
        if name.startswith(TEXT_FIELD_PREFIX):
            rectangle = reference.get_object()["/Rect"]
            x1 = min(x1, float(rectangle[0]) - _GAP, float(rectangle[2]) - _GAP)
    width = max(stamp_font().width(line, _SIZE) for line in lines) + 2
    height = len(lines) * _SIZE * LINE_HEIGHT + 2
    if x1 - width < left:
        raise PlaceOutside("Đầu trang không còn chỗ cho chữ ký dạng chữ.")
    y1 = top - _TOP_MARGIN
    return Box(page=1, x0=x1 - width, y0=y1 - height, x1=x1, y1=y1)
