"""A measuring process: one system on the axis that sends packets to itself and takes each of them."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import children
from benchmarks.official import write_packet
from vanthu.exchange.axis_client import AxisClient

#: Stands in the packet where its number comes.
_MARK = "76543210"


def prepare(job: dict[str, Any]) -> Callable[[], dict[str, Any]]:
    """`url`, `system`, `secret`; `sender` and `recipient` (codes); `attachment`; `packets` at most, `seconds`
    at most, `first`: the number of the first; `batch`: how many are sent before the mailbox is looked into,
    0: they are only sent.

    The answer: `packets` that went the whole way, `began` and `ended`.
    """
    folder = Path(tempfile.mkdtemp(dir=Path(job["attachment"]).parent))
    paths = _write_packets(folder, job)
    client = AxisClient(job["url"], job["system"], job["secret"])

    def measure() -> dict[str, Any]:
        try:
            return _measure(client, paths, folder / "taken", job)
        finally:
            client.close()
            shutil.rmtree(folder)

    return measure


def _measure(client: AxisClient, paths: list[Path], taken: Path, job: dict[str, Any]) -> dict[str, Any]:
    began, done = time.monotonic(), 0
    size = job["batch"] or 1
    for start in range(0, len(paths), size):
        if time.monotonic() > began + job["seconds"]:
            break
        batch = paths[start : start + size]
        for path in batch:
            client.send(path, "edoc", job["sender"])
        if job["batch"]:
            waiting = client.list_received("edoc")
            # Nothing twice, nothing lost: what lies in the mailbox is what was just sent.
            assert len({each.doc_id for each in waiting}) == len(waiting) == len(batch), "one of each"
            for each in waiting:
                client.fetch(each.doc_id, taken)
                assert taken.stat().st_size == batch[0].stat().st_size, "the packets are alike"
                client.update_status(each.doc_id, "done")
        done += len(batch)
    return {"packets": done, "began": began, "ended": time.monotonic()}


def _write_packets(folder: Path, job: dict[str, Any]) -> list[Path]:
    """One packet, and copies of it that differ in their number."""
    model = folder / "model.edxml"
    write_packet(
        model,
        sender=job["sender"],
        recipient=job["recipient"],
        number=_MARK,
        attachment=Path(job["attachment"]),
    )
    text = model.read_bytes()
    paths = []
    for number in range(job["packets"]):
        path = folder / f"{number}.edxml"
        path.write_bytes(text.replace(_MARK.encode(), str(job["first"] + number).encode()))
        paths.append(path)
    return paths


if __name__ == "__main__":
    children.answer(prepare)
