"""Signing in and out, and one's own password.

A try is counted before it is looked at, hashed under no lock and in no transaction, and its outcome kept
afterwards: `begin_sign_in`, `hashing.matches`, `finish_sign_in`. Of a person's row only what no document
points at is ever changed, so a document that names him never waits for a stranger who tries his name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from vanthu.kernel import audit
from vanthu.kernel.actor import SYSTEM_ID, Actor
from vanthu.kernel.errors import Conflict, DomainError, NotAllowed, NotFound, require
from vanthu.kernel.models import AuditEntry
from vanthu.kernel.use_cases import use_case
from vanthu.organizations import rules, tries
from vanthu.organizations.hashing import PasswordChange
from vanthu.organizations.models import Post, User
from vanthu.organizations.queries import actor_for_session
from vanthu.organizations.rules import TryKind

_REFUSED = (
    "Tên đăng nhập hoặc mật khẩu không đúng. "
    f"Sau {rules.FREE_TRIES[TryKind.ACCOUNT]} lần sai liên tiếp phải chờ, mỗi lần sai thêm chờ lâu hơn; "
    "nếu quên mật khẩu, hãy nhờ quản trị của cơ quan đặt lại."
)
_CLOSED = {
    TryKind.ACCOUNT: (
        "Tên đăng nhập này vừa bị nhập sai mật khẩu nhiều lần. Hãy thử lại sau {wait}, "
        "đăng nhập từ máy bạn đã dùng trước đây, hoặc nhờ quản trị của cơ quan mở khóa."
    ),
    TryKind.DEVICE: (
        "Máy này vừa nhập sai mật khẩu nhiều lần. Hãy thử lại sau {wait}; "
        "nếu quên mật khẩu, hãy nhờ quản trị của cơ quan đặt lại."
    ),
    TryKind.ADDRESS: (
        "Từ địa chỉ mạng này vừa có nhiều lần nhập sai mật khẩu. Hãy thử lại sau {wait}, "
        "hoặc đăng nhập từ máy bạn đã dùng trước đây."
    ),
}
_DISABLED = "Tài khoản này đã ngừng sử dụng. Hãy liên hệ quản trị của cơ quan."
_WITHOUT_POST = "Bạn chưa được giao vị trí công tác nào. Hãy liên hệ quản trị của cơ quan."
_TRIED = "organizations.sign-in-refused"
_SUBJECT = "organizations.user"


class TooManyTries(DomainError):
    """Đã nhập sai mật khẩu nhiều lần. Hãy thử lại sau ít phút."""

    code = "organizations.too-many-tries"
    status = 429

    def __init__(self, kind: TryKind, wait: timedelta) -> None:
        super().__init__(_CLOSED[kind].format(wait=rules.in_words(wait)))
        #: Seconds.
        self.retry_after = max(1, int(wait.total_seconds()))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInTry:
    """A try that was counted and is now to be looked at. What it holds is told to nobody."""

    user_id: UUID | None
    #: What the password must match; None when nobody has the name.
    hashed: str | None = field(repr=False)
    counted: tuple[tries.Counted, ...]
    #: Until when strange devices must wait, should this try be wrong.
    closed_until: datetime | None
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What a try to sign in came to: a user, or a sentence for the person who tried."""

    user_id: UUID | None
    message: str = ""
    must_change_password: bool = False
    #: What its owner is to know of tries by others since he last signed in; empty when there were none.
    warning: str = ""


@use_case
def begin_sign_in(
    *,
    actor: Actor,
    username: str,
    now: datetime,
    address: str = "",
    near: str = "",
    device: UUID | None = None,
) -> SignInTry:
    """Count one more try to sign in, unless there were too many.

    `actor` is the machine: nobody is known yet. `near` is what counts as one address with `address` (a /64 of
    IPv6), the address itself where nothing is said. `device` is where this name has signed in before; None
    for a strange one. A name nobody has is counted like any other. Raises NotAllowed, TooManyTries: nothing
    is looked at then, so such a try says nothing about the password.
    """
    require(actor.is_system)
    name = rules.username_form(username)
    asked = tries.asked(name or username, address=near or address, device=device)
    rows = tries.lock(asked)

    for kind, row in rows:
        if rules.is_locked(row.closed_until, now):
            assert row.closed_until is not None, "a lock has an end"
            raise TooManyTries(kind, row.closed_until - now)

    user = User.objects.filter(username=name).first() if name else None
    closed = [kind for kind, row in rows if tries.count(kind, row, now)]
    until = next((row.closed_until for kind, row in rows if kind is TryKind.ACCOUNT), None)

    for kind in closed:
        audit.record(
            action="organizations.sign-in-delayed",
            actor=actor,
            at=now,
            subject_type=_SUBJECT,
            subject_id=user.id if user else SYSTEM_ID,
            data={"address": address, "counted_by": str(kind)},
            agency_id=_agency_of(user) if user else None,
        )
    return SignInTry(
        user_id=user.id if user else None,
        hashed=user.password if user else None,
        counted=tuple(tries.Counted(kind=kind, key=row.key) for kind, row in rows),
        closed_until=until,
        address=address,
    )


