"""What came back: who of the sender sees it waiting, and how it is noted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from tests.at_once import at_once
from tests.exchange import desk, jobs
from tests.seeing import delivery_seen
from tests.traces import acted_on, audited, nothing_changed
from tests.world import NOW, World
from vanthu.exchange import actions, operations, queries
from vanthu.exchange.models import Delivery, DeliveryStatus
from vanthu.exchange.operations import AlreadyNoted, NotReturned
from vanthu.exchange.states import COME_BACK, Channel, DeliveryState
from vanthu.kernel import actor as actors
from vanthu.kernel import audit
from vanthu.kernel.errors import NotAllowed, NotFound
from vanthu.kernel.seen import Stale
from vanthu.organizations.models import Agency
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.operations import CommentRefused

REASON = "Gửi nhầm, xã không quản lý viên chức này."
SYSTEM = actors.system("Trạng thái")


def come_back(
    document: OutgoingDocument,
    recipient: Agency,
    state: DeliveryState = DeliveryState.RETURNED,
    *,
    hours: int = 0,
) -> UUID:
    """A delivery of `document` that came to `state` so many hours after NOW."""
    at = NOW + timedelta(hours=hours)
    delivery = Delivery.objects.create(
        document=document,
        recipient=recipient,
        recipient_name=recipient.name,
        channel=Channel.AXIS,
        state=DeliveryState.SENT if state in COME_BACK else state,
        state_at=NOW,
        created_at=NOW,
    )
    if state is DeliveryState.REFUSED:
        Delivery.objects.filter(pk=delivery.id).update(state=DeliveryState.QUEUED)
        delivery.refresh_from_db()
    if state in COME_BACK:
        with transaction.atomic():
            operations.advance(actor=SYSTEM, delivery=delivery, state=state, at=at, now=at, note=REASON)
    return delivery.id


def returned(world: World, **record: object) -> UUID:
    """The delivery of a document of the officer's that the neighbour returned."""
    return come_back(desk.issue(world, [world.neighbour], **record), world.neighbour)  # type: ignore[arg-type]  # any field


def note(world: World, delivery: UUID, *, by: str = "clerk", word: str = "Đã gọi xã.") -> None:
    """The act, by somebody of the cast."""
    actions.note_return(
        actor=world.actor(by), delivery_id=delivery, seen=delivery_seen(delivery), word=word, now=NOW
    )


def _noted(delivery: UUID) -> tuple[object, ...]:
    return Delivery.objects.values_list("noted_at", "noted_by_id", "noted_word").get(pk=delivery)


@contextmanager
def nothing_noted(delivery: UUID) -> Iterator[None]:
    """After the block the delivery, the trail and the jobs are as they were before."""
    before = _noted(delivery)
    with nothing_changed():
        yield
    assert _noted(delivery) == before


