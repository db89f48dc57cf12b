"""The axis over real HTTP: what clients really put on the wire (facts of the captured national client)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import os
import socket
import time
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPResponse
from itertools import count
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from tests.axis import packets
from tests.axis.process import AxisProcess
from tests.axis.world import DEPARTMENT, DISTRICT, SECRETS
from vanthu.edxml import transport

NUMBERS = count(5000)


def signed(system: str, **parameters: str) -> dict[str, str]:
    named = {name.replace("_", "-"): value for name, value in parameters.items()}
    return transport.sign_headers(named, system_id=system, secret=SECRETS[system], now=datetime.now(UTC))


def exchange(process: AxisProcess, head: str, headers: dict[str, str], *bodies: bytes) -> tuple[int, bytes]:
    """One request written byte by byte as given; with `Expect`, the body waits for the server to speak.

    A server may give its answer instead of «100 Continue» when the body does not matter (RFC 9110 10.1.1).
    """
    with socket.create_connection(("127.0.0.1", process.port), timeout=60) as wire:
        wire.sendall(request_head(head, headers))
        spoken = wire.recv(65536) if "Expect" in headers else b""
        if not spoken or spoken.startswith(b"HTTP/1.1 100"):
            for body in bodies:
                wire.sendall(body)
        answer = HTTPResponse(cast(socket.socket, Replay(spoken, wire)))
        answer.begin()
        return answer.status, answer.read()


class Replay:
    """A socket whose first bytes were already read."""

    def __init__(self, spoken: bytes, wire: socket.socket) -> None:
        self._spoken, self._wire = spoken, wire

    def makefile(self, mode: str) -> BinaryIO:
        rest = bytearray(self._spoken)
        while piece := self._wire.recv(65536):
            rest += piece
        return io.BytesIO(rest)


def request_head(head: str, headers: dict[str, str]) -> bytes:
    lines = [f"{head} HTTP/1.1", "Host: axis", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def document() -> bytes:
    return packets.document(DEPARTMENT, [DISTRICT], number=next(NUMBERS))


def sending(packet: bytes, **more: str) -> dict[str, str]:
    headers = signed(
        "TINH.H29",
        servicetype="eDoc",
        messagetype="edoc",
        hash_file=hashlib.sha256(packet).hexdigest(),
        **{"from": DEPARTMENT, "Content-Type": "application/octet-stream"},
    )
    return headers | more


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """As much as a letter has, so that the whole answer is on its way before anybody reads it."""
    path = tmp_path / "phu-luc.bin"
    path.write_bytes(os.urandom(60 * 1024))
    return path


@pytest.fixture
def huge(tmp_path: Path) -> Path:
    """More than an axis that reads piece by piece ever holds."""
    path = tmp_path / "phu-luc-lon.bin"
    path.write_bytes(os.urandom(40 * 1024 * 1024))
    return path


class TestNationalClient:
    def test_lists_with_an_empty_body(self, axis_process: AxisProcess) -> None:
        headers = signed("TINH.H37", servicetype="eDoc", messagetype="edoc") | {"Content-Length": "0"}
        status, body = exchange(axis_process, "POST /getReceivedEdocList", headers)
        assert status == 200
        assert isinstance(json.loads(body)["data"], list)

    def test_fetches_and_acknowledges_with_expect_100_continue(self, axis_process: AxisProcess) -> None:
        packet = document()
        length = {"Content-Length": str(len(packet) + 2)}
        exchange(axis_process, "POST /sendEdoc", sending(packet) | length, packet, b"\r\n")
        headers = signed("TINH.H37", servicetype="eDoc", messagetype="edoc") | {"Content-Length": "0"}
        rows = json.loads(exchange(axis_process, "POST /getReceivedEdocList", headers)[1])["data"]
        found = []
        continued = {"Content-Length": "2", "Expect": "100-continue"}
        for row in rows:
            # The client gives its own filePath away; it is signed like the rest and means nothing.
            headers = signed("TINH.H37", docId=row["docId"], filePath="/tmp/x") | continued
            answer = json.loads(exchange(axis_process, "POST /getEdoc", headers, b"{}")[1])
            found.append(base64.b64decode(answer["data"]))
            headers = signed("TINH.H37", docId=row["docId"], status="done") | continued
            status, body = exchange(axis_process, "POST /updateStatus", headers, b"{}")
            assert json.loads(body)["status"] == "OK", status
        assert packet in found

    def test_is_answered_whole_when_its_body_comes_late(
        self, axis_process: AxisProcess, letter: Path
    ) -> None:
        """Nobody needs the `{}`, but a connection closed over it would take the answer along."""
        packet = packets.document(DEPARTMENT, [DISTRICT], number=next(NUMBERS), attachments=[letter])
        headers = sending(packet, **{"Content-Length": str(len(packet) + 2)})
        sent = json.loads(exchange(axis_process, "POST /sendEdoc", headers, packet, b"\r\n")[1])
        ((item,),) = axis_process.rows(f"SELECT id FROM axis_mailboxitem WHERE packet_id = '{sent['DocId']}'")
        call = HTTPConnection("127.0.0.1", axis_process.port, timeout=60)
        sockets = []
        for _ in range(2):
            # The second call shows that the connection of the first is as good as ever.
            call.putrequest("POST", "/getEdoc", skip_accept_encoding=True)
            for name, value in (signed("TINH.H37", docId=str(item)) | {"Content-Length": "2"}).items():
                call.putheader(name, value)
            call.endheaders()
            time.sleep(0.3)
            call.send(b"{}")
            sockets.append(call.sock)
            answer = json.loads(call.getresponse().read())
            assert base64.b64decode(answer["data"]) == packet
        assert sockets[0] is sockets[1]
        call.close()

    def test_sends_with_expect_100_continue(self, axis_process: AxisProcess) -> None:
        packet = document()
        headers = sending(packet, **{"Content-Length": str(len(packet) + 2), "Expect": "100-continue"})
        status, body = exchange(axis_process, "POST /sendEdoc", headers, packet + b"\r\n")
        assert json.loads(body)["status"] == "OK", status

    def test_sends_in_chunks_without_a_length(self, axis_process: AxisProcess) -> None:
        packet = document()
        whole = packet + b"\r\n"
        pieces = [whole[place : place + 700] for place in range(0, len(whole), 700)]
        chunks = [b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces]
        headers = sending(packet, **{"Transfer-Encoding": "chunked"})
        _, body = exchange(axis_process, "POST /sendEdoc", headers, *chunks, b"0\r\n\r\n")
        assert json.loads(body)["status"] == "OK"

    def test_writes_header_names_in_any_case(self, axis_process: AxisProcess) -> None:
        headers = signed("TINH.H37", servicetype="eDoc", messagetype="edoc") | {"Content-Length": "0"}
        shouted = {name.upper(): value for name, value in headers.items()}
        assert json.loads(exchange(axis_process, "POST /getReceivedEdocList", shouted)[1])["status"] == "OK"

    @pytest.mark.parametrize("order", [1, 2, 3])
    def test_signs_its_parameters_in_any_order(self, axis_process: AxisProcess, order: int) -> None:
        names = ["systemid", "servicetype", "messagetype", "timestamp", "Content-Type"]
        names = names[order:] + names[:order]
        plain = signed("TINH.H37", servicetype="eDoc", messagetype="edoc")
        text = json.dumps(
            {f"XroadVnpt-{name}": plain[f"XroadVnpt-{name}"] for name in names}, separators=(",", ":")
        )
        plain["XroadVnpt-sign-header-key"] = ";".join(names)
        plain["XroadVnpt-sign-header"] = text
        plain["XroadVnpt-hash-header"] = hmac.new(
            SECRETS["TINH.H37"].encode(), text.encode(), hashlib.sha256
        ).hexdigest()
        body = exchange(axis_process, "POST /getReceivedEdocList", plain | {"Content-Length": "0"})[1]
        assert json.loads(body)["status"] == "OK"


class TestBrokenSending:
    def test_cut_in_the_middle_stores_nothing(self, axis_process: AxisProcess) -> None:
        before = axis_process.rows("SELECT count(*) FROM axis_packet")
        packet = document()
        headers = sending(packet, **{"Content-Length": str(len(packet) + 2)})
        with socket.create_connection(("127.0.0.1", axis_process.port), timeout=60) as wire:
            wire.sendall(request_head("POST /sendEdoc", headers) + packet[:300])
        assert axis_process.console("status").returncode == 0
        assert axis_process.rows("SELECT count(*) FROM axis_packet") == before

    def test_announced_too_large_is_refused_before_it_is_sent(self, axis_process: AxisProcess) -> None:
        packet = document()
        headers = sending(packet, **{"Content-Length": str(400 * 1024 * 1024)})
        _, body = exchange(axis_process, "POST /sendEdoc", headers, packet)
        assert json.loads(body)["ErrorCode"] == "11"


class TestLargePacket:
    def test_goes_through_in_little_memory(self, axis_process: AxisProcess, huge: Path) -> None:
        """A 40 MB attachment (53 MB of packet) must not be held once, let alone in several copies."""
        packet = packets.document(DEPARTMENT, [DISTRICT], number=next(NUMBERS), attachments=[huge])
        before = axis_process.peak_memory()
        headers = sending(packet, **{"Content-Length": str(len(packet) + 2)})
        doc = json.loads(exchange(axis_process, "POST /sendEdoc", headers, packet, b"\r\n")[1])
        assert doc["status"] == "OK", doc
        ((item,),) = axis_process.rows(f"SELECT id FROM axis_mailboxitem WHERE packet_id = '{doc['DocId']}'")
        headers = signed("TINH.H37", docId=str(item)) | {"Content-Length": "2"}
        answer = json.loads(exchange(axis_process, "POST /getEdoc", headers, b"{}")[1])
        assert base64.b64decode(answer["data"]) == packet
        assert axis_process.peak_memory() - before < len(packet) // 2
