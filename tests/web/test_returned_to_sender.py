"""A document that came back finds its sender: home, tab, rows, the document, «Gửi nhận»."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.exchange import desk, jobs
from tests.web.conftest import SignIn
from tests.web.outgoing_desk import text_of
from tests.world import World
from vanthu.exchange.models import Delivery

REASON = "Gửi nhầm, xã không quản lý viên chức này."
TAB = "/van-ban-di/?tab=returned"


@pytest.fixture
def came_back(world: World) -> UUID:
    """A document of the officer's that the neighbour returned."""
    document = desk.issue(world, [world.neighbour])
    found: UUID = document.pk
    jobs.run_all()
    (copy,) = desk.arrived(world.neighbour, document)
    desk.send_back(copy, REASON)
    jobs.run_all()
    return found


def _act(document: UUID) -> str:
    delivery = Delivery.objects.get(document_id=document)
    return f"/van-ban-di/{document}/gui-nhan/{delivery.id}/ghi-nhan/"


def _post(browser: Client, document: UUID, word: str = "") -> int:
    return browser.post(_act(document), {"word": word}).status_code


class TestWhatCameBack:
    @pytest.mark.parametrize("who", ["clerk", "officer"])
    def test_leads_from_home_to_the_reason_and_to_the_deliveries(
        self, sign_in: SignIn, came_back: UUID, who: str
    ) -> None:
        browser = sign_in(who)
        home = browser.get("/")
        queue = next(open_ for open_ in home.context["queues"] if open_.queue.tab == "returned")
        page = text_of(browser, f"/van-ban-di/{came_back}/")

        assert (queue.queue.url, queue.count, [row.id for row in queue.rows]) == (TAB, 1, [came_back])
        assert "Bị trả lại 1 nơi" in home.content.decode()
        notice = re.search(r"<section[^>]*data-returned.*?</section>", page, re.DOTALL)
        assert notice is not None
        assert "Ủy ban nhân dân xã Hòa Bình trả lại" in notice[0]
        assert f"“{REASON}”" in notice[0]
        assert f'href="/van-ban-di/{came_back}/gui-nhan/"' in notice[0]

    @pytest.mark.parametrize(("who", "rows"), [("clerk", 1), ("officer", 1), ("head", 0), ("leader", 0)])
    def test_stands_under_a_tab_of_its_own(
        self, sign_in: SignIn, came_back: UUID, who: str, rows: int
    ) -> None:
        answer = sign_in(who).get(TAB)
        tab = next(tab for tab in answer.context["tabs"] if tab.label == "Bị trả lại")

        assert (tab.is_current, tab.count, len(answer.context["listing"].items)) == (True, rows, rows)
        assert ("Bị trả lại 1 nơi" in answer.content.decode()) is bool(rows)
        assert ("Không có văn bản nào bị trả lại" in answer.content.decode()) is not bool(rows)
        assert not sign_in(who).get(f"{TAB}&q=khong+khop").context["listing"].items

    def test_is_no_queue_of_whoever_only_reads(self, sign_in: SignIn, came_back: UUID) -> None:
        for who in ("head", "leader", "archivist", "colleague"):
            assert f'href="{TAB}"' not in text_of(sign_in(who), "/"), who

    def test_costs_a_row_no_question(
        self,
        sign_in: SignIn,
        world: World,
        came_back: UUID,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for _ in range(3):
            document = desk.issue(world, [world.remote])
            jobs.run_all(but=lambda job: job.task == "exchange.send_packet")
            Delivery.objects.filter(document=document).update(state="refused")
        clerk = sign_in("clerk")
        clerk.get("/van-ban-di/?tab=issued")

        # The session, the person, work that came, that goes and that came back; then the list itself.
        with django_assert_num_queries(5 + 2):
            page = clerk.get("/van-ban-di/?tab=issued")

        assert page.content.decode().count("Bị trả lại 1 nơi") == 4


class TestNoting:
    def test_takes_it_out_of_the_queue_and_keeps_who_and_why(self, sign_in: SignIn, came_back: UUID) -> None:
        clerk = sign_in("clerk")
        sent = text_of(clerk, f"/van-ban-di/{came_back}/gui-nhan/")
        form = text_of(clerk, _act(came_back))
        assert "Đã biết, đã xử lý" in sent
        assert f'href="{_act(came_back)}"' in sent
        assert f"“{REASON}”" in form

        answer = clerk.post(_act(came_back), {"word": "Đã gọi xã, gửi lại cho phường."})

        assert (answer.status_code, answer["Location"]) == (303, f"/van-ban-di/{came_back}/gui-nhan/")
        sent = text_of(clerk, f"/van-ban-di/{came_back}/gui-nhan/")
        assert "Đã xử lý: Hoàng Thị Lan" in sent
        assert "“Đã gọi xã, gửi lại cho phường.”" in sent
        assert f"Bị trả lại</span>: “{REASON}”" in sent
        assert _act(came_back) not in sent
        assert "data-returned" not in text_of(clerk, f"/van-ban-di/{came_back}/")
        for who in ("clerk", "officer"):
            assert sign_in(who).get(TAB).context["listing"].items == []
        assert TAB not in text_of(sign_in("officer"), "/"), "nothing of the officer's waits there any more"

    def test_by_the_author_is_told_to_the_second_of_two(self, sign_in: SignIn, came_back: UUID) -> None:
        assert _post(sign_in("officer"), came_back) == 303

        second = sign_in("clerk").post(_act(came_back), {"word": ""})

        assert second.status_code == 409
        assert "đã có người ghi nhận" in second.content.decode()
        assert f'href="/van-ban-di/{came_back}/gui-nhan/"' in second.content.decode()
        deeds = second.content.decode().partition("data-deeds")[2].partition("</ol>")[0]
        assert "Đã biết, đã xử lý" in deeds
        assert "Nguyễn Văn An" in deeds

    @pytest.mark.parametrize(
        ("who", "status"), [("outsider", 404), ("colleague", 404), ("head", 403), ("leader", 403)]
    )
    def test_is_refused_to(self, sign_in: SignIn, came_back: UUID, who: str, status: int) -> None:
        assert _post(sign_in(who), came_back) == status
        if status == 403:
            assert _act(came_back) not in text_of(sign_in(who), f"/van-ban-di/{came_back}/gui-nhan/")
        assert Delivery.objects.get(document_id=came_back).noted_at is None

    def test_of_another_documents_delivery_is_not_there(
        self, sign_in: SignIn, world: World, came_back: UUID
    ) -> None:
        other = desk.issue(world, [world.neighbour])
        delivery = Delivery.objects.get(document_id=came_back)

        for wrong in (
            f"/van-ban-di/{other.pk}/gui-nhan/{delivery.id}/ghi-nhan/",
            f"/van-ban-di/{came_back}/gui-nhan/{uuid4()}/ghi-nhan/",
        ):
            assert sign_in("clerk").post(wrong, {"word": ""}).status_code == 404
        assert Delivery.objects.get(pk=delivery.id).noted_at is None

    def test_of_what_did_not_come_back_is_refused(self, sign_in: SignIn, world: World) -> None:
        document = desk.issue(world, [world.neighbour])
        jobs.run_all()

        assert _post(sign_in("clerk"), document.pk) == 409

    def test_with_too_many_words_stays_on_the_page(self, sign_in: SignIn, came_back: UUID) -> None:
        assert _post(sign_in("clerk"), came_back, "x" * 2001) == 422


class TestTheWordsOfDeliveries:
    def test_say_what_nobody_has_received(self, sign_in: SignIn, world: World) -> None:
        document = desk.issue(world, [world.remote])
        jobs.run_all(but=lambda job: job.task == "exchange.send_packet")
        page = text_of(sign_in("clerk"), f"/van-ban-di/{document.pk}/gui-nhan/")

        assert "Chưa nhận</h2>" in page
        assert "lấy về" not in page

    def test_say_once_that_it_was_answered(self, sign_in: SignIn, world: World) -> None:
        question = desk.issue(world, [world.neighbour])
        jobs.run_all()
        (received,) = desk.arrived(world.neighbour, question)
        desk.register(received)
        answer = desk.issue(
            world,
            [world.department],
            agency=world.neighbour,
            author=world.users["outsider_officer"],
            replies_to=received.pk,
        )
        jobs.run_all()
        code = answer.document.code
        page = text_of(sign_in("clerk"), f"/van-ban-di/{question.pk}/gui-nhan/")
        shown, details = page.split("<details>", 1)

        assert "Đã hoàn thành</span> · trả lời bằng <a data-reply" in shown
        assert "Đã trả lời bằng văn bản" not in shown
        assert f"Đã hoàn thành: Đã trả lời bằng văn bản {code}" in details

    def test_keep_a_note_that_says_more(self, sign_in: SignIn, world: World) -> None:
        document = desk.issue(world, [world.neighbour])
        jobs.run_all()
        (received,) = desk.arrived(world.neighbour, document)
        delivery = Delivery.objects.get(document=document)
        note = f"Đã trả lời bằng văn bản {received.document.code}, còn thiếu biểu 2"
        delivery.statuses.filter(state="01").update(note=note)
        Delivery.objects.filter(pk=delivery.id).update(reply_id=received.pk)

        assert f"“{note}”" in text_of(sign_in("clerk"), f"/van-ban-di/{document.pk}/gui-nhan/")
