"""Who reads what of the outgoing documents, and how it is found."""

from __future__ import annotations

import inspect
import unicodedata
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries

from tests import path
from tests.outgoing.standing import in_state
from tests.outgoing.steps import CAST, SEEN_BY, upload_of
from tests.seeing import now_seen
from tests.world import NOW, World
from vanthu.documents.models import DocumentFile
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import NotFound
from vanthu.kernel.pages import PAGE_SIZE
from vanthu.outgoing import actions, queries
from vanthu.outgoing.models import DraftUpload, OutgoingDocument
from vanthu.outgoing.queries import TABS
from vanthu.outgoing.states import State, UploadOver

OUTSIDERS = ("outsider_administrator", "outsider_officer", "outsider", "outsider_leader")
#: Those named `can_…` tell the actor about himself and nothing about a document.
EVERY_QUERY = sorted(
    name
    for name, query in inspect.getmembers(queries, inspect.isfunction)
    if query.__module__.startswith(queries.__name__) and not name.startswith(("_", "can_"))
)


def _ids(actor: Actor, **asked: Any) -> set[UUID]:
    return {row.id for row in queries.list_outgoing(actor, **asked).items}


def _asked(query: Callable[..., Any], world: World, document: UUID) -> dict[str, Any]:
    """Arguments for any query of the module: about `document`, its main file, files on their way to it."""
    file = DocumentFile.objects.filter(document_id=document, kind="main").latest("version")
    upload = upload_of(world)
    known = {
        "document_id": document,
        "document_ids": [document],
        "file_id": file.id,
        "upload_id": upload,
        "draft_key": DraftUpload.objects.get(pk=upload).draft_key,
        "form_key": document,
        "now": NOW,
    }
    return {name: known[name] for name in inspect.signature(query).parameters if name in known}


class TestEveryQuery:
    @pytest.mark.parametrize("who", [*OUTSIDERS, "administrator"])
    @pytest.mark.parametrize("name", EVERY_QUERY)
    def test_tells_outsiders_nothing(self, world: World, name: str, who: str) -> None:
        document = in_state(world, State.ISSUED)
        query = getattr(queries, name)

        try:
            answer = query(world.actor(who), **_asked(query, world, document))
        except (NotFound, UploadOver):
            # Of somebody else's files one hears what one hears of none.
            return
        assert not _told(answer)

    @pytest.mark.parametrize("name", EVERY_QUERY)
    def test_takes_the_actor_first(self, name: str) -> None:
        assert next(iter(inspect.signature(getattr(queries, name)).parameters)) == "actor"


def _told(answer: Any) -> bool:
    """Whether an answer of any query says anything at all."""
    if isinstance(answer, dict):
        return any(answer.values())
    return bool(getattr(answer, "items", answer))


class TestVisibility:
    @pytest.mark.parametrize("state", State)
    def test_is_one_for_lists_and_pages(self, world: World, state: State) -> None:
        """Authors, their head, whoever has a turn; leaders no drafts; the clerk only what is signed."""
        document = in_state(world, state)

        for name in CAST:
            actor, sees = world.actor(name), name in SEEN_BY[state]
            assert _ids(actor) == ({document} if sees else set()), name
            if sees:
                queries.get_outgoing(actor, document_id=document, now=NOW)
            else:
                with pytest.raises(NotFound):
                    queries.get_outgoing(actor, document_id=document, now=NOW)

    @pytest.mark.parametrize(
        ("state", "who", "sees"),
        [
            pytest.param(State.AWAITING_SIGNATURE, "leader", True, id="the leader his own return"),
            pytest.param(State.AWAITING_SIGNATURE, "deputy", False, id="no other leader"),
            pytest.param(State.REVIEWING, "leader", False, id="nor the leader whose turn never came"),
        ],
    )
    def test_shows_a_returned_draft_to_whoever_had_a_turn(
        self, world: World, state: State, who: str, sees: bool
    ) -> None:
        document = in_state(world, state)
        by = world.leader if state is State.AWAITING_SIGNATURE else world.head
        actions.return_draft(
            actor=by, document_id=document, seen=now_seen(document), reason="Thiếu căn cứ", now=NOW
        )

        assert _ids(world.actor(who)) == ({document} if sees else set())

    def test_lets_officers_of_the_unit_read_what_was_issued(self, world: World) -> None:
        document = in_state(world, State.ISSUED, by=world.officer)
        OutgoingDocument.objects.update(author=world.users["clerk"])

        assert _ids(world.officer) == {document}
        assert _ids(world.colleague) == set()

    def test_keeps_a_reviewer_who_returned_it_informed(self, world: World) -> None:
        document = path.submitted(world)
        actions.return_draft(
            actor=world.head, document_id=document, seen=now_seen(document), reason="Sửa", now=NOW
        )

        assert _ids(world.head) == {document}
        assert _ids(world.leader) == set()

    def test_does_not_open_a_file_of_another_document(self, world: World) -> None:
        mine, other = path.drafted(world), path.drafted(world)
        file = DocumentFile.objects.get(document_id=other)

        with pytest.raises(NotFound):
            queries.open_file(world.officer, document_id=mine, file_id=file.id)


