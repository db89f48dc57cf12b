"""Whoever comes too late: who did what meanwhile, what is different now, and not one of his words is lost."""

from __future__ import annotations

import html
import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests import arrivals, path
from tests.exchange.test_note_return import returned
from tests.keys import PIN, KeyRing
from tests.outgoing.test_seen import replaced
from tests.seeing import now_seen
from tests.traces import nothing_changed
from tests.web.conftest import SignIn
from tests.web.outgoing_desk import filled, pdf, state_of
from tests.world import NOW, World
from vanthu.exchange.models import Delivery
from vanthu.incoming import actions as incoming
from vanthu.kernel.seen import Seen
from vanthu.outgoing import actions
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.states import State

_FIELD = re.compile(r'<input type="hidden" name="seen" value="([^"]*)">')


def seen_on(browser: Client, address: str) -> str:
    """What the form at an address carries."""
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    found = _FIELD.findall(answer.content.decode())
    assert len(found) == 1, (address, found)
    return str(found[0])


def text_of(answer: Any) -> str:
    """The words of an answer, without its markup."""
    words = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(html.unescape(words).split())


class TestTheAttack:
    """A leader opens «Ký số»; the author takes the draft back and replaces the file; the head approves."""

    def test_signs_nothing_the_leader_did_not_see(
        self, world: World, sign_in: SignIn, signers: KeyRing
    ) -> None:
        document = path.approved(world, now=path.true_time())
        address = f"/van-ban-di/{document}/ky/"
        leader = sign_in("leader")
        boxes = _boxes_on(leader, address)
        replaced(world, document)

        with nothing_changed():
            answer = leader.post(address, {**boxes, "pin": PIN})

        words = text_of(answer)
        assert answer.status_code == 409
        assert state_of(document) is State.AWAITING_SIGNATURE
        assert PIN not in answer.content.decode()
        for told in ("Việc này chưa được ghi nhận", "Rút lại dự thảo", "Sửa dự thảo", "Duyệt nội dung"):
            assert told in words
        assert "Nguyễn Văn An" in words
        assert "bản 1 thành bản 2" in words
        assert leader.post(address, {**_boxes_on(leader, address), "pin": PIN}).status_code == 303

    def test_approves_nothing_the_head_did_not_see(self, world: World, sign_in: SignIn) -> None:
        document = path.submitted(world)
        address = f"/van-ban-di/{document}/duyet/"
        head = sign_in("head")
        opened = seen_on(head, address)
        _take_back_and_submit(world, document)

        with nothing_changed():
            answer = head.post(address, {"seen": opened, "comment": "Đồng ý, gửi trong ngày"})

        assert answer.status_code == 409
        assert "Đồng ý, gửi trong ngày" in text_of(answer)
        assert "Trích yếu nội dung: “V/v rà soát vị trí việc làm” thành “V/v khác hẳn”" in text_of(answer)

    def test_seals_and_issues_nothing_the_clerk_did_not_see(
        self, world: World, sign_in: SignIn, signers: KeyRing
    ) -> None:
        document = path.signed(world)
        clerk, here = sign_in("clerk"), f"/van-ban-di/{document}"
        to_seal = seen_on(clerk, f"{here}/cap-so-dong-dau/")
        _sign_again(world, document)

        with nothing_changed():
            sealing = clerk.post(f"{here}/cap-so-dong-dau/", {"seen": to_seal, "pin": PIN})
        path.assign(world, document)
        actions.record_seal(
            actor=world.clerk,
            document_id=document,
            seen=now_seen(document),
            file=path.seal_made(world, document),
            now=path.true_time(),
        )
        to_issue = seen_on(clerk, f"{here}/phat-hanh/")
        _sign_again(world, document)
        with nothing_changed():
            issuing = clerk.post(f"{here}/phat-hanh/", {"seen": to_issue})

        assert (sealing.status_code, issuing.status_code) == (409, 409)
        assert PIN not in sealing.content.decode()
        assert "Trả lại để sửa: Sai thể thức" in text_of(sealing)
        assert "Trạng thái Chờ phát hành thành Chờ cấp số" in text_of(issuing)

    def test_registers_and_directs_nothing_that_was_not_seen(self, world: World, sign_in: SignIn) -> None:
        document = arrivals.arrived(world)
        clerk, here = sign_in("clerk"), f"/van-ban-den/{document}"
        opened = seen_on(clerk, f"{here}/vao-so/")
        _registered(world, document, leader_id=None)

        with nothing_changed():
            registering = clerk.post(f"{here}/vao-so/", {"seen": opened, "leader": str(world.deputy.user_id)})
        deputy = sign_in("deputy")
        opened = seen_on(deputy, f"{here}/chi-dao/")
        sign_in("leader").post(f"{here}/chi-dao/", _direction(world, "Văn phòng xử lý"))
        with nothing_changed():
            directing = deputy.post(
                f"{here}/chi-dao/", {"seen": opened, **_direction(world, "Giao chuyên viên An")}
            )

        assert (registering.status_code, directing.status_code) == (409, 409)
        assert "Tiếp nhận, vào sổ, số đến 1" in text_of(registering)
        assert "Trình lãnh đạo Đỗ Thị Mai" in text_of(registering)
        words = text_of(directing)
        assert "Chỉ đạo, chuyển xử lý" in words
        assert "Phạm Văn Hùng" in words
        assert "Ý kiến chỉ đạo Giao chuyên viên An" in words
        assert "Giao cho Nguyễn Văn An (chủ trì)" in words


