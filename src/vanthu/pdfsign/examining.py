"""What the bytes of each signature tell, before any trust is asked for, within what a file may cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from pyhanko.pdf_utils import generic
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from vanthu.pdfsign.budget import FILE_STEPS, SIGNATURE_STEPS, SIGNATURES, SIGNATURES_STEPS, Budget
from vanthu.pdfsign.certificates import Certificate
from vanthu.pdfsign.changes import (
    Coverage,
    changes_after,
    coverage_of,
    signed_digest,
    tail_is_validation_data,
)
from vanthu.pdfsign.errors import BrokenPdf, TooComplex
from vanthu.pdfsign.issue_fields import deceptive_fields
from vanthu.pdfsign.objects import pick
from vanthu.pdfsign.opening import parsing
from vanthu.pdfsign.reader import MeasuredReader
from vanthu.pdfsign.tokens_of_time import TimeToken, embedded_token, signature_token
from vanthu.pdfsign.verdict import Changes

_UNCOVERED = Coverage(sound=False, whole_file=False)


@dataclass(frozen=True, kw_only=True)
class Examined:
    """One signature as its bytes tell it, before any trust is asked for."""

    field: str
    embedded: EmbeddedPdfSignature | None = None
    #: A document timestamp's, or the one attached to the signature.
    token: TimeToken | None = None
    is_timestamp: bool = False
    intact: bool = False
    made_by_key: bool = False
    coverage: Coverage = _UNCOVERED
    changes: Changes = Changes.ILLEGAL
    #: Names of the fields for number and date that do not show their values.
    shown_otherwise: tuple[str, ...] = ()
    #: Some of this could not be found out within what a file may cost.
    unfinished: bool = False

    @property
    def revision(self) -> int:
        return self.embedded.signed_revision if self.embedded else -1

    @property
    def certificate(self) -> Certificate | None:
        return self.embedded.signer_cert if self.embedded else None


def examine(reader: MeasuredReader) -> tuple[list[Examined], int]:
    """The signatures in the order they were made, and how many more there are than are looked at."""
    fields = [(name, ref) for name, _, ref in enumerate_sig_fields(reader, filled_status=True)]
    whole = Budget(SIGNATURES_STEPS)
    examined = []
    for name, reference in fields[:SIGNATURES]:
        reader.budget = share = Budget(min(SIGNATURE_STEPS, max(0, whole.left)))
        steps = share.left
        examined.append(_examine_one(reader, name, reference))
        whole.left -= steps - max(0, share.left)
    reader.budget = Budget(FILE_STEPS)
    examined.sort(key=lambda one: one.revision)
    not_judged = len(fields) - len(examined)
    return (examined if not_judged else _close_the_tail(reader, examined)), not_judged


def _examine_one(reader: MeasuredReader, name: str, reference: generic.IndirectObject) -> Examined:
    found = Examined(field=name)
    try:
        with parsing():
            embedded = EmbeddedPdfSignature(reader, reference.get_object(), name)
            found = _examine_bytes(embedded, name, reader.budget)
            return replace(found, changes=changes_after(embedded, found.coverage))
    except BrokenPdf:
        return Examined(field=name)
    except TooComplex:
        return replace(found, changes=Changes.UNKNOWN, unfinished=True)


def _examine_bytes(embedded: EmbeddedPdfSignature, name: str, budget: Budget) -> Examined:
    """All but what came after the signature."""
    is_timestamp = pick(embedded.sig_object, "/SubFilter") == "/ETSI.RFC3161"
    coverage = coverage_of(embedded)
    digest = signed_digest(embedded, budget)
    token: TimeToken | None
    if is_timestamp:
        token = embedded_token(embedded.signed_data)
        intact, made_by_key = token.made_by_key and token.matches(digest), token.made_by_key
    else:
        intact, made_by_key = validate_sig_integrity(
            embedded.signer_info, embedded.signer_cert, "data", digest
        )
        token = signature_token(embedded.signer_info)
    return Examined(
        field=name,
        embedded=embedded,
        token=token,
        is_timestamp=is_timestamp,
        intact=intact,
        made_by_key=made_by_key,
        coverage=coverage,
    )


def _close_the_tail(reader: MeasuredReader, examined: list[Examined]) -> list[Examined]:
    """What no signature covers may only be validation data; else everything was changed after signing."""
    if not examined or any(one.coverage.whole_file for one in examined):
        return examined
    if any(one.unfinished and one.embedded is None for one in examined):
        # That one may be the signature that covers the file to its end.
        return examined
    try:
        closed = tail_is_validation_data(reader, max(one.revision for one in examined))
    except TooComplex:
        return [_unfinished(one) for one in examined]
    return examined if closed else [left_behind(one) for one in examined]


def _unfinished(one: Examined) -> Examined:
    return replace(one, unfinished=True, changes=_worse(one.changes))


def _worse(changes: Changes) -> Changes:
    return changes if changes is Changes.ILLEGAL else Changes.UNKNOWN


def look_at(file: Path, reader: MeasuredReader, examined: list[Examined]) -> list[Examined]:
    """Find what each signature covers that deceives the eye about number and date."""
    revisions = [one.revision for one in examined if one.embedded and not one.is_timestamp]
    if not revisions:
        return examined
    reader.budget = Budget(FILE_STEPS)
    try:
        lying = deceptive_fields(file, reader, revisions, first=min(revisions))
    except TooComplex:
        return [replace(one, unfinished=True) for one in examined]
    return [replace(one, shown_otherwise=lying.get(one.revision, ())) for one in examined]


def left_behind(one: Examined) -> Examined:
    """The signature with the file grown behind it by something nobody may add."""
    coverage = replace(one.coverage, whole_file=False)
    return replace(one, coverage=coverage, changes=Changes.ILLEGAL)
