"""Signature verdicts as the screens show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from vanthu.kernel.actor import Actor
from vanthu.signing import rules
from vanthu.signing.models import Credential, Verification
from vanthu.signing.rules import Reader
from vanthu.signing.states import SignatureKind, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictView:
    """A verdict in words, and the facts behind it signature by signature."""

    verdict: str
    #: The verdict itself, e.g. «Chữ ký hợp lệ».
    title: str
    message: str
    #: What its reader does now; "" when there is nothing to do.
    next_step: str = ""
    #: As in `vanthu verify --json`, but for `signed_at`, which is a datetime or None; and `facts`.
    signatures: tuple[Mapping[str, Any], ...] = ()
    checked_at: datetime | None = None


def verdict_of(
    actor: Actor, *, sha256: str, reader: Reader = Reader.CLERK, verdict: str = "", message: str = ""
) -> VerdictView | None:
    """The verdict on a file the caller has already found visible to the actor; None before any check.

    `verdict` and `message` given by the caller (the whole document's) win over the file's own. What it is
    called and what to do follow from the one verdict, and from who reads it.
    """
    row = Verification.objects.filter(blob_id=sha256).first()
    if row is None and not verdict:
        return None
    shown = Verdict(verdict or (row.verdict if row else Verdict.PENDING))
    # A verdict on the whole document that its main file did not make has no other name than its own.
    problem = rules.deciding_problem(row.report) if row and row.verdict == shown else ""
    return VerdictView(
        verdict=shown,
        title=rules.heading(problem) or str(shown.label),
        next_step=rules.next_step(shown, problem, reader),
        message=message or (row.message if row else ""),
        signatures=tuple(_shown(one) for one in row.report.get("signatures", ())) if row else (),
        checked_at=row.checked_at if row else None,
    )


def has_credential(actor: Actor, *, kind: SignatureKind) -> bool:
    """Whether the actor (or the actor's agency) has a certificate registered to sign with."""
    owned = Credential.objects.filter(kind=kind, agency_id=actor.agency_id, withdrawn_at__isnull=True)
    if kind is SignatureKind.PERSON:
        owned = owned.filter(user_id=actor.user_id)
    return owned.exists()


def holders(actor: Actor, *, now: datetime) -> set[UUID | None]:
    """Who of the actor's agency has a registered certificate that has not run out: users; None, itself."""
    owned = Credential.objects.filter(
        agency_id=actor.agency_id, withdrawn_at__isnull=True, valid_until__gt=now
    )
    return set(owned.values_list("user_id", flat=True))


def _shown(signature: Mapping[str, Any]) -> dict[str, Any]:
    at = signature.get("signed_at")
    return {
        **signature,
        "signed_at": datetime.fromisoformat(at) if at else None,
        "facts": rules.facts(signature),
    }
