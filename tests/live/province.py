"""The demo province, running, for tests that need everything at once."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from vanthu.interfaces.cli.demo.topology import Topology

Found = TypeVar("Found")

#: The first start makes keys, databases and people; a slow machine needs minutes for it.
START_SECONDS = 600


@dataclass(frozen=True)
class Province:
    """A running demo, by the folder it lives in."""

    var: Path

    @property
    def state(self) -> dict[str, Any]:
        """What the demo itself says of its programs."""
        return dict(json.loads((self.var / "run.json").read_text(encoding="utf-8")))

    def address(self, name: str) -> str:
        """Where `province`, `outside`, `axis` or `pki` answers."""
        return str(self.state["addresses"][name])

    def pid(self, child: str) -> int:
        """The process number of a program now."""
        return int(self.state["children"][child]["pid"])

    def kill(self, child: str) -> None:
        """kill -9 the whole of one program, as a power cut would, and wait until another stands for it."""
        pid = self.pid(child)
        os.killpg(os.getpgid(pid), signal.SIGKILL)
        wait_for(lambda: self._is_up_again(child, pid) or None, f"{child} chạy lại", seconds=90)

    @property
    def root(self) -> Path:
        """The trusted root certificate."""
        return self.var / "pki" / "trust" / "root.pem"

    def command_in(self, installation: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a `vanthu` command in the environment of one installation, as its administrator would."""
        topology = Topology(self.var, int(self.address("province").rpartition(":")[2]))
        environment = topology.environment(getattr(topology, installation))
        return subprocess.run(
            [sys.executable, "-m", "vanthu", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def command(self, *arguments: str, seconds: float = 300) -> subprocess.CompletedProcess[str]:
        """Run a `vanthu` command as a person at the terminal would."""
        return subprocess.run(
            [sys.executable, "-m", "vanthu", *arguments],
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def _is_up_again(self, child: str, before: int) -> bool:
        now = self.state["children"][child]
        return bool(now["pid"] != before and now["state"] == "running")


def start(var: Path) -> subprocess.Popen[bytes]:
    """Start the demo in `var` on free ports and wait until all of it answers."""
    shutil.rmtree(var, ignore_errors=True)
    var.mkdir(parents=True)
    environment = {name: value for name, value in os.environ.items() if not _is_ours(name)}
    environment |= {"VANTHU_VAR": str(var), "PORT": str(_free_ports(4))}
    said = var.parent / "demo.log"
    with said.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "vanthu", "demo", "run"], env=environment, stdout=log, stderr=log
        )
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise AssertionError(said.read_text(encoding="utf-8")[-3000:])
        if _is_ready(var):
            return process
        time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    raise AssertionError(f"the demo did not come up:\n{said.read_text(encoding='utf-8')[-3000:]}")


def wait_for(look: Callable[[], Found | None], what: str, *, seconds: float = 60) -> Found:
    """Look again and again until there is something; `what` names it when there never is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found is not None:
            return found
        time.sleep(0.25)
    raise AssertionError(f"not seen within {seconds:.0f} s: {what}")


def _is_ours(name: str) -> bool:
    return name.startswith(("VANTHU_", "DATABASE_", "DJANGO_")) or name == "PORT"


def _is_ready(var: Path) -> bool:
    try:
        state: Mapping[str, Any] = json.loads((var / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return state.get("state") == "ready"


def _free_ports(count: int) -> int:
    """The first of `count` ports in a row that nobody listens on.

    Two processes that look at the same time look in different places: what is free now is taken much later.
    """
    for first in range(21_000 + os.getpid() % 2_500 * count, 60_000, count):
        taken = []
        try:
            for port in range(first, first + count):
                probe = socket.socket()
                taken.append(probe)
                probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        finally:
            for probe in taken:
                probe.close()
        return first
    raise AssertionError("no free ports")
