"""What happened to the file after a signature: which bytes it covers, and whether later ones were allowed.

Three layers. The bytes: the signed range must be the whole file up to its end-of-file mark but for the
signature value itself. The objects: every later revision must consist of changes that a known rule allows.
The eye: nothing may be drawn that no signature answers for, nor over what the seal locked.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.diff_analysis import (
    DEFAULT_DIFF_POLICY,
    CatalogModificationRule,
    DiffResult,
    DocInfoRule,
    DSSCompareRule,
    FormUpdatingRule,
    GenericFieldModificationRule,
    MetadataUpdateRule,
    ModificationLevel,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    SuspiciousModification,
    XrefStreamRule,
)
from pyhanko.sign.diff_analysis.rules_api import QualifiedWhitelistRule
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from vanthu.pdfsign.budget import Budget
from vanthu.pdfsign.objects import form_fields, pick
from vanthu.pdfsign.prepare import ISSUE_FIELDS
from vanthu.pdfsign.verdict import Changes

# Each refused change would otherwise write a traceback to the log; the verdict says it already.
logging.getLogger("pyhanko.sign.diff_analysis.policies").setLevel(logging.ERROR)

_LTA = ModificationLevel.LTA_UPDATES
_BYTES_HASHED_PER_STEP = 16 * 1024


def _file_rules() -> list[QualifiedWhitelistRule]:
    return [
        CatalogModificationRule(),
        DocInfoRule().as_qualified(_LTA),
        XrefStreamRule().as_qualified(_LTA),
        ObjectStreamRule().as_qualified(_LTA),
        DSSCompareRule().as_qualified(_LTA),
        MetadataUpdateRule().as_qualified(_LTA),
    ]


#: The library's own rules misjudge a file where a field was filled in a revision of its own and then locked:
#: an appearance that did not change counts as changed. Without the licence to redraw in place they do not.
_WITHOUT_REDRAWING = StandardDiffPolicy(
    global_rules=_file_rules(),
    form_rule=FormUpdatingRule(
        field_rules=[
            SigFieldCreationRule(),
            SigFieldModificationRule(allow_in_place_appearance_stream_changes=False),
            GenericFieldModificationRule(allow_in_place_appearance_stream_changes=False),
        ]
    ),
)

#: What may follow the last signature unsigned: validation data, and nothing else at all.
_VALIDATION_DATA_ONLY = StandardDiffPolicy(
    global_rules=_file_rules(), form_rule=None, ignore_orphaned_objects=False
)


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Which bytes a signature answers for."""

    #: The signed range is everything up to the end of its revision, but for the value between < and >.
    sound: bool
    whole_file: bool


def coverage_of(signature: EmbeddedPdfSignature) -> Coverage:
    """Judge the /ByteRange of a signature against the file itself."""
    stream = signature.reader.stream
    stream.seek(0, os.SEEK_END)
    size = stream.tell()
    signed_range = [int(number) for number in signature.byte_range]
    if len(signed_range) != 4 or signed_range[0] != 0 or min(signed_range[1:]) <= 0:
        return Coverage(sound=False, whole_file=False)
    _, gap_start, gap_end, tail = signed_range
    if not gap_start < gap_end <= gap_end + tail <= size:
        return Coverage(sound=False, whole_file=False)
    if not _is_the_value(signature, gap_start, gap_end):
        return Coverage(sound=False, whole_file=False)
    level = signature.evaluate_signature_coverage()
    whole = gap_end + tail == size
    return Coverage(sound=level >= SignatureCoverageLevel.ENTIRE_REVISION, whole_file=whole)


