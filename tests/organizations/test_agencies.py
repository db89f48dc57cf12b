"""The list of agencies: opened, closed, learned from the directory, and found by name."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from functools import partial
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.world import NOW, World
from vanthu.kernel import actor as actors
from vanthu.kernel.errors import Conflict, NotAllowed, NotFound
from vanthu.kernel.models import AuditEntry
from vanthu.organizations import actions, operations, queries
from vanthu.organizations.actions import DirectoryEntry, Learned
from vanthu.organizations.models import Agency

SYSTEM = actors.system("Danh bạ của trục")

open_agency = partial(
    actions.open_agency,
    actor=SYSTEM,
    code="H99.05",
    name="Sở  Tài chính tỉnh An Bình",
    abbreviation="STC",
    place="An Bình",
    now=NOW,
)
learn = partial(actions.learn_agencies, actor=SYSTEM, now=NOW)
HOA_BINH = DirectoryEntry(code="H28.09", name="Ủy ban nhân dân phường Hòa Bình", old_code="000.09.28.H28")


class TestOpenAgency:
    def test_lets_the_installation_serve_it(self, world: World) -> None:
        agency = Agency.objects.get(id=open_agency(old_code="000.00.05.H99"))

        assert (agency.code, agency.name, agency.is_hosted) == ("H99.05", "Sở Tài chính tỉnh An Bình", True)
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.agency_id) == ("organizations.agency-opened", agency.id)

    @pytest.mark.parametrize("who", ["officer", "leader", "administrator"])
    def test_is_refused_to(self, world: World, who: str) -> None:
        with pytest.raises(NotAllowed):
            open_agency(actor=getattr(world, who))

    @pytest.mark.parametrize(
        "code", ["", "H9", "h99.05", "H99.", "H99..5", "H99.05 ", "Đ99", "H99." + "1" * 40]
    )
    def test_is_refused_for_a_code_against_the_standard(self, world: World, code: str) -> None:
        """QĐ 20/2020/QĐ-TTg Điều 4."""
        with pytest.raises(actions.CodeRefused):
            open_agency(code=code)

    def test_is_refused_for_a_code_in_use_here(self, world: World) -> None:
        with pytest.raises(actions.CodeTaken):
            open_agency(code=world.neighbour.code)

    def test_takes_over_what_the_directory_knew(self, world: World) -> None:
        assert open_agency(code=world.remote.code) == world.remote.id

        world.remote.refresh_from_db()
        assert world.remote.is_hosted


class TestCloseAgency:
    def test_names_the_successor(self, world: World) -> None:
        actions.close_agency(
            actor=SYSTEM, agency_id=world.neighbour.id, successor_id=world.department.id, now=NOW
        )

        world.neighbour.refresh_from_db()
        assert (world.neighbour.closed_at, world.neighbour.successor) == (NOW, world.department)
        assert AuditEntry.objects.get().action == "organizations.agency-closed"

    def test_happens_once(self, world: World) -> None:
        close = partial(
            actions.close_agency, actor=SYSTEM, agency_id=world.neighbour.id, successor_id=None, now=NOW
        )
        close()

        with pytest.raises(actions.AgencyClosed):
            close()

    def test_is_refused_with_itself_or_the_closed_or_the_unknown_as_successor(self, world: World) -> None:
        close = partial(actions.close_agency, actor=SYSTEM, agency_id=world.neighbour.id, now=NOW)
        Agency.objects.filter(id=world.remote.id).update(closed_at=NOW)

        for successor, error in (
            (world.neighbour.id, Conflict),
            (world.remote.id, actions.AgencyClosed),
            (uuid4(), NotFound),
        ):
            with pytest.raises(error):
                close(successor_id=successor)

    @pytest.mark.parametrize("who", ["clerk", "leader", "administrator"])
    def test_is_refused_to(self, world: World, who: str) -> None:
        with pytest.raises(NotAllowed):
            actions.close_agency(
                actor=getattr(world, who), agency_id=world.department.id, successor_id=None, now=NOW
            )


class TestLearnAgencies:
    def test_adds_what_is_new(self, world: World) -> None:
        assert learn(entries=[HOA_BINH]) == Learned(added=1)

        agency = Agency.objects.get(code="H28.09")
        assert (agency.old_code, agency.is_hosted) == ("000.09.28.H28", False)
        assert AuditEntry.objects.get().data == {"added": 1, "changed": 0, "closed": 0}

    def test_takes_over_a_new_name(self, world: World) -> None:
        learn(entries=[HOA_BINH])

        assert learn(entries=[replace(HOA_BINH, name="UBND phường Hòa Bình Mới")]) == Learned(changed=1)
        assert [row.code for row in queries.search_agencies(world.clerk, "hoa binh moi")] == ["H28.09"]

    def test_that_tells_nothing_new_leaves_no_trace(self, world: World) -> None:
        learn(entries=[HOA_BINH])

        assert learn(entries=[HOA_BINH]) == Learned()
        assert AuditEntry.objects.count() == 1

    def test_never_touches_an_agency_served_here(self, world: World) -> None:
        entry = DirectoryEntry(code=world.department.code, name="Tên do nơi khác đặt", is_closed=True)

        assert learn(entries=[entry]) == Learned()
        world.department.refresh_from_db()
        assert (world.department.name, world.department.closed_at) == ("Sở Nội vụ tỉnh An Bình", None)

    def test_keeps_what_the_listing_leaves_out(self, world: World) -> None:
        learn(entries=[HOA_BINH])

        world.remote.refresh_from_db()
        assert world.remote.closed_at is None

    def test_closes_what_is_marked_and_names_its_successor(self, world: World) -> None:
        closed = DirectoryEntry(
            code=world.remote.code, name=world.remote.name, is_closed=True, successor_code="H28.09"
        )

        assert learn(entries=[HOA_BINH, closed]) == Learned(added=1, closed=1)
        world.remote.refresh_from_db()
        assert world.remote.successor is not None
        assert world.remote.successor.code == "H28.09"

    def test_passes_over_entries_that_name_nothing(self, world: World) -> None:
        nothing = [
            DirectoryEntry(code="", name="Không mã"),
            DirectoryEntry(code="H1" + "0" * 40, name="Mã quá dài"),
            DirectoryEntry(code="H77", name="  "),
        ]

        assert learn(entries=nothing) == Learned()

    def test_takes_overlong_names_as_far_as_they_fit(self, world: World) -> None:
        learn(entries=[DirectoryEntry(code="H77", name="x" * 500, email="y" * 500, old_code="z" * 50)])

        assert len(Agency.objects.get(code="H77").name) == 200

    def test_learns_a_long_listing_in_few_statements(self, world: World) -> None:
        listing = [DirectoryEntry(code=f"H28.{number}", name=f"Cơ quan {number}") for number in range(3000)]

        with CaptureQueriesContext(connection) as asked:
            assert learn(entries=listing) == Learned(added=3000)

        assert len(asked) < 30

    @pytest.mark.parametrize("who", ["clerk", "administrator"])
    def test_is_refused_to(self, world: World, who: str) -> None:
        with pytest.raises(NotAllowed):
            learn(actor=getattr(world, who), entries=[])


class TestSearchAgencies:
    def _codes(self, world: World, text: str) -> list[str]:
        return [row.code for row in queries.search_agencies(world.clerk, text)]

    @pytest.mark.parametrize(
        "text",
        [
            "Hòa Bình",
            "hoà bình",
            "HOA BINH",
            "binh xa hoa",
            "h99.31",
            "UBND hoa",
            unicodedata.normalize("NFD", "Hòa"),
        ],
        ids=["as written", "old tone", "plain", "words in any order", "code", "abbreviation", "NFD"],
    )
    def test_finds_the_neighbour_by(self, world: World, text: str) -> None:
        assert self._codes(world, text) == ["H99.31"]

    def test_finds_a_committee_by_the_short_form_everybody_types(self, world: World) -> None:
        assert self._codes(world, "ubnd tỉnh phú vinh") == ["H98"]

    def test_leaves_out_ones_own_and_the_closed(self, world: World) -> None:
        Agency.objects.filter(id=world.remote.id).update(closed_at=NOW)

        assert self._codes(world, "noi vu") == []
        assert self._codes(world, "phu vinh") == []

    def test_puts_the_exact_code_first_then_this_installation(self, world: World) -> None:
        learn(entries=[HOA_BINH, DirectoryEntry(code="H99.31.01", name="Trạm Y tế xã Hòa Bình")])

        assert self._codes(world, "hoa binh")[0] == "H99.31"
        assert self._codes(world, "H28.09") == ["H28.09"]
        assert self._codes(world, "000.09.28.h28") == ["H28.09"]
        assert self._codes(world, "h99.31")[0] == "H99.31"

    def test_says_which_way_a_document_goes(self, world: World) -> None:
        labels = {
            row.code: row.channel_label
            for text in ("hoa binh", "phu vinh")
            for row in queries.search_agencies(world.clerk, text)
        }

        assert labels == {"H99.31": "Cùng hệ thống", "H98": "Trục liên thông"}

    @pytest.mark.parametrize("text", ["", "   ", "\0", "không có nơi này", "100%", "_", "\\", "'"])
    def test_finds_nothing_by(self, world: World, text: str) -> None:
        assert self._codes(world, text) == []

    def test_gives_no_more_than_asked_in_one_statement(self, world: World) -> None:
        learn(entries=[DirectoryEntry(code=f"H28.{number}", name=f"Sở {number}") for number in range(50)])

        with CaptureQueriesContext(connection) as asked:
            assert len(queries.search_agencies(world.clerk, "sở", limit=7)) == 7

        assert len(asked) == 1


class TestAgenciesById:
    def test_keep_the_order_asked_for(self, world: World) -> None:
        ids = [world.remote.id, world.department.id, uuid4(), world.neighbour.id]

        rows = queries.agencies_by_id(world.clerk, ids)

        assert [row.code for row in rows] == ["H98", "H99.02", "H99.31"]


class TestAgencyByCode:
    def test_is_found_by_its_old_code_too(self, world: World) -> None:
        learn(entries=[HOA_BINH])

        for code in ("H28.09", "000.09.28.H28"):
            agency = operations.agency_by_code(code)
            assert agency is not None
            assert agency.code == "H28.09"
        assert operations.agency_by_code("") is None
