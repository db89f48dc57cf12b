"""What happened to the file after a signature, and whether its signer, or the standards, allow it.

Three layers. The bytes: the signed range must be the whole file up to its end-of-file mark but for the
signature value itself (`coverage`). The document: every later revision is compared once with the one
before it (`comparing`), and what follows a signature is the sum of those. The judgement: each kind of change
has its weight by an article (`altering`); a lock or a certification makes some of them heavier, and what
stands behind the last signature must be such as needs none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from vanthu.pdfsign.altering import MAY_END_UNSIGNED, NEVER_FORBIDDEN, Alteration, Kind, Weight, heaviest
from vanthu.pdfsign.budget import SIGNATURE_STEPS, SIGNATURES_STEPS, Budget
from vanthu.pdfsign.comparing import compare
from vanthu.pdfsign.coverage import Coverage, end_of
from vanthu.pdfsign.form_changes import fields_of
from vanthu.pdfsign.reader import MeasuredReader
from vanthu.pdfsign.sides import References, Side
from vanthu.pdfsign.twofold import has_unlisted
from vanthu.pdfsign.verdict import Changes

_OF_FIELDS = frozenset(
    {
        Kind.FILLED,
        Kind.SIGNED,
        Kind.FIELD_FILLED,
        Kind.FIELD_ENTRY,
        Kind.FIELD_CHANGED,
        Kind.SIGNATURE_TOUCHED,
    }
)


@dataclass
class History:
    """The revisions of one file after its first signature, each compared with the one before it, once."""

    reader: MeasuredReader
    #: What hangs on behind the last revision.
    trailing: tuple[Alteration, ...] = ()
    _references: References = field(init=False)
    _found: dict[int, tuple[Alteration, ...]] = field(default_factory=dict)
    _unlisted: dict[int, bool] = field(default_factory=dict)
    _budget: Budget = field(default_factory=lambda: Budget(SIGNATURES_STEPS))

    def __post_init__(self) -> None:
        self._references = References(self.reader)

    @property
    def last(self) -> int:
        """The newest revision."""
        return int(self.reader.xrefs.total_revisions) - 1

    def between(self, first: int, last: int) -> list[Alteration]:
        """What was changed after revision `first`, up to `last`. Raises TooComplex."""
        return [one for number in range(first + 1, last + 1) for one in self._at(number)]

    def has_unlisted(self, start: int) -> bool:
        """Whether something stands between a place in the file and its end that no table names."""
        if start not in self._unlisted:
            self.reader.budget = Budget(SIGNATURE_STEPS)
            self._unlisted[start] = has_unlisted(self.reader, start)
        return self._unlisted[start]

    def _at(self, revision: int) -> tuple[Alteration, ...]:
        if revision not in self._found:
            steps = min(SIGNATURE_STEPS, max(0, self._budget.left))
            self.reader.budget = share = Budget(steps)
            try:
                end = end_of(self.reader, revision)
                self._found[revision] = compare(self.reader, self._references, revision, end=end)
            finally:
                # What was too much once is not begun again for the next signature.
                self._budget.left -= steps - max(0, share.left)
                if share.left < 0:
                    self._budget.left = 0
        return self._found[revision]


def changes_after(
    signature: EmbeddedPdfSignature, coverage: Coverage, history: History, *, last_signed: int
) -> tuple[Changes, tuple[Alteration, ...]]:
    """Judge all that came after the revision a signature covers, and name what weighs most.

    `last_signed`: the newest revision that any signature covers. Raises TooComplex.
    """
    if not coverage.sound:
        return Changes.ILLEGAL, (Alteration(kind=Kind.OUTSIDE),)
    covered = history.between(coverage.revision, last_signed)
    ending = _unsigned(history.between(max(coverage.revision, last_signed), history.last))
    found = [*covered, *ending, *(() if coverage.whole_file else history.trailing)]
    if history.has_unlisted(coverage.end):
        found.append(Alteration(kind=Kind.TWOFOLD))
    if not found and coverage.whole_file:
        return Changes.NONE, ()
    found += [*_forbidden(signature, found), *_locked(signature, coverage, found, history)]
    worst = heaviest(found)
    weight = worst[0].kind.weight if worst else Weight.HARMLESS
    return _CHANGES[weight], tuple(worst)


_CHANGES = {
    Weight.HARMLESS: Changes.ALLOWED,
    Weight.UNCLEAR: Changes.UNKNOWN,
    Weight.HARMFUL: Changes.ILLEGAL,
}


def _unsigned(found: Sequence[Alteration]) -> list[Alteration]:
    """What stands behind the last signature: nobody answers for a number filled there."""
    more = [Alteration(kind=Kind.FILLED_BY_NOBODY, name=one.name) for one in found if one.kind is Kind.FILLED]
    reused = [
        Alteration(kind=Kind.UNREADABLE)
        for one in found
        if one.kind.weight is Weight.HARMLESS and one.kind not in MAY_END_UNSIGNED | {Kind.FILLED}
    ]
    return [*found, *more, *reused]


def _forbidden(signature: EmbeddedPdfSignature, found: Sequence[Alteration]) -> list[Alteration]:
    """What a signer who certified the document against all changes (DocMDP 1) did not allow."""
    if signature.docmdp_level is not MDPPerm.NO_CHANGES:
        return []
    return [
        Alteration(kind=Kind.CERTIFIED, page=one.page, name=one.words)
        for one in found
        if one.kind.weight is Weight.HARMLESS and one.kind not in NEVER_FORBIDDEN
    ]


def _locked(
    signature: EmbeddedPdfSignature, coverage: Coverage, found: Sequence[Alteration], history: History
) -> list[Alteration]:
    """Fields that the signature locked (FieldMDP) and that were filled or signed since.

    The lock is on the values of the fields there are; one that is added later has none to lock.
    """
    lock = signature.fieldmdp
    touched = [one for one in found if one.kind in _OF_FIELDS]
    if lock is None or not touched:
        return []
    then = Side(history.reader, coverage.revision)
    form = then.get(then.get(then.trailer, "/Root"), "/AcroForm")
    there = {each.name for each in fields_of(then, form)}
    return [
        Alteration(kind=Kind.LOCKED, page=one.page, name=one.name)
        for one in touched
        if one.name in there and lock.is_locked(one.name)
    ]
