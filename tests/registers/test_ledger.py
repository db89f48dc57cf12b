"""The numbers of a register only grow, whoever asks: a trigger refuses everything else, to the owner too."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from tests.world import NOW, World
from vanthu.registers import operations
from vanthu.registers.models import RegisterYear
from vanthu.registers.states import RegisterKind


@pytest.fixture
def document(world: World) -> UUID:
    """A document with number 2 of the register; number 1 is another's."""
    document_ids = [uuid4(), uuid4()]
    with transaction.atomic():
        for document_id in document_ids:
            operations.take_number(
                agency_id=world.department.id,
                kind=RegisterKind.OUTGOING,
                document_type="",
                document_id=document_id,
                now=NOW,
            )
    return document_ids[1]


def _run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # The check at the end of the transaction, now.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


class TestTheLedger:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE registers_registeryear SET last_number = 1",
            "UPDATE registers_registeryear SET last_number = 4",
            "UPDATE registers_registeryear SET year = 2027",
            "UPDATE registers_registerentry SET number = 7 WHERE number = 2",
            "UPDATE registers_registerentry SET document_id = gen_random_uuid() WHERE number = 2",
            "UPDATE registers_registerentry SET taken_at = now() WHERE number = 2",
            "UPDATE registers_registerentry SET cancelled_at = now() WHERE number = 2",
            "DELETE FROM registers_registerentry",
            "DELETE FROM registers_registeryear",
            "TRUNCATE registers_registerentry",
            "TRUNCATE registers_registeryear CASCADE",
        ],
    )
    def test_refuses(self, document: UUID, statement: str) -> None:
        with pytest.raises(ProgrammingError):
            _run(statement)

    def test_refuses_a_number_given_to_no_document(self, document: UUID) -> None:
        with pytest.raises(IntegrityError, match="number 3 of the register was given to no document"):
            _run("UPDATE registers_registeryear SET last_number = 3")

    def test_refuses_an_entry_out_of_turn(self, document: UUID) -> None:
        year = RegisterYear.objects.get()

        with pytest.raises(IntegrityError, match="not the one the register came to"):
            _run(
                "INSERT INTO registers_registerentry "
                "(register_year_id, number, document_id, taken_at, cancelled_reason) "
                f"VALUES ({year.pk}, 9, gen_random_uuid(), now(), '')"
            )

    def test_lets_an_entry_be_cancelled_once(self, document: UUID) -> None:
        with transaction.atomic():
            operations.cancel_number(document_id=document, reason="Sai thể thức", now=NOW)

        with pytest.raises(ProgrammingError, match="only ever cancelled, once"):
            _run("UPDATE registers_registerentry SET cancelled_reason = 'khác' WHERE number = 2")
        with pytest.raises(ProgrammingError, match="only ever cancelled, once"):
            _run("UPDATE registers_registerentry SET cancelled_at = NULL, cancelled_reason = ''")
