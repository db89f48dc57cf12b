"""The document system in processes of its own: strangers hold what they can, a colleague works on."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.documents import papers
from tests.server.program import PATIENCE, Served
from tests.server.small import is_shut
from tests.web.outgoing_desk import filled
from tests.worker import WorkerProcess
from tests.world import World, build_world

pytestmark = pytest.mark.django_db(transaction=True)

_HEAD = b"GET /suc-khoe/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
#: With a token of his own making, a stranger's form is read before it is refused.
_FORM = b"Cookie: vanthu_csrf=" + b"x" * 32 + b"\r\nContent-Type: application/x-www-form-urlencoded\r\n"
_BODY = b"POST /dang-nhap/ HTTP/1.1\r\nHost: 127.0.0.1\r\n" + _FORM + b"Content-Length: 90000\r\n\r\n"
_READER = b"GET /static/vendor/pdfjs/pdf.worker.min.mjs HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
_SLOW, _STRANGERS, _PAGES = 100, 24, 10


@pytest.fixture(scope="module")
def served(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served"), VANTHU_WEB_GRACE_SECONDS="4") as served:
        yield served


@pytest.fixture
def people(transactional_db: None) -> World:
    """The cast, where the server sees it."""
    return build_world()


def _slow(served: Served, number: int) -> socket.socket:
    wire = socket.socket()
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    wire.bind((f"127.0.3.{1 + number // 10}", 0))
    wire.connect(("127.0.0.1", served.port))
    wire.sendall((_HEAD, _BODY, _READER)[number % 3])
    return wire


class TestSlowStrangers:
    def test_stop_neither_the_health_page_nor_a_colleague(self, served: Served, people: World) -> None:
        wires = [_slow(served, number) for number in range(_SLOW)]
        try:
            with served.visitor() as officer:
                assert served.sign_in(officer, "officer").status_code == 303
                for _ in range(_PAGES):
                    assert officer.get("/van-ban-den/").status_code == 200
            assert served.is_well()
            assert all(is_shut(wire) for number, wire in enumerate(wires) if number % 3 != 2)
        finally:
            for wire in wires:
                wire.close()

    def test_who_send_much_are_sent_away(self, served: Served, people: World) -> None:
        with served.visitor() as stranger:
            answer = stranger.post("/dang-nhap/", content=b"x" * 3_000_000)

        assert answer.status_code == 403
        assert "Hãy đăng nhập lại" in answer.text

    def test_who_announce_more_than_is_taken_hear_so(self, served: Served, people: World) -> None:
        with socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE) as wire:
            wire.sendall(_BODY.replace(b"90000", b"999999999"))
            heard = b"".join(iter(lambda: wire.recv(65536), b"")).decode()

        assert heard.startswith("HTTP/1.1 413")
        assert "Các tệp gửi một lần không được quá 500 MB" in heard
        assert '<html lang="vi">' in heard


class TestStrangersWhoTryPasswords:
    def test_leave_a_colleague_his_pages(self, served: Served, people: World) -> None:
        """All at once, each from an address of his own, on names that are and names that are not."""

        def try_on(number: int) -> list[int]:
            with served.visitor(f"127.0.2.{number + 1}") as stranger:
                name = "clerk" if number % 2 else f"khong.co.{number}"
                return [served.sign_in(stranger, name, "Sai mật khẩu 1!").status_code for _ in range(2)]

        with served.visitor() as officer, ThreadPoolExecutor(_STRANGERS) as crowd:
            assert served.sign_in(officer, "officer").status_code == 303
            tries = [crowd.submit(try_on, number) for number in range(_STRANGERS)]
            for _ in range(_PAGES):
                assert officer.get("/van-ban-den/").status_code == 200
            said = Counter(status for each in tries for status in each.result())

        assert set(said) <= {422, 429, 503}
        assert said[422] >= 5

    def test_do_not_lock_out_who_was_here_before(self, served: Served, people: World) -> None:
        with served.visitor() as clerk, served.visitor("127.0.2.99") as stranger:
            assert served.sign_in(clerk, "clerk").status_code == 303
            clerk.cookies.delete("vanthu_session")
            while served.sign_in(stranger, "clerk", "Sai mật khẩu 1!").status_code != 429:
                pass

            assert served.sign_in(clerk, "clerk").status_code == 303
            assert "đã bị nhập sai mật khẩu 5 lần" in clerk.get("/").text


class TestSlowTexts:
    def test_eight_at_once_leave_the_pages_answering(
        self, served: Served, people: World, tmp_path: Path
    ) -> None:
        """Word files over which LibreOffice sits for a minute each, sent by four people, and a worker."""
        worker = WorkerProcess(tmp_path / "worker.log", {"VANTHU_VAR": os.environ["VANTHU_VAR"]})
        worker.start()
        senders = ("officer", "head", "colleague", "clerk")
        try:
            with contextlib.ExitStack() as open_browsers, ThreadPoolExecutor(2 * len(senders)) as crowd:
                desks = [open_browsers.enter_context(served.visitor()) for _ in senders]
                for desk, name in zip(desks, senders, strict=True):
                    assert served.sign_in(desk, name).status_code == 303
                sent = [crowd.submit(_send_slow_text, served, desk, people) for desk in desks * 2]
                with served.visitor() as deputy:
                    assert served.sign_in(deputy, "deputy").status_code == 303
                    for _ in range(_PAGES):
                        assert deputy.get("/van-ban-den/").status_code == 200
                answers = [each.result() for each in sent]
                assert served.is_well()
                assert desks[0].get(answers[0].headers["Location"]).status_code == 200
        finally:
            worker.kill()

        assert [answer.status_code for answer in answers] == [303] * 8
        assert all("/dang-chuyen/" in answer.headers["Location"] for answer in answers)


def _send_slow_text(served: Served, desk: httpx.Client, people: World) -> httpx.Response:
    words = {
        name: value for name, value in filled(people, draft_key=str(uuid4())).items() if name != "draft_file"
    }
    file = {"draft_file": ("rat-dai.docx", papers.long_text(100_000))}
    return desk.post(
        "/van-ban-di/soan/", data={**words, "csrfmiddlewaretoken": desk.cookies["vanthu_csrf"]}, files=file
    )


class TestProcesses:
    def test_that_die_are_replaced(self, served: Served, people: World) -> None:
        before = served.workers()
        os.kill(before[0], signal.SIGKILL)

        limit = time.monotonic() + PATIENCE
        while len(set(served.workers()) - set(before)) < 1:
            assert time.monotonic() < limit
            time.sleep(0.1)
        assert served.is_well()

    def test_that_are_killed_leave_nothing_to_be_misread_by_those_after_them(
        self, served: Served, people: World
    ) -> None:
        """A browser with a connection to a killed process, and one cut off in the middle of its form."""
        with served.visitor() as browser:
            served.sign_in(browser, "clerk")
            with socket.create_connection(("127.0.0.1", served.port), PATIENCE) as cut:
                cut.sendall(b"POST /dang-nhap/ HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nusername=")
                for process in served.workers():
                    os.kill(process, signal.SIGKILL)
                # Ended or reset, as the kernel finds it; but no answer.
                with contextlib.suppress(ConnectionResetError):
                    assert cut.recv(100) == b""
            served.wait_until_well()

            assert browser.get("/", follow_redirects=True).status_code == 200

    def test_end_with_their_parent(self, tmp_path: Path, people: World) -> None:
        with Served(tmp_path, VANTHU_WEB_PROCESSES="1") as served:
            assert served.process is not None
            workers = served.workers()
            served.process.kill()
            served.process.wait()

            limit = time.monotonic() + PATIENCE
            while any(Path(f"/proc/{worker}/cmdline").exists() for worker in workers):
                assert time.monotonic() < limit
                time.sleep(0.1)

    def test_stop_in_order(self, tmp_path: Path, people: World) -> None:
        with Served(tmp_path, VANTHU_WEB_PROCESSES="1") as served:
            assert served.stop() == 0
            assert not served.is_well()