class TestTwoWindowsOnOneDraft:
    def test_keep_both_texts(self, world: World, sign_in: SignIn) -> None:
        """The second save gets the conflict page, and may save over the first once it was shown."""
        document = path.drafted(world)
        officer, address = sign_in("officer"), f"/van-ban-di/{document}/sua/"
        opened = seen_on(officer, address)
        first = filled(world, subject="V/v cửa sổ thứ nhất", draft_file="")
        assert officer.post(address, {"seen": opened, **first}).status_code == 303
        second = filled(
            world,
            subject="V/v cửa sổ thứ hai",
            recipients=[str(world.remote.id)],
            draft_file=pdf(name="ban-thu-hai.pdf"),
        )

        late = officer.post(address, {"seen": opened, **second})

        words = text_of(late)
        assert late.status_code == 409
        assert OutgoingDocument.objects.get(pk=document).document.subject == "V/v cửa sổ thứ nhất"
        assert "Trích yếu nội dung Hiện nay: V/v cửa sổ thứ nhất Bạn ghi: V/v cửa sổ thứ hai" in words
        assert "“V/v rà soát vị trí việc làm” thành “V/v cửa sổ thứ nhất”" in words
        assert [each.file.name for each in late.context["form"].held_draft] == ["ban-thu-hai.pdf"]
        assert "ban-thu-hai.pdf" in words
        assert late.context["form"]["subject"].value() == "V/v cửa sổ thứ hai"
        chosen = late.context["form"]["recipients"].chosen
        assert [line.ref for line in chosen] == [str(world.remote.id)]
        renewed = _FIELD.findall(late.content.decode())
        assert renewed == [str(now_seen(document))]
        again = officer.post(address, {"seen": renewed[0], **second, "draft_file": ""})
        assert again.status_code == 303
        assert OutgoingDocument.objects.get(pk=document).document.subject == "V/v cửa sổ thứ hai"

    def test_keep_the_second_text_when_the_draft_was_submitted(self, world: World, sign_in: SignIn) -> None:
        document = path.drafted(world)
        officer, address = sign_in("officer"), f"/van-ban-di/{document}/sua/"
        opened = seen_on(officer, address)
        actions.submit_draft(actor=world.officer, document_id=document, seen=now_seen(document), now=NOW)

        with nothing_changed():
            late = officer.post(
                address, {"seen": opened, **filled(world, subject="V/v chưa kịp lưu", draft_file="")}
            )

        words = text_of(late)
        assert late.status_code == 409
        assert "Trích yếu nội dung V/v chưa kịp lưu" in words
        assert f"{world.neighbour.name}; {world.remote.name}" in words
        assert "Trạng thái Dự thảo thành Chờ duyệt nội dung" in words

    def test_are_not_made_fresh_by_a_search_without_scripts(self, world: World, sign_in: SignIn) -> None:
        document = path.drafted(world)
        officer, address = sign_in("officer"), f"/van-ban-di/{document}/sua/"
        opened = seen_on(officer, address)
        first = filled(world, subject="V/v cửa sổ thứ nhất", draft_file="")
        officer.post(address, {"seen": opened, **first})

        searched = officer.post(
            address, {"seen": opened, **first, "find": "recipients", "recipients-typed": "Hòa Bình"}
        )

        assert _FIELD.findall(searched.content.decode()) == [opened]


