"""A short storm over the running province: everything acts, is attacked and killed, and nothing is lost."""

from __future__ import annotations

import subprocess
import sys

from tests.architecture.source import ROOT
from tests.live.province import Province

SEED = 6


def test_a_minute_of_storm_loses_doubles_and_falsifies_nothing(province: Province) -> None:
    """The same as `python -m benchmarks.storm --minutes 10`, shorter and with a fixed seed."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "benchmarks.storm"),
            *("--minutes", "1", "--seed", str(SEED), "--province", str(province.var)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 chỗ sai" in done.stdout
