"""The fuzzer runs: with a fixed seed it finds nothing, and what it should find it finds."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from benchmarks import fuzzing
from benchmarks.fuzzing_mutations import mutate
from benchmarks.fuzzing_reader import ENTRANCES, read

_SECONDS = 6


def test_some_seconds_of_it_find_nothing() -> None:
    tally = fuzzing.fuzz(minutes=_SECONDS / 60, seed=20261128)

    assert tally.cases > 5
    assert tally.findings == []


def test_a_seed_breaks_the_same_files_the_same_way() -> None:
    first, second = random.Random(4), random.Random(4)
    data = b"%PDF-1.7 1 0 obj << /Type /Catalog >> endobj" * 20

    assert [mutate(data, "pdf", first, [data]) for _ in range(50)] == [
        mutate(data, "pdf", second, [data]) for _ in range(50)
    ]


def test_an_error_that_is_none_of_ours_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path, folder: Path) -> str:
        raise ZeroDivisionError("nobody's")

    monkeypatch.setitem(ENTRANCES, "pdf", (fail,))

    assert read("pdf", tmp_path / "a.pdf", tmp_path).startswith("finding: fail ZeroDivisionError")


@pytest.mark.parametrize("run", [b"1", b"/", b"stream\n", b"1 0 R "])
def test_a_file_that_is_one_long_run_is_broken_too(run: bytes) -> None:
    """A find that begins anew at each of a million digits would take the hour alone."""
    chance = random.Random(1)
    data = run * (1_000_000 // len(run))

    assert len({mutate(data, "pdf", chance, [data]) for _ in range(20)}) > 1
