"""Who is who: the actor behind a session, the people of an agency, their accounts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils.crypto import salted_hmac

from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import NotFound, require
from vanthu.organizations import permissions, rules
from vanthu.organizations.models import Agency, Position, Post, Unit, User
from vanthu.organizations.states import Role

#: How people of one list stand: by position, by unit, by name.
_PEOPLE_ORDER = ("position__rank", "unit__rank", "user__full_name", "user_id", "started_at", "id")


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRow:
    """One of the user's own posts; `label` is position, unit and agency in one line."""

    id: UUID
    label: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The signed-in user as the page's head shows him. `unit` is empty above the units."""

    full_name: str
    position: str
    unit: str
    agency_name: str
    initials: str
    must_change_password: bool
    posts: list[PostRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who sits at a session: what he may act as, and what the page's head shows of him."""

    actor: Actor
    account: Account


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """Đơn vị."""

    id: UUID
    name: str
    abbreviation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionRow:
    """Chức danh."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A person of the agency at his first post there; `unit_name` is empty above the units."""

    user_id: UUID
    full_name: str
    position: str
    unit_name: str
    unit_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerRow:
    """Who may sign for the agency, with the title of the signature block (NĐ 30/2020 Điều 13)."""

    user_id: UUID
    full_name: str
    position: str
    signing_title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedRow:
    """An agency this installation serves; `people` are those who hold a post there now."""

    id: UUID
    code: str
    name: str
    people: int
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """An account as whoever manages accounts sees it."""

    user_id: UUID
    username: str
    full_name: str
    #: The agency of its first post, of one held now before one held once: whose trail speaks of the account.
    agency_id: UUID
    agency_code: str
    #: Agencies where its owner holds a post now.
    works_at: frozenset[UUID]
    must_change_password: bool
    #: Until when strange devices may not try it; the time may be past.
    locked_until: datetime | None
    #: Wrong passwords since its owner last signed in.
    failed_sign_ins: int
    disabled_at: datetime | None
    last_sign_in: datetime | None


def session_stamp(user_id: UUID) -> str:
    """What a session is stamped with when it begins; it changes with the user's password.

    No actor asks: the session is only beginning. Raises NotFound.
    """
    password = User.objects.filter(id=user_id).values_list("password", flat=True).first()
    if password is None:
        raise NotFound
    return _stamp(password)


def actor_for_session(user_id: UUID, post_id: UUID | None, *, stamp: str | None = None) -> Actor | None:
    """The actor a session stands for, as `person_for_session` finds them."""
    person = person_for_session(user_id, post_id, stamp=stamp)
    return person.actor if person else None


def person_for_session(user_id: UUID, post_id: UUID | None, *, stamp: str | None = None) -> Person | None:
    """Whom a session stands for; None when its user must sign in again.

    No actor asks: this is where actors come from. Without `post_id` the user's first post is taken.
    None: the account is disabled, the post has ended, its agency is closed, or the password was changed
    since the session was stamped.
    """
    posts = _posts_of(user_id)
    post = next((post for post in posts if post_id in {None, post.id} and _can_work_from(post)), None)
    if post is None or (stamp is not None and stamp != _stamp(post.user.password)):
        return None
    actor = Actor(
        user_id=user_id,
        agency_id=post.agency_id,
        post_id=post.id,
        unit_id=post.unit_id,
        roles=frozenset(post.roles),
        label=rules.person_label(
            post.user.full_name,
            position=post.position.name,
            unit_abbreviation=post.unit.abbreviation if post.unit else "",
        ),
    )
    return Person(actor=actor, account=_account(post, posts))


def _stamp(password_hash: str) -> str:
    return salted_hmac("vanthu.session", password_hash, algorithm="sha256").hexdigest()


def list_units(actor: Actor) -> list[UnitRow]:
    """Open units of the actor's agency, in their order."""
    units = Unit.objects.filter(agency_id=actor.agency_id, closed_at__isnull=True)
    return [
        UnitRow(id=unit.id, name=unit.name, abbreviation=unit.abbreviation)
        for unit in units.order_by("rank", "name", "id")
    ]


def list_positions(actor: Actor) -> list[PositionRow]:
    """Positions of the actor's agency, the head first."""
    positions = Position.objects.filter(agency_id=actor.agency_id).order_by("rank", "name", "id")
    return [PositionRow(id=position.id, name=position.name) for position in positions]


def list_people(actor: Actor, *, roles: Iterable[Role] | None = None) -> list[PersonRow]:
    """People of the actor's agency, the head first; with `roles`, those who carry at least one of them."""
    posts = _open_posts().filter(agency_id=actor.agency_id)
    if roles is not None:
        posts = posts.filter(roles__overlap=[str(role) for role in roles])
    return [
        PersonRow(
            user_id=post.user_id,
            full_name=post.user.full_name,
            position=post.position.name,
            unit_name=post.unit.name if post.unit else "",
            unit_id=post.unit_id,
        )
        for post in _one_per_user(posts)
    ]


def list_signers(actor: Actor) -> list[SignerRow]:
    """Who may sign for the actor's agency: posts with a signing title, by position."""
    posts = _open_posts().filter(agency_id=actor.agency_id).exclude(signing_title="")
    return [
        SignerRow(
            user_id=post.user_id,
            full_name=post.user.full_name,
            position=post.position.name,
            signing_title=post.signing_title,
        )
        for post in _one_per_user(posts)
    ]


def list_served(actor: Actor, *, code: str | None = None) -> list[ServedRow]:
    """The agencies this installation serves, closed ones too, by code; with `code`, at most that one.

    Raises NotAllowed: only the machine counts the people of every agency.
    """
    require(permissions.may_open_agencies(actor))
    here = Q(posts__ended_at__isnull=True, posts__user__disabled_at__isnull=True)
    found = Agency.objects.filter(is_hosted=True, **({} if code is None else {"code": code}))
    return [
        ServedRow(
            id=agency.id,
            code=agency.code,
            name=agency.name,
            people=agency.people,
            closed_at=agency.closed_at,
        )
        for agency in found.annotate(people=Count("posts__user", filter=here, distinct=True)).order_by("code")
    ]


def list_accounts(
    actor: Actor, *, agency_id: UUID | None = None, usernames: Collection[str] | None = None
) -> list[AccountRow]:
    """Accounts the actor may know of, by username: an administrator those of his agency, the machine all.

    `agency_id` keeps those who hold or held a post there, `usernames` those of exactly these names. Raises
    NotAllowed.
    """
    require(permissions.may_administer(actor))
    users = User.objects.filter(permissions.visible_people(actor))
    if agency_id is not None:
        users = users.filter(Exists(Post.objects.filter(user_id=OuterRef("id"), agency_id=agency_id)))
    if usernames is not None:
        users = users.filter(username__in=usernames)
    return _account_rows(users.order_by("username"))


def list_tried_accounts(actor: Actor, *, limit: int = 20) -> list[AccountRow]:
    """Accounts with wrong passwords since their owners last signed in, the most first. Raises NotAllowed."""
    require(permissions.may_administer(actor))
    users = User.objects.filter(permissions.visible_people(actor), failed_sign_ins__gt=0)
    return _account_rows(users.order_by("-failed_sign_ins", "username")[:limit])


def _posts_of(user_id: UUID) -> list[Post]:
    return list(_open_posts().filter(user_id=user_id).select_related("agency").order_by(*_PEOPLE_ORDER))


def _can_work_from(post: Post) -> bool:
    return post.agency.is_hosted and post.agency.closed_at is None


def _account(current: Post, posts: Iterable[Post]) -> Account:
    return Account(
        full_name=current.user.full_name,
        position=current.position.name,
        unit=current.unit.name if current.unit else "",
        agency_name=current.agency.name,
        initials=rules.initials(current.user.full_name),
        must_change_password=current.user.must_change_password,
        posts=[
            PostRow(id=post.id, label=_post_label(post), is_current=post.id == current.id) for post in posts
        ],
    )


def _account_rows(users: QuerySet[User]) -> list[AccountRow]:
    posts = Post.objects.select_related("agency").order_by(
        F("ended_at").desc(nulls_first=True), "started_at", "id"
    )
    return [_account_row(user) for user in users.prefetch_related(Prefetch("posts", posts))]


def _account_row(user: User) -> AccountRow:
    posts = list(user.posts.all())
    return AccountRow(
        user_id=user.id,
        username=user.username,
        full_name=user.full_name,
        agency_id=posts[0].agency_id,
        agency_code=posts[0].agency.code,
        works_at=frozenset(post.agency_id for post in posts if post.ended_at is None and user.is_active),
        must_change_password=user.must_change_password,
        locked_until=user.locked_until,
        failed_sign_ins=user.failed_sign_ins,
        disabled_at=user.disabled_at,
        last_sign_in=user.last_login,
    )


def _open_posts() -> QuerySet[Post]:
    return Post.objects.filter(ended_at__isnull=True, user__disabled_at__isnull=True).select_related(
        "user", "position", "unit"
    )


def _one_per_user(posts: QuerySet[Post]) -> Iterable[Post]:
    first: dict[UUID, Post] = {}
    for post in posts.order_by(*_PEOPLE_ORDER):
        first.setdefault(post.user_id, post)
    return first.values()


def _post_label(post: Post) -> str:
    return ", ".join(
        filter(None, (post.position.name, post.unit.name if post.unit else "", post.agency.name))
    )
