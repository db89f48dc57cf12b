"""«Văn bản đến» from the desk of each person: what the page offers, and what pressing it does."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from tests import arrivals
from tests.exchange import desk, jobs
from tests.web.conftest import SignIn
from tests.world import World
from vanthu.incoming.models import IncomingDocument
from vanthu.incoming.states import State
from vanthu.kernel import blobs
from vanthu.workflow.rules import Assignee

SUBJECT = "V/v rà soát vị trí việc làm năm 2027"


@pytest.fixture
def arrived(world: World) -> UUID:
    """A letter of the department, just arrived at the neighbour; its PDF bears no signature."""
    issued = desk.issue(world, [world.neighbour])
    jobs.run_all()
    (document,) = desk.arrived(world.neighbour, issued)
    return UUID(str(document.pk))


@pytest.fixture
def registered(arrived: UUID, sign_in: SignIn) -> UUID:
    """The letter with its arrival number, waiting for the leader."""
    assert sign_in("outsider").post(f"/van-ban-den/{arrived}/vao-so/", {"leader": ""}).status_code == 303
    return arrived


@pytest.fixture
def directed(registered: UUID, sign_in: SignIn, world: World) -> UUID:
    """The letter in the hands of the officer."""
    answer = sign_in("outsider_leader").post(f"/van-ban-den/{registered}/chi-dao/", _direction(world))
    assert answer.status_code == 303, answer.content.decode()
    return registered


def _due() -> datetime:
    """Five in the afternoon three days from now: the pages take no deadline that has passed."""
    return (timezone.localtime() + timedelta(days=3)).replace(hour=17, minute=0, second=0, microsecond=0)


def _direction(world: World, **changes: Any) -> dict[str, Any]:
    words = {
        "assignees": [
            f"lead:user-{world.outsider_officer.user_id}",
            f"inform:user-{world.outsider.user_id}",
        ],
        "instruction": "Tham mưu trả lời trước ngày 25.",
        "due_at": f"{_due():%Y-%m-%dT%H:%M}",
    }
    return words | changes


def _state(document: UUID) -> State:
    return State(IncomingDocument.objects.values_list("state", flat=True).get(pk=document))


def _text(browser: Client, address: str) -> str:
    answer = browser.get(address, follow=True)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


class TestTheList:
    def test_shows_what_arrived_to_the_clerk_of_its_agency_alone(
        self, arrived: UUID, sign_in: SignIn
    ) -> None:
        assert SUBJECT in _text(sign_in("outsider"), "/van-ban-den/?tab=arrived")
        assert SUBJECT not in _text(sign_in("clerk"), "/van-ban-den/?tab=all")
        assert SUBJECT not in _text(sign_in("outsider_officer"), "/van-ban-den/?tab=all")

    @pytest.mark.parametrize("words", ["vi tri viec lam", "Vị trí", "SỞ NỘI VỤ"])
    def test_is_filtered_with_or_without_diacritics(self, arrived: UUID, sign_in: SignIn, words: str) -> None:
        rows = sign_in("outsider").get("/van-ban-den/", {"q": words}, headers={"HX-Request": "true"})

        assert SUBJECT in rows.content.decode()

    def test_says_what_to_do_when_nothing_matches(self, arrived: UUID, sign_in: SignIn) -> None:
        assert "Nhập ít chữ hơn" in _text(sign_in("outsider"), "/van-ban-den/?q=khong+co+gi+nhu+the")

    def test_waits_on_the_home_page_of_the_clerk(self, arrived: UUID, sign_in: SignIn) -> None:
        page = _text(sign_in("outsider"), "/")

        assert '1<span class="sr-only"> việc đang chờ</span>' in page
        assert SUBJECT in page

    def test_is_previewed_with_what_can_be_done_at_once(self, arrived: UUID, sign_in: SignIn) -> None:
        page = _text(sign_in("outsider"), f"/van-ban-den/{arrived}/xem-nhanh/")

        assert "Tiếp nhận, vào sổ, số đến 1" in page
        assert "Trả lại" in page
        assert "Không có chữ ký số" in page


class TestReceiving:
    def test_registers_under_the_next_number(self, arrived: UUID, sign_in: SignIn, world: World) -> None:
        clerk = sign_in("outsider")
        leader = str(world.outsider_leader.user_id)
        answer = clerk.post(f"/van-ban-den/{arrived}/vao-so/", {"leader": leader})

        assert answer.status_code == 303
        assert "Đã tiếp nhận, vào sổ, số đến 1." in _text(clerk, answer["Location"])
        page = _text(clerk, f"/van-ban-den/{arrived}/")
        assert 'data-state="registered"' in page
        assert "chỉ đạo" in page

    def test_happens_once_however_often_the_button_is_pressed(self, arrived: UUID, sign_in: SignIn) -> None:
        clerk = sign_in("outsider")
        first = clerk.post(f"/van-ban-den/{arrived}/vao-so/", {"leader": ""})
        second = clerk.post(f"/van-ban-den/{arrived}/vao-so/", {"leader": ""})

        assert (first.status_code, second.status_code) == (303, 409)
        assert IncomingDocument.objects.get(pk=arrived).arrival_number == 1

    @pytest.mark.parametrize(
        ("wanted", "led_to"),
        [
            ("/van-ban-den/?tab=arrived&page=2", "/van-ban-den/?tab=arrived&page=2"),
            ("https://noi-khac.vn/van-ban-den/", None),
            ("//noi-khac.vn/", None),
            ("javascript:alert(1)", None),
        ],
    )
    @pytest.mark.parametrize(
        ("act", "words"), [("vao-so", {"leader": ""}), ("tra-lai", {"reason": "Gửi nhầm."})]
    )
    def test_from_a_list_leads_back_to_it_and_nowhere_else(
        self,
        arrived: UUID,
        sign_in: SignIn,
        act: str,
        words: dict[str, str],
        wanted: str,
        led_to: str | None,
    ) -> None:
        clerk, address = sign_in("outsider"), f"/van-ban-den/{arrived}/{act}/"
        asked = clerk.get(address, {"next": wanted}).context["next"]

        answer = clerk.post(address, {**words, "next": wanted})

        # Nowhere else: on in the clerk's own queue, which is empty now.
        expected = led_to or "/van-ban-den/?tab=arrived"
        assert (asked, answer.status_code, answer["Location"]) == (led_to or "", 303, expected)

    def test_of_the_last_one_on_a_later_page_shows_the_first_page(
        self, arrived: UUID, sign_in: SignIn
    ) -> None:
        page = _text(sign_in("outsider"), "/van-ban-den/?tab=arrived&page=2")

        assert SUBJECT in page
        assert "Không còn văn bản chờ tiếp nhận" not in page

    def test_refuses_a_leader_who_is_none(self, arrived: UUID, sign_in: SignIn, world: World) -> None:
        officer = str(world.outsider_officer.user_id)
        answer = sign_in("outsider").post(f"/van-ban-den/{arrived}/vao-so/", {"leader": officer})

        assert answer.status_code == 422
        assert _state(arrived) is State.ARRIVED

    def test_returns_with_a_reason_and_not_without(self, arrived: UUID, sign_in: SignIn) -> None:
        clerk = sign_in("outsider")
        empty = clerk.post(f"/van-ban-den/{arrived}/tra-lai/", {"reason": ""})
        given = clerk.post(f"/van-ban-den/{arrived}/tra-lai/", {"reason": "Gửi nhầm cơ quan."})

        assert (empty.status_code, given.status_code) == (422, 303)
        assert "Gửi nhầm cơ quan." in _text(clerk, f"/van-ban-den/{arrived}/")
        assert _state(arrived) is State.RETURNED

    @pytest.mark.parametrize(
        ("person", "status"), [("outsider_officer", 404), ("clerk", 404), ("leader", 404)]
    )
    def test_is_the_clerks_alone(self, arrived: UUID, sign_in: SignIn, person: str, status: int) -> None:
        answer = sign_in(person).post(f"/van-ban-den/{arrived}/vao-so/", {"leader": ""})

        assert answer.status_code == status
        assert _state(arrived) is State.ARRIVED


class TestDirecting:
    def test_gives_the_parts_and_the_deadline(self, registered: UUID, sign_in: SignIn, world: World) -> None:
        leader = sign_in("outsider_leader")
        assert "Chủ trì" in _text(leader, f"/van-ban-den/{registered}/chi-dao/")
        answer = leader.post(f"/van-ban-den/{registered}/chi-dao/", _direction(world))

        assert answer.status_code == 303, answer.context["form"].errors
        page = _text(leader, f"/van-ban-den/{registered}/")
        assert "Tham mưu trả lời trước ngày 25." in page
        assert f"{_due():%d/%m/%Y %H:%M}" in page
        assert "Đang chờ" in page

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"instruction": ""}, "Hãy ghi ý kiến chỉ đạo."),
            ({"due_at": "mai"}, "Hạn xử lý chưa đúng"),
            ({"lead": "nobody"}, "Chưa có ai chủ trì."),
            ({"lead": "two"}, "Chỉ một nơi được chủ trì, đang chọn 2."),
        ],
        ids=["no words", "no date", "nobody leads", "two lead"],
    )
    def test_refused_keeps_what_was_chosen(
        self, registered: UUID, sign_in: SignIn, world: World, change: dict[str, str], said: str
    ) -> None:
        words = _direction(world)
        officer, clerk = f"user-{world.outsider_officer.user_id}", f"user-{world.outsider.user_id}"
        roles = {"nobody": ("support", "inform"), "two": ("lead", "lead")}.get(change.get("lead", ""))
        words |= {"assignees": [f"{roles[0]}:{officer}", f"{roles[1]}:{clerk}"]} if roles else change
        answer = sign_in("outsider_leader").post(f"/van-ban-den/{registered}/chi-dao/", words)

        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert f':{officer}" selected>' in answer.content.decode()
        assert f':{clerk}" selected>' in answer.content.decode()
        assert _state(registered) is State.REGISTERED

    def test_of_a_unit_without_a_head_asks_for_a_person(
        self, registered: UUID, sign_in: SignIn, world: World
    ) -> None:
        words = _direction(world)
        words["assignees"] += [f"support:unit-{world.neighbour_office.id}"]
        answer = sign_in("outsider_leader").post(f"/van-ban-den/{registered}/chi-dao/", words)

        assert answer.status_code == 422
        assert "chưa có trưởng đơn vị" in answer.content.decode()

    def test_is_not_the_clerks(self, registered: UUID, sign_in: SignIn, world: World) -> None:
        answer = sign_in("outsider").post(f"/van-ban-den/{registered}/chi-dao/", _direction(world))

        assert answer.status_code == 403


class TestPassingOn:
    def test_says_the_deadline_in_words_with_and_without_scripts(self, sign_in: SignIn, world: World) -> None:
        unit = world.head.unit_id
        assert unit is not None
        document = arrivals.directed(
            world,
            lead=Assignee(kind="unit", id=unit),
            due_at=datetime(2026, 12, 2, 10, tzinfo=UTC),
        )
        page = sign_in("head").get(f"/van-ban-den/{document}/phan-cong/").content.decode()

        assert '<output class="said-date" for="id_due_at">Thứ tư, 02/12/2026 lúc 17:00</output>' in page


class TestHandling:
    def test_goes_from_start_to_report(self, directed: UUID, sign_in: SignIn) -> None:
        officer = sign_in("outsider_officer")
        assert "Việc được giao" in _text(officer, "/")
        assert officer.post(f"/van-ban-den/{directed}/bat-dau/").status_code == 303
        assert _state(directed) is State.PROCESSING
        answer = officer.post(
            f"/van-ban-den/{directed}/hoan-thanh/", {"result": "Đã trả lời qua điện thoại."}
        )

        assert answer.status_code == 303
        assert _state(directed) is State.COMPLETED
        assert "Đã trả lời qua điện thoại." in _text(officer, f"/van-ban-den/{directed}/")

    def test_starts_the_reply_from_the_document(self, directed: UUID, sign_in: SignIn, world: World) -> None:
        page = _text(sign_in("outsider_officer"), f"/van-ban-di/soan/?tra-loi={directed}")

        assert "Soạn văn bản trả lời" in page
        assert f'value="{world.department.id}" checked' in page
        assert "V/v trả lời văn bản số" not in page, "what the answer is about is read from its own paper"

    @pytest.mark.parametrize("asked", ["khong-phai-ma", "6d1f0f3e-0b0e-4c1f-9d4b-6f0e6f1f9a01"])
    def test_answers_nothing_that_is_not_there(self, sign_in: SignIn, asked: str) -> None:
        assert sign_in("outsider_officer").get(f"/van-ban-di/soan/?tra-loi={asked}").status_code == 404

    def test_of_an_empty_report_is_refused(self, directed: UUID, sign_in: SignIn) -> None:
        answer = sign_in("outsider_officer").post(f"/van-ban-den/{directed}/bao-cao/", {"result": " "})

        assert answer.status_code == 422
        assert "Hãy ghi kết quả xử lý." in answer.content.decode()


class TestTheSendersView:
    def test_shows_every_state_of_every_recipient(
        self, directed: UUID, sign_in: SignIn, world: World
    ) -> None:
        jobs.run_all()
        issued = IncomingDocument.objects.get(pk=directed).source_key
        listed = sign_in("clerk").get("/van-ban-di/?tab=issued").context["listing"].items
        page = _text(sign_in("clerk"), f"/van-ban-di/{listed[0].id}/gui-nhan/")

        assert issued
        assert world.neighbour.name in page
        for code in ("01", "03", "04"):
            assert f'data-status="{code}"' in page

    def test_counts_in_colour_only_what_there_is(self, directed: UUID, sign_in: SignIn, world: World) -> None:
        jobs.run_all()
        listed = sign_in("clerk").get("/van-ban-di/?tab=issued").context["listing"].items
        page = _text(sign_in("clerk"), f"/van-ban-di/{listed[0].id}/gui-nhan/")

        assert '<b class="tone-blue">1</b>' in page
        assert '<b class="none">0</b>' in page
        assert "tone-red" not in page
        assert "tone-amber" not in page

    def test_tells_states_in_words_not_in_codes(self, directed: UUID, sign_in: SignIn, world: World) -> None:
        jobs.run_all()
        listed = sign_in("clerk").get("/van-ban-di/?tab=issued").context["listing"].items
        sent = _text(sign_in("clerk"), f"/van-ban-di/{listed[0].id}/gui-nhan/")
        received = _text(sign_in("outsider"), f"/van-ban-den/{directed}/")

        assert "đã báo bên gửi: đã tiếp nhận" in received
        assert "đã báo bên gửi: đã phân công" in received
        for page in (sent, received):
            assert "Đã đến" in page or "đã đến" in page
            assert not re.search(r"\(0[1-6]\)", page)


class TestTheRegister:
    def test_lists_its_numbers_with_their_documents(
        self, registered: UUID, sign_in: SignIn, world: World
    ) -> None:
        clerk = sign_in("outsider")
        assert "Sổ văn bản đến" in _text(clerk, "/so-dang-ky/")
        page = _text(clerk, f"/so-dang-ky/{world.neighbour_incoming_register.id}/")

        assert SUBJECT in page
        assert world.department.name in page

    def test_of_another_agency_is_not_there(self, sign_in: SignIn, world: World) -> None:
        answer = sign_in("clerk").get(f"/so-dang-ky/{world.neighbour_incoming_register.id}/")

        assert answer.status_code == 404


class TestABrokenSignature:
    def test_is_shown_as_broken_and_to_be_returned_first(self, arrived: UUID, sign_in: SignIn) -> None:
        said = "Văn bản đã bị sửa sau khi cơ quan đóng dấu."
        IncomingDocument.objects.filter(pk=arrived).update(verdict="invalid", verdict_message=said)
        clerk = sign_in("outsider")
        page = clerk.get(f"/van-ban-den/{arrived}/")
        preview = _text(clerk, f"/van-ban-den/{arrived}/xem-nhanh/")

        assert 'data-verdict="invalid"' in page.content.decode()
        assert [act.tone for act in page.context["acts"]] == ["harm", "plain"]
        assert said in _text(clerk, f"/van-ban-den/{arrived}/tra-lai/").split("<textarea")[1]
        assert 'data-key="Enter"' not in preview


class TestDamagedFiles:
    def test_are_reported_and_not_shown(
        self, arrived: UUID, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        clerk = sign_in("outsider")
        shown = clerk.get(f"/van-ban-den/{arrived}/").context["document"].main_file

        def gone(sha256: str) -> None:
            raise blobs.BlobDamaged

        monkeypatch.setattr(blobs, "open_blob", gone)
        answer = clerk.get(f"/tep/den/{arrived}/{shown.id}/")

        assert answer.status_code == 500
        assert "bị hỏng hoặc bị thay đổi" in answer.content.decode()
