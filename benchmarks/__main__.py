"""`python -m benchmarks [NAME…] [--json FILE] [--documents N]`: measure, print one table, write JSON."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any, Protocol, cast

import psycopg

from benchmarks import figures, machine
from benchmarks.children import MeasuringFailed
from benchmarks.figures import Chapter, Figure
from benchmarks.house import House
from vanthu.interfaces.cli.command import CommandRefused
from vanthu.kernel.embedded_postgres import PostgresRefused

#: Name → one line of what it measures. The module of that name is imported when its turn comes.
BENCHMARKS = {
    "signing": "Ký và kiểm tra chữ ký, mỗi lõi",
    "room": "Phòng đọc: tệp từ bên ngoài được đọc trong tiến trình không có quyền gì",
    "packets": "Gói tin edXML với tệp đính kèm 100 MB",
    "registering": "Tiếp nhận, vào sổ, kèm hộp thư đi",
    "pages": "Trang web của người dùng thường",
    "siege": "Trang web khi người lạ quấy",
    "hub": "Trục liên thông",
    "delivery": "Từ phát hành đến khi nơi nhận thấy, qua trục",
}
_VAR = Path("var/bench")


class Benchmark(Protocol):
    """A module that measures one thing."""

    def measure(self, house: House, *, documents: int) -> Sequence[Figure]: ...


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmarks asked for, all of them by default. Exit code 1 when one cannot be carried out."""
    args = _arguments(argv)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    chapters: list[Chapter] = []
    failed = False
    try:
        with House(_VAR) as house:
            before = machine.describe(house)
            for name in args.names or BENCHMARKS:
                print(f"Đo «{name}»: {BENCHMARKS[name]}…", flush=True)
                try:
                    chapters.append(_run(name, house, args.documents))
                except (MeasuringFailed, CommandRefused, OSError, psycopg.Error) as fault:
                    print(f"Không đo được «{name}»: {fault}", file=sys.stderr)
                    failed = True
                _keep(args.json, args.documents, before, chapters)
    except PostgresRefused as refused:
        print(refused, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Đã dừng đo.", file=sys.stderr)
        return 130
    print(figures.table(chapters))
    print(f"\n{machine.sentence(before)} {machine.load_sentence(before)}")
    print(f"Số liệu: {args.json}")
    return 1 if failed else 0


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Đo tốc độ, mỗi con số cạnh một giới hạn vật lý của chính máy này.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(f"  {name:<12}{line}" for name, line in BENCHMARKS.items()),
    )
    parser.add_argument("names", nargs="*", metavar="TÊN", help="chỉ đo những phần này")
    parser.add_argument(
        "--json", type=Path, default=_VAR / "figures.json", metavar="FILE", help="ghi số liệu"
    )
    parser.add_argument(
        "--documents", type=int, default=100_000, metavar="N", help="số văn bản trong hệ thống"
    )
    args = parser.parse_args(argv)
    if unknown := [name for name in args.names if name not in BENCHMARKS]:
        parser.error(f"không có phần đo {', '.join(unknown)}; có: {', '.join(BENCHMARKS)}")
    if args.documents < 1000:
        parser.error("--documents phải từ 1000 trở lên")
    return args


def _run(name: str, house: House, documents: int) -> Chapter:
    benchmark = cast(Benchmark, importlib.import_module(f"benchmarks.{name}"))
    began = time.monotonic()
    measured = benchmark.measure(house, documents=documents)
    return Chapter(name=name, title=BENCHMARKS[name], figures=measured, seconds=time.monotonic() - began)


def _keep(path: Path, documents: int, before: dict[str, Any], chapters: Sequence[Chapter]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    facts = {
        "measured_at": datetime.now().astimezone().isoformat(timespec="seconds"),
        "documents": documents,
        "machine": before | {"load_after": os.getloadavg()[0]},
        "chapters": [asdict(chapter) for chapter in chapters],
    }
    path.write_text(json.dumps(facts, ensure_ascii=False, indent=2), encoding="utf-8")


def _stop(number: int, frame: FrameType | None) -> None:
    # Once: a second signal must not break the orderly stop that the first began.
    for every in (signal.SIGINT, signal.SIGTERM):
        signal.signal(every, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
