"""What is typed is kept, over HTTP: without scripts, for its writer alone, and files with it."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from functools import partial
from hashlib import sha256
from html import unescape
from pathlib import Path
from urllib.parse import unquote_plus
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import arrivals, path
from tests.architecture.source import SRC
from tests.at_once import at_once
from tests.pdfsign.documents import typeset
from tests.seeing import now_seen
from tests.web.conftest import SignIn
from tests.web.desk import Desk
from tests.web.outgoing_desk import filled, held_by, pdf
from tests.world import PASSWORD, World, build_world
from vanthu.interfaces.web import kept
from vanthu.organizations.models import Post
from vanthu.outgoing.models import DraftUpload, OutgoingDocument

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_DIRECTIVE = "Giao Phòng CCVC chủ trì."


def _fields(page: str, beside: str) -> dict[str, str]:
    """The hidden fields of the form that has a field called `beside`."""
    (form,) = [each for each in page.split("<form ")[1:] if f'name="{beside}"' in each]
    return {name: unescape(value) for name, value in _HIDDEN.findall(form.partition("</form>")[0])}


def _enter(browser: Client, page: str, username: str) -> str:
    """Sign in at the page that asks for it, and open what it leads to."""
    credentials = {"username": username, "password": PASSWORD}
    answer = browser.post("/dang-nhap/", _fields(page, "username") | credentials)
    assert answer.status_code == 303, answer.content.decode()
    return browser.get(answer["Location"], follow=True).content.decode()


class TestWithoutScripts:
    @pytest.fixture
    def lost(self, sign_in: SignIn, world: World) -> tuple[Client, str, str]:
        """A leader's browser, the address of his form, and the page it gets when the session is over."""
        leader, document = sign_in("leader"), arrivals.registered(world)
        address = f"/van-ban-den/{document}/chi-dao/"
        words = _fields(leader.get(address).content.decode(), "instruction")
        Session.objects.all().delete()
        words |= {"instruction": _DIRECTIVE, "due_at": "5/3/2031", "pin": "123456"}
        answer = leader.post(address, words)
        assert answer.status_code == 403
        return leader, address, answer.content.decode()

    def test_a_directive_outlives_the_session(self, lost: tuple[Client, str, str], world: World) -> None:
        leader, address, page = lost

        shown = _enter(leader, page, "leader")

        assert "những gì bạn vừa gõ được giữ" in page
        assert "Đã điền lại những gì bạn gõ trước đó" in shown
        assert _DIRECTIVE in shown
        assert 'value="05/03/2031 17:00"' in shown
        assert "123456" not in page + shown
        # Whoever sits there before the leader comes back reads nothing in the source of the page.
        assert "CCVC" not in page
        assert "5/3/2031" not in unquote_plus(page)
        assert str(world.leader.user_id) not in page
        # Once: whoever opens the form afterwards begins anew.
        assert _DIRECTIVE not in leader.get(address).content.decode()

    def test_it_outlives_a_wrong_password_too(self, lost: tuple[Client, str, str]) -> None:
        leader, _, page = lost
        wrong = leader.post(
            "/dang-nhap/", _fields(page, "username") | {"username": "leader", "password": "x"}
        )

        assert _DIRECTIVE in _enter(leader, wrong.content.decode(), "leader")

    def test_it_is_not_shown_to_the_next_who_signs_in_there(self, lost: tuple[Client, str, str]) -> None:
        browser, address, page = lost

        assert _DIRECTIVE not in _enter(browser, page, "clerk")
        assert _DIRECTIVE not in browser.get(address).content.decode()

    def test_what_a_stranger_sends_is_carried_nowhere(self, world: World) -> None:
        answer = Client().post("/van-ban-di/soan/", {"subject": "V/v", kept.KEEPER: "ai đó"})

        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/dang-nhap/")
        assert Session.objects.count() == 0

    def test_a_refusal_leads_back_to_the_form_as_it_was(self, sign_in: SignIn, world: World) -> None:
        head, document = sign_in("head"), path.submitted(world)
        address = f"/van-ban-di/{document}/tra-lai/"
        words = _fields(head.get(address).content.decode(), "reason") | {"reason": "Thiếu căn cứ."}
        browser = Client(enforce_csrf_checks=True)
        browser.cookies = head.cookies
        stale = browser.post(address, words | {"csrfmiddlewaretoken": "x" * 32})

        back = head.post("/dien-lai/", _fields(stale.content.decode(), "sealed"))
        shown = head.get(back["Location"]).content.decode()

        assert (stale.status_code, back["Location"]) == (403, address)
        assert "Thiếu căn cứ." in shown
        assert "Đã điền lại" in shown

    def test_words_of_somebody_else_are_not_filled_in(self, sign_in: SignIn, world: World) -> None:
        head, document = sign_in("head"), path.submitted(world)
        address = f"/van-ban-di/{document}/tra-lai/"
        sent = {
            "next": address,
            "words": "reason=L%E1%BB%97i",
            "whose": kept.keeper_of(world.officer.user_id),
        }
        head.post("/dien-lai/", sent)
        sealed = kept.sealed(sent["words"], kept.keeper_of(world.officer.user_id))
        head.post("/dien-lai/", {"next": address, "sealed": sealed})

        assert "Lỗi" not in head.get(address).content.decode()

    def test_what_was_sealed_is_opened_for_its_writer_alone_and_not_for_ever(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        writer, other = world.officer.user_id, world.head.user_id
        sealed = kept.sealed("reason=x", kept.keeper_of(writer))

        assert kept.unsealed(sealed, writer) == "reason=x"
        assert (kept.unsealed(sealed, other), kept.unsealed(sealed, None)) == ("", "")
        assert (kept.unsealed(sealed[:-4], writer), kept.unsealed("ký tự lạ", writer)) == ("", "")
        later = time.time() + timedelta(days=7, seconds=5).total_seconds()
        monkeypatch.setattr(time, "time", lambda: later)
        assert kept.unsealed(sealed, writer) == ""


def _post_elsewhere(world: World) -> Post:
    """The officer also works at the neighbour."""
    there = world.posts["outsider_officer"]
    return Post.objects.create(
        user=world.users["officer"],
        agency=there.agency,
        unit=there.unit,
        position=there.position,
        roles=there.roles,
        started_at=there.started_at,
    )


def _bare() -> SimpleUploadedFile:
    return pdf(_without_a_subject())


def _without_a_subject() -> bytes:
    return typeset(name="Phạm Văn Hùng", title_lines=("GIÁM ĐỐC",), about="")


class TestFiles:
    def test_of_a_form_without_a_subject_are_held_and_go_on_with_it(
        self, sign_in: SignIn, world: World
    ) -> None:
        """Nor has the letter one that could be read from it."""
        officer, key, bare = sign_in("officer"), str(uuid4()), pdf(_without_a_subject())
        refused = officer.post(
            "/van-ban-di/soan/",
            filled(world, subject=" ", draft_key=key, draft_file=bare, attachments=[pdf(name="phu-luc.pdf")]),
        )
        again = filled(world, draft_key=key, draft_file="", held=held_by(refused))
        saved = officer.post("/van-ban-di/soan/", again)

        page = refused.content.decode()
        assert refused.status_code == 422
        assert "du-thao.pdf" in page
        assert "phu-luc.pdf" in page
        assert "Hãy chọn lại" not in page
        assert saved.status_code == 303, saved.content.decode()
        (draft,) = OutgoingDocument.objects.all()
        assert sorted(draft.document.files.values_list("name", flat=True)) == ["du-thao.pdf", "phu-luc.pdf"]

    def test_that_may_be_used_are_held_beside_one_that_may_not(self, sign_in: SignIn, world: World) -> None:
        officer, key = sign_in("officer"), str(uuid4())
        bad = SimpleUploadedFile("hong.pdf", b"khong phai pdf")
        refused = officer.post("/van-ban-di/soan/", filled(world, draft_key=key, attachments=[bad]))
        again = filled(world, draft_key=key, draft_file="", held=held_by(refused))
        saved = officer.post("/van-ban-di/soan/", again)

        assert [each.file.name for each in refused.context["form"].held_draft] == ["du-thao.pdf"]
        assert refused.context["form"].held_attachments == []
        assert saved.status_code == 303

    def test_are_dropped_at_a_press_and_replaced_by_the_next(self, sign_in: SignIn, world: World) -> None:
        officer, key = sign_in("officer"), str(uuid4())
        bare, other = pdf(_without_a_subject()), pdf(name="bo-di.pdf")
        words = filled(world, subject=" ", draft_key=key, draft_file=bare, attachments=[other])
        (held,) = officer.post("/van-ban-di/soan/", words).context["form"].held_attachments
        other = pdf(typeset(name="Phạm Văn Hùng", title_lines=("GIÁM ĐỐC",), page_breaks=1), "moi.pdf")
        officer.post(
            "/van-ban-di/soan/",
            filled(
                world,
                draft_key=key,
                draft_file=other,
                held=held.file.blob.sha256,
                dropped=held.file.blob.sha256,
            ),
        )

        (draft,) = OutgoingDocument.objects.all()
        assert list(draft.document.files.values_list("name", flat=True)) == ["moi.pdf"]

    def test_of_one_who_comes_too_late_are_held_for_his_second_try(
        self, sign_in: SignIn, world: World
    ) -> None:
        document = path.drafted(world)
        officer, seen = sign_in("officer"), str(now_seen(document))
        officer.post(f"/van-ban-di/{document}/sua/", filled(world, subject="V/v trước", draft_file=""))
        other = pdf(typeset(name="Phạm Văn Hùng", title_lines=("GIÁM ĐỐC",), page_breaks=1), "sau.pdf")
        late = officer.post(f"/van-ban-di/{document}/sua/", filled(world, seen=seen, draft_file=other))
        words = filled(world, draft_file="", held=held_by(late))
        again = officer.post(f"/van-ban-di/{document}/sua/", words)

        assert (late.status_code, again.status_code) == (409, 303)
        assert "sau.pdf" in late.content.decode()
        names = OutgoingDocument.objects.get(pk=document).document.files.values_list("name", flat=True)
        assert "sau.pdf" in names

    def test_are_held_for_nobody_else(self, sign_in: SignIn, world: World) -> None:
        key = str(uuid4())
        sign_in("officer").post("/van-ban-di/soan/", filled(world, subject=" ", draft_key=key))
        other = sign_in("head").post("/van-ban-di/soan/", filled(world, draft_key=key, draft_file=""))

        assert other.status_code == 422
        assert "Hãy chọn tệp dự thảo" in other.content.decode()

    def test_held_at_one_agency_do_not_come_to_another(self, sign_in: SignIn, world: World) -> None:
        officer, key = sign_in("officer"), str(uuid4())
        other = _post_elsewhere(world)
        officer.post("/doi-vi-tri/", {"post_id": world.posts["officer"].id})
        officer.post("/van-ban-di/soan/", filled(world, subject=" ", draft_key=key, draft_file=_bare()))
        officer.post("/doi-vi-tri/", {"post_id": other.id})
        signer = str(world.outsider_leader.user_id)
        there = filled(world, draft_key=key, signer_id=signer, recipients=[str(world.department.id)])
        without = officer.post("/van-ban-di/soan/", there | {"draft_file": "", "subject": " "})
        held = officer.post("/van-ban-di/soan/", there | {"draft_file": _bare(), "subject": " "})
        saved = officer.post("/van-ban-di/soan/", there | {"draft_file": "", "held": held_by(held)})

        assert without.context["form"].held_draft == [], without.context["form"].errors
        assert "draft_file" in without.context["form"].errors, without.context["form"].errors
        assert [each.file.name for each in held.context["form"].held_draft] == ["du-thao.pdf"]
        assert saved.status_code == 303, saved.content.decode()
        states = DraftUpload.objects.order_by("sent_at").values_list("agency_id", "state")
        assert list(states) == [(world.department.id, "held"), (world.neighbour.id, "used")]

    @pytest.mark.django_db(transaction=True)
    def test_that_two_presses_bring_on_make_one_draft_and_no_refusal(self, transactional_db: None) -> None:
        world, key = build_world(), str(uuid4())
        browsers = [Desk(world.officer) for _ in range(2)]
        for browser in browsers:
            browser.post("/dang-nhap/", {"username": "officer", "password": PASSWORD})
        refused = filled(world, subject=" ", draft_key=key, draft_file=_bare())
        answer = browsers[0].post("/van-ban-di/soan/", refused)
        assert answer.status_code == 422
        words = filled(world, draft_key=key, draft_file="", held=held_by(answer))

        answers, _ = at_once([partial(each.post, "/van-ban-di/soan/", words) for each in browsers])

        assert [answer.status_code for answer in answers] == [303, 303]
        assert OutgoingDocument.objects.count() == 1
        assert DraftUpload.objects.get().state == "used"


class TestASavedForm:
    def test_come_back_to_leads_to_its_draft(self, sign_in: SignIn, world: World) -> None:
        officer = sign_in("officer")
        address = officer.get("/van-ban-di/soan/")["Location"]
        key = address.rpartition("=")[2]
        officer.post(address, filled(world, draft_key=key))
        (document,) = OutgoingDocument.objects.all()

        assert officer.get(address)["Location"] == f"/van-ban-di/{document.pk}/sua/"

    def test_sent_again_with_other_words_is_beside_what_is_saved(self, sign_in: SignIn, world: World) -> None:
        officer, key = sign_in("officer"), str(uuid4())
        officer.post("/van-ban-di/soan/", filled(world, draft_key=key))
        second = officer.post("/van-ban-di/soan/", filled(world, draft_key=key, subject="V/v lần hai"))

        assert second.status_code == 409
        page = second.content.decode()
        assert "Dự thảo này đã được lưu trước đó" in page
        assert "V/v lần hai" in page
        (document,) = OutgoingDocument.objects.all()
        assert f'action="/van-ban-di/{document.pk}/sua/"' in page
        assert document.document.subject == "V/v rà soát vị trí việc làm"

    def test_sent_again_with_another_file_of_the_same_name_and_size_does_not_lose_it(
        self, sign_in: SignIn, world: World
    ) -> None:
        officer, key = sign_in("officer"), str(uuid4())
        letter = typeset(name="Phạm Văn Hùng", title_lines=("GIÁM ĐỐC",))
        first, second = letter + b"%A\n", letter + b"%B\n"
        officer.post("/van-ban-di/soan/", filled(world, draft_key=key, draft_file=pdf(first)))
        again = officer.post("/van-ban-di/soan/", filled(world, draft_key=key, draft_file=pdf(first)))
        other = officer.post("/van-ban-di/soan/", filled(world, draft_key=key, draft_file=pdf(second)))

        assert (again.status_code, other.status_code) == (303, 409)
        (held,) = other.context["form"].held_draft
        assert held.file.blob.sha256 == sha256(second).hexdigest()


#: Forms into which nothing is typed that could be kept, by the end of the template's path.
NOTHING_TO_KEEP = {
    "accounts/sign_in.html": "secrets only",
    "accounts/change_password.html": "secrets only",
    "accounts/choose_post.html": "a press of one button",
    "base.html": "signing out",
    "aside/list.html": "a press of one button",
    "outgoing/upload.html": "a press of one button",
    "components/carried.html": "leads back to a form",
}
_FORM = re.compile(r"<form\b[^>]*method=\"post\"[^>]*>.*?</form>", re.DOTALL | re.IGNORECASE)


def test_no_form_of_an_act_is_without_it() -> None:
    """By the one template that every form of an act includes, or by its tag."""
    templates: list[Path] = [*SRC.rglob("templates/**/*.html")]
    forms = [(each, form) for each in templates for form in _FORM.findall(each.read_text(encoding="utf-8"))]
    without = {
        str(each.relative_to(SRC))
        for each, form in forms
        if 'include "components/seen.html"' not in form and "{% keep_words %}" not in form
    }

    assert "{% keep_words %}" in Path(SRC, "interfaces/web/templates/components/seen.html").read_text()
    assert [each for each in without if not each.endswith(tuple(NOTHING_TO_KEEP))] == []
    assert len(forms) > 12


class TestTheSession:
    def test_ends_for_whoever_works_without_end(self, sign_in: SignIn) -> None:
        clerk = sign_in("clerk")
        _begun(clerk, ago=timedelta(hours=24, seconds=1))

        assert clerk.get("/").status_code == 302

    def test_tells_how_long_it_lasts(self, sign_in: SignIn) -> None:
        clerk = sign_in("clerk")
        _begun(clerk, ago=timedelta(hours=23))
        left = clerk.get("/phien/", headers={"X-Unattended": "1"}).json()

        assert 3500 < left["whole"] <= 3600
        assert left["idle"] <= left["whole"]

    def test_is_put_off_by_typing_alone(self, sign_in: SignIn) -> None:
        clerk = sign_in("clerk")
        session = clerk.session
        session["seen"] -= 7 * 3600
        session.save()

        assert clerk.get("/phien/", headers={"X-Unattended": "1"}).json()["idle"] <= 3600
        assert clerk.get("/phien/").json()["idle"] > 7.9 * 3600


def _begun(browser: Client, *, ago: timedelta) -> None:
    session = browser.session
    session["begun"] -= int(ago.total_seconds())
    session.save()
