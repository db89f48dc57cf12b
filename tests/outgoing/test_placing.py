"""Chỉnh vị trí: where number, date, signature and seal stand (NĐ 30/2020 Điều 10)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.outgoing.steps import moved
from tests.path import content, drafted, stored
from tests.pdfsign.documents import scanned, typeset
from tests.seeing import now_seen
from tests.traces import audited, nothing_changed
from tests.world import NOW, World
from vanthu.documents.intake import AcceptedDraft
from vanthu.outgoing import actions, queries
from vanthu.outgoing.actions.drafting import DraftRefused
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.operations import NotReady


class TestPlaceMarks:
    def test_writes_where_they_stand(self, world: World) -> None:
        document = drafted(world)
        places = moved(document)

        actions.place_marks(
            actor=world.officer, document_id=document, seen=now_seen(document), places=places, now=NOW
        )

        assert OutgoingDocument.objects.get(pk=document).places == places
        assert audited(document)[-1][:2] == ("outgoing.marks-placed", world.officer.label)

    @pytest.mark.parametrize(
        "places",
        [
            pytest.param([], id="no places"),
            pytest.param({"signature": "x"}, id="not a box"),
            pytest.param({"signature": {"page": 1}}, id="half a box"),
            pytest.param({"signature": {"page": 1, "x0": 9, "y0": 9, "x1": 5, "y1": 5}}, id="inside out"),
            pytest.param({"signature": {"page": 2, "x0": 1, "y0": 1, "x1": 5, "y1": 5}}, id="no such page"),
            pytest.param(
                {"signature": {"page": 1, "x0": 1, "y0": 1, "x1": 9999, "y1": 5}}, id="off the page"
            ),
            pytest.param(
                {"signature": {"page": 1, "x0": 1, "y0": 1, "x1": "inf", "y1": 5}}, id="without end"
            ),
            pytest.param(
                {"signature": {"page": 1e400, "x0": 1, "y0": 1, "x1": 2, "y1": 5}}, id="page without end"
            ),
            pytest.param({"signature": {"page": 1, "x0": "nan", "y0": 1, "x1": 2, "y1": 5}}, id="no number"),
        ],
    )
    def test_is_refused_for_what_is_no_place(self, world: World, places: Any) -> None:
        document = drafted(world)

        with nothing_changed(), pytest.raises(DraftRefused, match="Hãy đặt lại"):
            actions.place_marks(
                actor=world.officer, document_id=document, seen=now_seen(document), places=places, now=NOW
            )

    def test_serves_a_scan_whose_text_tells_nothing(self, world: World) -> None:
        document = drafted(world, draft=AcceptedDraft(pdf=stored(scanned(typeset()))))
        page = queries.get_outgoing(world.officer, document_id=document, now=NOW)
        assert page.missing_places == ("number", "day", "month", "signature", "seal")
        assert any("Văn bản không có lớp chữ" in remark for remark in page.remarks)
        with pytest.raises(NotReady, match="Chưa đặt trên trang: số, ngày, tháng, chữ ký, dấu cơ quan"):
            actions.submit_draft(actor=world.officer, document_id=document, seen=now_seen(document), now=NOW)
        places = {
            "number": {"page": 1, "x0": 128, "y0": 690, "x1": 168, "y1": 706},
            "day": {"page": 1, "x0": 400, "y0": 690, "x1": 420, "y1": 706},
            "month": {"page": 1, "x0": 450, "y0": 690, "x1": 470, "y1": 706},
            "signature": {"page": 1, "x0": 300, "y0": 100, "x1": 420, "y1": 160},
            "seal": {"page": 1, "x0": 250, "y0": 90, "x1": 350, "y1": 190},
        }

        actions.place_marks(
            actor=world.officer, document_id=document, seen=now_seen(document), places=places, now=NOW
        )
        actions.submit_draft(actor=world.officer, document_id=document, seen=now_seen(document), now=NOW)

        assert OutgoingDocument.objects.get(pk=document).state == "reviewing"

    def test_of_a_draft_from_before_letters_were_read_are_told_of_at_its_next_revision(
        self, world: World
    ) -> None:
        document = drafted(world)
        box = {"page": 1, "x0": 120, "y0": 500, "x1": 420, "y1": 560}
        places = moved(document) | {"signature": box}
        actions.place_marks(
            actor=world.officer, document_id=document, seen=now_seen(document), places=places, now=NOW
        )
        told = queries.get_outgoing(world.officer, document_id=document, now=NOW).remarks
        OutgoingDocument.objects.filter(pk=document).update(letter={})

        actions.revise_draft(
            actor=world.officer,
            document_id=document,
            seen=now_seen(document),
            content=content(world),
            draft=None,
            now=NOW,
        )

        assert OutgoingDocument.objects.get(pk=document).places == places
        assert any("Khung «Chữ ký» đè lên chữ" in remark for remark in told)
        assert queries.get_outgoing(world.officer, document_id=document, now=NOW).remarks == told
