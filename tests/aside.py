"""What the machine put aside, without the deaths that lead there."""

from __future__ import annotations

from uuid import uuid4

from tests.world import NOW
from vanthu.exchange import rules
from vanthu.exchange.models import ReceivedPacket
from vanthu.exchange.states import PacketState
from vanthu.kernel.models import Attempt
from vanthu.kernel.states import AttemptState
from vanthu.organizations.models import Agency


def packet_aside(agency: Agency | None, **more: object) -> ReceivedPacket:
    """A packet for `agency` that ended its reader."""
    words: dict[str, object] = {
        "axis_doc_id": str(uuid4()),
        "kind": "edoc",
        "state": PacketState.FAILED,
        "sender_code": "H98",
        "recipient_code": agency.code if agency else "H77",
        "agency": agency,
        "reason": "Tệp làm chết chương trình.",
        "told": rules.TOLD_FAILED,
        "may_reopen": True,
        "taken_at": NOW,
    }
    return ReceivedPacket.objects.create(**{**words, **more})


def work_aside() -> Attempt:
    """A check of signatures that was broken off twice."""
    return Attempt.objects.create(
        task="incoming.check_signatures",
        subject=str(uuid4()),
        arguments={"document_id": str(uuid4()), "attempt": 1},
        state=AttemptState.PUT_ASIDE,
        unfinished=2,
        begun_at=NOW,
        put_aside_at=NOW,
        reason="Bị ngắt giữa chừng.",
    )
