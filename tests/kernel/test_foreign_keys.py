"""A foreign key is checked with the statement that names the row, before any later lock is taken."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from tests.world import World
from vanthu.registers.models import Register
from vanthu.registers.states import RegisterKind


class TestForeignKeys:
    def test_none_waits_for_the_end_of_the_transaction(self, db: None) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'f' AND condeferred")
            deferred = [name for (name,) in cursor.fetchall()]
            cursor.execute("SELECT count(*) FROM pg_constraint WHERE contype = 'f'")
            (count,) = cursor.fetchone()

        assert deferred == []
        assert count > 50

    def test_a_row_that_names_nobody_is_refused_where_it_is_written(self, world: World) -> None:
        stray = Register(agency_id=uuid4(), kind=RegisterKind.OUTGOING, name="Sổ lạc")

        with transaction.atomic():
            with pytest.raises(IntegrityError, match="foreign key"):
                stray.save(force_insert=True)
            transaction.set_rollback(True)
