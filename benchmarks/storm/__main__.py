"""`python -m benchmarks.storm --minutes M --seed N`: act, attack and kill for M minutes, then check it all.

Starts a province of its own (own folder and ports, loopback alone) unless `--province` names the folder of a
running one. Prints the seed and what was counted; exit code 1 on any violation.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.storm.acting import ATTACKED, Acts
from benchmarks.storm.checking import Checks
from benchmarks.storm.striking import Striker
from benchmarks.storm.tally import Tally
from vanthu.interfaces.cli.demo.topology import Topology

_START_SECONDS = 600
_CALM_SECONDS = 300


def main(argv: Sequence[str] | None = None) -> int:
    """Storm, then check. 0: nothing lost, doubled or wrong; 1: something is."""
    args = _arguments(argv)
    with _province(args) as topology:
        tally, enough = Tally(), threading.Event()
        _unlock(topology)
        addresses = {each.name: each.address for each in topology.installations}
        acts = Acts(addresses, tally, enough, args.seed)
        print(f"Bão {args.minutes:g} phút, hạt giống {args.seed}, {topology.var}", flush=True)
        works: list[Callable[[], None]] = [
            *(acts.letters(number) for number in range(args.letters)),
            acts.arrivals("tp", "outside"),
            acts.arrivals("hoabinh", "province"),
            acts.doors(),
            *(acts.uploads(number) for number in range(args.uploads)),
            Striker(topology, tally, enough, seed=args.seed, pause=(args.pause, 2 * args.pause)).run,
        ]
        threads = [threading.Thread(target=work) for work in works]
        for thread in threads:
            thread.start()
        try:
            time.sleep(args.minutes * 60)
        finally:
            enough.set()
            for thread in threads:
                thread.join()
        _wait_until_up(topology)
        checks = Checks(topology, tally, acts.mark)
        checks.wait_until_calm(_CALM_SECONDS)
        checks.run()
        _unlock(topology)
        if not tally.drafts:
            tally.fault("không ai làm được việc gì, nên bão không chứng tỏ điều gì")
    _report(args, tally)
    return 1 if tally.violations else 0


def _unlock(topology: Topology) -> None:
    """Open the accounts that strangers locked, in this storm or in one before it."""
    for username in ATTACKED:
        subprocess.run(  # noqa: S603 - our own program
            [*topology.program(topology.province), "account", "unlock", username],
            env=topology.environment(topology.province),
            capture_output=True,
            timeout=120,
            check=False,
        )


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.storm", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--pause", type=float, default=8, help="ít nhất chừng ấy giây giữa hai lần giết")
    parser.add_argument("--letters", type=int, default=2, help="số luồng soạn và phát hành")
    parser.add_argument("--uploads", type=int, default=3, help="số luồng gửi tệp xấu, của cùng một người")
    parser.add_argument("--province", type=Path, help="thư mục của tỉnh mẫu đang chạy")
    parser.add_argument("--port", type=int, default=9700, help="cổng đầu tiên của tỉnh tự mở")
    return parser.parse_args(argv)


@contextmanager
def _province(args: argparse.Namespace) -> Iterator[Topology]:
    """The running province: the one named, or one started for this storm and stopped after it."""
    if args.province is not None:
        state = json.loads((args.province / "run.json").read_text(encoding="utf-8"))
        port = int(str(state["addresses"]["province"]).rpartition(":")[2])
        yield Topology(args.province.absolute(), port)
        return
    var = Path("var/storm").absolute()
    var.mkdir(parents=True, exist_ok=True)
    (var / "run.json").unlink(missing_ok=True)
    topology = Topology(var, args.port)
    environment = os.environ | {"VANTHU_VAR": str(var), "PORT": str(args.port)}
    with (var / "storm.log").open("wb") as log:
        demo = subprocess.Popen(
            [sys.executable, "-m", "vanthu", "demo", "run"], env=environment, stdout=log, stderr=log
        )
    try:
        _wait_until_up(topology, demo)
        yield topology
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(120)


def _wait_until_up(topology: Topology, demo: subprocess.Popen[bytes] | None = None) -> None:
    """Wait until every program of the province runs. Raises SystemExit when they never do."""
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and (demo is None or demo.poll() is None):
        try:
            state = json.loads((topology.var / "run.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            state = {}
        children = state.get("children", {}).values()
        if state.get("state") == "ready" and all(child["state"] == "running" for child in children):
            return
        time.sleep(0.5)
    raise SystemExit(f"Tỉnh mẫu trong {topology.var} không chạy; xem {topology.var / 'storm.log'}.")


def _report(args: argparse.Namespace, tally: Tally) -> None:
    for title, counted in (("Đã làm", tally.acts), ("Đã giết", tally.kills), ("Trả lời", tally.answers)):
        print(f"{title}: " + ", ".join(f"{name} {number}" for name, number in sorted(counted.items())))
    for sentence, times in tally.told.most_common(12):
        print(f"Được nghe {times} lần: {sentence}")
    for where, times in tally.odd.most_common():
        print(f"Lạ: {where}" + (f" ({times} lần)" if times > 1 else ""))
    print(
        f"Đã hứa: {len(tally.drafts)} dự thảo, {len(tally.issued)} phát hành, {len(tally.registered)} vào sổ"
    )
    for violation, times in Counter(tally.violations).most_common():
        print(f"SAI: {violation}" + (f" ({times} lần)" if times > 1 else ""))
    print(f"Hạt giống {args.seed}, {args.minutes:g} phút: {len(tally.violations)} chỗ sai.")


if __name__ == "__main__":
    sys.exit(main())
