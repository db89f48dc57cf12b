"""A queue that moves: after an act the next document of the same queue opens, until none is left."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from tests import arrivals, path
from tests.keys import PIN, KeyRing
from tests.seeing import now_seen
from tests.web.conftest import SignIn
from tests.web.outgoing_desk import state_of, text_of
from tests.world import NOW, World
from vanthu.incoming import actions as incoming
from vanthu.outgoing.models import Recipient
from vanthu.outgoing.states import State
from vanthu.workflow.rules import Assignee


def _mine(world: World) -> UUID:
    return arrivals.directed(world, lead=Assignee(kind="unit", id=world.civil_service.id))


#: Who does what, from which queue, in which page the next one opens, and how a document comes into the queue.
ACTS = [
    ("clerk", "van-ban-den", "vao-so", "arrived", "", arrivals.arrived, {"leader": ""}),
    ("clerk", "van-ban-den", "tra-lai", "arrived", "", arrivals.arrived, {"reason": "Gửi nhầm."}),
    (
        "leader",
        "van-ban-den",
        "chi-dao",
        "to_direct",
        "chi-dao/",
        arrivals.registered,
        {"instruction": "Trả lời"},
    ),
    ("head", "van-ban-den", "phan-cong", "mine", "", _mine, {}),
    ("officer", "van-ban-den", "hoan-thanh", "mine", "", arrivals.processing, {"result": "Đã xong."}),
    ("head", "van-ban-di", "duyet", "reviewing", "", path.submitted, {}),
    ("head", "van-ban-di", "tra-lai", "reviewing", "", path.submitted, {"reason": "Thiếu căn cứ."}),
    ("leader", "van-ban-di", "tra-lai", "awaiting_signature", "", path.approved, {"reason": "Thiếu căn cứ."}),
    ("clerk", "van-ban-di", "tra-lai-de-sua", "to_number", "", path.signed, {"reason": "Sai thể thức."}),
]
_NAMES = [f"{act[0]}-{act[2]}" for act in ACTS]


def _words(world: World, act: str, words: dict[str, str]) -> dict[str, str]:
    if act == "chi-dao":
        return words | {"assignees": f"lead:user-{world.officer.user_id}"}
    if act == "phan-cong":
        return words | {"user_id": str(world.officer.user_id)}
    return words


class TestAfterAnAct:
    @pytest.mark.parametrize(("who", "area", "act", "tab", "page", "make", "words"), ACTS, ids=_NAMES)
    def test_the_next_one_of_the_same_queue_opens_and_says_what_was_done(
        self,
        sign_in: SignIn,
        world: World,
        signers: KeyRing,
        who: str,
        area: str,
        act: str,
        tab: str,
        page: str,
        make: Callable[[World], UUID],
        words: dict[str, str],
    ) -> None:
        """The middle one of three is dealt with; the one after it opens, then the first, then the list."""
        for _ in range(3):
            make(world)
        browser = sign_in(who)
        listed = text_of(browser, f"/{area}/?tab={tab}")
        rows = re.findall(rf'<a href="(/{area}/([0-9a-f-]+)/\?hang={tab})" ', listed)
        first, middle, last = (document for _, document in rows)

        led_to = []
        for document in (middle, last, first):
            address = f"/{area}/{document}/{act}/?hang={tab}"
            answer = browser.post(address, _words(world, act, words))
            assert answer.status_code == 303, answer.content.decode()
            led_to.append(answer["Location"])
            shown = text_of(browser, answer["Location"])
            said = shown.partition('id="flash"')[2].partition("</header>")[0]
            assert said.count("notice-ok") == 1, "what was done, once"
            assert f'href="/{area}/{document}/">Xem lại' in said

        after_last, after_middle = (f"/{area}/{each}/{page}?hang={tab}" for each in (first, last))
        assert led_to == [after_middle, after_last, f"/{area}/?tab={tab}"]

    def test_how_many_are_left_and_the_way_back_are_told(self, sign_in: SignIn, world: World) -> None:
        documents = [arrivals.arrived(world, now=NOW + timedelta(minutes=each)) for each in range(3)]
        clerk = sign_in("clerk")

        page = text_of(clerk, f"/van-ban-den/{documents[1]}/?hang=arrived")

        run = page.partition('<nav class="run"')[2].partition("</nav>")[0]
        assert 'href="/van-ban-den/?tab=arrived"' in run
        assert "Văn bản đến chờ tiếp nhận" in run
        assert "còn 3" in run
        assert re.findall(r'href="/van-ban-den/([0-9a-f-]+)/\?hang=arrived" data-run="(\w+)"', run) == [
            (str(documents[0]), "previous"),
            (str(documents[2]), "next"),
        ]
        assert '<nav class="run"' not in text_of(clerk, f"/van-ban-den/{documents[1]}/")

    def test_the_queue_is_the_list_as_it_was_narrowed(self, sign_in: SignIn, world: World) -> None:
        """Three wait, two of them from the searched sender: the third is not what the clerk works through."""
        subjects = ("V/v đê điều", "V/v biên chế", "V/v hồ chứa, đê điều")
        dykes, staff, dams = (
            arrivals.arrived(world, subject=subject, now=NOW + timedelta(minutes=each))
            for each, subject in enumerate(subjects)
        )
        clerk = sign_in("clerk")
        listed = text_of(clerk, "/van-ban-den/?tab=arrived&q=de+dieu")
        (query,) = set(re.findall(rf'href="/van-ban-den/{dykes}/(\?[^"]+)"', listed))
        assert query == "?hang=arrived&amp;loc=de+dieu"

        answer = clerk.post(f"/van-ban-den/{dykes}/vao-so/?hang=arrived&loc=de+dieu", {"leader": ""})
        assert answer["Location"] == f"/van-ban-den/{dams}/?hang=arrived&loc=de+dieu"
        answer = clerk.post(f"/van-ban-den/{dams}/vao-so/?hang=arrived&loc=de+dieu", {"leader": ""})

        assert answer["Location"] == "/van-ban-den/?tab=arrived&q=de+dieu"
        assert str(staff) not in text_of(clerk, answer["Location"])

    def test_whoever_comes_from_elsewhere_goes_on_in_his_own_queue(
        self, sign_in: SignIn, world: World
    ) -> None:
        # The latest stands first.
        second, first = (arrivals.registered(world, now=NOW + timedelta(minutes=each)) for each in range(2))
        others = arrivals.registered(world, now=NOW + timedelta(minutes=3))
        incoming.present_document(
            actor=world.clerk,
            document_id=others,
            seen=now_seen(others),
            leader_id=world.deputy.user_id,
            now=NOW + timedelta(minutes=4),
        )
        words = {"instruction": "Trả lời", "assignees": f"lead:user-{world.officer.user_id}"}

        led_to = [
            sign_in("leader").post(f"/van-ban-den/{document}/chi-dao/", words)["Location"]
            for document in (first, second)
        ]

        assert led_to == [f"/van-ban-den/{second}/chi-dao/?hang=to_direct", "/van-ban-den/?tab=to_direct"]

    def test_what_a_colleague_has_done_meanwhile_is_left_out(self, sign_in: SignIn, world: World) -> None:
        documents = [arrivals.arrived(world, now=NOW + timedelta(minutes=each)) for each in range(3)]
        incoming.register_document(
            actor=world.clerk, document_id=documents[1], seen=now_seen(documents[1]), now=NOW
        )

        answer = sign_in("clerk").post(f"/van-ban-den/{documents[0]}/vao-so/?hang=arrived", {"leader": ""})

        assert answer["Location"] == f"/van-ban-den/{documents[2]}/?hang=arrived"

    def test_what_stays_in_the_queue_stays_on_the_page(self, sign_in: SignIn, world: World) -> None:
        """Beginning is not being done; and the queue is still known afterwards."""
        document, _ = _mine(world), _mine(world)

        answer = sign_in("head").post(f"/van-ban-den/{document}/bat-dau/?hang=mine")

        assert answer["Location"] == f"/van-ban-den/{document}/?hang=mine"

    @pytest.mark.parametrize("nonsense", ["khong-co", "all", "", "arrived" * 50])
    def test_a_queue_that_is_none_is_no_queue(self, sign_in: SignIn, world: World, nonsense: str) -> None:
        document, following = arrivals.arrived(world), arrivals.arrived(world)
        clerk = sign_in("clerk")

        assert '<nav class="run"' not in text_of(clerk, f"/van-ban-den/{document}/?hang={nonsense}")
        answer = clerk.post(f"/van-ban-den/{document}/vao-so/?hang={nonsense}", {"leader": ""})

        assert answer["Location"] == f"/van-ban-den/{following}/?hang=arrived"


class TestTheSigningDesk:
    def test_goes_from_signature_to_signature(self, sign_in: SignIn, world: World, signers: KeyRing) -> None:
        first, second = (path.approved(world, now=path.true_time()) for _ in range(2))
        leader = sign_in("leader")

        led_to = [
            leader.post(f"/van-ban-di/{each}/ky/", _boxes_and_pin(leader, each))["Location"]
            for each in (first, second)
        ]

        assert led_to == [
            f"/van-ban-di/{second}/ky/?hang=awaiting_signature",
            "/van-ban-di/?tab=awaiting_signature",
        ]

    def test_numbers_seals_and_issues_at_one_press_and_opens_the_next(
        self, sign_in: SignIn, world: World, signers: KeyRing
    ) -> None:
        first, second = path.signed(world), path.signed(world)
        clerk, address = sign_in("clerk"), f"/van-ban-di/{first}/cap-so-dong-dau/"
        page = text_of(clerk, address)
        assert "Cấp số, đóng dấu và phát hành" in page
        assert f"2 nơi: {world.neighbour.name}, {world.remote.name}" in page

        answer = clerk.post(f"{address}?hang=to_number", {"pin": PIN, "then": "issue"})

        assert answer["Location"] == f"/van-ban-di/{second}/cap-so-dong-dau/?hang=to_number"
        assert (state_of(first), state_of(second)) == (State.ISSUED, State.SIGNED)
        shown = text_of(clerk, answer["Location"])
        assert "Đã cấp số 01/SNV-CCVC, đóng dấu, phát hành." in shown
        assert f'href="/van-ban-di/{first}/gui-nhan/">Xem lại' in shown

    def test_only_seals_when_that_is_asked_for(self, sign_in: SignIn, world: World, signers: KeyRing) -> None:
        document = path.signed(world)

        answer = sign_in("clerk").post(f"/van-ban-di/{document}/cap-so-dong-dau/", {"pin": PIN})

        assert answer["Location"] == "/van-ban-di/?tab=to_number"
        assert state_of(document) is State.SEALED

    def test_keeps_what_is_done_when_it_cannot_be_issued(
        self, sign_in: SignIn, world: World, signers: KeyRing
    ) -> None:
        document = path.signed(world)
        Recipient.objects.filter(document_id=document).delete()
        clerk, address = sign_in("clerk"), f"/van-ban-di/{document}/cap-so-dong-dau/"
        assert "phát hành</button>" not in text_of(clerk, address)

        answer = clerk.post(address, {"pin": PIN, "then": "issue"})

        assert (answer["Location"], state_of(document)) == (f"/van-ban-di/{document}/", State.SEALED)
        page = text_of(clerk, answer["Location"])
        assert "đóng dấu nhưng chưa phát hành. Văn bản chưa có nơi nhận" in page

    def test_keeps_the_boxes_that_were_refused(self, sign_in: SignIn, world: World, signers: KeyRing) -> None:
        document = path.approved(world, now=path.true_time())
        leader, address = sign_in("leader"), f"/van-ban-di/{document}/ky/"
        boxes = _boxes_and_pin(leader, document) | {"number-x": "99999"}

        answer = leader.post(f"{address}?hang=awaiting_signature", boxes)

        assert answer["Location"] == f"{address}?hang=awaiting_signature"
        page = text_of(leader, answer["Location"])
        assert 'name="number-x" value="99999"' in page
        assert "ngoài trang" in page
        assert PIN not in page
        assert state_of(document) is State.AWAITING_SIGNATURE


class TestAReplyUnderWay:
    def test_is_shown_with_whoever_writes_it_and_opened_by_whoever_may(
        self, sign_in: SignIn, world: World
    ) -> None:
        document = arrivals.processing(world)
        draft = path.drafted(world, replies_to=document)

        for who, may_open in (("leader", False), ("officer", True)):
            page = text_of(sign_in(who), f"/van-ban-den/{document}/")
            told = page.partition("data-under-way")[2].partition("</section>")[0]
            assert "Nguyễn Văn An" in told, who
            assert "Dự thảo" in told
            assert (f"/van-ban-di/{draft}/" in told) is may_open, who

    def test_is_gone_when_it_is_issued_or_given_up(
        self, sign_in: SignIn, world: World, signers: KeyRing
    ) -> None:
        document = arrivals.processing(world)
        path.discarded(world, replies_to=document)
        path.issued(world, replies_to=document)

        assert "data-under-way" not in text_of(sign_in("leader"), f"/van-ban-den/{document}/")


def _boxes_and_pin(leader: Client, document: UUID) -> dict[str, str]:
    """The boxes as the signer's page has them, and the right PIN."""
    form = leader.get(f"/van-ban-di/{document}/ky/").context["places_form"]
    return {"pin": PIN, **{name: str(form[name].value()) for name in form.fields}}


class TestWhatWaitsForALeader:
    def test_is_counted_and_offered_to_the_one_it_was_presented_to(
        self, sign_in: SignIn, world: World
    ) -> None:
        document = arrivals.registered(world)
        leader, deputy = sign_in("leader"), sign_in("deputy")

        assert str(document) in text_of(leader, "/")
        assert str(document) not in text_of(deputy, "/")
        assert str(document) not in text_of(deputy, "/van-ban-den/?tab=to_direct")
        assert str(document) in text_of(deputy, "/van-ban-den/?tab=with_others")
        assert "tab=with_others" not in text_of(sign_in("clerk"), "/van-ban-den/")
        page = text_of(deputy, f"/van-ban-den/{document}/")
        assert f"/van-ban-den/{document}/chi-dao/" not in page
        assert f"Đang chờ {world.users['leader'].full_name}" in page
        assert deputy.get(f"/van-ban-den/{document}/chi-dao/").status_code == 403
