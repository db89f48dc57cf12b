"""The client of the axis: against the real axis over loopback HTTP, and against servers that misbehave."""

from __future__ import annotations

import base64
import gc
import json
import os
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path

import pytest

from tests.axis import packets
from tests.axis.process import AxisProcess
from tests.axis.world import DEPARTMENT, DISTRICT, FINANCE, FINANCE_OLD, MINISTRY, SECRETS
from vanthu.exchange.axis_client import AxisAnswerMalformed, AxisClient, AxisRefused, AxisUnreachable

NUMBERS = count(1)
CONTENT = "<edXML>Trích yếu đủ dấu ????~~~~</edXML>".encode()
BASE64 = base64.b64encode(CONTENT).decode()


@pytest.fixture(scope="module")
def process(embedded_database: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AxisProcess]:
    """The axis in a process of its own."""
    with AxisProcess(tmp_path_factory.mktemp("axis")) as axis:
        axis.fill_directory()
        yield axis


@pytest.fixture
def sender(process: AxisProcess) -> Iterator[AxisClient]:
    with AxisClient(process.url, "TINH.H29", SECRETS["TINH.H29"]) as client:
        yield client


@pytest.fixture
def receiver(process: AxisProcess) -> Iterator[AxisClient]:
    with AxisClient(process.url + "/", "TINH.H37", SECRETS["TINH.H37"]) as client:
        yield client


@pytest.fixture
def packet(tmp_path: Path) -> Path:
    path = tmp_path / "gui.edxml"
    path.write_bytes(packets.document(DEPARTMENT, [DISTRICT, MINISTRY], number=next(NUMBERS)))
    return path


