"""What other domains ask about people and agencies, inside their own transactions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from django.db.models import QuerySet

from vanthu.kernel.errors import DomainError
from vanthu.organizations.models import Agency, Post, Unit
from vanthu.organizations.states import Role


class NotASigner(DomainError):
    """Người được chọn không có thẩm quyền ký văn bản của cơ quan. Hãy chọn lại người ký."""

    code = "organizations.not-a-signer"


class UnknownRecipient(DomainError):
    """Có nơi nhận không còn trong danh bạ. Hãy chọn lại nơi nhận."""

    code = "organizations.unknown-recipient"


class UnknownPerson(DomainError):
    """Có người hoặc đơn vị được chọn không còn làm việc tại cơ quan. Hãy chọn lại."""

    code = "organizations.unknown-person"


def agency(agency_id: UUID) -> Agency:
    """The agency itself; it is known to exist because an actor belongs to it."""
    return Agency.objects.get(id=agency_id)


def unit_head(unit_id: UUID) -> UUID | None:
    """The user who heads the unit, or None when the post is vacant."""
    return (
        _open_posts()
        .filter(unit_id=unit_id, roles__contains=[Role.UNIT_HEAD])
        .order_by("position__rank", "id")
        .values_list("user_id", flat=True)
        .first()
    )


def signing_title(*, agency_id: UUID, user_id: UUID) -> str:
    """The title a person signs under for the agency (NĐ 30/2020 Điều 13). Raises NotASigner."""
    title = (
        _open_posts()
        .filter(agency_id=agency_id, user_id=user_id)
        .exclude(signing_title="")
        .order_by("position__rank", "id")
        .values_list("signing_title", flat=True)
        .first()
    )
    if title is None:
        raise NotASigner
    return title


def recipients(agency_ids: Iterable[UUID]) -> list[Agency]:
    """The open agencies with these ids, in the order given, each once. Raises UnknownRecipient."""
    wanted = list(dict.fromkeys(agency_ids))
    found = {row.id: row for row in Agency.objects.filter(id__in=wanted, closed_at__isnull=True)}
    if len(found) != len(wanted):
        raise UnknownRecipient
    return [found[agency_id] for agency_id in wanted]


def assert_works_here(*, agency_id: UUID, user_ids: Sequence[UUID], unit_ids: Sequence[UUID]) -> None:
    """Refuse people and units that are not of the agency now. Raises UnknownPerson."""
    people = _open_posts().filter(agency_id=agency_id, user_id__in=user_ids).values("user_id").distinct()
    units = Unit.objects.filter(agency_id=agency_id, id__in=unit_ids, closed_at__isnull=True)
    if people.count() != len(set(user_ids)) or units.count() != len(set(unit_ids)):
        raise UnknownPerson


def is_member(*, unit_id: UUID, user_id: UUID) -> bool:
    """Whether the person holds a post in the unit now."""
    return _open_posts().filter(unit_id=unit_id, user_id=user_id).exists()


def is_leader(*, agency_id: UUID, user_id: UUID) -> bool:
    """Whether the person is a leader of the agency now."""
    return _open_posts().filter(agency_id=agency_id, user_id=user_id, roles__contains=[Role.LEADER]).exists()


def agency_by_code(code: str) -> Agency | None:
    """The agency known under this code, present or old; None when unknown."""
    found = Agency.objects.filter(code=code).first()
    return found or Agency.objects.filter(old_code=code).exclude(old_code="").order_by("code").first()


def hosted_among(codes: Collection[str]) -> list[Agency]:
    """The agencies of this installation known under these codes, present or old, each once."""
    present = {row.code: row for row in Agency.objects.filter(code__in=set(codes))}
    former = Agency.objects.filter(old_code__in=set(codes) - present.keys() - {""}).order_by("-code")
    known = {row.old_code: row for row in former} | present
    found = {row.id: row for row in map(known.get, codes) if row is not None and row.is_hosted}
    return list(found.values())


def _open_posts() -> QuerySet[Post]:
    return Post.objects.filter(ended_at__isnull=True, user__disabled_at__isnull=True)
