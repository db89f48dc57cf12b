"""A malformed letter goes nowhere: not submitted, not approved, not signed, and no number is burnt on it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests import path
from tests.outgoing.standing import in_state
from tests.path import drafted, paper
from tests.seeing import now_seen
from tests.traces import nothing_changed
from tests.world import NOW, World
from vanthu.outgoing import actions, queries
from vanthu.outgoing.actions.drafting import DraftRefused
from vanthu.outgoing.letter_rules import Matter
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.operations import NotReady
from vanthu.outgoing.queries import OutgoingPage
from vanthu.outgoing.states import State

#: The leader of the department is Phạm Văn Hùng.
MALFORMED: dict[str, tuple[dict[str, Any], str]] = {
    "no line of the number": ({"number_line": ""}, "Không thấy dòng «Số: …»"),
    "a typed number": ({"number_blank": "[ 125]"}, "Số đã được ghi sẵn: «Số: 125/…»"),
    "no line of the date": ({"date_line": ""}, "Không thấy dòng «An Bình, ngày"),
    "a typed date": (
        {"day_blank": "[ 22 ]", "month_blank": "[ 11 ]"},
        "Ngày tháng đã được ghi sẵn: «ngày 22 tháng 11»",
    ),
    "a misspelt name": (
        {"typed_name": "Phạm Văn Hùn"},
        "Dưới chỗ ký ghi «Phạm Văn Hùn», người ký đã chọn là",
    ),
    "no name": ({"typed_name": ""}, "Không thấy họ tên người ký «Phạm Văn Hùng»"),
}
CASES = pytest.mark.parametrize(("layout", "fault"), MALFORMED.values(), ids=MALFORMED)


def _page(world: World, document: UUID, who: str = "officer") -> OutgoingPage:
    return queries.get_outgoing(world.actor(who), document_id=document, now=NOW)


def _submit(world: World, document: UUID) -> None:
    actions.submit_draft(actor=world.officer, document_id=document, seen=now_seen(document), now=NOW)


def _place(world: World, document: UUID, places: dict[str, Any], *, who: str = "officer") -> None:
    actions.place_marks(
        actor=world.actor(who), document_id=document, seen=now_seen(document), places=places, now=NOW
    )


def _places(document: UUID) -> dict[str, Any]:
    return dict(OutgoingDocument.objects.values_list("places", flat=True).get(pk=document))


def _become(document: UUID, other: UUID) -> None:
    """What was read of `other` is what is known of `document`."""
    read = OutgoingDocument.objects.values("places", "letter").get(pk=other)
    OutgoingDocument.objects.filter(pk=document).update(**read)


class TestSubmitting:
    @CASES
    def test_is_refused_and_was_shut_before_anybody_tried(
        self, world: World, layout: dict[str, Any], fault: str
    ) -> None:
        document = drafted(world, draft=paper(**layout))

        page = _page(world, document)
        assert page.barred == {"submit"}
        assert fault in page.faults[0]
        with nothing_changed(), pytest.raises(NotReady, match=fault.replace("/", ".")):
            _submit(world, document)

    @CASES
    def test_is_open_again_once_the_letter_is_mended(
        self, world: World, layout: dict[str, Any], fault: str
    ) -> None:
        document = drafted(world, draft=paper(**layout))
        actions.revise_draft(
            actor=world.officer,
            document_id=document,
            seen=now_seen(document),
            content=path.content(world),
            draft=paper(),
            now=NOW,
        )

        assert _page(world, document).faults == ()
        _submit(world, document)
        assert OutgoingDocument.objects.get(pk=document).state == State.REVIEWING

    def test_is_refused_when_boxes_nobody_placed_were_saved(self, world: World) -> None:
        """Saving the page of places without touching the box that was only shown leaves it unplaced."""
        document = drafted(world, draft=paper(number_line=""))
        _place(world, document, _places(document))

        assert _page(world, document).missing_places == ("number",)
        with pytest.raises(NotReady, match="Không thấy dòng «Số: …»"):
            _submit(world, document)

    def test_goes_on_with_a_box_a_person_placed(self, world: World) -> None:
        document = drafted(world, draft=paper(number_line=""))
        box = {"page": 1, "x0": 230.0, "y0": 742.0, "x1": 265.0, "y1": 757.0}
        _place(world, document, _places(document) | {"number": box})

        page = _page(world, document)
        assert page.faults == ()
        assert any("số sẽ in ở khung đặt tay" in remark for remark in page.remarks)
        _submit(world, document)

    def test_is_refused_with_a_box_over_the_text(self, world: World) -> None:
        document = drafted(world)
        places = _places(document)
        places["number"] |= {
            "y0": places["number"]["y0"] - 16,
            "y1": places["number"]["y1"] - 16,
            "x1": places["number"]["x1"] + 40,
        }
        _place(world, document, places)

        assert "Khung «Số» đang đè lên chữ" in _page(world, document).faults[0]
        with nothing_changed(), pytest.raises(NotReady, match="đè lên chữ"):
            _submit(world, document)

    def test_follows_the_signer_who_is_chosen(self, world: World) -> None:
        document = drafted(world)
        actions.revise_draft(
            actor=world.officer,
            document_id=document,
            seen=now_seen(document),
            content=path.content(world, signer_id=world.deputy.user_id),
            draft=None,
            now=NOW,
        )

        assert _page(world, document).faults == (
            "Dưới chỗ ký ghi «Phạm Văn Hùng», người ký đã chọn là «Đỗ Thị Mai». Hãy sửa họ tên trong Word, "
            "hoặc chọn lại người ký.",
        )


class TestFurtherOn:
    """Letters that were on their way before they were read, and boxes moved on the way."""

    def test_nobody_approves_it(self, world: World) -> None:
        document = path.submitted(world)
        _become(document, drafted(world, draft=paper(typed_name="Phạm Văn Hùn")))

        assert _page(world, document, "head").barred == {"approve"}
        with nothing_changed(), pytest.raises(NotReady, match="Phạm Văn Hùn"):
            actions.approve_content(actor=world.head, document_id=document, seen=now_seen(document), now=NOW)

    def test_nobody_signs_it(self, world: World) -> None:
        document = path.approved(world)
        _become(document, drafted(world, draft=paper(number_blank="[ 125]")))

        assert _page(world, document, "leader").barred == {"sign"}
        with nothing_changed(), pytest.raises(NotReady, match="Số đã được ghi sẵn"):
            actions.begin_signature(
                actor=world.leader, document_id=document, seen=now_seen(document), now=path.true_time()
            )

    def test_a_box_the_leader_moves_over_the_text_stops_his_own_signature(self, world: World) -> None:
        document = path.approved(world)
        places = _places(document)
        places["day"] |= {"x0": places["day"]["x0"] - 60}
        _place(world, document, places, who="leader")

        with pytest.raises(NotReady, match="Khung «Ngày» đang đè lên chữ"):
            actions.begin_signature(
                actor=world.leader, document_id=document, seen=now_seen(document), now=path.true_time()
            )

    def test_the_clerk_is_told_and_gives_it_back_before_a_number_is_taken(self, world: World) -> None:
        document = in_state(world, State.SIGNED)
        _become(document, drafted(world, draft=paper(number_line="")))
        page = _page(world, document, "clerk")

        assert "Không thấy dòng «Số: …»" in page.faults[0]
        assert page.barred == frozenset()
        path.returned_signed(world, document, "Thiếu dòng số")

        returned = OutgoingDocument.objects.get(pk=document)
        assert (returned.state, returned.number) == (State.DRAFT, None)
        assert returned.signed_at is None
        author = _page(world, document)
        assert author.row.returned_reason == "Thiếu dòng số"
        assert author.waiting_for is not None
        assert author.waiting_for.is_me
        assert author.barred == {"submit"}


class TestTheSubject:
    def test_that_was_left_empty_is_the_letters_own(self, world: World) -> None:
        document = drafted(world, subject="", draft=paper(about="V/v cử công chức dự tập huấn"))

        page = _page(world, document)
        assert page.row.subject == "V/v cử công chức dự tập huấn"
        assert page.other_subject == ""

    def test_that_differs_from_the_letters_is_told_and_no_fault(self, world: World) -> None:
        document = drafted(world, subject="V/v biên chế năm 2027")

        page = _page(world, document)
        assert page.other_subject == "V/v rà soát vị trí việc làm"
        assert page.faults == ()
        assert [doubt.matter for doubt in page.unanswered] == [Matter.SUBJECT_OTHER]

    @pytest.mark.parametrize("subject", ["", "   "])
    def test_is_asked_for_where_the_letter_has_none(self, world: World, subject: str) -> None:
        with nothing_changed(), pytest.raises(DraftRefused, match="văn bản không có dòng «V/v …» đọc được"):
            drafted(world, subject=subject, draft=paper(about=""))

    def test_of_the_letter_that_is_too_long_is_counted_and_not_cut(self, world: World) -> None:
        about = "V/v " + " ".join(["rà soát vị trí việc làm"] * 40)

        with nothing_changed(), pytest.raises(DraftRefused, match=r"Trích yếu trên văn bản dài \d{3} ký tự"):
            drafted(world, subject="", draft=paper(about=about))

    def test_of_2509_letters_is_counted_and_not_cut(self, world: World) -> None:
        with (
            nothing_changed(),
            pytest.raises(DraftRefused, match="Trích yếu dài 2509 ký tự, nhiều nhất 500"),
        ):
            drafted(world, subject="x" * 2509)
