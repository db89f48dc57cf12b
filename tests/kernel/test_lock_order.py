"""The machine that holds the suite to the order of locks knows every table, and bites."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests import lock_order
from tests.lock_order import OutOfOrder, locked_by
from tests.world import NOW, World
from vanthu.kernel import audit
from vanthu.kernel.actor import Actor
from vanthu.kernel.database_rights import RIGHTS
from vanthu.kernel.use_cases import use_case
from vanthu.organizations.models import User
from vanthu.workflow.models import ApprovalStep

#: Django's and procrastinate's tables are locked by those alone, one row at a time.
_LIBRARIES = ("auth_", "django_", "procrastinate_")


def _record(actor: Actor, now: datetime) -> None:
    audit.record(action="tests.done", actor=actor, at=now, subject_type="tests", subject_id=actor.agency_id)


@use_case
def person_after_chain(*, actor: Actor, now: datetime) -> None:
    """Wrong: the chain is the last of all."""
    _record(actor, now)
    User.objects.select_for_update(no_key=True).first()


@use_case
def person_before_chain(*, actor: Actor, now: datetime) -> None:
    """Right, and the chain may be written again."""
    User.objects.select_for_update(no_key=True).first()
    _record(actor, now)
    User.objects.update(last_login=now)
    _record(actor, now)


@use_case
def step_without_document(*, actor: Actor, now: datetime) -> None:
    """Wrong: what belongs to a document is changed by who holds the document."""
    ApprovalStep.objects.update(decided_at=now)
    _record(actor, now)


class TestTheOrder:
    def test_has_a_place_for_every_table(self) -> None:
        placed = {*lock_order.ORDER, *lock_order.BELONGS_TO_DOCUMENT, *lock_order.ONLY_WRITTEN}

        assert {table for table in RIGHTS if not table.startswith(_LIBRARIES)} == {
            table for table in placed if not table.startswith(_LIBRARIES)
        }

    def test_lets_only_written_tables_be_changed_by_nobody(self) -> None:
        assert {table for table in lock_order.ONLY_WRITTEN if RIGHTS[table].update} == set()

    @pytest.mark.parametrize("act", [person_after_chain, step_without_document])
    def test_refuses_an_inversion(self, world: World, act: object) -> None:
        with pytest.raises(OutOfOrder):
            act(actor=world.clerk, now=NOW)  # type: ignore[operator]  # one of the acts above

    def test_lets_on_who_keeps_to_it(self, world: World) -> None:
        person_before_chain(actor=world.clerk, now=NOW)


class TestWhatAStatementLocks:
    @pytest.mark.parametrize(
        ("statement", "tables"),
        [
            ('SELECT "a"."id" FROM "a" WHERE "a"."id" = 1 FOR NO KEY UPDATE', {"a"}),
            ('SELECT * FROM "a" INNER JOIN "b" ON true FOR NO KEY UPDATE OF "a"', {"a"}),
            ("SELECT * FROM a item JOIN b ON true FOR NO KEY UPDATE OF item", {"a"}),
            ('UPDATE "a" SET "b" = 1', {"a"}),
            ('DELETE FROM "a" WHERE true', {"a"}),
            ("WITH link AS (INSERT INTO a VALUES (1) RETURNING 1) UPDATE b SET c = 1", {"b"}),
            ('INSERT INTO "a" VALUES (1)', set()),
            ('INSERT INTO "a" VALUES (1) ON CONFLICT DO NOTHING', set()),
            ('SELECT 1 FROM "a"', set()),
        ],
    )
    def test_is_read_from_it(self, statement: str, tables: set[str]) -> None:
        assert locked_by(statement) == tables
