"""What is asked over the network for a file's sake: little, politely, and nobody at home."""

from __future__ import annotations

import http.server
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from vanthu.room import fetching
from vanthu.room.errors import ReaderBroke
from vanthu.room.fetching import Courier, FetchRules, is_public
from vanthu.room.pool import Room

_RULES = FetchRules(listed=frozenset({"127.0.0.1"}), seconds=1.0, together=2.0)


class _Authority(http.server.BaseHTTPRequestHandler):
    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "/list")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        if self.path == "/slow":
            for _ in range(100):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.1)
        elif self.path == "/long":
            self.wfile.write(bytes(12 * 1024 * 1024))
        else:
            self.wfile.write(b"a list")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"answer to " + body)

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            # Whoever asked has hung up.
            return

    def log_message(self, format: str, *args: object) -> None:
        """The tests' output is not a server log."""


@pytest.fixture(scope="module")
def authority() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Authority) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def _reply(courier: Courier, url: str, body: str | None = None) -> object:
    return courier({"url": url, "body": body})["reply"]


class TestCourier:
    def test_brings_the_answer_of_a_listed_host(self, authority: str, rogue_room: Room) -> None:
        courier = Courier(rules=_RULES)

        assert rogue_room.ask("asks", {"url": f"{authority}/list"}, asked=courier) == "a list"
        asked = {"url": f"{authority}/ocsp", "body": "request"}
        assert rogue_room.ask("asks", asked, asked=courier) == "answer to request"

    @pytest.mark.parametrize(
        "url",
        [
            "ftp://vanthu.vn/list",
            "file:///etc/passwd",
            "ldap://vanthu.vn/cn=CA",
            "http://person:word@vanthu.vn/list",
            "http:///list",
            "http://[/list",
            "http://127.0.0.1:99999/",
            "http://127.0.0.1/a b",
            "http://127.0.0.1/\r\nX: y",
            "x" * 3000,
        ],
    )
    def test_asks_no_address_that_is_none(self, url: str) -> None:
        assert _reply(Courier(rules=_RULES), url) is None

    def test_asks_nobody_at_home_who_is_not_listed(self, authority: str) -> None:
        before = list(_Authority.asked)
        for host in ("127.0.0.1", "localhost"):
            port = authority.rpartition(":")[2]
            assert _reply(Courier(rules=FetchRules()), f"http://{host}:{port}/list") is None

        assert _Authority.asked == before

    def test_asks_not_this_machine_by_a_public_address_of_its_own(
        self, authority: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A server with a public address: nothing tells its own from another's before it is connected."""
        monkeypatch.setattr(fetching, "is_public", lambda _: True)
        before = list(_Authority.asked)

        assert _reply(Courier(rules=FetchRules()), f"{authority}/list") is None
        assert _Authority.asked == before

    def test_lists_a_host_with_one_port(self, authority: str) -> None:
        listed = frozenset({authority.removeprefix("http://")})

        assert _reply(Courier(rules=FetchRules(listed=listed)), f"{authority}/list") is not None
        assert _reply(Courier(rules=FetchRules(listed=listed)), "http://127.0.0.1:1/list") is None

    @pytest.mark.parametrize(
        "address",
        [
            *(
                "127.0.0.1",
                "10.1.2.3",
                "172.16.0.9",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "0.0.0.0",
            ),
            *("::1", "fe80::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "224.0.0.1"),
        ],
    )
    def test_knows_what_is_no_public_address(self, address: str) -> None:
        assert not is_public(address)

    @pytest.mark.parametrize("address", ["203.162.4.191", "2405:4800::1", "8.8.8.8"])
    def test_knows_a_public_address(self, address: str) -> None:
        assert is_public(address)

    def test_connects_to_the_address_it_looked_at(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A name that answers otherwise the second time leads nowhere else: it is looked up once."""
        answers = iter(["8.8.8.8", "127.0.0.1"])
        reached: list[object] = []

        def look_up(*_: object, **__: object) -> list[tuple[object, ...]]:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), 80))]

        def connect(address: object, **_: object) -> socket.socket:
            reached.append(address)
            raise OSError("unreachable")

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        monkeypatch.setattr(socket, "create_connection", connect)

        assert _reply(Courier(rules=FetchRules()), "http://thu-hoi.example/list") is None
        assert reached == [("8.8.8.8", 80)]

    def test_follows_nobody_elsewhere(self, authority: str) -> None:
        assert _reply(Courier(rules=_RULES), f"{authority}/elsewhere") is None
        assert _Authority.asked[-1] == "/elsewhere"

    def test_takes_no_long_answer(self, authority: str) -> None:
        assert _reply(Courier(rules=_RULES), f"{authority}/long") is None

    def test_waits_for_no_slow_one(self, authority: str) -> None:
        begun = time.monotonic()

        assert _reply(Courier(rules=_RULES), f"{authority}/slow") is None
        assert time.monotonic() - begun < 3

    def test_asks_few_times_for_one_file(self, authority: str) -> None:
        courier = Courier(rules=FetchRules(listed=_RULES.listed))
        replies = [_reply(courier, f"{authority}/list") for _ in range(20)]

        assert replies.count(None) == 4

    def test_takes_nonsense_for_no_question(self, rogue_room: Room) -> None:
        for asked in ({}, {"url": 1, "body": 2}, {"url": "http://a", "body": "!"}, "x", None):
            assert Courier(rules=_RULES)(asked) == {"reply": None}

    def test_who_may_not_ask_is_refused(self, authority: str, rogue_room: Room) -> None:
        """A reader whose job needs no network is not heard at all."""
        with pytest.raises(ReaderBroke):
            rogue_room.ask("asks", {"url": f"{authority}/list"})