def signed_digest(signature: EmbeddedPdfSignature, budget: Budget) -> bytes:
    """The digest of the signed range; empty for a range in any but two parts, which no honest file has."""
    if len(signature.byte_range) != 4:
        return b""
    size = signature.reader.decode_context.input_size or 0
    budget.spend(size // _BYTES_HASHED_PER_STEP)
    return signature.compute_digest()


def _is_the_value(signature: EmbeddedPdfSignature, start: int, end: int) -> bool:
    """The gap must hold the signature value, all of it, padded with zeros, and nothing else."""
    stream = signature.reader.stream
    stream.seek(start)
    gap = stream.read(end - start)
    if gap[:1] != b"<" or gap[-1:] != b">":
        return False
    try:
        content = bytes.fromhex(gap[1:-1].decode("ascii"))
    except ValueError:
        return False
    if content != signature.pkcs7_content or b" " in gap:
        return False
    return not content[_der_length(content) :].strip(b"\0")


def _der_length(content: bytes) -> int:
    """The length of the DER element that `content` begins with, header included."""
    first = content[1]
    if first < 0x80:
        return 2 + first
    octets = first & 0x7F
    return 2 + octets + int.from_bytes(content[2 : 2 + octets], "big")


def changes_after(signature: EmbeddedPdfSignature, coverage: Coverage) -> Changes:
    """Judge all revisions after the one a signature covers."""
    if not coverage.sound:
        return Changes.ILLEGAL
    if coverage.whole_file:
        return Changes.NONE
    allowed = any(
        _allowed(signature, policy) for policy in (DEFAULT_DIFF_POLICY, _WITHOUT_REDRAWING)
    ) and not _drawn_by_nobody(signature)
    return Changes.ALLOWED if allowed else Changes.ILLEGAL


def _allowed(signature: EmbeddedPdfSignature, policy: StandardDiffPolicy) -> bool:
    result = policy.review_file(
        signature.reader,
        signature.signed_revision,
        field_mdp_spec=signature.fieldmdp,
        doc_mdp=signature.docmdp_level,
    )
    if isinstance(result, SuspiciousModification):
        return False
    certified = signature.docmdp_level
    if certified is not None and result.modification_level.value > certified.value:
        return False
    return result.modification_level <= ModificationLevel.FORM_FILLING and _only_ours(signature, result)


def _only_ours(signature: EmbeddedPdfSignature, result: DiffResult) -> bool:
    """Of the text fields, only number and date may be filled after a signature.

    Any other field can be made to cover the text of the document (a "shadow" attack).
    """
    signatures = {name for name, _, _ in enumerate_sig_fields(signature.reader)}
    return set(result.changed_form_fields) <= signatures | set(ISSUE_FIELDS)


def tail_is_validation_data(reader: PdfFileReader, last_revision: int) -> bool:
    """Whether all that follows revision `last_revision` is validation data (DSS), to the last byte."""
    if reader.xrefs.total_revisions - 1 <= last_revision or not _ends_cleanly(reader):
        return False
    result = _VALIDATION_DATA_ONLY.review_file(reader, last_revision)
    if isinstance(result, SuspiciousModification) or result.modification_level > _LTA:
        return False
    before = reader.get_historical_resolver(last_revision)
    after = reader.get_historical_resolver(reader.xrefs.total_revisions - 1)
    return _store_size(after) > _store_size(before)


def _store_size(revision: HistoricalResolver) -> int:
    store = pick(revision.root, "/DSS")
    if store is None:
        return 0
    return sum(len(pick(store, kind, ())) for kind in ("/Certs", "/OCSPs", "/CRLs", "/VRI"))


def _ends_cleanly(reader: PdfFileReader) -> bool:
    stream = reader.stream
    stream.seek(0, os.SEEK_END)
    stream.seek(max(0, stream.tell() - 16))
    return cast(bytes, stream.read()).rstrip(b"\r\n").endswith(b"%%EOF")


def _drawn_by_nobody(signature: EmbeddedPdfSignature) -> bool:
    """Whether a signature field drawn after this signature is unsigned, or lies over number or date.

    Both pass the object rules: a new field may be added for a further signature. But an empty field with a
    picture of a seal deceives the eye, and so does a signed one whose picture replaces the number.
    """
    before = signature.reader.get_historical_resolver(signature.signed_revision)
    known = {name: reference for name, _, reference in enumerate_sig_fields(before)}
    filled = list(_filled_areas(before))
    for name, value, reference in enumerate_sig_fields(signature.reader):
        field = reference.get_object()
        if value is None and _shows_something(field):
            old = known.get(name)
            if old is None or not _shows_something(old.get_object()):
                return True
        if name not in known and value is not None and any(_overlap(field, area) for area in filled):
            return True
    return False


def _shows_something(field: generic.DictionaryObject) -> bool:
    for widget in _widgets(field):
        appearance = pick(pick(widget, "/AP", {}), "/N")
        if isinstance(appearance, generic.StreamObject) and appearance.data.strip():
            return True
    return False


def _widgets(field: generic.DictionaryObject) -> list[generic.DictionaryObject]:
    return [kid.get_object() for kid in field["/Kids"]] if "/Kids" in field else [field]


def _filled_areas(revision: HistoricalResolver) -> Iterator[tuple[float, ...]]:
    """Page and rectangle of every text field that held a value in this revision."""
    for field in form_fields(revision).values():
        if pick(field, "/FT") == "/Tx" and pick(field, "/V"):
            for widget in _widgets(field):
                yield _area(widget)


def _overlap(field: generic.DictionaryObject, area: tuple[float, ...]) -> bool:
    page, left, bottom, right, top = area
    for widget in _widgets(field):
        other_page, x0, y0, x1, y1 = _area(widget)
        same_page = page == other_page or 0 in (page, other_page)
        if same_page and x0 < right and left < x1 and y0 < top and bottom < y1:
            return True
    return False


def _area(widget: generic.DictionaryObject) -> tuple[float, ...]:
    page = widget.raw_get("/P").idnum if "/P" in widget else 0
    a, b, c, d = (float(number) for number in widget["/Rect"])
    return page, min(a, c), min(b, d), max(a, c), max(b, d)
