"""The axis is killed in the middle of many sendings; afterwards every packet is there exactly once."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest

from tests.axis import packets
from tests.axis.process import AxisProcess
from tests.axis.world import DEPARTMENT, DISTRICT, MINISTRY, SECRETS
from vanthu.exchange.axis_client import AxisClient, AxisUnreachable

PACKETS, KILLS = 90, 3
P = ParamSpec("P")
T = TypeVar("T")


def until_heard(act: Callable[P, T], *words: P.args, **named: P.kwargs) -> T:
    """Try again until the axis answers, as the sending system's jobs do."""
    limit = time.monotonic() + 240
    while True:
        try:
            return act(*words, **named)
        except AxisUnreachable:
            if time.monotonic() > limit:
                raise
            time.sleep(0.05)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{number}.edxml" for number in range(PACKETS)]
    for number, path in enumerate(paths):
        path.write_bytes(packets.document(DEPARTMENT, [DISTRICT, MINISTRY], number=number + 1))
    return paths


def client(process: AxisProcess, system: str) -> AxisClient:
    return AxisClient(process.url, system, SECRETS[system], timeout=20)


def receive_all(receiver: AxisClient, target: Path) -> list[bytes]:
    """Poll as a receiving system does: list, fetch, keep, acknowledge, until nothing waits."""
    got: dict[str, bytes] = {}
    while rows := until_heard(receiver.list_received, "edoc"):
        for row in rows:
            until_heard(receiver.fetch, row.doc_id, target)
            got[row.doc_id] = target.read_bytes()
            until_heard(receiver.update_status, row.doc_id, "done")
    return list(got.values())


def test_every_packet_is_there_exactly_once(
    embedded_database: None, tmp_path: Path, files: list[Path]
) -> None:
    with AxisProcess(tmp_path) as process:
        process.fill_directory()
        with client(process, "TINH.H29") as sender, ThreadPoolExecutor(6) as pool:
            sending = [pool.submit(until_heard, sender.send, path, "edoc", DEPARTMENT) for path in files]
            for kill in range(1, KILLS + 1):
                while sum(done.done() for done in sending) < PACKETS * kill // (KILLS + 2):
                    time.sleep(0.01)
                process.kill()
                process.start()
            ids = [done.result() for done in sending]
            assert len(set(ids)) == PACKETS
            again = [until_heard(sender.send, path, "edoc", DEPARTMENT) for path in files]
            assert again == ids

        assert process.rows("SELECT count(*), count(DISTINCT document_id) FROM axis_packet") == [
            (PACKETS, PACKETS)
        ]
        assert process.rows("SELECT count(*) FROM axis_mailboxitem") == [(2 * PACKETS,)]
        assert process.rows(
            "SELECT count(*) FROM kernel_auditentry WHERE action = 'axis.packet-accepted'"
        ) == [(PACKETS,)]

        expected = sorted(path.read_bytes() for path in files)
        with client(process, "TINH.H37") as receiver:
            half = receiver.list_received("edoc")[: PACKETS // 2]
            for row in half:
                receiver.fetch(row.doc_id, tmp_path / "got")
            process.kill()
            process.start()
            assert sorted(receive_all(receiver, tmp_path / "got")) == expected
            process.kill()
            process.start()
            assert until_heard(receiver.list_received, "edoc") == []
        with client(process, "BO.G09") as other:
            assert len(until_heard(other.list_received, "edoc")) == PACKETS