class TestMarks:
    def test_moved_meanwhile_are_not_moved_back(self, world: World, sign_in: SignIn) -> None:
        document = path.drafted(world)
        officer, address = sign_in("officer"), f"/van-ban-di/{document}/vi-tri/"
        boxes = _boxes_on(officer, address)
        assert officer.post(address, boxes | {"number-x": "130"}).status_code == 303

        with nothing_changed():
            late = officer.post(address, boxes | {"number-x": "77"})

        assert late.status_code == 409
        assert "Chỉnh vị trí số, ngày, chữ ký, dấu" in text_of(late)
        assert "Số, cách trái 77" in text_of(late)

    def test_moved_by_oneself_do_not_stand_in_the_way_of_a_second_pin(
        self, world: World, sign_in: SignIn, signers: KeyRing
    ) -> None:
        """The boxes are kept, the PIN was wrong: the form shown again goes on from there."""
        document = path.approved(world, now=path.true_time())
        leader, address = sign_in("leader"), f"/van-ban-di/{document}/ky/"
        boxes = _boxes_on(leader, address) | {"number-x": "130"}

        wrong = leader.post(address, {**boxes, "pin": "87654321"})

        assert wrong.status_code == 303
        assert _FIELD.findall(leader.get(wrong["Location"]).content.decode()) == [str(now_seen(document))]
        assert Seen.parse(boxes["seen"]).version + 1 == now_seen(document).version


ACTS = [
    ("officer", "draft", "trinh"),
    ("officer", "draft", "huy"),
    ("officer", "draft", "vi-tri"),
    ("officer", "draft", "sua"),
    ("head", "reviewing", "duyet"),
    ("head", "reviewing", "tra-lai"),
    ("officer", "reviewing", "rut-lai"),
    ("leader", "awaiting_signature", "ky"),
    ("clerk", "arrived", "vao-so"),
    ("clerk", "arrived", "tra-lai"),
    ("leader", "registered", "chi-dao"),
    ("clerk", "registered", "trinh"),
    ("officer", "directed", "bat-dau"),
    ("officer", "directed", "bao-cao"),
    ("officer", "directed", "hoan-thanh"),
]


@pytest.mark.parametrize(("who", "state", "act"), ACTS)
class TestTheFormOfEveryAct:
    def test_carries_what_stands_there(
        self, world: World, sign_in: SignIn, who: str, state: str, act: str
    ) -> None:
        area, document = _in_state(world, state)

        shown = Seen.parse(seen_on(sign_in(who), f"/{area}/{document}/{act}/"))

        own_part = act in {"bat-dau", "bao-cao"}
        assert (shown == now_seen(document)) is not own_part

    def test_is_refused_and_never_taken_for_fresh_when_it_does_not_say(
        self, world: World, sign_in: SignIn, who: str, state: str, act: str
    ) -> None:
        area, document = _in_state(world, state)
        browser = sign_in(who)
        words = {"reason": "Sai thể thức", "comment": "Sai thể thức", "pin": PIN, "result": "Xong"}

        for token in ({}, {"seen": ""}, {"seen": "v2"}, {"seen": f"{'0' * 32}.draft.1."}):
            with nothing_changed():
                # Not through `Desk.post`, which would fill in what is missing.
                answer = Client.post(browser, f"/{area}/{document}/{act}/", {**words, **token})

            assert answer.status_code == 409
            assert "Hãy mở lại trang" in text_of(answer) or "được mở từ nội dung khác" in text_of(answer)
            assert PIN not in answer.content.decode()


