"""Signatures of PDFs judged and prepared in the room; the key, its PIN and what it signs stay outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from vanthu import pdfsign
from vanthu.pdfsign import AddedOtherwise, Certificate, PendingSignature, Places, Report
from vanthu.room import asking
from vanthu.room.fetching import Courier, FetchRules
from vanthu.room.jobs.signatures import TIMESTAMP
from vanthu.room.limits import Limits

#: Certificates are asked about over the network meanwhile.
_VERIFYING = Limits(seconds=45.0, processor=15)
_LASTING = Limits(seconds=150.0, processor=15)
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearing:
    """Who signs, and what the signature says of it."""

    certificate: Certificate
    chain: Sequence[Certificate]
    #: PNG drawn in its place.
    image: Path
    name: str
    reason: str
    location: str
    #: The claimed time.
    now: datetime

    def plain(self) -> dict[str, Any]:
        """As the job takes it."""
        return {
            "certificates": asking.plain([self.certificate, *self.chain]),
            "name": self.name,
            "reason": self.reason,
            "location": self.location,
            "now": self.now.isoformat(),
        }


def verify(path: Path, *, trust: Sequence[Certificate], now: datetime, rules: FetchRules | None) -> Report:
    """As pdfsign.verify; without `rules` only what the file carries counts.

    Raises UnreadablePdf (also FileUnread), RoomClosed.
    """
    question = {"trust": asking.plain(trust), "now": now.isoformat(), "fetch": rules is not None}
    return asking.answer(
        "verify",
        question,
        Report.from_dict,
        inputs=[path],
        limits=_VERIFYING,
        asked=Courier(rules=rules) if rules else None,
    )


def begin_person_signature(
    draft: Path, target: Path, *, places: Places, appearing: Appearing
) -> PendingSignature:
    """Prepare `draft` and draw the person's signature into `target`, all but the value itself.

    As pdfsign.prepare and begin_person_signature, and raises what they raise, AddedOtherwise, FileUnread,
    RoomClosed.
    """
    question = appearing.plain() | {"places": places.to_dict()}
    pending = _begin("begin_person_signature", question, draft, target, appearing)
    _judge("judge_reserved", {"places": places.to_dict()}, draft, target, appearing)
    return pending


def begin_seal(
    signed: Path, target: Path, *, number: str, day: str, month: str, appearing: Appearing
) -> PendingSignature:
    """As pdfsign.begin_seal, and raises what it raises, AddedOtherwise, FileUnread, RoomClosed."""
    filled = {"number": number, "day": day, "month": month}
    pending = _begin("begin_seal", appearing.plain() | filled, signed, target, appearing)
    _judge("judge_issued", filled, signed, target, appearing)
    return pending


def extend_to_lta(
    sealed: Path,
    target: Path,
    *,
    trust: Sequence[Certificate],
    tsa_url: str,
    now: datetime,
    rules: FetchRules,
) -> None:
    """As pdfsign.extend_to_lta, and raises what it raises, AddedOtherwise, FileUnread, RoomClosed.

    No key of ours signs what this adds; that it only adds is seen here, what it adds by whoever verifies.
    """
    asking.answer(
        "extend_to_lta",
        {"trust": asking.plain(trust), "now": now.isoformat()},
        lambda _: None,
        inputs=[sealed],
        outputs=[target],
        limits=_LASTING,
        asked=Courier(rules=rules, own={TIMESTAMP: tsa_url}),
    )
    _require_grown(sealed, target)


def _begin(
    job: str, question: Mapping[str, Any], source: Path, target: Path, appearing: Appearing
) -> PendingSignature:
    """What is to be signed is formed here, from the bytes the room gave back, and not taken from its word."""

    def read(said: Any) -> PendingSignature:
        start, end = (asking.number(each) for each in said["region"])
        return pdfsign.pend_file(
            target,
            field=asking.text(said["field"], most=200),
            region=(start, end),
            certificate=appearing.certificate,
            chain=appearing.chain,
        )

    return asking.answer(job, dict(question), read, inputs=[source, appearing.image], outputs=[target])


def _judge(job: str, question: Mapping[str, Any], source: Path, target: Path, appearing: Appearing) -> None:
    """Whoever prepares reads with every parser there is; another, with the least there can be, checks him.

    Raises AddedOtherwise.
    """
    _require_grown(source, target)
    asking.answer(job, dict(question), lambda _: None, inputs=[source, target, appearing.image])


def _require_grown(source: Path, target: Path) -> None:
    """The file begins with every byte of the one it grew from. Raises AddedOtherwise."""
    with source.open("rb") as old, target.open("rb") as new:
        while chunk := old.read(_CHUNK):
            if new.read(len(chunk)) != chunk:
                raise AddedOtherwise
