"""What nobody types: refused where it stands, in words, with what was typed kept; never a fault of ours."""

from __future__ import annotations

import io
import re
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from tests import arrivals
from tests.web.conftest import SignIn
from tests.web.outgoing_desk import filled
from tests.world import PASSWORD, World
from vanthu.config.wsgi import application
from vanthu.incoming.models import IncomingDocument
from vanthu.outgoing.models import OutgoingDocument

pytestmark = pytest.mark.django_db

SEARCHES = ["/tim/", "/co-quan/tim/", "/van-ban-den/", "/van-ban-di/"]
UNREADABLE = "Địa chỉ này có ký tự không đọc được hoặc quá dài. Hãy quay lại trang trước rồi làm lại."
ENDLESS = "e" + "\u0301\u0323" * 100_000


def words_of(page: bytes) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.decode()))


class TestAddress:
    @pytest.mark.parametrize("address", SEARCHES)
    @pytest.mark.parametrize(
        "asked", ["\0", "a\x1bb", "\x85", "\u202e", "e" + "\u0301" * 31, "x" * 2001], ids=ascii
    )
    def test_is_refused_in_words_with_what_no_page_asks(
        self, sign_in: SignIn, address: str, asked: str
    ) -> None:
        answer = sign_in("officer").get(address, {"q": asked})

        assert answer.status_code == 400
        assert UNREADABLE in words_of(answer.content)
        assert "Content-Security-Policy" in answer.headers

    @pytest.mark.parametrize("path", ["/van-ban-den/%00/", "/%e2%80%ae/", f"/{'x' * 2001}/"])
    def test_is_refused_for_its_path_too(self, sign_in: SignIn, path: str) -> None:
        assert sign_in("officer").get(path).status_code == 400

    def test_is_refused_to_strangers_in_the_same_words(self) -> None:
        answer = Client().get("/dang-nhap/?next=%00")

        assert answer.status_code == 400
        assert UNREADABLE in words_of(answer.content)

    @pytest.mark.parametrize("asked", ["hòa giải", "ho\u0300a", "50%", "tab\there", "\u200b"], ids=ascii)
    def test_is_read_when_people_may_have_typed_it(self, sign_in: SignIn, asked: str) -> None:
        assert sign_in("officer").get(f"/tim/?q={quote(asked)}").status_code == 200


class TestHeaders:
    @pytest.mark.parametrize("header", ["HX-Current-URL", "Referer", "Origin"])
    @pytest.mark.parametrize("value", ["http://[", "http://[::1", "\0", "http://x/\x1b", "//"])
    def test_that_cannot_be_read_are_as_good_as_not_sent(
        self, sign_in: SignIn, header: str, value: str
    ) -> None:
        for browser, expected in ((sign_in("officer"), {200}), (Client(), {200, 302})):
            headers = {header: value, "HX-Request": "true"}
            assert browser.get("/van-ban-di/", headers=headers).status_code in expected

    def test_escaped_by_htmx_are_read_before_they_are_believed(self) -> None:
        headers = {
            "HX-Current-URL": "http%3A//[",
            "HX-Current-URL-URI-AutoEncoded": "true",
            "HX-Request": "true",
        }

        assert Client().get("/van-ban-di/", headers=headers).status_code == 200

    @pytest.mark.parametrize("host", ["a b", "[", "evil.example", "a\x00", ":::", "a" * 3000])
    def test_of_another_host_are_refused(self, host: str) -> None:
        assert Client().get("/dang-nhap/", headers={"Host": host}).status_code == 400

    @pytest.mark.parametrize(
        "content_type",
        [
            "text/html; charset=idna",
            "text/plain; charset=base64",
            "multipart/form-data; boundary=x; charset=utf-7",
            "text/plain; charset=\0",
            "a/b; " + "x=" * 9000,
        ],
        ids=lambda text: str(text)[:40],
    )
    def test_claim_no_encoding_of_their_own(self, content_type: str) -> None:
        """Django alone ends here in an exception before any handler of ours."""
        answered: list[str] = []
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": "/khong-co-trang-nay/",
            "QUERY_STRING": "q=a",
            "CONTENT_TYPE": content_type,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "wsgi.input": io.BytesIO(),
            "wsgi.url_scheme": "http",
        }

        page = b"".join(application(environ, lambda status, headers, *_: answered.append(status)))

        assert answered == ["404 Not Found"]
        assert "Không tìm thấy nội dung này" in words_of(page)


class TestForm:
    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("một\x0bhai", "Nội dung có ký tự điều khiển không nhìn thấy được. Hãy xóa đi rồi gõ lại."),
            ("một\0hai", "Nội dung có ký tự"),
            ("\u202egpj.exe", "ký tự điều khiển"),
            ("e" + "\u0301" * 31, "Nội dung có một chữ mang quá nhiều dấu chồng lên nhau."),
        ],
        ids=ascii,
    )
    def test_keeps_what_was_typed_and_says_what_is_wrong_with_it(
        self, world: World, sign_in: SignIn, typed: str, said: str
    ) -> None:
        answer = sign_in("officer").post(
            "/van-ban-di/soan/", filled(world, subject=typed, to_places="Lưu: VT, phòng ban")
        )

        assert answer.status_code == 422
        assert said in words_of(answer.content)
        assert "Lưu: VT, phòng ban" in answer.content.decode()
        assert not OutgoingDocument.objects.exists()

    def test_composes_what_was_typed_apart_before_it_counts_it(self, world: World, sign_in: SignIn) -> None:
        answer = sign_in("officer").post(
            "/van-ban-di/soan/", filled(world, subject="e\u0302\u0301" * 500, recipients=[])
        )

        assert answer.status_code == 303
        assert OutgoingDocument.objects.get().document.subject == "ế" * 500

    @pytest.mark.parametrize("field", ["current", "new", "again"])
    def test_of_a_password_takes_no_endless_text(self, sign_in: SignIn, field: str) -> None:
        words = {"current": PASSWORD, "new": "Văn thư 2027!", "again": "Văn thư 2027!"}

        answer = sign_in("officer").post("/doi-mat-khau/", words | {field: ENDLESS})

        assert answer.status_code == 422
        assert "Quá dài" in words_of(answer.content)

    def test_of_signing_in_takes_no_endless_text(self) -> None:
        for field in ("username", "password"):
            words = {"username": "officer", "password": PASSWORD} | {field: ENDLESS}
            assert Client().post("/dang-nhap/", words).status_code == 422

    def test_of_an_act_refuses_what_is_no_text_and_does_nothing(self, world: World, sign_in: SignIn) -> None:
        document = arrivals.arrived(world)

        answer = sign_in("clerk").post(f"/van-ban-den/{document}/tra-lai/", {"reason": "sai\x07thể thức"})

        assert answer.status_code == 422
        assert IncomingDocument.objects.get(pk=document).state == "arrived"
