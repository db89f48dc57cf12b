"""What is true of every page: headers, the frame by role, errors as pages, messages said once."""

from __future__ import annotations

import logging
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tests import arrivals, path
from tests.keys import KeyRing
from tests.web.conftest import SignIn
from tests.world import World
from vanthu.incoming import queries
from vanthu.interfaces.web.templatetags.screen import document_url
from vanthu.workflow.models import ApprovalStep
from vanthu.workflow.states import ApprovalKind


class TestHeaders:
    def test_let_the_browser_run_only_our_own_files(self, sign_in: SignIn) -> None:
        policy = sign_in("clerk").get("/").headers["Content-Security-Policy"]

        assert "script-src 'self' 'wasm-unsafe-eval';" in policy
        assert "style-src 'self';" in policy
        assert "object-src 'none'" in policy
        assert "unsafe-inline" not in policy

    def test_keep_pages_out_of_caches_and_frames(self, sign_in: SignIn) -> None:
        headers = sign_in("clerk").get("/").headers

        assert "no-store" in headers["Cache-Control"]
        assert headers["X-Frame-Options"] == "SAMEORIGIN"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "camera=()" in headers["Permissions-Policy"]


class TestPages:
    @pytest.mark.parametrize(
        ("address", "own"),
        [("/van-ban-den/?tab=all", 3), ("/van-ban-di/?tab=all", 2)],
    )
    def test_ask_the_database_once_who_is_there_and_what_waits(
        self,
        sign_in: SignIn,
        world: World,
        django_assert_num_queries: DjangoAssertNumQueries,
        address: str,
        own: int,
    ) -> None:
        path.drafted(world)
        arrivals.directed(world)
        officer = sign_in("officer")
        officer.get(address)

        # The session, the person, work that came, that goes and that came back; then the list itself.
        with django_assert_num_queries(5 + own):
            officer.get(address)

    @pytest.mark.parametrize(
        "view", ["incoming:peek", "incoming:document", "outgoing:peek", "outgoing:document"]
    )
    def test_find_addresses_of_rows_where_the_routes_have_them(self, view: str) -> None:
        some_id = uuid4()

        assert document_url(view, some_id) == reverse(view, args=[some_id])

    @pytest.mark.parametrize("person", ["clerk", "officer", "head", "leader", "archivist", "administrator"])
    @pytest.mark.parametrize(
        "address", ["/", "/van-ban-den/", "/van-ban-di/", "/so-dang-ky/", "/tim/?q=van+ban", "/doi-mat-khau/"]
    )
    def test_open_for_everyone_with_nothing_inline(self, sign_in: SignIn, person: str, address: str) -> None:
        answer = sign_in(person).get(address)
        text = answer.content.decode()

        assert answer.status_code == 200
        assert " style=" not in text
        assert "<script>" not in text
        assert " onclick=" not in text

    @pytest.mark.parametrize(
        ("person", "queue"),
        [
            ("clerk", "Văn bản đến chờ tiếp nhận"),
            ("leader", "Chờ chỉ đạo"),
            ("head", "Chờ duyệt nội dung"),
            ("officer", "Dự thảo của tôi"),
        ],
    )
    def test_greet_each_role_with_its_own_queues(self, sign_in: SignIn, person: str, queue: str) -> None:
        assert queue in sign_in(person).get("/").content.decode()

    def test_tell_the_administrator_what_is_done_here_and_what_at_the_server(self, sign_in: SignIn) -> None:
        page = sign_in("administrator").get("/").content.decode()

        assert "Quản trị" in page
        for command in ("vanthu account list", "vanthu agency load", "vanthu audit verify"):
            assert f"<code>{command}" in page
        assert 'href="/doi-mat-khau/"' in page
        assert "vanthu agency load" not in sign_in("clerk").get("/").content.decode()

    def test_show_what_waits_for_a_signature_to_whoever_signs(self, sign_in: SignIn, world: World) -> None:
        """A head of a unit signs by order (TL.): the queue is his while something waits in it."""
        document = path.approved(world)
        ApprovalStep.objects.filter(document_id=document, kind=ApprovalKind.SIGN).update(
            user=world.users["head"]
        )
        queue = "/van-ban-di/?tab=awaiting_signature"

        assert queue in sign_in("head").get("/").content.decode()
        assert queue not in sign_in("officer").get("/").content.decode()
        assert queue in sign_in("deputy").get("/").content.decode()

    @pytest.mark.parametrize(
        ("person", "may"),
        [("leader", True), ("clerk", True), ("archivist", True), ("officer", True), ("administrator", False)],
    )
    def test_lead_to_drafting_whoever_may_draft(self, sign_in: SignIn, person: str, may: bool) -> None:
        browser = sign_in(person)

        assert ('href="/van-ban-di/soan/"' in browser.get("/").content.decode()) is may
        assert ('href="/van-ban-di/soan/"' in browser.get("/van-ban-di/").content.decode()) is may
        assert browser.get("/van-ban-di/soan/", follow=True).status_code == (200 if may else 403)

    def test_are_whole_for_a_browser_and_a_part_for_htmx(self, sign_in: SignIn) -> None:
        clerk = sign_in("clerk")
        whole = clerk.get("/van-ban-den/")
        part = clerk.get("/van-ban-den/", headers={"HX-Request": "true"})
        boosted = clerk.get("/van-ban-den/", headers={"HX-Request": "true", "HX-Boosted": "true"})

        assert b"<!doctype html>" in whole.content
        assert b"<!doctype html>" not in part.content
        assert b"<!doctype html>" in boosted.content
        assert "HX-Request" in whole.headers["Vary"]

    def test_take_nonsense_in_their_addresses_for_nothing(self, sign_in: SignIn) -> None:
        clerk = sign_in("clerk")

        for address in ("?tab=khong-co", "?page=-3", "?page=x", "?q=" + "a" * 500):
            assert clerk.get(f"/van-ban-den/{address}").status_code == 200, address
            assert clerk.get(f"/van-ban-di/{address}").status_code == 200, address


