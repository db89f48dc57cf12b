"""Kills at random: web processes, workers, the axis, PostgreSQL whole and by back end, conversions."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
from contextlib import suppress
from pathlib import Path

import psycopg

from benchmarks.storm.tally import Tally
from vanthu.interfaces.cli.demo.topology import Topology
from vanthu.kernel.embedded_postgres import SUPERUSER

_PROGRAMS = (
    "province-web",
    "province-worker",
    "outside-web",
    "outside-worker",
    "axis-web",
    "axis-worker",
    "postgres",
)
#: How often each kind of kill is chosen.
_WEIGHTS = {"program": 5, "back end": 2, "cut connection": 3, "conversion": 2}


class Striker:
    """Kills something every few seconds, chosen by chance, until it is enough."""

    def __init__(
        self,
        topology: Topology,
        tally: Tally,
        enough: threading.Event,
        *,
        seed: int,
        pause: tuple[float, float],
    ) -> None:
        self._topology, self._tally, self._enough = topology, tally, enough
        self._pause = pause
        self._chance = random.Random(f"{seed} kills")  # noqa: S311 - the same storm for the same seed

    def run(self) -> None:
        """Strike on."""
        kinds, weights = zip(*_WEIGHTS.items(), strict=True)
        while not self._enough.wait(self._chance.uniform(*self._pause)):
            kind = self._chance.choices(kinds, weights)[0]
            with suppress(OSError, ProcessLookupError, psycopg.Error, KeyError, ValueError):
                match kind:
                    case "program":
                        self._kill_program(self._chance.choice(_PROGRAMS))
                    case "back end":
                        self._kill_back_end(signal.SIGKILL, "một tiến trình của PostgreSQL")
                    case "cut connection":
                        self._kill_back_end(signal.SIGTERM, "một kết nối")
                    case _:
                        self._kill_conversion()

    def _kill_program(self, name: str) -> None:
        children = json.loads((self._topology.var / "run.json").read_text(encoding="utf-8"))["children"]
        os.killpg(os.getpgid(int(children[name]["pid"])), signal.SIGKILL)
        self._tally.killed(name)

    def _kill_back_end(self, how: signal.Signals, what: str) -> None:
        address = self._topology.postgres().url("postgres", SUPERUSER)
        with psycopg.connect(address, autocommit=True, connect_timeout=2) as own:
            pids = own.execute(
                "SELECT pid FROM pg_stat_activity "
                "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchall()
        os.kill(self._chance.choice(pids)[0], how)
        self._tally.killed(what)

    def _kill_conversion(self) -> None:
        """One LibreOffice that a program of this province started, if there is one at the moment."""
        supervisor = json.loads((self._topology.var / "run.json").read_text(encoding="utf-8"))["pid"]
        parents = {pid: parent for pid, parent, _ in _processes()}
        for pid, _, name in _processes():
            if name.startswith("soffice") and int(supervisor) in _ancestors(pid, parents):
                os.kill(pid, signal.SIGKILL)
                self._tally.killed("LibreOffice")
                return


def _processes() -> list[tuple[int, int, str]]:
    """Number, parent and name of every process of this machine."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            name, _, rest = (folder / "stat").read_text().partition("(")[2].rpartition(")")
            found.append((int(folder.name), int(rest.split()[1]), name))
    return found


def _ancestors(pid: int, parents: dict[int, int]) -> set[int]:
    found: set[int] = set()
    while pid in parents and pid not in found:
        found.add(pid)
        pid = parents[pid]
    return found
