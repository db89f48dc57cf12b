"""What the bytes of each signature tell, before any trust is asked for, within what a file may cost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pyhanko.pdf_utils import generic
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from vanthu.pdfsign.altering import Alteration, Kind
from vanthu.pdfsign.budget import FILE_STEPS, SIGNATURE_STEPS, SIGNATURES, SIGNATURES_STEPS, Budget
from vanthu.pdfsign.certificates import Certificate
from vanthu.pdfsign.changes import History, changes_after
from vanthu.pdfsign.coverage import NOTHING, Coverage, coverage_of, signed_digest
from vanthu.pdfsign.errors import BrokenPdf, TooComplex
from vanthu.pdfsign.hiding import Hidden, Laid, hidden_by_pictures
from vanthu.pdfsign.issue_fields import deceptive_fields
from vanthu.pdfsign.objects import pick
from vanthu.pdfsign.opening import parsing
from vanthu.pdfsign.reader import MeasuredReader
from vanthu.pdfsign.tokens_of_time import TimeToken, embedded_token, signature_token
from vanthu.pdfsign.verdict import Changes

#: What makes bytes behind the end of a file more than rubbish: a reader that mends files would take them in.
_OBJECTS = re.compile(rb"\bobj\b|\bxref\b|\btrailer\b|\bstartxref\b|\bstream\b")

#: White space of PDF syntax (ISO 32000-2 7.2.3). As much of it may come along on a file's way as leaves the
#: end-of-file mark within the last 1,024 bytes, where readers look for it (ISO 32000-1 Annex H, note 18).
_BLANKS, _MOST_BLANKS = b"\0\t\n\f\r ", 1_024 - len("%%EOF\r\n")


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
    coverage: Coverage = NOTHING
    changes: Changes = Changes.ILLEGAL
    #: What weighs most of what was changed.
    altered: tuple[Alteration, ...] = ()
    #: Names of the fields for number and date that do not show their values.
    shown_otherwise: tuple[str, ...] = ()
    #: Some of this could not be found out within what a file may cost.
    unfinished: bool = False

    @property
    def revision(self) -> int:
        """The revision it covers; where that cannot be told, the one it stands in."""
        if self.embedded is None:
            return -1
        return self.coverage.revision if self.coverage.sound else int(self.embedded.signed_revision)

    @property
    def certificate(self) -> Certificate | None:
        return self.embedded.signer_cert if self.embedded else None


def examine(reader: MeasuredReader, beyond: bytes = b"", *, cut: bool = False) -> tuple[list[Examined], int]:
    """The signatures in the order they were made, and how many more there are than are looked at.

    `beyond`: what hangs on behind the end of the file; `cut`: the reader does not see it (`open_suspect`).
    """
    fields = [(name, ref) for name, _, ref in enumerate_sig_fields(reader, filled_status=True)]
    whole = Budget(SIGNATURES_STEPS)
    examined = []
    for name, reference in fields[:SIGNATURES]:
        reader.budget = share = Budget(min(SIGNATURE_STEPS, max(0, whole.left)))
        steps = share.left
        examined.append(_examine_one(reader, name, reference))
        whole.left -= steps - max(0, share.left)
    if cut:
        examined = [replace(one, coverage=replace(one.coverage, whole_file=False)) for one in examined]
    examined.sort(key=lambda one: one.revision)
    not_judged = len(fields) - len(examined)
    history = History(reader, trailing=_trailing(beyond))
    last_signed = max((one.coverage.revision for one in examined), default=-1)
    if not_judged or any(one.unfinished and one.embedded is None for one in examined):
        # One that nobody looked at may be the signature that covers the file to its end.
        last_signed = history.last
    examined = [_with_changes(one, history, last_signed) for one in reversed(examined)][::-1]
    reader.budget = Budget(FILE_STEPS)
    return examined, not_judged


def _trailing(beyond: bytes) -> tuple[Alteration, ...]:
    if not beyond:
        return ()
    if len(beyond) <= _MOST_BLANKS and not beyond.strip(_BLANKS):
        return (Alteration(kind=Kind.BLANK_END),)
    return (Alteration(kind=Kind.OBJECTS_AFTER if _OBJECTS.search(beyond) else Kind.BYTES_AFTER),)


def _examine_one(reader: MeasuredReader, name: str, reference: generic.IndirectObject) -> Examined:
    try:
        with parsing():
            embedded = EmbeddedPdfSignature(reader, reference.get_object(), name)
            return _examine_bytes(embedded, name, reader.budget)
    except BrokenPdf:
        return Examined(field=name)
    except TooComplex:
        return Examined(field=name, changes=Changes.UNKNOWN, unfinished=True)


def _with_changes(one: Examined, history: History, last_signed: int) -> Examined:
    if one.embedded is None:
        return one
    try:
        with parsing():
            changes, altered = changes_after(one.embedded, one.coverage, history, last_signed=last_signed)
    except BrokenPdf:
        return replace(one, changes=Changes.UNKNOWN, altered=(Alteration(kind=Kind.UNREADABLE),))
    except TooComplex:
        return replace(one, changes=Changes.UNKNOWN, unfinished=True)
    return replace(one, changes=changes, altered=altered)


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
    examined = [replace(one, shown_otherwise=lying.get(one.revision, ())) for one in examined]
    return _with_hidden(file, reader, examined)


def _with_hidden(file: Path, reader: MeasuredReader, examined: list[Examined]) -> list[Examined]:
    """Tell those signers whose page a later signature's picture hides."""
    sound = [one for one in examined if one.embedded and one.coverage.sound]
    laid = [
        Laid(revision=one.revision, field=one.field, dictionary=one.embedded.sig_field)
        for one in sound[1:]
        if one.embedded
    ]
    if not laid:
        return examined
    try:
        hidden = hidden_by_pictures(file, reader, sound[0].coverage.end, laid)
    except TooComplex:
        return [replace(one, unfinished=True) for one in examined]
    except BrokenPdf:
        # What cannot be drawn cannot be looked at; the rules about entries have had their say.
        altered: tuple[Alteration, ...] = (Alteration(kind=Kind.UNREADABLE),)
        return [_left_open(one, altered) for one in examined]
    return [_left_open(one, tuple(_over_text(one, hidden))) for one in examined]


def _over_text(one: Examined, hidden: Sequence[Hidden]) -> Iterator[Alteration]:
    for each in hidden:
        if one.embedded and one.revision < each.revision:
            yield Alteration(kind=Kind.OVER_TEXT, page=each.page, name=", ".join(each.fields))


def _left_open(one: Examined, altered: tuple[Alteration, ...]) -> Examined:
    """What weighs more has been told already; what is harmless is not told beside an open question."""
    if not altered or one.changes in (Changes.ILLEGAL, Changes.UNKNOWN):
        return one
    return replace(one, changes=Changes.UNKNOWN, altered=altered)
