"""How tries to sign in are counted: rows of no person, locked in one order, changed in short transactions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.crypto import salted_hmac

from vanthu.organizations import rules
from vanthu.organizations.models import SignInTries
from vanthu.organizations.rules import TryKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Where a try was counted."""

    kind: TryKind
    key: str


def asked(name: str, *, address: str, device: UUID | None) -> list[Counted]:
    """By what a try of `name` from there is counted.

    A device that signed in to the account before is counted by itself, so that strangers close nothing to it.
    """
    if device is not None:
        return [Counted(kind=TryKind.DEVICE, key=_key(TryKind.DEVICE, f"{device}:{name}"))]
    found = [Counted(kind=TryKind.ACCOUNT, key=account_key(name))]
    if address:
        found.append(Counted(kind=TryKind.ADDRESS, key=_key(TryKind.ADDRESS, address)))
    return found


def account_key(name: str) -> str:
    """Where tries of that name from strange devices are counted."""
    return _key(TryKind.ACCOUNT, name)


def lock(wanted: Iterable[Counted]) -> list[tuple[TryKind, SignInTries]]:
    """The rows, made where there are none, locked to the end of the transaction, always in the same order."""
    kinds = {each.key: each.kind for each in wanted}
    SignInTries.objects.bulk_create(
        [SignInTries(key=key, kind=kinds[key]) for key in sorted(kinds)], ignore_conflicts=True
    )
    rows = SignInTries.objects.select_for_update(no_key=True).filter(key__in=kinds).order_by("key")
    return [(kinds[row.key], row) for row in rows]


def count(kind: TryKind, row: SignInTries, now: datetime) -> bool:
    """One try more; whether it closes the way to others for longer than it was before."""
    row.tries = rules.tries_so_far(row.tries, row.last_at, now) + 1
    row.last_at = now
    row.closed_until = rules.closed_until(row.tries, kind, now)
    row.save(update_fields=["tries", "last_at", "closed_until"])
    return row.closed_until is not None


def forget(counted: Sequence[Counted]) -> None:
    """A try was no guess: the account and the device begin anew, the address has one try less."""
    for kind, row in lock(counted):
        row.tries = row.tries - 1 if kind is TryKind.ADDRESS and row.tries else 0
        row.closed_until = None
        row.save(update_fields=["tries", "closed_until"])


def open_account(name: str) -> None:
    """Let strange devices try `name` again, as if nobody had."""
    SignInTries.objects.filter(key=account_key(name)).update(tries=0, closed_until=None)


def sweep(now: datetime) -> int:
    """Remove rows that count no more; how many."""
    before = now - rules.TRIES_FORGOTTEN_AFTER
    return SignInTries.objects.filter(last_at__lt=before).delete()[0]


def _key(kind: TryKind, value: str) -> str:
    return salted_hmac("vanthu.sign-in-tries", f"{kind}:{value}", algorithm="sha256").hexdigest()
