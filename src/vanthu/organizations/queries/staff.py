"""Units and people of an agency to give work to: found while typing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from vanthu.kernel.actor import Actor
from vanthu.kernel.folding import fold
from vanthu.organizations import rules
from vanthu.organizations.models import Post, Unit
from vanthu.organizations.states import Role

_OPEN = Q(ended_at__isnull=True, user__disabled_at__isnull=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRow:
    """A unit, or a person at his first post; `note` tells it from others of that name."""

    kind: Literal["unit", "user"]
    id: UUID
    name: str
    note: str
    #: Whether it can be given work: a unit takes it through its head.
    can_take: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundStaff:
    """The nearest of those found, and how many they are in all."""

    rows: tuple[StaffRow, ...]
    total: int


def search_staff(actor: Actor, text: str, *, limit: int = 20) -> FoundStaff:
    """Units and people of the actor's agency whose name, position or unit holds every word of `text`.

    With or without diacritics, in any order of words. The unit of that very abbreviation comes first, then
    those whose name has words that begin so, units before people, in their order. Nothing for an empty text.
    """
    words = tuple(fold(text).split())
    if not words:
        return FoundStaff(rows=(), total=0)
    ranked = [
        (near, row)
        for row in _everyone(actor)
        if (near := rules.nearness(words, name=row.name, note=row.note)) is not None
    ]
    ranked.sort(key=lambda each: each[0])
    return FoundStaff(rows=tuple(row for _, row in ranked[:limit]), total=len(ranked))


def staff_by_id(actor: Actor, ids: Collection[UUID]) -> list[StaffRow]:
    """Those of `ids` that are units and people of the actor's agency now, units first, in their order."""
    return [*_units(actor, Q(id__in=ids)), *_people(actor, Q(user_id__in=ids))]


def list_taking_units(actor: Actor) -> list[StaffRow]:
    """The units of the actor's agency that have a head to take work, in their order."""
    return [row for row in _units(actor, Q()) if row.can_take]


def _everyone(actor: Actor) -> Sequence[StaffRow]:
    return [*_units(actor, Q()), *_people(actor, Q())]


def _units(actor: Actor, which: Q) -> Iterator[StaffRow]:
    heads = Post.objects.filter(_OPEN, unit_id=OuterRef("id"), roles__contains=[Role.UNIT_HEAD])
    units = Unit.objects.filter(which, agency_id=actor.agency_id, closed_at__isnull=True)
    rows = units.annotate(has_head=Exists(heads)).order_by("rank", "name", "id")
    for id_, name, abbreviation, has_head in rows.values_list("id", "name", "abbreviation", "has_head"):
        yield StaffRow(kind="unit", id=id_, name=name, note=abbreviation, can_take=has_head)


def _people(actor: Actor, which: Q) -> Iterator[StaffRow]:
    """Each person once, the head of the agency first; values only, for there may be thousands."""
    posts = Post.objects.filter(_OPEN, which, agency_id=actor.agency_id).order_by(
        "position__rank", "unit__rank", "user__full_name", "user_id", "started_at", "id"
    )
    told: set[UUID] = set()
    for id_, name, position, unit in posts.values_list(
        "user_id", "user__full_name", "position__name", "unit__name"
    ):
        if id_ not in told:
            told.add(id_)
            note = " · ".join(part for part in (position, unit) if part)
            yield StaffRow(kind="user", id=id_, name=name, note=note, can_take=True)
