"""Agencies to write to: found while typing, and by the groups an agency writes to as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length

from vanthu.kernel.actor import Actor
from vanthu.kernel.folding import fold
from vanthu.organizations import rules
from vanthu.organizations.models import Agency
from vanthu.organizations.rules import AgencyGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyRow:
    """An agency to write to; `channel_label` says which way a document goes there."""

    id: UUID
    code: str
    name: str
    channel_label: str
    is_hosted: bool
    is_closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyGroupRow:
    """A group of agencies, and how many they are."""

    group: AgencyGroup
    count: int


def search_agencies(actor: Actor, text: str, *, limit: int = 20) -> list[AgencyRow]:
    """Open agencies other than the actor's own whose code or name holds every word of `text`.

    With or without diacritics, in any order of words, UBND for Ủy ban nhân dân. An exact code comes first,
    then agencies of this installation, then the names with least besides the words. Nothing for an empty
    text.
    """
    words = fold(text).split()
    if not words:
        return []
    ranked = (
        _holding(actor, words)
        .annotate(
            is_exact=Case(
                When(Q(code__iexact=text.strip()) | Q(old_code__iexact=text.strip()), then=Value(0)),
                default=Value(1),
                output_field=IntegerField(),
            ),
            # Every word is there, so the shortest text is the nearest; a similarity would cost far more.
            length=Length("search_text"),
        )
        .order_by("is_exact", "-is_hosted", "length", "name", "id")
    )
    return [_agency_row(agency) for agency in ranked[:limit]]


def count_agencies(actor: Actor, text: str) -> int:
    """How many agencies `search_agencies` would find without a limit."""
    words = fold(text).split()
    return _holding(actor, words).count() if words else 0


def agencies_by_id(actor: Actor, ids: Sequence[UUID]) -> list[AgencyRow]:
    """The agencies of `ids`, in that order, closed ones too; unknown ids are left out.

    Every agency's name and code is known to every actor: the directory is public.
    """
    found = Agency.objects.in_bulk(list(ids))
    return [_agency_row(found[id_]) for id_ in ids if id_ in found]


def list_agency_groups(actor: Actor) -> list[AgencyGroupRow]:
    """The groups with at least one agency the actor may write to, in the order of `AgencyGroup`."""
    counts = Counter(group for group, _ in _grouped(actor))
    return [AgencyGroupRow(group=group, count=counts[group]) for group in AgencyGroup if counts[group]]


def agencies_of_group(actor: Actor, group: AgencyGroup) -> list[AgencyRow]:
    """The open agencies of the group other than the actor's own, by code."""
    return agencies_by_id(actor, [id_ for found, id_ in _grouped(actor) if found == group])


def _writable(actor: Actor) -> QuerySet[Agency]:
    return Agency.objects.filter(closed_at__isnull=True).exclude(id=actor.agency_id)


def _holding(actor: Actor, words: Sequence[str]) -> QuerySet[Agency]:
    found = _writable(actor)
    for word in words:
        found = found.filter(search_text__contains=word)
    return found


def _grouped(actor: Actor) -> Iterator[tuple[AgencyGroup, UUID]]:
    own = Agency.objects.filter(id=actor.agency_id).values_list("code", flat=True).first() or ""
    for id_, code, name in _writable(actor).order_by("code", "id").values_list("id", "code", "name"):
        group = rules.agency_group(code=code, name=name, own_code=own)
        if group is not None:
            yield group, id_


def _agency_row(agency: Agency) -> AgencyRow:
    return AgencyRow(
        id=agency.id,
        code=agency.code,
        name=agency.name,
        channel_label="Cùng hệ thống" if agency.is_hosted else "Trục liên thông",
        is_hosted=agency.is_hosted,
        is_closed=agency.closed_at is not None,
    )
