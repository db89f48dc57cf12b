"""The server: whole requests in bounded time, few connections of an address, early refusals in our words."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import OperationalError

from tests.server.small import PATIENCE, ask, dial, echo, get, hear, is_shut, say, serving
from vanthu.interfaces.server.refusals import Refusal

MEGABYTE = 1024 * 1024
CHUNKED = b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


def post(size: int, *headers: str) -> bytes:
    lines = ["POST /a HTTP/1.1", "Host: x", f"Content-Length: {size}", *headers, "", ""]
    return "\r\n".join(lines).encode()


def _send_on(slow: socket.socket) -> None:
    """A byte now and then. Raises ConnectionError once the server has had enough."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        slow.sendall(b"x")
        time.sleep(0.05)


class TestSlowClients:
    @pytest.mark.parametrize(
        "beginning", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nX: ", post(5000), CHUNKED + b"5\r\nab"]
    )
    def test_are_shut_out_after_the_grace(self, beginning: bytes) -> None:
        with serving(grace=0.5, idle=0.5) as server, dial(server) as slow:
            slow.sendall(beginning)

            assert is_shut(slow)

    @pytest.mark.parametrize("beginning", [get()[:-2] + b"X: ", post(5000)])
    def test_are_shut_out_though_they_send_on(self, beginning: bytes) -> None:
        with serving(grace=0.5) as server, dial(server) as slow:
            slow.sendall(beginning)
            with pytest.raises(ConnectionError):
                _send_on(slow)

    def test_hold_no_thread(self) -> None:
        with serving(threads=1) as server:
            slow = [dial(server, f"127.0.1.{number + 1}") for number in range(60)]
            for number, wire in enumerate(slow):
                wire.sendall((get()[:-2], post(900), CHUNKED)[number % 3])
            with dial(server) as wire:
                assert ask(wire, get("/b")) == (200, "127.0.0.1 /b 0")
            for wire in slow:
                wire.close()

    def test_are_heard_when_they_come_in_crumbs_but_in_time(self) -> None:
        with serving() as server, dial(server) as slow:
            for byte in post(30) + b"x" * 30:
                slow.sendall(bytes([byte]))

            assert hear(slow) == (200, "127.0.0.1 /a 30")

    def test_who_do_not_read_their_answer_hold_no_thread_and_are_shut_out(self) -> None:
        large = b"x" * (20 * MEGABYTE)

        def program(environ: dict[str, Any], start_response: Any) -> Sequence[bytes]:
            said = large if environ["PATH_INFO"] == "/large" else b"ok"
            start_response("200 OK", [("Content-Length", str(len(said)))])
            return [said]

        with serving(program, threads=1, grace=1.5) as server, dial(server, buffer=4096) as slow:
            slow.sendall(get("/large"))
            slow.recv(10)
            with dial(server) as wire:
                assert ask(wire, get()) == (200, "ok")
            deadline = time.monotonic() + PATIENCE
            while server.active_channels and time.monotonic() < deadline:
                time.sleep(0.1)
            assert not server.active_channels


class TestConnections:
    def test_of_one_address_are_few_and_the_one_that_waits_longest_makes_room(self) -> None:
        with serving(per_address=3) as server:
            wires = [dial(server, "127.0.1.1") for _ in range(3)]
            other = dial(server, "127.0.1.2")
            for wire in (other, *wires):
                assert ask(wire, get())[0] == 200
            fourth = dial(server, "127.0.1.1")
            assert ask(fourth, get())[0] == 200

            assert is_shut(wires[0])
            for wire in (*wires[1:], fourth, other):
                assert ask(wire, get())[0] == 200
            for wire in (*wires, fourth, other):
                wire.close()

    def test_of_a_proxy_are_not_counted(self) -> None:
        with serving(per_address=2, proxies=["127.0.1.0/24"]) as server:
            wires = [dial(server, "127.0.1.1") for _ in range(6)]
            for wire in wires:
                assert ask(wire, get())[0] == 200
            for wire in wires:
                assert ask(wire, get())[0] == 200
                wire.close()

    def test_in_all_are_bounded_and_who_holds_most_makes_room(self) -> None:
        with serving(connections=6) as server:
            honest = dial(server, "127.0.1.9")
            assert ask(honest, get())[0] == 200
            greedy = [dial(server, "127.0.1.1") for _ in range(9)]
            assert ask(greedy[-1], get())[0] == 200

            assert len(server.active_channels) == 6
            assert ask(honest, get())[0] == 200
            for wire in (honest, *greedy):
                wire.close()


