"""However sending, listing, fetching and acknowledging fall: each recipient gets each packet exactly once."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.axis import packets
from tests.axis.world import DEPARTMENT, DISTRICT, FINANCE, MINISTRY, NOW, AxisWorld, send
from vanthu.axis import queries
from vanthu.axis.actions import mail
from vanthu.axis.states import IllegalStep, MailStep, PacketKind
from vanthu.kernel import blobs
from vanthu.kernel.actor import Actor

RECIPIENTS = (FINANCE, DISTRICT, MINISTRY)

#: One step of a day: send document n to some; or recipient r fetches its k-th packet and says a word of it.
SENDING = st.tuples(
    st.just("send"), st.integers(1, 4), st.lists(st.sampled_from(RECIPIENTS), min_size=1, unique=True)
)
REPORTING = st.tuples(
    st.just("report"), st.sampled_from(RECIPIENTS), st.integers(0, 3), st.sampled_from(list(MailStep))
)
DAY = st.lists(SENDING | REPORTING, min_size=1, max_size=25)


@dataclass
class Expectation:
    """What must be true, kept beside the axis in plain dictionaries."""

    #: Packet number → its id.
    sent: dict[int, UUID] = field(default_factory=dict)
    #: (recipient, packet number) → whether it is still offered.
    offered: dict[tuple[str, int], bool] = field(default_factory=dict)
    done: set[tuple[str, int]] = field(default_factory=set)


def actor_of(axis: AxisWorld, recipient: str) -> Actor:
    return {FINANCE: axis.province, DISTRICT: axis.neighbour, MINISTRY: axis.outsider}[recipient]


def document(number: int) -> bytes:
    return packets.document(DEPARTMENT, RECIPIENTS, number=number)


def send_some(axis: AxisWorld, expected: Expectation, number: int, recipients: list[str]) -> None:
    packet_id = send(axis.province, document(number), DEPARTMENT, to=tuple(recipients))
    assert expected.sent.setdefault(number, packet_id) == packet_id
    for recipient in recipients:
        expected.offered.setdefault((recipient, number), True)


def report_one(axis: AxisWorld, expected: Expectation, recipient: str, place: int, step: MailStep) -> None:
    """Take the place-th packet ever given to the recipient, pending or not, as a confused client might."""
    given = sorted(number for to, number in expected.offered if to == recipient)
    if not given:
        return
    number = given[place % len(given)]
    actor, key = actor_of(axis, recipient), (recipient, number)
    (row,) = [
        row
        for row in queries.list_sent(axis.province, kind=PacketKind.EDOC, packet_id=expected.sent[number])
        if row.recipient_code == recipient
    ]
    fetched = mail.fetch_packet(actor=actor, item_id=row.item_id, now=NOW)
    with blobs.open_blob(fetched.sha256) as content:
        assert content.read() == document(number)
    try:
        mail.report_packet(
            actor=actor, item_id=row.item_id, step=step, description="", signature=uuid4().hex, now=NOW
        )
    except IllegalStep:
        assert key in expected.done
        assert step is not MailStep.ACKNOWLEDGE
        return
    expected.offered[key] = step is MailStep.PROCESS
    if step is MailStep.ACKNOWLEDGE:
        expected.done.add(key)


def assert_lists_are_right(axis: AxisWorld, expected: Expectation) -> None:
    for recipient in RECIPIENTS:
        rows = queries.list_received(
            actor_of(axis, recipient), kind=PacketKind.EDOC, recipient_code=recipient
        )
        offered = sorted(
            expected.sent[number].hex
            for (to, number), yes in expected.offered.items()
            if to == recipient and yes
        )
        assert sorted(row.packet_id.hex for row in rows) == offered


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(day=DAY)
def test_each_recipient_is_offered_each_packet_once_until_it_is_done(
    axis: AxisWorld, day: list[tuple[object, ...]]
) -> None:
    before = transaction.savepoint()
    expected = Expectation()
    for what, *words in day:
        act = send_some if what == "send" else report_one
        act(axis, expected, *words)  # type: ignore[arg-type]  # the strategies pair words with acts
        assert_lists_are_right(axis, expected)
    transaction.savepoint_rollback(before)
