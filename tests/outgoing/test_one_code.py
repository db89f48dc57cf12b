"""Số và ký hiệu are one document's in a year, whatever registers there are (NĐ 30/2020 Điều 15)."""

from __future__ import annotations

import importlib
from uuid import UUID

import pytest
from django.db import connection

from tests import path
from tests.outgoing.standing import in_state
from tests.seeing import now_seen
from tests.traces import nothing_changed
from tests.world import NOW, World
from vanthu.outgoing import actions
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.operations import NotReady
from vanthu.outgoing.states import State
from vanthu.registers.models import Register
from vanthu.registers.states import RegisterKind


@pytest.fixture
def decisions(world: World) -> Register:
    """Decisions are counted in a register of their own."""
    return Register.objects.create(
        agency=world.department, kind=RegisterKind.OUTGOING, name="Sổ quyết định", document_types=["QĐ"]
    )


def _numbered(world: World, document: UUID) -> str:
    actions.assign_number(actor=world.clerk, document_id=document, seen=now_seen(document), now=NOW)
    return OutgoingDocument.objects.get(pk=document).document.code


class TestAssignNumber:
    def test_is_refused_where_another_register_gave_the_same_code(
        self, world: World, decisions: Register
    ) -> None:
        """The decision bears the symbol of a letter; both series have come to 01."""
        letter = in_state(world, State.SIGNED)
        decision = in_state(world, State.SIGNED, type_code="QĐ")
        assert _numbered(world, letter) == "01/SNV-CCVC"

        with nothing_changed(), pytest.raises(NotReady) as refusal:
            actions.assign_number(actor=world.clerk, document_id=decision, seen=now_seen(decision), now=NOW)

        assert str(refusal.value) == (
            "01/SNV-CCVC đã cấp cho văn bản khác trong năm. "
            "Hãy trả lại người soạn để sửa ký hiệu trên văn bản."
        )

    def test_gives_one_number_in_each_series_to_different_symbols(
        self, world: World, decisions: Register
    ) -> None:
        letter = in_state(world, State.SIGNED)
        decision = in_state(world, State.SIGNED, type_code="QĐ", draft=path.paper(notation="QĐ-SNV"))

        assert [_numbered(world, letter), _numbered(world, decision)] == ["01/SNV-CCVC", "01/QĐ-SNV"]

    def test_may_give_a_code_whose_document_was_returned(self, world: World, decisions: Register) -> None:
        """The cancelled 01/SNV-CCVC was never issued to anybody."""
        letter = in_state(world, State.SIGNED)
        _numbered(world, letter)
        path.returned_signed(world, letter)

        assert _numbered(world, in_state(world, State.SIGNED, type_code="QĐ")) == "01/SNV-CCVC"


def test_upgrading_keeps_the_codes_given_before(world: World) -> None:
    """Of two equal ones, which could come about then, the earlier."""
    documents = [in_state(world, State.NUMBERED) for _ in range(3)]
    draft = path.drafted(world)
    OutgoingDocument.objects.update(given_code=None)
    OutgoingDocument.objects.filter(pk=documents[2]).update(numbered_at=NOW.replace(hour=3))
    second = OutgoingDocument.objects.get(pk=documents[1]).document
    type(second).objects.filter(id=documents[2]).update(number=second.number)

    migration = importlib.import_module("vanthu.outgoing.migrations.0004_one_code_a_year")
    with connection.cursor() as cursor:
        cursor.execute(migration._KEEP)

    given = [OutgoingDocument.objects.get(pk=document).given_code for document in (*documents, draft)]
    assert given == ["01/SNV-CCVC", "02/SNV-CCVC", None, None]
