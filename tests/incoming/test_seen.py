"""What arrived is registered, directed and ended as it was seen; own parts are acted on apart."""

from __future__ import annotations

from typing import Any

import pytest

from tests import arrivals
from tests.incoming.steps import ACTS, user_of
from tests.seeing import now_seen, part_seen
from tests.traces import acted_on, nothing_changed
from tests.world import NOW, World
from vanthu.incoming import actions
from vanthu.kernel.seen import Stale
from vanthu.signing.states import Verdict
from vanthu.workflow.states import AssignmentStep


class TestTwoOfficers:
    def test_start_and_report_their_own_parts_from_pages_opened_before(self, world: World) -> None:
        document = arrivals.directed(world, support=[user_of(world, "second_officer")])
        officer, second = world.officer, world.actor("second_officer")
        shown = {who.user_id: part_seen(document, who, AssignmentStep.START) for who in (officer, second)}

        for who in (officer, second):
            actions.start_work(actor=who, document_id=document, seen=shown[who.user_id], now=NOW)
        for who in (second, officer):
            actions.report_work(
                actor=who,
                document_id=document,
                seen=shown[who.user_id].after("started"),
                result="Đã xong",
                now=NOW,
            )

        versions = [facts["version"] for action, facts in acted_on(document)[-4:] if facts]
        assert versions == [3, 4, 5, 6]

    def test_are_refused_over_their_own_part_when_it_was_done_in_another_window(self, world: World) -> None:
        document = arrivals.directed(world)
        shown = part_seen(document, world.officer, AssignmentStep.START)
        ACTS["start_work"].do(world, world.officer, document)

        for act in ("start_work", "report_work"):
            with nothing_changed(), pytest.raises(Stale):
                ACTS[act].do(world, world.officer, document, shown)

    def test_are_refused_when_the_whole_document_was_ended(self, world: World) -> None:
        document = arrivals.directed(world)
        shown = part_seen(document, world.officer, AssignmentStep.FINISH)
        actions.complete_document(
            actor=world.leader, document_id=document, seen=now_seen(document), result="Thôi", now=NOW
        )

        with nothing_changed(), pytest.raises(Stale):
            ACTS["report_work"].do(world, world.officer, document, shown)


class TestTheWholeDocument:
    def test_is_not_ended_over_a_report_that_was_not_seen(self, world: World) -> None:
        document = arrivals.directed(world, support=[user_of(world, "second_officer")])
        opened = now_seen(document)
        ACTS["report_work"].do(world, world.actor("second_officer"), document)

        with nothing_changed(), pytest.raises(Stale):
            ACTS["complete_document"].do(world, world.officer, document, opened)

    def test_is_not_directed_by_two_leaders_one_after_the_other(self, world: World) -> None:
        document = arrivals.registered(world)
        opened = now_seen(document)
        ACTS["direct_document"].do(world, world.leader, document)

        with nothing_changed(), pytest.raises(Stale):
            ACTS["direct_document"].do(world, world.deputy, document, opened)

    def test_is_not_registered_over_a_verdict_that_was_not_seen(self, world: World) -> None:
        """The check at arrival was open; meanwhile the signature was found broken."""
        document = arrivals.arrived(world, verdict=Verdict.INDETERMINATE)
        opened = now_seen(document)
        examinations = {opened.sha256: arrivals.examined(Verdict.INVALID)}
        actions.settle_signature(
            actor=world.machine, document_id=document, examinations=examinations, is_last=False, now=NOW
        )

        for act in ("register_document", "return_document"):
            with nothing_changed(), pytest.raises(Stale):
                ACTS[act].do(world, world.clerk, document, opened)

    def test_is_registered_over_a_verdict_that_stayed(self, world: World) -> None:
        document = arrivals.arrived(world, verdict=Verdict.INDETERMINATE)
        check: dict[str, Any] = {
            "actor": world.machine,
            "document_id": document,
            "examinations": {now_seen(document).sha256: arrivals.examined(Verdict.INDETERMINATE)},
            "is_last": False,
            "now": NOW,
        }
        actions.settle_signature(**check)
        opened = now_seen(document)
        actions.settle_signature(**check)

        ACTS["register_document"].do(world, world.clerk, document, opened)


class TestATokenOfAnotherDocument:
    @pytest.mark.parametrize("name", ["register_document", "return_document"])
    def test_is_worth_nothing(self, world: World, name: str) -> None:
        one, other = arrivals.arrived(world), arrivals.arrived(world)

        with nothing_changed(), pytest.raises(Stale):
            ACTS[name].do(world, world.clerk, one, now_seen(other))