class TestRefusals:
    def test_of_too_large_a_body_come_before_it_and_in_our_words(self) -> None:
        with serving(body=2 * MEGABYTE) as server, dial(server) as wire:
            status, said = ask(wire, post(2 * MEGABYTE + 1))

        assert (status, said) == (413, "Các tệp gửi một lần không được quá 2 MB. Hãy bớt tệp rồi gửi lại.")

    def test_are_heard_by_who_sends_on(self) -> None:
        with serving(body=2 * MEGABYTE) as server, dial(server) as wire:
            assert ask(wire, post(6 * MEGABYTE) + b"x" * (6 * MEGABYTE))[0] == 413

    def test_of_a_body_without_a_length_come_when_it_is_too_large(self) -> None:
        chunks = b"100000\r\n" + b"x" * MEGABYTE + b"\r\n"
        with serving(body=2 * MEGABYTE) as server, dial(server) as wire:
            assert ask(wire, CHUNKED + 3 * chunks)[0] == 413

    @pytest.mark.parametrize("largest", [True, False])
    def test_begin_beyond_the_limit_and_not_at_it(self, largest: bool) -> None:
        size = 2 * MEGABYTE + (0 if largest else 1)
        with serving(body=2 * MEGABYTE) as server, dial(server) as wire:
            assert ask(wire, post(size) + b"x" * size)[0] == (200 if largest else 413)

    def test_of_strangers_who_send_much_come_before_the_body(self) -> None:
        asked: list[str] = []

        def admit(environ: dict[str, Any]) -> Refusal | None:
            asked.append(environ["PATH_INFO"])
            return None if environ.get("HTTP_COOKIE") == "known" else say(403, "Hãy đăng nhập lại.")

        with serving(admit=admit) as server:
            with dial(server) as wire:
                assert ask(wire, post(2 * MEGABYTE)) == (403, "Hãy đăng nhập lại.")
            with dial(server) as wire:
                body = b"x" * (2 * MEGABYTE)
                assert ask(wire, post(len(body), "Cookie: known") + body)[1].endswith(f"/a {len(body)}")
                assert ask(wire, post(10) + b"x" * 10)[1].endswith("/a 10")
        assert asked == ["/a", "/a"]

    def test_say_that_the_database_is_away_when_it_cannot_be_asked_who_sends(self) -> None:
        def admit(environ: dict[str, Any]) -> Refusal | None:
            raise OperationalError("the connection is closed")

        with serving(admit=admit) as server, dial(server) as wire:
            status, said = ask(wire, post(2 * MEGABYTE))

        assert status == 503
        assert said.startswith("Cơ sở dữ liệu đang khởi động lại hoặc chưa kết nối được")
        assert "chưa được ghi; hãy làm lại sau ít phút" in said

    def test_come_when_the_disk_would_hold_too_much(self) -> None:
        with serving(body=4 * MEGABYTE, bodies=6 * MEGABYTE) as server:
            with dial(server) as first, dial(server) as second:
                first.sendall(post(3 * MEGABYTE) + b"x" * MEGABYTE)
                time.sleep(0.5)
                assert ask(second, post(3 * MEGABYTE))[0] == 503
            with dial(server, "127.0.1.1") as other:
                body = b"x" * (2 * MEGABYTE)
                assert ask(other, post(len(body)) + body)[0] == 200

    @pytest.mark.parametrize(
        "request_bytes",
        [
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +4\r\n\r\nabcd",
            b"POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: x\nX: y\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
            b"\x00\x01\x02\r\n\r\n",
        ],
    )
    def test_meet_what_two_servers_could_read_differently(self, request_bytes: bytes) -> None:
        with serving() as server, dial(server) as wire:
            status, said = ask(wire, request_bytes)

            assert (status, said.startswith("Trang web gửi dữ liệu không đọc được")) == (400, True)
            assert is_shut(wire)

    def test_of_endless_headers_come_early(self) -> None:
        with serving() as server, dial(server) as wire:
            assert ask(wire, get("/", "X: " + "x" * 40_000))[0] == 431


