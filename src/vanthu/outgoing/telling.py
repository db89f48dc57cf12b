"""What the page of an outgoing document tells of its letter: faults, doubts, its own subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from vanthu.organizations import operations as organizations
from vanthu.outgoing import letters, rules
from vanthu.outgoing.letter_rules import Matter, Told, Weight
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.states import State, Step

OVER = frozenset({State.ISSUED, State.DISCARDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Điều phải xác nhận: a matter of the letter that somebody must answer for."""

    matter: Matter
    words: str
    #: Whether its author, or whoever had it since, has confirmed it in these words.
    is_confirmed: bool


def told(outgoing: OutgoingDocument, now: datetime) -> list[Told]:
    """What there is to say of the letter, until it is issued."""
    if State(outgoing.state) in OVER:
        return []
    return outgoing.told_of_letter(timezone.localdate(now))


def faults(
    outgoing: OutgoingDocument, found: Sequence[Told], recipients: int, acts: frozenset[str], now: datetime
) -> tuple[str, ...]:
    """What keeps it from what the actor may do now; once it is signed, what is wrong with it."""
    letter = [each.words for each in letters.weighing(found, Weight.STOPS)]
    if Step.SUBMIT not in acts:
        return (*letter, *_faults_of_date(outgoing, acts, now))
    unit = outgoing.unit
    headless = unit is not None and organizations.unit_head(unit.pk) is None
    return tuple(
        rules.submission_faults(
            recipients=recipients, letter=letter, headless_unit=unit.name if unit and headless else ""
        )
    )


def _faults_of_date(outgoing: OutgoingDocument, acts: frozenset[str], now: datetime) -> list[str]:
    """Why the paper cannot be signed, or numbered, today."""
    today, faults = timezone.localdate(now), []
    if acts & {Step.SIGN, Step.NUMBER}:
        faults.append(rules.year_fault(written_year=outgoing.written_year, year=today.year))
    if Step.NUMBER in acts:
        faults.append(letters.month_fault(outgoing.letter_read, today))
    return [fault for fault in faults if fault]


def doubts(outgoing: OutgoingDocument, found: Sequence[Told]) -> tuple[Doubt, ...]:
    """What must be confirmed by name; a draft is confirmed anew each time it is submitted."""
    known = {} if State(outgoing.state) is State.DRAFT else outgoing.confirmed
    return tuple(
        Doubt(
            matter=each.matter,
            words=each.words,
            is_confirmed=known.get(each.matter) == each.words,
        )
        for each in letters.weighing(found, Weight.CONFIRM)
    )


def other_subject(outgoing: OutgoingDocument) -> str:
    """Trích yếu as the letter has it, where that is another than the record's."""
    if State(outgoing.state) in OVER:
        return ""
    return letters.other_subject(outgoing.letter_read, outgoing.document.subject)
