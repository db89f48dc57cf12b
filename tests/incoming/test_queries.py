"""Who reads what of the incoming documents, and how it is found."""

from __future__ import annotations

import inspect
import unicodedata
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries

from tests import arrivals, path
from tests.incoming.steps import ACTS
from tests.seeing import assignment_seen, now_seen, part_seen
from tests.world import NOW, World
from vanthu.documents.models import DocumentFile
from vanthu.incoming import actions, queries
from vanthu.incoming.queries import TABS, count_incoming
from vanthu.incoming.states import State
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import NotFound
from vanthu.kernel.pages import PAGE_SIZE
from vanthu.workflow.models import Assignment
from vanthu.workflow.rules import Assignee
from vanthu.workflow.states import AssignmentStep

OUTSIDERS = ("outsider_administrator", "outsider_officer", "outsider", "outsider_leader")
SEES_ALL = {"clerk", "archivist", "leader", "deputy"}
EVERYBODY = ("administrator", "colleague", "officer", "second_officer", "head", *sorted(SEES_ALL))
EVERY_QUERY = sorted(
    name
    for name, query in inspect.getmembers(queries, inspect.isfunction)
    if query.__module__.startswith(queries.__name__) and not name.startswith("_")
)


def _ids(actor: Actor, **asked: Any) -> set[UUID]:
    return {row.id for row in queries.list_incoming(actor, now=NOW, **asked).items}


def _user(world: World, name: str) -> Assignee:
    return Assignee(kind="user", id=world.posts[name].user_id)


def _unpresented(world: World) -> UUID:
    """In the register, and presented to nobody yet."""
    document = arrivals.arrived(world)
    actions.register_document(
        actor=world.clerk, document_id=document, seen=now_seen(document), leader_id=None, now=NOW
    )
    return document


def _unit(world: World) -> Assignee:
    return Assignee(kind="unit", id=world.civil_service.id)


def _asked(query: Callable[..., Any], document: UUID) -> dict[str, Any]:
    """Arguments for any query of the module: about `document`, its main file, now."""
    file = DocumentFile.objects.get(document_id=document, kind="main")
    known = {"document_id": document, "document_ids": [document], "file_id": file.id, "now": NOW, "most": 9}
    return {name: known[name] for name in inspect.signature(query).parameters if name in known}


class TestEveryQuery:
    @pytest.mark.parametrize("who", [*OUTSIDERS, "administrator", "colleague"])
    @pytest.mark.parametrize("name", EVERY_QUERY)
    def test_tells_outsiders_nothing(self, world: World, name: str, who: str) -> None:
        document = arrivals.directed(world)
        query = getattr(queries, name)

        try:
            answer = query(world.actor(who), **_asked(query, document))
        except NotFound:
            return
        told = answer.values() if isinstance(answer, dict) else getattr(answer, "items", answer)
        assert not any(told)

    @pytest.mark.parametrize("name", EVERY_QUERY)
    def test_takes_the_actor_first(self, name: str) -> None:
        assert next(iter(inspect.signature(getattr(queries, name)).parameters)) == "actor"


class TestVisibility:
    @pytest.mark.parametrize(
        ("given", "seen_by"),
        [
            pytest.param("nobody", set(), id="before anybody was given it"),
            pytest.param("officer", {"officer"}, id="officers see what they were given"),
            pytest.param("unit", {"head"}, id="a unit's part is its head's"),
            pytest.param("passed_on", {"head", "second_officer"}, id="and whom the head passed it to"),
        ],
    )
    def test_is_one_for_lists_and_pages(self, world: World, given: str, seen_by: set[str]) -> None:
        document = _given(world, given)

        for name in (*OUTSIDERS, *EVERYBODY):
            actor, sees = world.actor(name), name in seen_by | SEES_ALL
            assert _ids(actor) == ({document} if sees else set()), name
            if sees:
                queries.get_incoming(actor, document_id=document, now=NOW)
            else:
                with pytest.raises(NotFound):
                    queries.get_incoming(actor, document_id=document, now=NOW)

    def test_does_not_open_a_file_of_another_document(self, world: World) -> None:
        mine, other = arrivals.directed(world), arrivals.arrived(world)
        file = DocumentFile.objects.get(document_id=other)

        with pytest.raises(NotFound):
            queries.open_file(world.officer, document_id=mine, file_id=file.id)