class TestAgainstTheAxis:
    def test_document_goes_over_byte_for_byte(
        self, sender: AxisClient, receiver: AxisClient, packet: Path, tmp_path: Path
    ) -> None:
        doc_id = sender.send(packet, "edoc", DEPARTMENT, [DISTRICT])
        assert sender.send(packet, "edoc", DEPARTMENT, [DISTRICT]) == doc_id
        row = receiver.list_received("edoc")[-1]
        assert (row.kind, row.sender_code, row.recipient_code, row.status) == (
            "edoc",
            DEPARTMENT,
            DISTRICT,
            "initial",
        )
        assert row.received_at is not None
        receiver.fetch(row.doc_id, tmp_path / "nhan.edxml")
        assert (tmp_path / "nhan.edxml").read_bytes() == packet.read_bytes()
        receiver.update_status(row.doc_id, "processing", "Đang lưu vào sổ")
        receiver.update_status(row.doc_id, "done")
        receiver.update_status(row.doc_id, "done")
        assert row.doc_id not in [other.doc_id for other in receiver.list_received("edoc")]

    def test_threads_that_begin_together_leave_no_connection_open(self, process: AxisProcess) -> None:
        begin = threading.Barrier(8)
        with (
            AxisClient(process.url, "TINH.H37", SECRETS["TINH.H37"]) as client,
            ThreadPoolExecutor(8) as threads,
        ):

            def ask(_: int) -> bool:
                begin.wait(30)
                return isinstance(client.list_received("status"), list)

            assert all(threads.map(ask, range(8)))
        # An open socket that nobody holds any more is a warning, and warnings are errors here.
        gc.collect()

    def test_status_goes_back(self, sender: AxisClient, receiver: AxisClient, tmp_path: Path) -> None:
        path = tmp_path / "01.edxml"
        path.write_bytes(packets.status(DISTRICT, DEPARTMENT, number=next(NUMBERS)))
        receiver.send(path, "status", DISTRICT)
        (row,) = sender.list_received("status")
        sender.fetch(row.doc_id, tmp_path / "nhan.edxml")
        assert (tmp_path / "nhan.edxml").read_bytes() == path.read_bytes()
        sender.update_status(row.doc_id, "done")

    def test_large_packet_is_streamed_both_ways(
        self, sender: AxisClient, receiver: AxisClient, tmp_path: Path
    ) -> None:
        attachment = tmp_path / "phu-luc.bin"
        attachment.write_bytes(os.urandom(7 * 1024 * 1024 + 1))
        path = tmp_path / "gui.edxml"
        path.write_bytes(
            packets.document(DEPARTMENT, [DISTRICT], number=next(NUMBERS), attachments=[attachment])
        )
        sender.send(path, "edoc", DEPARTMENT)
        receiver.fetch(receiver.list_received("edoc")[-1].doc_id, tmp_path / "nhan.edxml")
        assert (tmp_path / "nhan.edxml").read_bytes() == path.read_bytes()

    def test_failure_keeps_its_vietnamese_reason(
        self, process: AxisProcess, sender: AxisClient, receiver: AxisClient, packet: Path
    ) -> None:
        sender.send(packet, "edoc", DEPARTMENT, [DISTRICT])
        row = receiver.list_received("edoc")[-1]
        receiver.update_status(row.doc_id, "fail", "Chữ ký số không hợp lệ; «đề nghị gửi lại»\n(văn thư)")
        found = process.rows(f"SELECT description FROM axis_mailboxitem WHERE id = '{row.doc_id}'")
        assert found == [("Chữ ký số không hợp lệ; «đề nghị gửi lại»\n(văn thư)",)]

    def test_directory_gives_both_codes(self, sender: AxisClient) -> None:
        agencies = {agency.code: agency for agency in sender.list_agencies()}
        assert (agencies[FINANCE].name, agencies[FINANCE].old_code) == ("Sở Tài chính", FINANCE_OLD)

    @pytest.mark.parametrize(("who", "code"), [(FINANCE, "26"), (DISTRICT, "26")])
    def test_refusal_carries_code_and_sentence(
        self, sender: AxisClient, packet: Path, who: str, code: str
    ) -> None:
        with pytest.raises(AxisRefused, match=r"\.$") as caught:
            sender.send(packet, "edoc", who)
        assert (caught.value.error_code, caught.value.transient) == (code, False)

    def test_wrong_secret_is_a_refusal(self, process: AxisProcess) -> None:
        with (
            AxisClient(process.url, "TINH.H29", "khoa-bi-mat-doan-mo") as client,
            pytest.raises(AxisRefused) as caught,
        ):
            client.list_received("edoc")
        assert caught.value.error_code == "15"

    def test_anothers_packet_is_not_found_and_leaves_no_file(
        self, sender: AxisClient, receiver: AxisClient, packet: Path, tmp_path: Path
    ) -> None:
        sender.send(packet, "edoc", DEPARTMENT, [DISTRICT])
        row = receiver.list_received("edoc")[-1]
        with pytest.raises(AxisRefused):
            sender.fetch(row.doc_id, tmp_path / "nhan.edxml")
        assert [path.name for path in tmp_path.iterdir()] == [packet.name]

    def test_nobody_listening_is_unreachable(self, packet: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        with AxisClient(url, "TINH.H29", "x" * 16, timeout=5) as client, pytest.raises(AxisUnreachable):
            client.send(packet, "edoc", DEPARTMENT)

    @pytest.mark.parametrize("url", ["http://", "nowhere", "http://a b/", "ftp://127.0.0.1"])
    def test_impossible_address_is_a_clear_error(self, url: str) -> None:
        with (
            AxisClient(url, "TINH.H29", "x" * 16, timeout=5) as client,
            pytest.raises((AxisUnreachable, AxisAnswerMalformed)),
        ):
            client.list_agencies()


class Axis:
    """A server that answers every call with the same bytes."""

    def __init__(self) -> None:
        self.status, self.body = 200, b""
        self.cut_short = False
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(outer.body) + (9 if outer.cut_short else 0)))
                self.end_headers()
                self.wfile.write(outer.body)
                self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def strange() -> Iterator[Axis]:
    axis = Axis()
    thread = threading.Thread(target=axis.server.serve_forever, args=(0.02,))
    thread.start()
    yield axis
    axis.server.shutdown()
    thread.join()
    axis.server.server_close()


@pytest.fixture
def client(strange: Axis) -> Iterator[AxisClient]:
    with AxisClient(strange.url, "TINH.H29", "x" * 16, timeout=10) as client:
        yield client


def ok(**fields: object) -> bytes:
    return json.dumps({"status": "OK", "ErrorCode": "0", "ErrorDesc": "", **fields}).encode()


