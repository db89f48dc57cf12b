"""Opening registers, and reading what stands in them."""

from __future__ import annotations

from functools import partial
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.world import NOW, World
from vanthu.kernel import actor as actors
from vanthu.kernel.errors import NotAllowed, NotFound
from vanthu.kernel.models import AuditEntry
from vanthu.registers import actions, operations, queries, rules
from vanthu.registers.models import Register
from vanthu.registers.states import RegisterKind

OUTGOING = RegisterKind.OUTGOING
open_decisions = partial(
    actions.open_register, kind=OUTGOING, name="Sổ quyết định", document_types=["QĐ", "NQ"], now=NOW
)


def _take(world: World, *, document_type: str = "") -> UUID:
    document_id = uuid4()
    with transaction.atomic():
        operations.take_number(
            agency_id=world.department.id,
            kind=OUTGOING,
            document_type=document_type,
            document_id=document_id,
            now=NOW,
        )
    return document_id


class TestOpenRegister:
    @pytest.mark.parametrize("who", ["administrator", "machine"])
    def test_gives_the_agency_a_series(self, world: World, who: str) -> None:
        register_id = open_decisions(actor=getattr(world, who))

        register = Register.objects.get(id=register_id)
        assert (register.agency, register.document_types) == (world.department, ["NQ", "QĐ"])
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.subject_id) == ("registers.opened", register_id)

    @pytest.mark.parametrize("who", ["officer", "clerk", "head", "leader"])
    def test_is_refused_to(self, world: World, who: str) -> None:
        with pytest.raises(NotAllowed):
            open_decisions(actor=getattr(world, who))

    def test_is_refused_for_an_agency_that_is_not_served_here(self, world: World) -> None:
        with pytest.raises(NotFound):
            open_decisions(actor=actors.system("Kiểm thử", agency_id=world.remote.id))

    def test_is_refused_twice_under_one_name(self, world: World) -> None:
        open_decisions(actor=world.administrator)

        with pytest.raises(rules.RegisterNameTaken):
            open_decisions(actor=world.administrator, document_types=["BC"])

    def test_is_refused_for_a_type_another_register_counts(self, world: World) -> None:
        open_decisions(actor=world.administrator)

        with pytest.raises(rules.TypeCountedElsewhere, match="QĐ đã được ghi ở «Sổ quyết định»"):
            open_decisions(actor=world.administrator, name="Sổ khác", document_types=["QĐ", "CT"])

    def test_is_refused_for_a_second_register_of_all_the_rest(self, world: World) -> None:
        with pytest.raises(rules.TypeCountedElsewhere, match="«Sổ văn bản đi»"):
            open_decisions(actor=world.administrator, name="Sổ khác", document_types=[])


class TestListRegisters:
    def test_shows_the_agencys_own_with_their_years(self, world: World) -> None:
        _take(world)

        rows = queries.list_registers(world.clerk)

        assert [(row.name, row.kind_label, row.years) for row in rows] == [
            ("Sổ văn bản đến", "Văn bản đến", []),
            ("Sổ văn bản đi", "Văn bản đi", [2026]),
        ]
        assert {row.id for row in rows}.isdisjoint(row.id for row in queries.list_registers(world.outsider))

    def test_asks_the_database_the_same_however_many_there_are(self, world: World) -> None:
        with CaptureQueriesContext(connection) as few:
            queries.list_registers(world.clerk)
        for number in range(10):
            open_decisions(actor=world.administrator, name=f"Sổ {number}", document_types=[f"L{number}"])
        with CaptureQueriesContext(connection) as many:
            queries.list_registers(world.clerk)

        assert len(many) == len(few)


class TestPeekNumber:
    def test_is_the_next_number_and_takes_nothing(self, world: World) -> None:
        peek = partial(queries.peek_number, world.clerk, kind=OUTGOING, document_type="", now=NOW)
        assert (peek(), peek()) == (1, 1)

        _take(world)

        assert peek() == 2

    def test_is_none_without_a_register(self, world: World) -> None:
        Register.objects.filter(agency=world.department).delete()

        assert queries.peek_number(world.clerk, kind=OUTGOING, document_type="QĐ", now=NOW) is None


class TestRegisterEntries:
    def test_are_listed_from_the_latest_down_with_the_cancelled(self, world: World) -> None:
        documents = [_take(world) for _ in range(3)]
        with transaction.atomic():
            operations.cancel_number(document_id=documents[1], reason="Ghi nhầm", now=NOW)

        page = queries.register_entries(world.clerk, register_id=world.outgoing_register.id, year=2026)

        assert [
            (row.number, row.document_id, row.is_cancelled, row.cancelled_reason) for row in page.items
        ] == [
            (3, documents[2], False, ""),
            (2, documents[1], True, "Ghi nhầm"),
            (1, documents[0], False, ""),
        ]
        assert (page.total, page.has_next) == (3, False)

    def test_come_in_pages(self, world: World) -> None:
        for _ in range(5):
            _take(world)
        read = partial(
            queries.register_entries, world.clerk, register_id=world.outgoing_register.id, year=2026, size=2
        )

        pages = [read(page=number) for number in (1, 2, 3, 4)]

        assert [[row.number for row in page.items] for page in pages] == [[5, 4], [3, 2], [1], []]
        assert [(page.has_previous, page.has_next) for page in pages] == [
            (False, True),
            (True, True),
            (True, False),
            (True, False),
        ]

    def test_of_another_year_are_none(self, world: World) -> None:
        _take(world)

        page = queries.register_entries(world.clerk, register_id=world.outgoing_register.id, year=2025)

        assert (list(page.items), page.total) == ([], 0)

    @pytest.mark.parametrize(
        ("who", "error"),
        [
            ("outsider", NotFound),
            ("officer", NotAllowed),
            ("head", NotAllowed),
            ("administrator", NotAllowed),
        ],
    )
    def test_are_refused_to(self, world: World, who: str, error: type[Exception]) -> None:
        with pytest.raises(error):
            queries.register_entries(getattr(world, who), register_id=world.outgoing_register.id, year=2026)
