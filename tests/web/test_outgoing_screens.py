"""«Văn bản đi» from the desk of each person: what the page offers, and what pressing it does."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.test import Client
from lxml import html

from tests import arrivals, path
from tests.keys import PIN, KeyRing
from tests.outgoing.standing import in_state
from tests.web.conftest import SignIn
from tests.web.outgoing_desk import pdf, state_of, text_of
from tests.world import World
from vanthu.kernel.errors import Busy
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.states import State
from vanthu.signing import desk


class TestTheChain:
    def test_offers_each_person_only_his_own_step(self, sign_in: SignIn, world: World) -> None:
        document = path.submitted(world)
        address = f"/van-ban-di/{document}/"

        assert "Duyệt, trình ký" in text_of(sign_in("head"), address)
        assert "Duyệt, trình ký" not in text_of(sign_in("officer"), address)
        assert "Đang chờ Trần Thị Bình" in text_of(sign_in("officer"), address)
        assert "Đang chờ bạn" in text_of(sign_in("head"), address)

    def test_returns_a_draft_with_the_reason(self, sign_in: SignIn, world: World) -> None:
        document = path.submitted(world)
        head = sign_in("head")
        empty = head.post(f"/van-ban-di/{document}/tra-lai/", {"reason": " "})
        given = head.post(f"/van-ban-di/{document}/tra-lai/", {"reason": "Thiếu căn cứ."})

        assert (empty.status_code, given.status_code) == (422, 303)
        assert "Thiếu căn cứ." in text_of(sign_in("officer"), f"/van-ban-di/{document}/")
        assert state_of(document) is State.DRAFT

    def test_refused_for_want_of_something_leads_to_where_it_is_given(
        self, sign_in: SignIn, world: World
    ) -> None:
        document = path.drafted(world, recipient_ids=())
        OutgoingDocument.objects.filter(pk=document).update(places={})
        officer = sign_in("officer")
        asked = officer.get(f"/van-ban-di/{document}/trinh/").content.decode()
        refused = officer.post(f"/van-ban-di/{document}/trinh/")

        assert "được trả lại hoặc khi bạn rút lại." in asked
        assert re.search(r'<button[^>]+type="submit"[^>]+disabled aria-describedby="barred">', asked)
        assert refused.status_code == 422
        assert re.findall(
            r'<a class="btn btn-plain btn-small" href="([^"]+)">', refused.content.decode()
        ) == [
            f"/van-ban-di/{document}/sua/",
            f"/van-ban-di/{document}/vi-tri/",
        ]

    def test_shows_the_leader_the_draft_he_returned(self, sign_in: SignIn, world: World) -> None:
        document = path.approved(world)
        leader = sign_in("leader")
        given = leader.post(f"/van-ban-di/{document}/tra-lai/", {"reason": "Thiếu căn cứ."})

        assert f'href="/van-ban-di/{document}/">Xem lại' in text_of(leader, given["Location"])
        assert "Thiếu căn cứ." in text_of(leader, f"/van-ban-di/{document}/")

    def test_tells_of_every_round_who_gave_the_draft_back_and_why(
        self, sign_in: SignIn, world: World
    ) -> None:
        document = path.submitted(world)
        officer, head = sign_in("officer"), sign_in("head")
        for reason in ("Thiếu căn cứ.", "Sai nơi nhận."):
            head.post(f"/van-ban-di/{document}/tra-lai/", {"reason": reason})
            officer.post(f"/van-ban-di/{document}/trinh/")
        page = text_of(officer, f"/van-ban-di/{document}/")
        former = html.document_fromstring(page).iterfind(".//details[@class='round']/summary")
        told = [" ".join("".join(map(str, each.itertext())).split()) for each in former]

        name = world.users["head"].full_name
        assert told[0].startswith(f"Lần 2: {name} trả lại ")
        assert told[1].startswith(f"Lần 1: {name} trả lại ")
        assert [each.partition("“")[2] for each in told] == ["Sai nơi nhận.”", "Thiếu căn cứ.”"]

    def test_opens_an_act_as_a_dialog_and_as_a_page(self, sign_in: SignIn, world: World) -> None:
        document = path.submitted(world)
        head = sign_in("head")
        dialog = head.get(f"/van-ban-di/{document}/tra-lai/", headers={"HX-Request": "true"})
        page = head.get(f"/van-ban-di/{document}/tra-lai/")

        assert b"<form" in dialog.content
        assert b"<!doctype" not in dialog.content
        assert b"<!doctype" in page.content


class TestPlaces:
    def test_are_corrected_before_signing(self, sign_in: SignIn, world: World) -> None:
        document = path.drafted(world)
        officer = sign_in("officer")
        page = text_of(officer, f"/van-ban-di/{document}/vi-tri/")
        assert 'name="seal-x"' in page

        answer = officer.post(f"/van-ban-di/{document}/vi-tri/", _boxes())
        assert answer.status_code == 303
        places = OutgoingDocument.objects.values_list("places", flat=True).get(pk=document)
        assert places["number"] | {"opaque": False} == {
            "page": 1,
            "x0": 100.0,
            "y0": 700.0,
            "x1": 140.0,
            "y1": 716.0,
            "opaque": False,
        }

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"seal-page": "9"}, "văn bản chỉ có 1 trang"),
            ({"number-x": "chỗ nào"}, "phải là số"),
            ({"month-width": ""}, "thiếu rộng"),
        ],
    )
    def test_off_the_paper_are_refused(
        self, sign_in: SignIn, world: World, changes: dict[str, str], said: str
    ) -> None:
        document = path.drafted(world)
        answer = sign_in("officer").post(f"/van-ban-di/{document}/vi-tri/", _boxes() | changes)

        assert answer.status_code == 422
        assert said in answer.content.decode()


class TestSigningToIssuing:
    def test_goes_from_the_leader_to_the_clerk_to_the_recipients(
        self, sign_in: SignIn, world: World, signers: KeyRing
    ) -> None:
        document = path.approved(world, now=path.true_time())
        leader, clerk = sign_in("leader"), sign_in("clerk")
        here = f"/van-ban-di/{document}"

        assert leader.post(f"{here}/ky/", _boxes_of(leader, f"{here}/ky/") | {"pin": PIN}).status_code == 303
        assert state_of(document) is State.SIGNED
        assert "Cấp số 01, đóng dấu" in text_of(clerk, f"{here}/")
        assert clerk.post(f"{here}/cap-so-dong-dau/", {"pin": PIN}).status_code == 303
        assert state_of(document) is State.SEALED
        issued = clerk.post(f"{here}/phat-hanh/")
        assert issued["Location"] == "/van-ban-di/?tab=to_issue"
        assert f'href="{here}/gui-nhan/">Xem lại' in text_of(clerk, issued["Location"])
        assert state_of(document) is State.ISSUED
        page = text_of(clerk, f"{here}/")
        assert 'data-verdict="valid"' in page
        assert "01/SNV-CCVC" in page

    def test_shows_the_attachments_to_whoever_signs_and_to_whoever_seals(
        self, sign_in: SignIn, world: World, signers: KeyRing
    ) -> None:
        annex = path.stored(pdf().read(), "phu-luc.pdf")
        to_sign = path.approved(world, attachments=[annex])
        to_seal = path.signed(world, attachments=[annex])

        for person, address in (("leader", f"{to_sign}/ky"), ("clerk", f"{to_seal}/cap-so-dong-dau")):
            page = text_of(sign_in(person), f"/van-ban-di/{address}/")
            (link,) = re.findall(r'<ul class="attachments"><li><a href="([^"]+)"', page)
            assert "phu-luc.pdf" in page
            assert sign_in(person).get(link).getvalue().startswith(b"%PDF")
        alone = text_of(sign_in("leader"), f"/van-ban-di/{path.approved(world)}/ky/")
        assert "Tài liệu kèm theo" not in alone

    def test_with_a_wrong_pin_changes_nothing_and_shows_no_pin(
        self, sign_in: SignIn, world: World, signers: KeyRing
    ) -> None:
        document = path.approved(world, now=path.true_time())
        leader = sign_in("leader")
        address = f"/van-ban-di/{document}/ky/"
        answer = leader.post(address, _boxes_of(leader, address) | {"pin": "87654321"})

        assert (answer.status_code, answer["Location"]) == (303, address)
        page = text_of(leader, address)
        assert "PIN không đúng" in page
        assert "87654321" not in page
        assert "PIN không đúng" not in text_of(leader, address), "it is said once"
        assert state_of(document) is State.AWAITING_SIGNATURE

    def test_with_a_wrong_pin_gives_no_number(self, sign_in: SignIn, world: World, signers: KeyRing) -> None:
        document = path.signed(world)
        address = f"/van-ban-di/{document}/cap-so-dong-dau/"
        assert "autofocus" in text_of(sign_in("clerk"), address)
        failed = sign_in("clerk").post(address, {"pin": "87654321"})

        assert (failed.status_code, failed["Location"]) == (303, address)
        assert "PIN không đúng" in text_of(sign_in("clerk"), address)
        assert state_of(document) is State.SIGNED

    def test_keeps_the_number_when_the_seal_fails(
        self, sign_in: SignIn, world: World, signers: KeyRing, settings: pytest.FixtureRequest
    ) -> None:
        document = path.signed(world)
        clerk = sign_in("clerk")
        # The PIN is right, but nobody answers where the time stamp is asked for.
        settings.TSA_URL = "http://127.0.0.1:9/"  # type: ignore[attr-defined]  # pytest-django's settings
        failed = clerk.post(f"/van-ban-di/{document}/cap-so-dong-dau/", {"pin": PIN})
        settings.TSA_URL = signers.pki.tsa_url  # type: ignore[attr-defined]  # pytest-django's settings

        assert failed.status_code == 303
        assert "01/SNV-CCVC" in text_of(clerk, failed["Location"])
        again = clerk.post(f"/van-ban-di/{document}/cap-so-dong-dau/", {"pin": PIN})
        assert again.status_code == 303
        assert OutgoingDocument.objects.get(pk=document).number == 1

    @pytest.mark.parametrize(("trouble", "status"), [(RuntimeError("?"), 500), (Busy(), 503)])
    def test_says_that_the_number_was_given_whatever_stops_the_seal(
        self,
        sign_in: SignIn,
        world: World,
        signers: KeyRing,
        monkeypatch: pytest.MonkeyPatch,
        trouble: Exception,
        status: int,
    ) -> None:
        def stopped(**_: object) -> None:
            raise trouble

        document = path.signed(world)
        clerk = sign_in("clerk")
        clerk.raise_request_exception = False
        monkeypatch.setattr(desk, "sign_here", stopped)
        failed = clerk.post(f"/van-ban-di/{document}/cap-so-dong-dau/", {"pin": PIN})

        assert (failed.status_code, state_of(document)) == (status, State.NUMBERED)
        assert "Một phần việc vừa làm đã được ghi" in failed.content.decode()
        assert "chưa được ghi nhận" not in failed.content.decode()

    def test_is_not_offered_to_the_officer(self, sign_in: SignIn, world: World) -> None:
        document = path.approved(world)

        assert sign_in("officer").get(f"/van-ban-di/{document}/ky/").status_code == 403
        assert sign_in("officer").get(f"/van-ban-di/{document}/cap-so-dong-dau/").status_code == 403


class TestLinkedDocuments:
    def test_are_links_only_for_whoever_may_open_them(self, sign_in: SignIn, world: World) -> None:
        """The head approves an answer to what only the officer was given; then the clerk's unit owns it."""
        asked = arrivals.processing(world)
        answer = in_state(world, State.ISSUED, replies_to=asked)
        to_asked, to_answer = f'href="/van-ban-den/{asked}/"', f'href="/van-ban-di/{answer}/"'

        assert to_asked in text_of(sign_in("officer"), f"/van-ban-di/{answer}/")
        seen_by_head = text_of(sign_in("head"), f"/van-ban-di/{answer}/")
        assert to_asked not in seen_by_head
        assert "15/UBND-NC" in seen_by_head

        OutgoingDocument.objects.update(author=world.users["clerk"], unit=world.office)
        assert to_answer in text_of(sign_in("clerk"), f"/van-ban-den/{asked}/")
        seen_by_officer = text_of(sign_in("officer"), f"/van-ban-den/{asked}/")
        assert to_answer not in seen_by_officer
        assert "01/SNV-CCVC" in seen_by_officer


