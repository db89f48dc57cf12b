"""Breaks files at random, for every reader: `python -m benchmarks.fuzzing --minutes 60 --seed 7`.

It begins with files it makes itself: signed, sealed and archived PDFs, packets, office files, pictures,
certificates. Each is changed in bytes (flipped, cut, repeated, spliced) and in structure (PDF names and
numbers, XML elements, the parts of an archive), and read in a child process with limits of memory and time.

A finding is an exception that is none of ours, a death, more time or memory than allowed, and, gravest, a
signed PDF that is called valid though its signed bytes are not what was signed. Findings are kept under
var/fuzz, made smaller where that keeps them; with any, the exit code is 1. One seed is one order of cases.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import json
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.fuzzing_mutations import mutate
from benchmarks.fuzzing_seeds import make_seeds

#: Seconds and bytes one reading may take; what honest files need is a hundredth of either.
SECONDS, MEMORY = 60.0, 2 * 1024**3
FINDINGS = Path("var/fuzz")


@dataclass
class Tally:
    """What came of all cases so far."""

    cases: int = 0
    outcomes: collections.Counter[str] = field(default_factory=collections.Counter)
    findings: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    biggest: tuple[int, str] = (0, "")

    def note(self, name: str, answer: dict[str, object]) -> None:
        """Count one case."""
        self.cases += 1
        self.outcomes[str(answer["outcome"])] += 1
        self.slowest = max(self.slowest, (float(str(answer["seconds"])), name))
        self.biggest = max(self.biggest, (int(str(answer["kilobytes"])), name))


class Reader:
    """A child process that reads one file after the other, replaced when it dies or takes too long."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, kind: str, path: Path) -> dict[str, object]:
        """What came of reading the file: its outcome, seconds of the processor, kilobytes at the most."""
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps([kind, str(path)]).encode() + b"\n")
            process.stdin.flush()
            ready, _, _ = select.select([process.stdout], [], [], SECONDS * 4)
            line = process.stdout.readline() if ready else b"late"
        except BrokenPipeError:
            line = b""
        if line.startswith(b"{"):
            answer: dict[str, object] = json.loads(line)
            return answer
        self.close()
        what = "finding: too slow" if line or process.returncode == -signal.SIGXCPU else "finding: death"
        return {"outcome": what, "seconds": SECONDS, "kilobytes": 0}

    def close(self) -> None:
        """End the child."""
        if self._process is not None:
            if self._process.poll() is None:
                time.sleep(0.05)
            if self._process.poll() is None:
                self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                with contextlib.suppress(BrokenPipeError):
                    if pipe is not None:
                        pipe.close()
            self._process = None

    def _start(self) -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-m",
            "benchmarks.fuzzing_reader",
            str(self._folder),
            str(MEMORY),
            str(SECONDS),
        ]
        self._process = subprocess.Popen(  # noqa: S603 - the arguments are ours
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        return self._process


def fuzz(*, minutes: float, seed: int, share: int = 0) -> Tally:
    """Cases until the time is over; `share` tells several runs of one seed apart."""
    rng = random.Random(f"{seed}/{share}")  # noqa: S311 - to be repeatable, not secret
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        folder = Path(name)
        seeds = make_seeds(folder)
        reader = Reader(folder)
        try:
            for one in seeds:
                answer = reader.ask(one.kind, _written(folder, one.name, one.data))
                if str(answer["outcome"]).startswith("finding"):
                    raise RuntimeError(f"the unchanged {one.name}: {answer}")
            end = time.monotonic() + minutes * 60
            while time.monotonic() < end:
                one = rng.choice(seeds)
                data = mutate(one.data, one.kind, rng, [other.data for other in seeds])
                answer = reader.ask(one.kind, _written(folder, one.name, data))
                tally.note(f"{one.name} #{tally.cases}", answer)
                if str(answer["outcome"]).startswith("finding"):
                    tally.findings.append(_keep(reader, folder, one.kind, one.name, data, answer, seed))
        finally:
            reader.close()
    return tally


def _written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / f"case-{name}"
    path.write_bytes(data)
    return path


def _keep(
    reader: Reader, folder: Path, kind: str, name: str, data: bytes, answer: dict[str, object], seed: int
) -> str:
    """Make the input smaller while it goes on failing the same way, a few tries only, and keep it."""
    outcome = str(answer["outcome"])
    tries = 0 if "slow" in outcome or "VALID" in outcome else 24
    piece = len(data) // 2
    while tries and piece:
        tries -= 1
        shorter = next(
            (
                rest
                for at in range(0, len(data), max(piece, len(data) // 4))
                if (rest := data[:at] + data[at + piece :])
                and reader.ask(kind, _written(folder, name, rest))["outcome"] == outcome
            ),
            None,
        )
        if shorter is None:
            piece //= 2
        else:
            data = shorter
    FINDINGS.mkdir(parents=True, exist_ok=True)
    kept = FINDINGS / f"{seed}-{abs(hash(outcome)) % 10**6}-{len(data)}-{name}"
    kept.write_bytes(data)
    return f"{outcome}: {kept}"


def main() -> int:
    """Run, print what came of it, and say by the exit code whether anything was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--share", type=int, default=None, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.share is None and chosen.jobs > 1:
        return _in_shares(chosen.minutes, chosen.seed, chosen.jobs)
    tally = fuzz(minutes=chosen.minutes, seed=chosen.seed, share=chosen.share or 0)
    print(
        f"seed {chosen.seed}, share {chosen.share or 0}: {tally.cases} cases, {len(tally.findings)} findings"
    )
    for outcome, times in tally.outcomes.most_common():
        print(f"  {times:8} {outcome}")
    print(f"  slowest {tally.slowest[0]:.2f} s ({tally.slowest[1]})")
    print(f"  biggest {tally.biggest[0] // 1024} MB ({tally.biggest[1]})")
    for finding in tally.findings:
        print(f"  FOUND {finding}")
    return 1 if tally.findings else 0


def _in_shares(minutes: float, seed: int, jobs: int) -> int:
    command = [sys.executable, "-m", "benchmarks.fuzzing", "--minutes", str(minutes), "--seed", str(seed)]
    runs = [
        subprocess.Popen([*command, "--share", str(share)], env=os.environ)  # noqa: S603 - ours
        for share in range(jobs)
    ]
    return max(run.wait() for run in runs)


if __name__ == "__main__":
    sys.exit(main())
