"""Units, positions, people, and the posts that join them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password

from vanthu.kernel import audit
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import Conflict, DomainError, NotFound, require
from vanthu.kernel.folding import tidy
from vanthu.kernel.use_cases import use_case
from vanthu.organizations import permissions, rules
from vanthu.organizations.models import Agency, Position, Post, Unit, User
from vanthu.organizations.states import Role


class NameTaken(Conflict):
    """Tên này đã được dùng trong cơ quan. Hãy chọn tên khác."""

    code = "organizations.name-taken"


class UsernameRefused(DomainError):
    """Tên đăng nhập gồm 3 đến 60 chữ cái không dấu, chữ số và . _ - @, bắt đầu bằng chữ hoặc số."""

    code = "organizations.username-refused"


class PostHeld(Conflict):
    """Người này đang giữ đúng vị trí này."""

    code = "organizations.post-held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """What a post is: a position, in a unit or above the units, with its roles.

    `signing_title` is the signature block's, e.g. «KT. GIÁM ĐỐC / PHÓ GIÁM ĐỐC»; empty: not a signer.
    """

    position_id: UUID
    unit_id: UUID | None = None
    roles: Collection[Role]
    signing_title: str = ""


@use_case
def add_unit(
    *,
    actor: Actor,
    name: str,
    abbreviation: str,
    rank: int = 100,
    parent_id: UUID | None = None,
    now: datetime,
) -> UUID:
    """Thêm đơn vị to the actor's agency. Raises NotFound, NotAllowed, NameTaken."""
    agency = _lock_agency(actor)
    require(permissions.may_administer(actor))
    name = tidy(name)
    if agency.units.filter(name=name).exists():
        raise NameTaken
    if parent_id is not None and not agency.units.filter(id=parent_id).exists():
        raise NotFound

    unit = Unit.objects.create(
        agency=agency, name=name, abbreviation=tidy(abbreviation), rank=rank, parent_id=parent_id
    )

    _record(actor, "unit-added", "unit", unit.id, now, {"name": name})
    return unit.id


@use_case
def add_position(*, actor: Actor, name: str, rank: int = 100, now: datetime) -> UUID:
    """Thêm chức danh to the actor's agency; rank 1 is its head. Raises NotFound, NotAllowed, NameTaken."""
    agency = _lock_agency(actor)
    require(permissions.may_administer(actor))
    name = tidy(name)
    if agency.positions.filter(name=name).exists():
        raise NameTaken

    position = Position.objects.create(agency=agency, name=name, rank=rank)

    _record(actor, "position-added", "position", position.id, now, {"name": name, "rank": rank})
    return position.id


@use_case
def register_user(
    *,
    actor: Actor,
    username: str,
    full_name: str,
    temporary_password: str,
    post: Appointment,
    email: str = "",
    phone: str = "",
    now: datetime,
) -> UUID:
    """Tạo tài khoản for a person and appoint him to his first post; the password is to be changed at once.

    Raises NotFound (agency, position or unit), NotAllowed, UsernameRefused, NameTaken (sign-in name in
    use), WeakPassword.
    """
    require(permissions.may_administer(actor))
    name = rules.username_form(username)
    if name is None:
        raise UsernameRefused
    # Before the lock: hashing takes its time on purpose.
    password = make_password(rules.accepted_password(temporary_password, username=name))

    agency = _lock_agency(actor)
    if User.objects.filter(username=name).exists():
        raise NameTaken("Tên đăng nhập này đã có người dùng. Hãy chọn tên khác.")

    user = User.objects.create(
        username=name, full_name=tidy(full_name), password=password, email=email, phone=phone
    )
    created = _create_post(agency, user, post, now)

    _record(
        actor,
        "user-registered",
        "user",
        user.id,
        now,
        {"username": name, "full_name": user.full_name, **_post_facts(created)},
    )
    return user.id


@use_case
def appoint(*, actor: Actor, user_id: UUID, post: Appointment, now: datetime) -> UUID:
    """Bổ nhiệm: give a person a (further) post in the actor's agency.

    An administrator appoints people who hold or held a post in his agency; for anyone else the machine
    acts. Raises NotFound, NotAllowed, PostHeld.
    """
    agency = _lock_agency(actor)
    user = (
        User.objects.select_for_update(no_key=True)
        .filter(permissions.visible_people(actor), id=user_id)
        .first()
    )
    require(permissions.may_administer(actor))
    if user is None:
        raise NotFound
    held = user.posts.filter(agency=agency, ended_at__isnull=True).values_list("position_id", "unit_id")
    if (post.position_id, post.unit_id) in held:
        raise PostHeld

    created = _create_post(agency, user, post, now)

    _record(actor, "appointed", "post", created.id, now, {"user_id": str(user.id), **_post_facts(created)})
    return created.id


@use_case
def end_post(*, actor: Actor, post_id: UUID, now: datetime) -> None:
    """Thôi giữ vị trí: the post stays on record; sessions at it end at their next request.

    Raises NotFound, NotAllowed, Conflict (ended already, or the post one acts from).
    """
    post = Post.objects.select_for_update(no_key=True).filter(id=post_id, agency_id=actor.agency_id).first()
    require(permissions.may_administer(actor))
    if post is None:
        raise NotFound
    if post.ended_at is not None:
        raise Conflict("Vị trí này đã kết thúc từ trước.")
    if post.id == actor.post_id:
        raise Conflict("Bạn đang làm việc ở chính vị trí này. Hãy nhờ quản trị khác kết thúc.")

    post.ended_at = now
    post.save(update_fields=["ended_at"])

    _record(actor, "post-ended", "post", post.id, now, {"user_id": str(post.user_id)})


def _lock_agency(actor: Actor) -> Agency:
    # Its row orders additions, so that a name clicked twice is refused and not an integrity error.
    agency = Agency.objects.select_for_update(no_key=True).filter(id=actor.agency_id, is_hosted=True).first()
    if agency is None:
        raise NotFound
    return agency


def _create_post(agency: Agency, user: User, post: Appointment, now: datetime) -> Post:
    if not agency.positions.filter(id=post.position_id).exists():
        raise NotFound
    if post.unit_id is not None and not agency.units.filter(id=post.unit_id).exists():
        raise NotFound
    return Post.objects.create(
        user=user,
        agency=agency,
        position_id=post.position_id,
        unit_id=post.unit_id,
        roles=sorted(Role(role) for role in post.roles),
        signing_title=post.signing_title.strip(),
        started_at=now,
    )


def _post_facts(post: Post) -> dict[str, Any]:
    return {
        "position_id": str(post.position_id),
        "unit_id": str(post.unit_id) if post.unit_id else None,
        "roles": list(post.roles),
        "signing_title": post.signing_title,
    }


def _record(
    actor: Actor, fact: str, subject: str, subject_id: UUID, now: datetime, data: dict[str, Any]
) -> None:
    audit.record(
        action=f"organizations.{fact}",
        actor=actor,
        at=now,
        subject_type=f"organizations.{subject}",
        subject_id=subject_id,
        data=data,
    )