class TestAnOfficersPart:
    def test_done_in_another_window_keeps_the_report(self, world: World, sign_in: SignIn) -> None:
        document = arrivals.directed(world)
        officer, address = sign_in("officer"), f"/van-ban-den/{document}/bao-cao/"
        opened = seen_on(officer, address)
        assert officer.post(address, {"seen": opened, "result": "Đã trả lời"}).status_code == 303

        with nothing_changed():
            late = officer.post(address, {"seen": opened, "result": "Đã gọi điện, chờ ý kiến"})

        assert late.status_code == 409
        assert "Báo cáo kết quả: Đã trả lời" in text_of(late)
        assert "Kết quả Đã gọi điện, chờ ý kiến" in text_of(late)


class TestADocumentThatCameBack:
    def test_is_not_noted_twice_and_the_second_word_is_kept(self, world: World, sign_in: SignIn) -> None:
        delivery = returned(world)
        document = Delivery.objects.get(id=delivery).document_id
        clerk, address = sign_in("clerk"), f"/van-ban-di/{document}/gui-nhan/{delivery}/ghi-nhan/"
        opened = seen_on(clerk, address)
        assert sign_in("officer").post(address, {"word": "Đã gọi xã"}).status_code == 303

        with nothing_changed():
            late = clerk.post(address, {"seen": opened, "word": "Sẽ gửi lại cho phường"})

        assert late.status_code == 409
        assert "Đã biết, đã xử lý: Đã gọi xã Nguyễn Văn An" in text_of(late)
        assert "Sẽ gửi lại cho phường" in text_of(late)


class TestOneWhoSeesItNoMore:
    def test_is_told_what_every_stranger_is_told(self, world: World, sign_in: SignIn) -> None:
        document = path.approved(world)
        leader, address = sign_in("leader"), f"/van-ban-di/{document}/tra-lai/"
        opened = seen_on(leader, address)
        actions.withdraw_draft(actor=world.officer, document_id=document, seen=now_seen(document), now=NOW)

        answer = leader.post(address, {"seen": opened, "reason": "Thiếu căn cứ"})

        assert answer.status_code == 404
        assert "V/v rà soát" not in text_of(answer)


def _boxes_on(browser: Client, address: str) -> dict[str, str]:
    """Every hidden value and number of the form at an address, as a browser sends it untouched."""
    page = browser.get(address)
    form = page.context["places_form"]
    boxes = {name: str(form[name].value()) for name in form.fields}
    return {**boxes, "seen": str(page.context["seen"])}


def _in_state(world: World, state: str) -> tuple[str, UUID]:
    if state in {"arrived", "registered", "directed"}:
        return "van-ban-den", getattr(arrivals, state)(world)
    return "van-ban-di", path.TO_STATE[State(state)](world)


def _registered(world: World, document: UUID, **told: UUID | None) -> None:
    """Another clerk registers the letter, for the director unless told otherwise."""
    incoming.register_document(
        actor=world.clerk,
        document_id=document,
        seen=now_seen(document),
        leader_id=told.get("leader_id", world.leader.user_id),
        now=NOW,
    )


def _direction(world: World, instruction: str) -> dict[str, str]:
    return {"instruction": instruction, "assignees": f"lead:user-{world.officer.user_id}"}


def _take_back_and_submit(world: World, document: UUID) -> None:
    officer = world.officer
    actions.withdraw_draft(actor=officer, document_id=document, seen=now_seen(document), now=NOW)
    actions.revise_draft(
        actor=officer,
        document_id=document,
        seen=now_seen(document),
        content=path.content(world, subject="V/v khác hẳn"),
        draft=None,
        now=NOW,
    )
    actions.submit_draft(
        actor=officer,
        document_id=document,
        seen=now_seen(document),
        confirmed=path.EVERYTHING,
        now=NOW,
    )


def _sign_again(world: World, document: UUID) -> None:
    """The clerk's colleague returns it; it is submitted, approved and signed anew."""
    now = path.true_time()
    path.returned_signed(world, document)
    actions.submit_draft(actor=world.officer, document_id=document, seen=now_seen(document), now=now)
    actions.approve_content(actor=world.head, document_id=document, seen=now_seen(document), now=now)
    file = path.signature_made(world, document)
    actions.record_signature(
        actor=world.leader, document_id=document, seen=now_seen(document), file=file, now=path.true_time()
    )