def _given(world: World, given: str) -> UUID:
    if given == "nobody":
        return arrivals.registered(world)
    if given == "officer":
        return arrivals.directed(world)
    document = arrivals.directed(world, lead=_unit(world))
    if given == "passed_on":
        actions.pass_on(
            actor=world.head,
            document_id=document,
            seen=assignment_seen(Assignment.objects.get(document_id=document).id),
            assignment_id=Assignment.objects.get(document_id=document).id,
            user_id=world.posts["second_officer"].user_id,
            now=NOW,
        )
    return document


class TestTabs:
    @pytest.mark.parametrize(
        ("tab", "state"),
        [
            ("arrived", State.ARRIVED),
            ("to_direct", State.REGISTERED),
            ("in_progress", State.DIRECTED),
            ("in_progress", State.PROCESSING),
            ("completed", State.COMPLETED),
            ("returned", State.RETURNED),
        ],
    )
    def test_hold_the_states_they_are_named_for(self, world: World, tab: str, state: State) -> None:
        document = arrivals.TO_STATE[state](world)

        for other in TABS:
            expected = {document} if other in {tab, "all"} else set()
            assert _ids(world.clerk, tab=other) == expected, other

    def test_of_a_leader_hold_what_was_presented_to_him_and_keep_the_others_apart(self, world: World) -> None:
        """Presented to the director, to the deputy, and to nobody yet."""
        directors, deputys, nobodys = (
            arrivals.registered(world),
            arrivals.registered(world),
            _unpresented(world),
        )
        ACTS["present_document"].do(world, world.clerk, deputys)

        mine = {who: _ids(world.actor(who), tab="to_direct") for who in ("leader", "deputy")}
        others = {who: _ids(world.actor(who), tab="with_others") for who in ("leader", "deputy", "clerk")}

        assert mine == {"leader": {directors, nobodys}, "deputy": {deputys, nobodys}}
        assert others == {"leader": {deputys}, "deputy": {directors}, "clerk": set()}
        counts = {who: count_incoming(world.actor(who)) for who in ("leader", "deputy", "clerk")}
        assert {who: (each["to_direct"], each["with_others"]) for who, each in counts.items()} == {
            "leader": (2, 1),
            "deputy": (2, 1),
            "clerk": (3, 0),
        }

    def test_of_ones_own_work_end_with_ones_part(self, world: World) -> None:
        document = arrivals.directed(
            world, support=[_user(world, "second_officer")], inform=[_user(world, "colleague")]
        )
        both = (world.officer, world.actor("second_officer"))
        assert [_ids(actor, tab="mine") for actor in both] == [{document}, {document}]
        assert _ids(world.colleague, tab="mine") == set()
        assert _ids(world.colleague) == {document}

        actions.report_work(
            actor=both[1],
            document_id=document,
            seen=part_seen(document, both[1], AssignmentStep.FINISH),
            result="Xong",
            now=NOW,
        )

        assert [_ids(actor, tab="mine") for actor in both] == [{document}, set()]
        assert [queries.count_incoming(actor)["mine"] for actor in both] == [1, 0]

    @pytest.mark.parametrize("role", ["lead", "support"])
    def test_of_the_head_leave_out_what_is_passed_on_until_it_comes_back(
        self, world: World, role: str
    ) -> None:
        """A supporting part comes back with its report; the lead's is his who was given it."""
        given: dict[str, Any] = {"lead": _unit(world)} if role == "lead" else {"support": [_unit(world)]}
        document = arrivals.directed(world, **given)
        assert (_ids(world.head, tab="mine"), count_incoming(world.head)["mine"]) == ({document}, 1)

        ACTS["pass_on"].do(world, world.head, document)

        assert (_ids(world.head, tab="mine"), count_incoming(world.head)["mine"]) == (set(), 0)
        second = world.actor("second_officer")
        assert _ids(second, tab="mine") == {document}
        ACTS["report_work"].do(world, second, document)
        assert _ids(world.head, tab="mine") == (set() if role == "lead" else {document})

    def test_count_open_work_alone(self, world: World) -> None:
        arrivals.completed(world)

        counts = queries.count_incoming(world.clerk)

        assert set(counts) == set(TABS) - {"completed", "returned", "all"}
        assert set(counts.values()) == {0}

    def test_put_the_urgent_first_then_what_is_due_first(self, world: World) -> None:
        due = {"late": NOW + timedelta(days=9), "soon": NOW + timedelta(days=1)}
        late = arrivals.directed(world, due_at=due["late"])
        soon = arrivals.directed(world, due_at=due["soon"])
        never = arrivals.directed(world)
        urgent = arrivals.directed(world, urgency=3)

        rows = queries.list_incoming(world.officer, tab="mine", now=NOW).items

        assert [row.id for row in rows] == [urgent, soon, late, never]

    def test_show_what_is_overdue(self, world: World) -> None:
        arrivals.directed(world, due_at=NOW + timedelta(hours=1))

        later = NOW + timedelta(hours=2)
        assert [row.is_overdue for row in queries.list_incoming(world.officer, now=NOW).items] == [False]
        assert [row.is_overdue for row in queries.list_incoming(world.officer, now=later).items] == [True]

    @pytest.mark.parametrize(
        ("who", "label"), [("officer", "Chủ trì"), ("second_officer", "Phối hợp"), ("colleague", "Để biết")]
    )
    def test_show_what_one_is_to_a_document(self, world: World, who: str, label: str) -> None:
        arrivals.directed(world, support=[_user(world, "second_officer")], inform=[_user(world, "colleague")])

        [row] = queries.list_incoming(world.actor(who), now=NOW).items
        assert row.my_role_label == label