class TestErrors:
    def test_say_calmly_that_nothing_is_there(self, sign_in: SignIn) -> None:
        answer = sign_in("clerk").get("/khong-co-trang-nay/")

        assert answer.status_code == 404
        assert "Không tìm thấy nội dung này" in answer.content.decode()

    def test_do_not_tell_an_outsider_that_a_document_exists(self, sign_in: SignIn, world: World) -> None:
        document = path.drafted(world)
        hidden = sign_in("outsider").get(f"/van-ban-di/{document}/")
        absent = sign_in("outsider").get(f"/van-ban-di/{uuid4()}/")

        assert (hidden.status_code, absent.status_code) == (404, 404)
        assert hidden.content.count(b"V/v") == 0

    def test_tell_a_colleague_that_it_is_not_for_him(self, sign_in: SignIn, world: World) -> None:
        document = path.submitted(world)
        answer = sign_in("officer").post(f"/van-ban-di/{document}/duyet/", {"comment": ""})

        assert answer.status_code == 403
        assert "Bạn không có quyền" in answer.content.decode()

    def test_tell_the_second_of_two_that_it_is_done(self, sign_in: SignIn, world: World) -> None:
        document = path.submitted(world)
        head = sign_in("head")
        first = head.post(f"/van-ban-di/{document}/duyet/", {"comment": ""})
        second = head.post(f"/van-ban-di/{document}/duyet/", {"comment": ""})

        assert (first.status_code, second.status_code) == (303, 409)
        assert "Chờ ký" in second.content.decode()
        assert f'href="/van-ban-di/{document}/"' in second.content.decode()

    @pytest.mark.parametrize(
        ("person", "step", "stands"),
        [
            pytest.param("officer", "sua", "Chờ ký", id="saves after submitting in another window"),
            pytest.param("officer", "trinh", "Chờ ký", id="submits a second time"),
            pytest.param("head", "tra-lai", "Chờ ký", id="gives back after approving"),
            pytest.param("leader", "ky", "Chờ cấp số", id="opens the signing page after signing"),
            pytest.param("leader", "vi-tri", "Chờ cấp số", id="moves marks after signing"),
            pytest.param("clerk", "phat-hanh", "Chờ cấp số", id="issues before sealing"),
        ],
    )
    def test_tell_whoever_comes_at_the_wrong_time_where_the_document_stands(
        self, sign_in: SignIn, world: World, signers: KeyRing, person: str, step: str, stands: str
    ) -> None:
        document = path.approved(world) if stands == "Chờ ký" else path.signed(world)
        browser = sign_in(person)

        for answer in (
            browser.get(f"/van-ban-di/{document}/{step}/"),
            browser.post(f"/van-ban-di/{document}/{step}/", {"reason": "Sai", "subject": "V/v"}),
        ):
            page = answer.content.decode()
            assert answer.status_code == 409
            assert f"«{stands}», đang chờ " in page
            assert f'href="/van-ban-di/{document}/"' in page
            assert "không có quyền" not in page
            # Who did what, and when.
            deeds = page.partition("data-deeds")[2].partition("</ol>")[0]
            assert "Duyệt nội dung" in deeds
            assert world.users["head"].full_name in deeds
            assert "<time " in deeds

    @pytest.mark.parametrize(
        ("person", "step", "status"),
        [
            pytest.param("officer", "ky", 403, id="the author may not sign"),
            pytest.param("head", "ky", 403, id="nor the head who approved"),
            pytest.param("leader", "sua", 403, id="the signer does not edit"),
            pytest.param("clerk", "ky", 404, id="the clerk does not know of it yet"),
            pytest.param("outsider", "ky", 404, id="nor does another agency, ever"),
        ],
    )
    def test_tell_whoever_has_no_right_nothing_more(
        self, sign_in: SignIn, world: World, person: str, step: str, status: int
    ) -> None:
        document = path.approved(world)
        answer = sign_in(person).get(f"/van-ban-di/{document}/{step}/")

        assert answer.status_code == status
        assert "Chờ ký" not in answer.content.decode()

    def test_come_to_htmx_as_an_alert(self, sign_in: SignIn, world: World) -> None:
        answer = sign_in("clerk").get(f"/van-ban-di/{uuid4()}/xem-nhanh/", headers={"HX-Request": "true"})

        assert answer.status_code == 404
        assert answer.headers["HX-Retarget"] == "#flash"
        assert b"<!doctype html>" not in answer.content

    def test_unforeseen_are_logged_under_the_number_the_person_reads(
        self, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        clerk = sign_in("clerk")
        clerk.raise_request_exception = False

        def broken(*args: object, **kwargs: object) -> None:
            raise RuntimeError("đĩa hỏng")

        monkeypatch.setattr(queries, "list_incoming", broken)
        with caplog.at_level(logging.ERROR):
            answer = clerk.get("/van-ban-den/")

        record = next(each for each in caplog.records if each.name == "vanthu.interfaces.web.errors")
        assert record.args is not None
        assert answer.status_code == 500
        assert str(record.args[0]) in answer.content.decode()  # type: ignore[index]  # positional arguments
        assert "đĩa hỏng" not in answer.content.decode()

    def test_of_a_stale_form_ask_to_load_the_page_again(self, sign_in: SignIn, world: World) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = sign_in("clerk").cookies
        answer = strict.post("/dang-xuat/")

        assert answer.status_code == 403
        assert "Trang đã mở quá lâu" in answer.content.decode()
        assert "tải lại trang" in answer.content.decode()
        assert "không có quyền" not in answer.content.decode()

    def test_of_a_stale_form_ask_whoever_is_out_to_sign_in_and_lead_back(self, world: World) -> None:
        answer = Client(enforce_csrf_checks=True).post("/van-ban-di/soan/", {"subject": "V/v"})

        assert answer.status_code == 403
        assert "Trang đã mở quá lâu" in answer.content.decode()
        assert 'href="/dang-nhap/?next=%2Fvan-ban-di%2Fsoan%2F&amp;phien=mat"' in answer.content.decode()


class TestMessages:
    def test_are_said_once(self, sign_in: SignIn, world: World) -> None:
        document = path.drafted(world)
        officer = sign_in("officer")
        officer.post(f"/van-ban-di/{document}/trinh/")

        assert "Đã trình ký." in officer.get(f"/van-ban-di/{document}/").content.decode()
        assert "Đã trình ký." not in officer.get(f"/van-ban-di/{document}/").content.decode()
