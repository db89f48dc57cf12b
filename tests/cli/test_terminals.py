"""Where the answer goes: a full disk, a reader that left, a terminal that knows no Vietnamese."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_SAMPLE = [sys.executable, "-m", "vanthu", "edxml", "sample"]


def test_a_full_disk_is_said_in_one_line() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(_SAMPLE, stdout=full, stderr=subprocess.PIPE, encoding="utf-8", check=False)

    assert (done.returncode, done.stderr) == (2, "Không ghi được kết quả: ổ đĩa đã đầy.\n")


def test_a_reader_that_left_is_no_fault() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(_SAMPLE, stdout=writing, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(writing)

    assert (done.returncode, done.stderr) == (141, b"")


def test_a_letter_the_terminal_does_not_know_is_shown_by_its_code() -> None:
    plain = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

    done = subprocess.run(_SAMPLE, env=plain, capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, b"")
    assert b"S\\u1edf N\\u1ed9i v\\u1ee5" in done.stdout