class TestTabs:
    @pytest.mark.parametrize(
        ("who", "tab", "state"),
        [
            ("officer", "my_drafts", State.DRAFT),
            ("officer", "my_submitted", State.REVIEWING),
            ("officer", "my_submitted", State.AWAITING_SIGNATURE),
            ("head", "reviewing", State.REVIEWING),
            ("leader", "awaiting_signature", State.AWAITING_SIGNATURE),
            ("clerk", "to_number", State.SIGNED),
            ("clerk", "to_number", State.NUMBERED),
            ("clerk", "to_issue", State.SEALED),
            ("clerk", "issued", State.ISSUED),
        ],
    )
    def test_hold_what_waits_for_this_very_person(
        self, world: World, who: str, tab: str, state: State
    ) -> None:
        document = in_state(world, state)

        for name in CAST:
            expected = {document} if name == who or (tab == "issued" and name in SEEN_BY[state]) else set()
            assert _ids(world.actor(name), tab=tab) == expected, name
        if tab not in {"issued", "my_submitted"}:
            assert queries.count_outgoing(world.actor(who))[tab] == 1

    def test_that_do_not_exist_show_everything(self, world: World) -> None:
        document = path.drafted(world)

        assert _ids(world.officer, tab="không có") == {document}

    def test_count_open_work_alone(self, world: World) -> None:
        in_state(world, State.ISSUED)

        counts = queries.count_outgoing(world.clerk)

        assert set(counts) == set(TABS) - {"my_submitted", "issued", "all"}
        assert set(counts.values()) == {0}

    @pytest.mark.parametrize(
        ("state", "counted"),
        [
            (State.DRAFT, {("officer", "my_drafts")}),
            (State.REVIEWING, {("head", "reviewing")}),
            (State.AWAITING_SIGNATURE, {("leader", "awaiting_signature")}),
            (State.SIGNED, {("clerk", "to_number")}),
            (State.SEALED, {("clerk", "to_issue")}),
        ],
    )
    def test_count_a_document_for_those_alone_who_have_to_act(
        self, world: World, state: State, counted: set[tuple[str, str]]
    ) -> None:
        in_state(world, state)

        counts = {name: queries.count_outgoing(world.actor(name)) for name in CAST}

        assert {(name, tab) for name in CAST for tab, count in counts[name].items() if count} == counted

    def test_put_the_urgent_first_and_then_the_older(self, world: World) -> None:
        old, urgent, late = (
            path.submitted(world, urgency=urgency, now=NOW + timedelta(hours=hours))
            for urgency, hours in ((0, 0), (3, 2), (0, 1))
        )

        rows = queries.list_outgoing(world.head, tab="reviewing").items

        assert [row.id for row in rows] == [urgent, old, late]


class TestSearch:
    @pytest.mark.parametrize(
        "text",
        [
            "hòa giải",
            "hoà giải",
            "HOA GIAI",
            unicodedata.normalize("NFD", "hòa giải"),
            "giai  hoa",
            "snv-ccvc",
            "xa hoa binh",
            "cong van",
            "pham van hung",
            "luu: vt",
        ],
    )
    def test_finds_it_however_it_is_typed(self, world: World, text: str) -> None:
        found = path.drafted(world, subject="V/v tổ chức hòa giải ở cơ sở")
        path.drafted(world, subject="V/v xét nâng lương", type_code="TB")

        assert _ids(world.officer, text=text) >= {found}
        assert found not in _ids(world.officer, text=f"{text} không có")

    def test_does_not_find_everything_by_the_agencys_own_name(self, world: World) -> None:
        path.drafted(world)

        assert _ids(world.officer, text="so noi vu tinh an binh") == set()

    def test_finds_it_by_its_recipients_after_they_changed(self, world: World) -> None:
        document = path.drafted(world, recipient_ids=(world.remote.id,))
        assert _ids(world.officer, text="hoa binh") == set()

        actions.revise_draft(
            actor=world.officer,
            document_id=document,
            seen=now_seen(document),
            content=path.content(world, recipient_ids=(world.neighbour.id,)),
            draft=None,
            now=NOW,
        )

        assert _ids(world.officer, text="hoa binh") == {document}

    def test_finds_by_number_once_there_is_one(self, world: World) -> None:
        document = in_state(world, State.SIGNED)
        actions.assign_number(actor=world.clerk, document_id=document, seen=now_seen(document), now=NOW)

        assert _ids(world.clerk, text="01/snv") == {document}

    @pytest.mark.parametrize("text", ["%", "_", "\\", "'", "zz\x00", "zz " * 5000])
    def test_takes_no_harm_from_odd_signs(self, world: World, text: str) -> None:
        path.drafted(world)

        assert _ids(world.officer, text=text) == set()

    def test_may_be_narrowed_to_a_type(self, world: World) -> None:
        letter, notice = path.drafted(world), path.drafted(world, type_code="TB")

        assert _ids(world.officer, type_code="TB") == {notice}
        assert _ids(world.officer, type_code="CV") == {letter}