class TestFiles:
    def test_are_streamed_to_whoever_sees_the_document(self, sign_in: SignIn, world: World) -> None:
        document = path.drafted(world)
        address = _file_of(sign_in("officer"), document)
        answer = sign_in("officer").get(address)

        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("inline")
        assert b"".join(answer.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]  # a FileResponse
        again = sign_in("officer").get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304

    @pytest.mark.parametrize("person", ["outsider", "clerk", "colleague"])
    def test_are_hidden_from_whoever_does_not(self, sign_in: SignIn, world: World, person: str) -> None:
        document = path.drafted(world)
        address = _file_of(sign_in("officer"), document)

        assert sign_in(person).get(address).status_code == 404


class TestFindingAgencies:
    @pytest.mark.parametrize("words", ["phu vinh", "Phú Vinh", "H98", "vinh phu"])
    def test_answers_with_or_without_diacritics(self, sign_in: SignIn, world: World, words: str) -> None:
        answer = sign_in("officer").get("/co-quan/tim/", {"q": words})

        assert f'data-ref="{world.remote.id}"' in answer.content.decode()

    def test_says_what_to_do_when_nothing_is_found(self, sign_in: SignIn) -> None:
        text = sign_in("officer").get("/co-quan/tim/", {"q": "<b>không có"}).content.decode()

        assert "Không có dòng nào khớp" in text
        assert "<b>không" not in text


def _boxes() -> dict[str, str]:
    """Five boxes on the first page."""
    boxes = {
        "number": (100, 700, 40, 16),
        "day": (400, 700, 20, 16),
        "month": (450, 700, 20, 16),
        "signature": (340, 200, 150, 60),
        "seal": (290, 180, 102, 102),
    }
    parts = ("x", "y", "width", "height")
    return {
        f"{name}-{part}": str(value)
        for name, box in boxes.items()
        for part, value in [("page", 1), *zip(parts, box, strict=True)]
    }


def _boxes_of(browser: Client, address: str) -> dict[str, str]:
    """The boxes as the page suggests them."""
    form = browser.get(address).context["places_form"]
    return {name: str(value) for name, value in form.initial.items()}


def _file_of(browser: Client, document: UUID) -> str:
    page = browser.get(f"/van-ban-di/{document}/").context["document"]
    return f"/tep/di/{document}/{page.main_file.id}/"