class TestRequests:
    def test_come_one_after_another_on_one_connection(self) -> None:
        with serving() as server, dial(server) as wire:
            wire.sendall(get("/1") + post(3) + b"abc" + get("/2", "Connection: close"))
            heard = b"".join(iter(lambda: wire.recv(65536), b""))

            assert re.findall(rb"127.0.0.1 (/\S+ \d)", heard) == [b"/1 0", b"/a 3", b"/2 0"]

    def test_may_come_in_chunks(self) -> None:
        with serving() as server, dial(server) as wire:
            assert ask(wire, CHUNKED + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n") == (200, "127.0.0.1 /a 5")

    def test_are_told_to_go_on(self) -> None:
        with serving() as server, dial(server) as wire:
            wire.sendall(post(3, "Expect: 100-continue"))
            assert wire.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
            assert ask(wire, b"abc") == (200, "127.0.0.1 /a 3")


class TestProxies:
    @pytest.mark.parametrize(
        ("peer", "said", "client"),
        [
            ("127.0.0.1", "9.9.9.9", "127.0.0.1"),
            ("127.0.1.1", "9.9.9.9", "9.9.9.9"),
            ("127.0.1.1", "1.1.1.1, 9.9.9.9", "9.9.9.9"),
            ("127.0.1.1", "1.1.1.1, 9.9.9.9, 127.0.1.7", "9.9.9.9"),
            ("127.0.1.1", "1.1.1.1, không phải", "127.0.1.1"),
            ("127.0.1.1", "2001:db8::1", "2001:db8::1"),
        ],
    )
    def test_are_believed_and_nobody_else(self, peer: str, said: str, client: str) -> None:
        with serving(proxies=["127.0.1.0/24"]) as server, dial(server, peer) as wire:
            header = f"X-Forwarded-For: {said}".encode().decode("latin-1")
            assert ask(wire, get("/", header).decode().encode("latin-1"))[1].split()[0] == client

    @pytest.mark.parametrize(("peer", "believed"), [("127.0.0.1", False), ("127.0.1.1", True)])
    def test_alone_say_that_the_way_was_tls(self, peer: str, believed: bool) -> None:
        def program(environ: dict[str, Any], start_response: Any) -> Sequence[bytes]:
            said = environ.get("HTTP_X_FORWARDED_PROTO", "-").encode()
            start_response("200 OK", [("Content-Length", str(len(said)))])
            return [said]

        with serving(program, proxies=["127.0.1.0/24"]) as server, dial(server, peer) as wire:
            assert ask(wire, get("/", "X-Forwarded-Proto: https"))[1] == ("https" if believed else "-")


class TestTheNarrowWay:
    def test_leaves_threads_to_the_others_and_serves_each_address_in_turn(self) -> None:
        gate, order = threading.Event(), []

        def program(environ: dict[str, Any], start_response: Any) -> Sequence[bytes]:
            if environ["PATH_INFO"] == "/a":
                order.append(environ["REMOTE_ADDR"])
                gate.wait(PATIENCE)
            return echo(environ, start_response)

        with serving(program, threads=2, narrow=["/a"]) as server:
            many = [dial(server, "127.0.1.1") for _ in range(6)]
            for wire in many:
                wire.sendall(post(0))
                time.sleep(0.02)
            single = dial(server, "127.0.1.2")
            single.sendall(post(0))
            with dial(server) as colleague:
                assert ask(colleague, get("/b"))[0] == 200
            gate.set()
            assert [hear(wire)[0] for wire in (*many, single)] == [200] * 7
            for wire in (*many, single):
                wire.close()
        assert order.index("127.0.1.2") <= 2


class TestStopping:
    def test_finishes_what_is_under_way(self) -> None:
        began = threading.Event()

        def program(environ: dict[str, Any], start_response: Any) -> Sequence[bytes]:
            began.set()
            time.sleep(1)
            return echo(environ, start_response)

        with serving(program) as server, dial(server) as idle, dial(server) as wire:
            wire.sendall(get("/last"))
            began.wait(PATIENCE)
            server.stop(seconds=PATIENCE)

            assert hear(wire) == (200, "127.0.0.1 /last 0")
            assert is_shut(wire)
            assert is_shut(idle)
            with pytest.raises(ConnectionError):
                dial(server)
