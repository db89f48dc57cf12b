"""An axis that answers without end, or with what nobody may keep: the call ends, in time, and says so."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exchange.test_axis_client import Axis, client, ok, strange
from vanthu.exchange import axis_client
from vanthu.exchange.axis_client import AxisAnswerMalformed, AxisClient, AxisRefused, AxisUnreachable

__all__ = ["client", "strange"]

#: Time for a whole call, and what a busy machine may add to it.
_SECONDS, _AT_MOST = 1.5, 20.0


@pytest.fixture(scope="module")
def hostile() -> Iterator[str]:
    """The address of the server that means harm."""
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("hostile_axis.py"))], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{json.loads(process.stdout.readline())}"
        process.kill()


def _peak_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class TestWholeCalls:
    @pytest.mark.parametrize("way", ["trickled-body", "trickled-head", "silence", "deaf"])
    def test_that_move_next_to_nothing_end_in_their_time(
        self, hostile: str, way: str, tmp_path: Path
    ) -> None:
        packet = tmp_path / "packet"
        packet.write_bytes(b"x" * 20_000_000)
        began = time.monotonic()

        with AxisClient(f"{hostile}/{way}", "TINH", "x" * 16, timeout=_SECONDS) as axis:
            for call in (
                lambda: axis.list_received("edoc"),
                lambda: axis.fetch("x", tmp_path / "fetched"),
                lambda: axis.send(packet, "edoc", "H29"),
            ):
                with pytest.raises(AxisUnreachable):
                    call()

        assert time.monotonic() - began < 3 * _SECONDS + _AT_MOST
        assert [path.name for path in tmp_path.iterdir()] == ["packet"]

    @pytest.mark.parametrize("way", ["endless-head", "endless-promises", "endless-body", "gzip-bomb"])
    def test_whose_answer_is_too_much_end_before_it_is_taken(self, hostile: str, way: str) -> None:
        before = _peak_memory()

        with (
            AxisClient(f"{hostile}/{way}", "TINH", "x" * 16, timeout=30) as axis,
            pytest.raises((AxisUnreachable, AxisAnswerMalformed)),
        ):
            axis.update_status("x", "done")

        assert _peak_memory() - before < 64 * 1024 * 1024

    def test_are_not_led_elsewhere(self, hostile: str) -> None:
        with (
            AxisClient(f"{hostile}/redirect", "TINH", "x" * 16, timeout=30) as axis,
            pytest.raises(AxisAnswerMalformed, match="chuyển tới địa chỉ khác"),
        ):
            axis.list_received("edoc")

    def test_that_move_get_the_time_they_need(
        self, strange: Axis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A hundredth of a second would not do; what passes the line earns more."""
        monkeypatch.setattr("vanthu.exchange.axis_calls.LEAST_RATE", 1)
        packet = tmp_path / "packet"
        packet.write_bytes(b"x" * 5_000_000)
        strange.body = ok(DocId="5bebcfeff858e3e0cc154762")

        with AxisClient(strange.url, "TINH", "x" * 16, timeout=0.2) as axis:
            assert axis.send(packet, "edoc", "H29") == "5bebcfeff858e3e0cc154762"


class TestValues:
    @pytest.mark.parametrize(
        "bad",
        ["\ud800", "a\u0000b", "x" * 65, "a b", "../../x", "a\nb", "", None, ["x"], {"x": 1}, True, 1.5],
        ids=repr,
    )
    def test_an_id_that_is_none_is_not_taken(
        self, strange: Axis, client: AxisClient, bad: object, tmp_path: Path
    ) -> None:
        packet = tmp_path / "packet"
        packet.write_bytes(b"x")
        strange.body = ok(DocId=bad)
        with pytest.raises(AxisAnswerMalformed):
            client.send(packet, "edoc", "H29")

        strange.body = ok(data=[{"docId": bad, "from": "H29"}, {"docId": "good", "from": "H29"}])
        assert [row.doc_id for row in client.list_received("edoc")] == ["good"]

    @pytest.mark.parametrize(
        "field", [{"from": "\ud800"}, {"to": "H29\u0000"}, {"status": "x" * 1001}, {"messageType": "\ud83d"}]
    )
    def test_a_row_that_cannot_be_kept_does_not_hold_up_the_others(
        self, strange: Axis, client: AxisClient, field: dict[str, str]
    ) -> None:
        strange.body = ok(data=[{"docId": "bad", **field}, {"docId": "good"}])

        assert [row.doc_id for row in client.list_received("edoc")] == ["good"]

    @pytest.mark.parametrize("field", [{"name": "Sở\u0000"}, {"code": "a b"}, {"mail": "\ud800@x"}])
    def test_nor_an_agency_the_rest_of_the_directory(
        self, strange: Axis, client: AxisClient, field: dict[str, str]
    ) -> None:
        strange.body = ok(data=[{"code": "H30", "name": "Sở", **field}, {"code": "H29", "name": "Sở Nội vụ"}])

        assert [agency.code for agency in client.list_agencies()] == ["H29"]

    def test_a_refusal_is_told_in_what_can_be_written(self, strange: Axis, client: AxisClient) -> None:
        said = "Không\u0000nhận\ud800" + "x" * 10_000
        strange.body = json.dumps({"status": "FAIL", "ErrorCode": "18", "ErrorDesc": said}).encode()

        with pytest.raises(AxisRefused) as caught:
            client.update_status("x", "done")

        assert str(caught.value).startswith("Không nhận")
        assert len(str(caught.value)) <= 500
        assert str(caught.value).encode()

    @pytest.mark.parametrize(
        "body",
        [
            ok(data=[[]] * axis_client._MOST_GROUPS),
            b'{"status":"OK","data":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
            ok(data=[0] * (axis_client._MOST_VALUES + 1)),
            b'{"status":"OK","x":' + b"9" * 5000 + b',"data":[]}',
        ],
        ids=["wide", "deep", "long", "number"],
    )
    def test_json_that_grows_in_memory_is_refused(
        self, strange: Axis, client: AxisClient, body: bytes
    ) -> None:
        strange.body = body
        with pytest.raises(AxisAnswerMalformed):
            client.list_received("edoc")