class TestPages:
    def test_follow_each_other_without_a_row_twice(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        paper = path.paper()
        made = {path.drafted(world, draft=paper) for _ in range(PAGE_SIZE + 2)}

        first, second = (queries.list_outgoing(world.officer, page=number) for number in (1, 2))

        assert (len(first.items), first.has_next, second.has_next) == (PAGE_SIZE, True, False)
        assert {row.id for row in [*first.items, *second.items]} == made

    def test_cost_the_same_however_many_rows_they_hold(
        self, world: World, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        paper = path.paper()
        for _ in range(3):
            path.drafted(world, draft=paper)
        with django_assert_max_num_queries(2):
            queries.list_outgoing(world.officer)
        for _ in range(12):
            path.drafted(world, draft=paper)
        with django_assert_max_num_queries(2):
            assert len(queries.list_outgoing(world.officer).items) == 15

    def test_of_one_document_cost_the_same_however_long_its_life_was(
        self, world: World, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        document = path.drafted(world, attachments=[path.stored(b"%PDF-1 x", "a.pdf") for _ in range(9)])
        for _ in range(4):
            actions.submit_draft(actor=world.officer, document_id=document, seen=now_seen(document), now=NOW)
            actions.return_draft(
                actor=world.head, document_id=document, seen=now_seen(document), reason="Sửa", now=NOW
            )

        with django_assert_max_num_queries(9):
            page = queries.get_outgoing(world.officer, document_id=document, now=NOW)

        assert (len(page.files), len(page.approvals)) == (10, 8)


class TestThePage:
    def test_tells_what_a_returned_draft_waits_for(self, world: World) -> None:
        document = path.submitted(world)
        actions.return_draft(
            actor=world.head, document_id=document, seen=now_seen(document), reason="Thiếu căn cứ", now=NOW
        )

        page = queries.get_outgoing(world.officer, document_id=document, now=NOW)

        assert page.row.returned_reason == "Thiếu căn cứ"
        assert page.waiting_for is not None
        assert (page.waiting_for.who, page.waiting_for.what) == (
            "Nguyễn Văn An",
            "sửa theo ý kiến trả lại",
        )
        assert [(line.text, line.who) for line in page.history] == [
            ("Trả lại: Thiếu căn cứ", world.head.label),
            ("Trình ký lần 1", world.officer.label),
            ("Soạn dự thảo", world.officer.label),
        ]
        assert [(row.kind_label, row.person, row.position, row.state) for row in page.approvals] == [
            ("Duyệt nội dung", "Trần Thị Bình", "Trưởng phòng", "returned"),
            ("Ký", "Phạm Văn Hùng", "Giám đốc", "dropped"),
        ]

    @pytest.mark.parametrize(
        ("state", "who", "what"),
        [
            (State.DRAFT, "Nguyễn Văn An", "hoàn thiện dự thảo"),
            (State.REVIEWING, "Trần Thị Bình", "duyệt nội dung"),
            (State.AWAITING_SIGNATURE, "Phạm Văn Hùng", "ký"),
            (State.SIGNED, "Văn thư", "cấp số, đóng dấu"),
            (State.NUMBERED, "Văn thư", "đóng dấu"),
            (State.SEALED, "Văn thư", "phát hành"),
        ],
    )
    def test_says_who_has_it(self, world: World, state: State, who: str, what: str) -> None:
        document = in_state(world, state)

        waiting = queries.get_outgoing(world.officer, document_id=document, now=NOW).waiting_for

        assert waiting is not None
        assert (waiting.who, waiting.what) == (who, what)

    def test_waits_for_nobody_once_issued(self, world: World) -> None:
        document = in_state(world, State.ISSUED)

        assert queries.get_outgoing(world.officer, document_id=document, now=NOW).waiting_for is None

    def test_shows_the_next_number_to_the_clerk_alone(self, world: World) -> None:
        document = in_state(world, State.SIGNED)

        assert queries.get_outgoing(world.clerk, document_id=document, now=NOW).next_number == 1
        assert queries.get_outgoing(world.leader, document_id=document, now=NOW).next_number is None

    def test_for_placing_marks_knows_its_pages(self, world: World) -> None:
        document = path.drafted(world, draft=path.paper(page_breaks=2))

        view = queries.signing_view(world.officer, document_id=document)

        assert (len(view.page_areas), view.missing) == (3, ())
        assert (view.signer_name, view.signer_title) == ("Phạm Văn Hùng", "GIÁM ĐỐC")