class TestNoteReturn:
    @pytest.mark.parametrize("who", ["clerk", "officer"])
    @pytest.mark.parametrize("state", sorted(COME_BACK))
    def test_takes_it_out_of_both_queues_and_is_audited(
        self, world: World, who: str, state: DeliveryState
    ) -> None:
        document = desk.issue(world, [world.neighbour])
        delivery = come_back(document, world.neighbour, state)
        before = len(jobs.waiting())

        note(world, delivery, by=who, word=" Đã gọi xã. ")

        assert _noted(delivery) == (NOW, world.actor(who).user_id, "Đã gọi xã.")
        for name in ("clerk", "officer"):
            assert queries.count_returned(world.actor(name)) == {}
            assert queries.list_returned(world.actor(name)).items == []
        action, by, data = audited(delivery)[-1]
        assert (action, by) == ("exchange.return-noted", world.actor(who).label)
        assert data == {
            "document": str(document.pk),
            "recipient": world.neighbour.code,
            "state": state,
            "word": "Đã gọi xã.",
        }
        assert len(jobs.waiting()) == before, "nobody else is told"
        row = desk.deliveries(world.clerk, document).rows[0]
        assert row.noted == queries.Noted(who=world.users[who].full_name, at=NOW, word="Đã gọi xã.")
        assert (row.is_returned, row.may_note, row.note) == (True, False, REASON)

    def test_needs_no_word(self, world: World) -> None:
        delivery = returned(world)

        note(world, delivery, word="  ")

        assert _noted(delivery)[2] == ""

    def test_takes_the_longest_word_whole_and_none_longer(self, world: World) -> None:
        delivery = returned(world)

        with nothing_noted(delivery), pytest.raises(CommentRefused):
            note(world, delivery, word="x" * 2001)

        note(world, delivery, word="x" * 2000)
        assert _noted(delivery)[2] == "x" * 2000

    @pytest.mark.parametrize(
        "who", ["outsider", "outsider_leader", "outsider_officer", "administrator", "colleague"]
    )
    def test_is_not_found_by_whoever_may_not_know_of_the_document(self, world: World, who: str) -> None:
        delivery = returned(world)

        with nothing_noted(delivery), pytest.raises(NotFound):
            note(world, delivery, by=who)

    @pytest.mark.parametrize("who", ["leader", "deputy", "head", "archivist"])
    def test_is_refused_to_whoever_only_reads(self, world: World, who: str) -> None:
        delivery = returned(world)

        with nothing_noted(delivery), pytest.raises(NotAllowed):
            note(world, delivery, by=who)

    def test_is_refused_over_a_return_that_was_noted_meanwhile(self, world: World) -> None:
        """Clerk and author open the page at the same time: the second one is told of the first."""
        delivery = returned(world)
        opened = delivery_seen(delivery)
        note(world, delivery)

        with nothing_noted(delivery), pytest.raises(Stale):
            actions.note_return(
                actor=world.officer, delivery_id=delivery, seen=opened, word="Gửi lại", now=NOW
            )

        assert acted_on(delivery)[-1] == ("exchange.return-noted", opened.facts)
        assert delivery_seen(delivery) == opened.after(opened.state)

    def test_of_nothing_is_not_found(self, world: World) -> None:
        with nothing_changed(), pytest.raises(NotFound):
            note(world, uuid4())

    @pytest.mark.parametrize("state", sorted(set(DeliveryState) - COME_BACK))
    def test_is_refused_where_nothing_came_back(self, world: World, state: DeliveryState) -> None:
        delivery = come_back(desk.issue(world, [world.neighbour]), world.neighbour, state)

        with nothing_noted(delivery), pytest.raises(NotReturned):
            note(world, delivery)

    def test_cannot_happen_twice(self, world: World) -> None:
        delivery = returned(world)
        note(world, delivery)

        with nothing_noted(delivery), pytest.raises(AlreadyNoted):
            note(world, delivery, by="officer", word="Đã gửi lại.")

    @pytest.mark.django_db(transaction=True)
    def test_by_two_at_once_is_noted_once(self, committed: World) -> None:
        delivery = returned(committed)

        done, refused = at_once([partial(note, committed, delivery, by=who) for who in ("clerk", "officer")])

        assert len(done) == 1
        assert {type(refusal) for refusal in refused} <= {AlreadyNoted, Stale}
        assert [action for action, *_ in audited(delivery)].count("exchange.return-noted") == 1

    def test_broken_off_half_way_leaves_nothing(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        delivery = returned(world)

        def power_gone(**_: object) -> None:
            raise InterruptedError

        with nothing_noted(delivery), monkeypatch.context() as broken:
            broken.setattr(audit, "record", power_gone)
            with pytest.raises(InterruptedError):
                note(world, delivery)

    def test_is_of_one_coming_back_and_not_of_the_next(self, world: World) -> None:
        """A recipient beyond the axis may still return what the axis said it had refused."""
        delivery = come_back(desk.issue(world, [world.remote]), world.remote, DeliveryState.REFUSED)
        note(world, delivery)

        with transaction.atomic():
            operations.advance(
                actor=SYSTEM,
                delivery=operations.lock_delivery(delivery),
                state=DeliveryState.RETURNED,
                at=NOW,
                now=NOW,
                note=REASON,
            )

        assert _noted(delivery) == (None, None, "")
        assert len(queries.count_returned(world.clerk)) == 1


class TestWhatWaits:
    def test_is_the_records_clerks_for_all_and_the_authors_for_his_own(self, world: World) -> None:
        own = desk.issue(world, [world.neighbour, world.remote])
        come_back(own, world.neighbour)
        come_back(own, world.remote, DeliveryState.REFUSED)
        other = desk.issue(world, [world.neighbour], author=world.users["colleague"])
        come_back(other, world.neighbour)
        there = desk.issue(
            world, [world.department], agency=world.neighbour, author=world.users["outsider_officer"]
        )
        come_back(there, world.department)

        waits = {
            name: queries.count_returned(world.actor(name))
            for name in ("clerk", "officer", "colleague", "head", "leader", "archivist", "administrator")
        }

        assert waits == {
            "clerk": {own.pk: 2, other.pk: 1},
            "officer": {own.pk: 2},
            "colleague": {other.pk: 1},
            "head": {},
            "leader": {},
            "archivist": {},
            "administrator": {},
        }
        for name, expected in waits.items():
            listed = queries.list_returned(world.actor(name)).items
            assert {row.id for row in listed} == set(expected), name
        assert queries.count_returned(world.actor("outsider")) == {there.pk: 1}

    def test_is_urgent_first_then_what_came_back_first(self, world: World) -> None:
        late, early, urgent = (
            desk.issue(world, [world.neighbour, world.remote], urgency=urgency) for urgency in (0, 0, 2)
        )
        OutgoingDocument.objects.filter(pk=urgent.pk).update(urgency=2)
        come_back(late, world.neighbour, hours=2)
        come_back(early, world.neighbour, hours=5)
        come_back(early, world.remote, hours=1)
        come_back(urgent, world.neighbour, hours=3)

        first = queries.list_returned(world.clerk, size=2)

        assert ([row.id for row in first.items], first.has_next) == ([urgent.pk, early.pk], True)
        assert [row.id for row in queries.list_returned(world.clerk, page=2, size=2).items] == [late.pk]

    def test_is_found_by_words_and_type(self, world: World) -> None:
        returned(world, subject="V/v biên chế")
        wanted = desk.issue(world, [world.neighbour], subject="Báo cáo quý", type_code="BC")
        come_back(wanted, world.neighbour)

        for text, type_code in (("bao cao", ""), ("Báo cáo quý", ""), ("", "BC")):
            found = queries.list_returned(world.clerk, text=text, type_code=type_code)
            assert [row.id for row in found.items] == [wanted.pk]
        assert queries.list_returned(world.clerk, text="bao cao", type_code="CV").items == []

    def test_tells_who_sent_it_back_why_and_when(self, world: World) -> None:
        document = desk.issue(world, [world.neighbour, world.remote])
        come_back(document, world.remote, DeliveryState.REFUSED, hours=1)
        delivery = come_back(document, world.neighbour)

        told = queries.open_returns(world.head, document_id=document.pk)

        assert told == [
            queries.ReturnRow(what=f"{world.neighbour.name} trả lại", reason=REASON, at=NOW),
            queries.ReturnRow(
                what=f"Trục liên thông từ chối gửi tới {world.remote.name}",
                reason=REASON,
                at=NOW + timedelta(hours=1),
            ),
        ]
        assert queries.open_returns(world.actor("outsider"), document_id=document.pk) == []
        note(world, delivery)
        left = queries.open_returns(world.clerk, document_id=document.pk)
        assert [row.what for row in left] == [f"Trục liên thông từ chối gửi tới {world.remote.name}"]

    def test_comes_from_the_neighbours_desk_by_itself(self, world: World) -> None:
        document = desk.issue(world, [world.neighbour])
        jobs.run_all()
        (copy,) = desk.arrived(world.neighbour, document)

        desk.send_back(copy, REASON)
        jobs.run_all()

        assert queries.count_returned(world.officer) == {document.pk: 1}
        assert [row.reason for row in queries.open_returns(world.officer, document_id=document.pk)] == [
            REASON
        ]
        assert DeliveryStatus.objects.filter(delivery__document=document, state="02").count() == 1