class TestSearch:
    @pytest.mark.parametrize(
        "text",
        [
            "hòa giải",
            "hoà giải",
            "HOA GIAI",
            unicodedata.normalize("NFD", "hòa giải"),
            "15/ubnd-nc",
            "phú vinh",
            "cong van",
        ],
    )
    def test_finds_it_however_it_is_typed(self, world: World, text: str) -> None:
        found = arrivals.arrived(world)

        assert _ids(world.clerk, text=text) == {found}
        assert _ids(world.clerk, text=f"{text} không có") == set()

    @pytest.mark.parametrize("text", ["%", "_", "\\", "'", "zz\x00", "zz " * 5000])
    def test_takes_no_harm_from_odd_signs(self, world: World, text: str) -> None:
        arrivals.arrived(world)

        assert _ids(world.clerk, text=text) == set()


class TestPages:
    def test_follow_each_other_without_a_row_twice(self, world: World) -> None:
        file = arrivals.main_file()
        made = {arrivals.arrived(world, files=[file]) for _ in range(PAGE_SIZE + 2)}

        first, second = (queries.list_incoming(world.clerk, page=number, now=NOW) for number in (1, 2))

        assert (len(first.items), first.has_next, second.has_next) == (PAGE_SIZE, True, False)
        assert {row.id for row in [*first.items, *second.items]} == made

    def test_of_what_waits_to_be_registered_begin_with_what_came_first(self, world: World) -> None:
        hour = timedelta(hours=1)
        earlier, later = arrivals.arrived(world), arrivals.arrived(world, now=NOW + hour)
        urgent = arrivals.arrived(world, urgency=3, now=NOW + 2 * hour)

        rows = queries.list_incoming(world.clerk, tab="arrived", now=NOW + 3 * hour).items

        assert [row.id for row in rows] == [urgent, earlier, later]

    def test_hold_as_many_rows_as_are_asked_for(self, world: World) -> None:
        file = arrivals.main_file()
        made = [arrivals.arrived(world, files=[file]) for _ in range(3)]

        page = queries.list_incoming(world.clerk, size=2, now=NOW)

        assert (len(page.items), page.has_next) == (2, True)
        assert {row.id for row in page.items} < set(made)

    def test_cost_the_same_however_many_rows_they_hold(
        self, world: World, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for made in (2, 11):
            for _ in range(made):
                arrivals.directed(world)
            with django_assert_num_queries(3):
                rows = queries.list_incoming(world.officer, tab="mine", now=NOW).items
        assert len(rows) == 13

    def test_of_one_document_cost_the_same_however_many_work_on_it(
        self, world: World, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        alone = arrivals.directed(world)
        together = arrivals.directed(
            world,
            support=[_unit(world), _user(world, "second_officer"), _user(world, "deputy")],
            inform=[_user(world, "colleague"), _user(world, "archivist"), _user(world, "clerk")],
        )
        with django_assert_num_queries(9):
            queries.get_incoming(world.officer, document_id=alone, now=NOW)
        with django_assert_num_queries(9):
            page = queries.get_incoming(world.officer, document_id=together, now=NOW)
        assert [node.role_label for node in page.assignments] == ["Chủ trì"] + ["Phối hợp"] * 3 + [
            "Để biết"
        ] * 3


class TestThePage:
    @pytest.mark.parametrize(
        ("state", "who", "what"),
        [
            (State.ARRIVED, "Văn thư", "tiếp nhận, vào sổ"),
            (State.REGISTERED, "Phạm Văn Hùng", "chỉ đạo"),
            (State.DIRECTED, "Nguyễn Văn An", "bắt đầu xử lý"),
            (State.PROCESSING, "Nguyễn Văn An", "xử lý"),
        ],
    )
    def test_says_who_has_it(self, world: World, state: State, who: str, what: str) -> None:
        document = arrivals.TO_STATE[state](world)

        waiting = queries.get_incoming(world.clerk, document_id=document, now=NOW).waiting_for

        assert waiting is not None
        assert (waiting.who, waiting.what) == (who, what)

    @pytest.mark.parametrize("state", [State.RETURNED, State.COMPLETED])
    def test_waits_for_nobody_at_its_end(self, world: World, state: State) -> None:
        document = arrivals.TO_STATE[state](world)

        assert queries.get_incoming(world.clerk, document_id=document, now=NOW).waiting_for is None

    def test_shows_the_next_number_to_the_clerk_alone(self, world: World) -> None:
        document = arrivals.arrived(world)

        assert queries.get_incoming(world.clerk, document_id=document, now=NOW).next_number == 1
        assert queries.get_incoming(world.leader, document_id=document, now=NOW).next_number is None

    def test_tells_its_history_with_the_codes_the_sender_heard(self, world: World) -> None:
        document = arrivals.completed(world)

        history = queries.get_incoming(world.clerk, document_id=document, now=NOW).history

        assert [line.status_code for line in history] == ["06", "05", "04", "03", "01"]

    def test_does_not_show_the_draft_of_an_answer(self, world: World) -> None:
        document = arrivals.processing(world)
        path.drafted(world, replies_to=document)

        assert queries.get_incoming(world.clerk, document_id=document, now=NOW).replies == ()


class TestReplyDefaults:
    def test_start_from_the_document(self, world: World) -> None:
        defaults = queries.reply_defaults(world.officer, document_id=arrivals.processing(world, urgency=2))

        assert (defaults.recipient_id, defaults.urgency) == (world.remote.id, 2)
        assert defaults.label == "15/UBND-NC của Ủy ban nhân dân tỉnh Phú Vinh"

    @pytest.mark.parametrize("state", [State.ARRIVED, State.RETURNED])
    def test_are_refused_before_it_is_registered(self, world: World, state: State) -> None:
        document = arrivals.TO_STATE[state](world)

        with pytest.raises(NotFound, match="chưa trả lời được"):
            queries.reply_defaults(world.clerk, document_id=document)
