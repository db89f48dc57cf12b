"""Strangers at the axis's own port: slow ones hold nothing, long packets are refused unsent."""

from __future__ import annotations

import json
import socket

import httpx

from tests.axis.process import AxisProcess
from tests.axis.test_server import document, exchange, request_head, sending, signed

_SLOW = 40
_LONG = {"Content-Length": str(50 * 1024 * 1024)}


class TestAStranger:
    def test_who_is_slow_holds_neither_the_health_page_nor_a_system(self, axis_process: AxisProcess) -> None:
        """Even one who overheard the headers of a system, which prove nothing about the speed of a body."""
        heads = [
            request_head("POST /sendEdoc", sending(document()) | _LONG),
            request_head("POST /sendEdoc", {"Content-Length": "900"}),
            b"POST /sendEdoc HTTP/1.1\r\nHost: axis\r\nX: ",
        ]
        wires = []
        try:
            for number in range(_SLOW):
                wire = socket.socket()
                wires.append(wire)
                wire.bind((f"127.0.4.{1 + number // 10}", 0))
                wire.connect(("127.0.0.1", axis_process.port))
                wire.sendall(heads[number % 3])
            assert httpx.get(f"{axis_process.url}/suc-khoe", timeout=60).status_code == 200
            headers = signed("TINH.H37", servicetype="eDoc", messagetype="edoc") | {"Content-Length": "0"}
            assert exchange(axis_process, "POST /getReceivedEdocList", headers)[0] == 200
        finally:
            for wire in wires:
                wire.close()

    def test_is_refused_before_a_long_packet_is_sent(self, axis_process: AxisProcess) -> None:
        status, body = exchange(axis_process, "POST /sendEdoc", {**_LONG})
        assert (status, json.loads(body)["status"]) == (200, "FAIL")

        forged = sending(document()) | _LONG | {"XroadVnpt-hash-header": "0" * 64}
        assert json.loads(exchange(axis_process, "POST /sendEdoc", forged)[1])["status"] == "FAIL"

    def test_meets_json_whatever_he_sends(self, axis_process: AxisProcess) -> None:
        for head in (b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"\x00\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", axis_process.port), timeout=60) as wire:
                wire.sendall(head)
                heard = wire.makefile("rb").read()
            assert b" 400 Bad Request" in heard.partition(b"\r\n")[0]
            assert json.loads(heard.partition(b"\r\n\r\n")[2])["status"] == "FAIL"
