"""A letter with its month in print goes its whole way when the month agrees, and burns no number when not."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from tests import path
from tests.path import paper
from tests.seeing import now_seen
from tests.traces import nothing_changed
from tests.world import NOW, World
from vanthu.documents.operations import current_file
from vanthu.documents.rules import written_month
from vanthu.documents.states import FileKind
from vanthu.kernel import blobs
from vanthu.outgoing import actions, queries
from vanthu.outgoing.letter_rules import Matter
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.operations import NotReady
from vanthu.outgoing.states import State
from vanthu.pdfsign import Verdict, verify
from vanthu.registers.models import RegisterEntry
from vanthu.signing import operations as signing

pytestmark = pytest.mark.usefixtures("signers")


def _today() -> date:
    return timezone.localdate(path.true_time())


def _next_month() -> date:
    today = _today()
    return date(today.year + today.month // 12, today.month % 12 + 1, 1)


def test_that_agrees_is_signed_sealed_issued_and_valid(world: World) -> None:
    month = f"{_today().month:02d}"
    document = path.issued(world, draft=paper(month_blank=f"[ {month} ]"))

    issued = OutgoingDocument.objects.get(pk=document)
    assert (issued.state, issued.marks.month_in_print) == (State.ISSUED, True)
    current = current_file(document, FileKind.MAIN)
    assert current is not None
    with blobs.as_path(current.blob_id) as file:
        report = verify(file, trust=signing.trusted_roots(), now=path.true_time())
    assert report.verdict is Verdict.VALID, report.message
    assert (report.number, report.month) == ("01", "")
    assert written_month(_today()).zfill(2) == month


def test_that_does_not_is_told_to_the_clerk_and_takes_no_number(world: World) -> None:
    month = f"{_next_month().month:02d}"
    document = path.signed(world, draft=paper(month_blank=f"[ {month} ]", year=_next_month().year))
    said = f"Văn bản in sẵn tháng {month}; hôm nay là tháng {_today().month:02d}"
    page = queries.get_outgoing(world.clerk, document_id=document, now=path.true_time())

    assert any(said in fault for fault in page.faults)
    with nothing_changed(), pytest.raises(NotReady, match=said):
        actions.assign_number(
            actor=world.clerk, document_id=document, seen=now_seen(document), now=path.true_time()
        )
    assert not RegisterEntry.objects.filter(document_id=document).exists()


def test_that_is_to_come_is_confirmed_by_the_author(world: World) -> None:
    document = path.drafted(world, draft=paper(month_blank="[ 12 ]"))

    page = queries.get_outgoing(world.officer, document_id=document, now=NOW)
    assert [doubt.matter for doubt in page.unanswered] == [Matter.MONTH_TO_COME]


def test_is_taken_from_the_letter_and_from_nobodys_word(world: World) -> None:
    """A page that says the month is in print where its blank is left leaves the month unplaced."""
    document = path.drafted(world)
    places = dict(OutgoingDocument.objects.get(pk=document).places)
    actions.place_marks(
        actor=world.officer,
        document_id=document,
        seen=now_seen(document),
        places=places | {"month": None, "month_in_print": True},
        now=NOW,
    )

    assert OutgoingDocument.objects.get(pk=document).marks.missing == ("month",)
