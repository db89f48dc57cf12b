"""The agency issues: number, date and seal in one revision (NĐ 30/2020 Điều 14-17, PL I II.8)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import enumerate_sig_fields

from vanthu.pdfsign.appearance import line_appearance, picture_appearance
from vanthu.pdfsign.certificates import Certificate, common_name
from vanthu.pdfsign.errors import BadIssueData, FieldTaken, NotPrepared, PersonNotSigned
from vanthu.pdfsign.finding import month_in_print
from vanthu.pdfsign.fonts import date_font, number_font
from vanthu.pdfsign.images import load_picture
from vanthu.pdfsign.issue_fields import require_as_signed
from vanthu.pdfsign.objects import form_fields, pick
from vanthu.pdfsign.opening import open_writer, parsing
from vanthu.pdfsign.pending import PendingSignature
from vanthu.pdfsign.prepare import (
    DAY_FIELD,
    ITALIC_RESOURCE,
    MONTH_FIELD,
    NUMBER_FIELD,
    PERSON_FIELD,
    SEAL_FIELD,
    UPRIGHT_RESOURCE,
)
from vanthu.pdfsign.signers import Signer
from vanthu.pdfsign.signing import begin_in_field, complete
from vanthu.pdfsign.timestamping import Timestamper

_NUMBER = re.compile(r"[0-9]{1,6}[A-Za-z]{0,3}")
_DAY = re.compile(r"0?[1-9]|[12][0-9]|3[01]")
_MONTH = re.compile(r"0?[1-9]|1[0-2]")
_READ_ONLY = 1


def begin_seal(
    signed: Path,
    target: Path,
    *,
    number: str,
    day: str,
    month: str,
    certificate: Certificate,
    chain: Sequence[Certificate],
    image: Path | bytes,
    now: datetime,
    agency_name: str = "",
    reason: str = "",
    location: str = "",
    pss: bool = False,
) -> PendingSignature:
    """Fill number and date and draw the seal in ONE revision, all but the signature value.

    `number`, `day` and `month` appear as given ("05", "22", "11"): padding is the register's rule. The three
    fields become read-only, and the seal's lock makes any later change to them break the seal.

    The fields must be as the person who signed left them: empty, at their places, to be locked by the seal.
    Where there is none for the month, that month must stand in print.

    Raises BadIssueData (also: another month in print), PersonNotSigned, NotPrepared, IssueFieldsTouched,
    FieldTaken, BadImage, BrokenPdf.
    """
    _require_issue_data(number, day, month)
    picture = load_picture(image)
    with open_writer(signed) as writer:
        with parsing():
            _require_turn_of_the_seal(writer)
            require_as_signed(writer.prev)
            given = {NUMBER_FIELD: number, DAY_FIELD: day, MONTH_FIELD: month}
            if MONTH_FIELD not in form_fields(writer):
                _require_in_print(signed, given.pop(MONTH_FIELD))
            _fill(writer, given)
        return begin_in_field(
            writer,
            target,
            field=SEAL_FIELD,
            draw=lambda w, width, height: picture_appearance(w, picture, width=width, height=height),
            certificate=certificate,
            chain=chain,
            now=now,
            name=agency_name or common_name(certificate),
            reason=reason,
            location=location,
            pss=pss,
        )


def seal(
    signed: Path,
    target: Path,
    *,
    number: str,
    day: str,
    month: str,
    signer: Signer,
    image: Path | bytes,
    now: datetime,
    agency_name: str = "",
    reason: str = "",
    location: str = "",
    timestamper: Timestamper | None = None,
) -> None:
    """Number, date and seal in one go: `begin_seal`, the signer, `finish_signature`.

    Raises what these raise, and what the signer raises.
    """
    pending = begin_seal(
        signed,
        target,
        number=number,
        day=day,
        month=month,
        certificate=signer.certificate,
        chain=signer.chain,
        image=image,
        now=now,
        agency_name=agency_name,
        reason=reason,
        location=location,
        pss=signer.pss,
    )
    complete(pending, target, signer, timestamper)


def _require_issue_data(number: str, day: str, month: str) -> None:
    if not _NUMBER.fullmatch(number):
        raise BadIssueData("Số văn bản không hợp lệ; cần chữ số, ví dụ 05 hoặc 125.")
    if not (_DAY.fullmatch(day) and _MONTH.fullmatch(month)):
        raise BadIssueData("Ngày hoặc tháng ban hành không hợp lệ; ví dụ ngày 05 tháng 01.")


def _require_in_print(signed: Path, month: str) -> None:
    printed = month_in_print(signed)
    if not printed:
        raise NotPrepared
    if int(printed) != int(month):
        raise BadIssueData(f"Văn bản in sẵn tháng {printed}, không phải tháng {month}.")


def _require_turn_of_the_seal(writer: IncrementalPdfFileWriter) -> None:
    if "/AcroForm" not in writer.root:
        raise NotPrepared
    values = {name: value for name, value, _ in enumerate_sig_fields(writer)}
    if not {PERSON_FIELD, SEAL_FIELD} <= values.keys():
        raise NotPrepared
    if values[PERSON_FIELD] is None:
        raise PersonNotSigned
    if values[SEAL_FIELD] is not None:
        raise FieldTaken


def _fill(writer: IncrementalPdfFileWriter, values: dict[str, str]) -> None:
    form = writer.root["/AcroForm"]
    fields = form_fields(writer)
    if not values.keys() <= fields.keys():
        raise NotPrepared
    fonts = form["/DR"]["/Font"]
    for name, text in values.items():
        field = fields[name]
        x0, y0, x1, y1 = (float(number) for number in field["/Rect"])
        upright = name == NUMBER_FIELD
        drawn = line_appearance(
            width=x1 - x0,
            height=y1 - y0,
            text=text,
            font=number_font() if upright else date_font(),
            font_object=fonts.raw_get(UPRIGHT_RESOURCE if upright else ITALIC_RESOURCE),
            opaque="/BG" in pick(field, "/MK", {}),
            # No space may stand between the number and the stroke before its symbol (NĐ 30 PL I II.3).
            flush_right=upright,
        )
        field[pdf_name("/V")] = pdf_string(text)
        field[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(drawn)})
        field[pdf_name("/Ff")] = generic.NumberObject(_READ_ONLY)
        writer.update_container(field)