@use_case
def finish_sign_in(*, actor: Actor, attempt: SignInTry, is_known: bool, now: datetime) -> SignIn:
    """Đăng nhập: keep what a try came to; `is_known` says that the password was the right one.

    Never raises for a wrong password: the try itself must be kept. A name nobody has and a wrong password
    give the same answer, so nobody learns which names exist; what else is wrong with an account is told only
    to who knows its password.
    """
    user = User.objects.filter(id=attempt.user_id).first() if attempt.user_id else None
    require(actor.is_system)
    # A password changed while we hashed is another one.
    is_known = is_known and user is not None and user.password == attempt.hashed
    refusal = _refusal(user, is_known)
    warning = _warning(user) if user is not None and refusal is None else ""

    if user is not None:
        _note(user, attempt, is_known, now, signed_in=refusal is None)
    if is_known:
        tries.forget(attempt.counted)

    _record_attempt(actor, user, refusal, now=now, address=attempt.address)
    if user is None or refusal is not None:
        return SignIn(user_id=None, message=refusal or _REFUSED)
    return SignIn(user_id=user.id, must_change_password=user.must_change_password, warning=warning)


@use_case
def sign_out(*, actor: Actor, now: datetime) -> None:
    """Đăng xuất: keep that the session was ended by its user."""
    audit.record(
        action="organizations.signed-out",
        actor=actor,
        at=now,
        subject_type=_SUBJECT,
        subject_id=actor.user_id,
    )


@use_case
def change_password(*, actor: Actor, change: PasswordChange, now: datetime) -> None:
    """Đổi mật khẩu of one's own account, proven by `hashing.change`.

    Raises NotFound (the machine has no password), NotAllowed, Conflict (changed meanwhile).
    """
    user = User.objects.select_for_update(no_key=True).filter(id=actor.user_id).first()
    if user is None:
        raise NotFound
    if not user.is_active:
        raise NotAllowed(_DISABLED)
    if user.password != change.old:
        raise Conflict("Mật khẩu vừa được đổi ở nơi khác. Hãy đăng nhập lại bằng mật khẩu mới.")

    user.password = change.new
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])

    audit.record(
        action="organizations.password-changed",
        actor=actor,
        at=now,
        subject_type=_SUBJECT,
        subject_id=user.id,
    )


def _refusal(user: User | None, is_known: bool) -> str | None:
    if user is None or not is_known:
        return _REFUSED
    if not user.is_active:
        return _DISABLED
    if actor_for_session(user.id, None) is None:
        return _WITHOUT_POST
    return None


def _warning(user: User) -> str:
    """What the owner of an account is told when he signs in after others tried."""
    if not user.failed_sign_ins:
        return ""
    latest = (
        AuditEntry.objects.filter(subject_type=_SUBJECT, subject_id=user.id, action=_TRIED)
        .order_by("-sequence")
        .first()
    )
    when = f", lần cuối lúc {timezone.localtime(latest.at):%H:%M ngày %d/%m/%Y}" if latest else ""
    where = f" từ địa chỉ {latest.data['address']}" if latest and latest.data.get("address") else ""
    return (
        f"Từ lần bạn đăng nhập trước, tài khoản này đã bị nhập sai mật khẩu {user.failed_sign_ins} lần"
        f"{when}{where}. Nếu không phải bạn, hãy đổi mật khẩu và báo quản trị của cơ quan."
    )


def _note(user: User, attempt: SignInTry, is_known: bool, now: datetime, *, signed_in: bool) -> None:
    """Keep on the person's row what he and administrators are told; no key changes, so no document waits."""
    row = User.objects.filter(id=user.id)
    by_account = any(each.kind is TryKind.ACCOUNT for each in attempt.counted)
    if not is_known:
        until = {"locked_until": attempt.closed_until} if attempt.closed_until else {}
        row.update(failed_sign_ins=F("failed_sign_ins") + 1, **until)
    elif signed_in:
        # From a device known before, the way of strange ones stays as closed as it is.
        opened = {"locked_until": None} if by_account else {}
        row.update(failed_sign_ins=0, last_login=now, **opened)


def _record_attempt(
    actor: Actor, user: User | None, refusal: str | None, *, now: datetime, address: str
) -> None:
    """Keep the attempt in the trail of the user's agency; of an unknown name nothing is kept but the attempt.

    People type their password into the field of the name, and the trail is for ever.
    """
    person = actor_for_session(user.id, None) if user and not refusal else None
    data: dict[str, object] = {"address": address}
    if user is not None and refusal is not None:
        user.refresh_from_db(fields=["failed_sign_ins", "locked_until"])
        data["failures"] = user.failed_sign_ins
        data["locked_until"] = user.locked_until.isoformat() if user.locked_until else None
    audit.record(
        action=_TRIED if refusal else "organizations.signed-in",
        # Who fails has not shown to be the person; the act is the machine's.
        actor=person or actor,
        at=now,
        subject_type=_SUBJECT,
        subject_id=user.id if user else SYSTEM_ID,
        data=data,
        agency_id=_agency_of(user) if user else None,
    )


def _agency_of(user: User) -> UUID | None:
    """Whose trail speaks of the account: the agency of its latest post."""
    posts = Post.objects.filter(user=user).order_by(F("ended_at").desc(nulls_first=True), "started_at", "id")
    return posts.values_list("agency_id", flat=True).first()