class TestAgainstOtherAxes:
    """Replies of peers: any key order, any escaping, and everything that can be wrong."""

    @pytest.mark.parametrize(
        "body",
        [
            ok(data=BASE64),
            f'{{"data":"{BASE64}","ErrorDesc":"","ErrorCode":"0","status":"OK"}}'.encode(),
            f'{{ "data" :\n "{BASE64}", "ErrorCode": 0, "status": "OK" }}'.encode(),
            ok(data="@").replace(b"@", BASE64.replace("/", r"\/").replace("=", r"\u003d").encode()),
            ok(data="@").replace(
                b"@", r"\r\n".join(BASE64[i : i + 8] for i in range(0, len(BASE64), 8)).encode()
            ),
            ok(data=BASE64, ErrorDesc='nói "data": "AAAA" trong lời'),
        ],
        ids=["plain", "data first", "spaced", "escaped", "wrapped", "decoy"],
    )
    def test_packet_is_read_however_it_is_written(
        self, strange: Axis, client: AxisClient, tmp_path: Path, body: bytes
    ) -> None:
        strange.body = body
        client.fetch("x", tmp_path / "nhan")
        assert (tmp_path / "nhan").read_bytes() == CONTENT

    def test_escapes_across_pieces_are_read(self, strange: Axis, client: AxisClient, tmp_path: Path) -> None:
        content = os.urandom(3 * 1024 * 1024 + 1)
        text = base64.b64encode(content).replace(b"/", rb"\u002f").replace(b"+", rb"\u002B")
        strange.body = b'{"status":"OK","data":"' + text.replace(b"=", rb"\u003D") + b'","ErrorCode":"0"}'
        client.fetch("x", tmp_path / "nhan")
        assert (tmp_path / "nhan").read_bytes() == content

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"<html>login</html>",
            b"[]",
            b"{}",
            b'{"data":"QUJD"}',
            ok(),
            ok(data=""),
            ok(data="QUJ"),
            ok(data="QU*D"),
            ok(data=["QUJD"]),
            ok(data="QUJD")[:-3],
            b'{"x":"' + b"x" * 70_000 + b'","data":"QUJD","status":"OK"}',
        ],
        ids=lambda body: body[:24],
    )
    def test_packet_that_cannot_be_read_leaves_no_file(
        self, strange: Axis, client: AxisClient, tmp_path: Path, body: bytes
    ) -> None:
        strange.body = body
        with pytest.raises(AxisAnswerMalformed):
            client.fetch("x", tmp_path / "nhan")
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("body", [b"", b"no", b"[]", b"{}", ok(), ok(data="x"), ok(data=[1])], ids=str)
    def test_list_that_cannot_be_read(self, strange: Axis, client: AxisClient, body: bytes) -> None:
        strange.body = body
        with pytest.raises(AxisAnswerMalformed):
            client.list_received("edoc")

    def test_list_row_may_lack_what_we_can_do_without(self, strange: Axis, client: AxisClient) -> None:
        strange.body = ok(data=[{"docId": 7, "from": None, "created_time": "hôm qua"}, {"from": "H29"}])
        (row,) = client.list_received("edoc")
        assert (row.doc_id, row.sender_code, row.received_at, row.kind) == ("7", "", None, "edoc")

    @pytest.mark.parametrize("status", [500, 502, 503, 504])
    def test_fault_of_the_axis_is_worth_another_try(
        self, strange: Axis, client: AxisClient, status: int
    ) -> None:
        strange.status, strange.body = status, b"<html>"
        with pytest.raises(AxisUnreachable):
            client.list_received("edoc")

    @pytest.mark.parametrize("call", ["list", "fetch"])
    def test_answer_cut_short_is_worth_another_try(
        self, strange: Axis, client: AxisClient, tmp_path: Path, call: str
    ) -> None:
        strange.body, strange.cut_short = ok(data=BASE64), True
        with pytest.raises(AxisUnreachable):
            client.fetch("x", tmp_path / "nhan") if call == "fetch" else client.list_received("edoc")
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        ("code", "transient"), [("16", True), ("20", True), ("18", False), ("22", False)]
    )
    def test_refusal_says_whether_to_try_again(
        self, strange: Axis, client: AxisClient, code: str, transient: bool
    ) -> None:
        strange.body = json.dumps({"status": "FAIL", "ErrorCode": code, "ErrorDesc": "Không được."}).encode()
        with pytest.raises(AxisRefused, match="Không được") as caught:
            client.update_status("x", "done")
        assert caught.value.transient is transient

    def test_sending_without_an_id_in_return_is_not_taken_for_sent(
        self, strange: Axis, client: AxisClient, packet: Path
    ) -> None:
        strange.body = ok()
        with pytest.raises(AxisAnswerMalformed):
            client.send(packet, "edoc", DEPARTMENT)
