"""`vanthu demo play`: the main job as one command, with the contract other programs read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.live.province import Province

STATES = [
    *("draft", "reviewing", "awaiting_signature", "signed", "sealed", "issued"),
    *("arrived", "registered", "directed", "processing"),
    *("draft", "reviewing", "awaiting_signature", "signed", "sealed", "issued"),
    *("completed", "06"),
]


def test_plays_every_step_to_its_state(played: dict[str, Any]) -> None:
    assert [step["state"] for step in played["steps"]] == STATES
    assert all(set(step) == {"step", "actor", "state", "seconds"} for step in played["steps"])


def test_what_was_issued_verifies_with_the_demo_root_alone(
    province: Province, played: dict[str, Any]
) -> None:
    for name in ("issued_pdf", "reply_pdf"):
        checked = province.command("verify", played[name], "--trust", played["trust"], "--json")
        report = json.loads(checked.stdout)
        assert (checked.returncode, report["verdict"]) == (0, "valid")
        kinds = [signature["kind"] for signature in report["signatures"]]
        assert kinds == ["person", "agency", "timestamp"]


def test_nobody_else_s_root_makes_it_valid(province: Province, played: dict[str, Any]) -> None:
    """Without the demo's root the signatures are intact, but nobody vouches for the signer."""
    checked = province.command("verify", played["issued_pdf"], "--json")
    report = json.loads(checked.stdout)
    assert checked.returncode == 1
    assert report["verdict"] != "valid"
    assert all(signature["intact"] for signature in report["signatures"])


def test_says_in_one_line_that_no_demo_runs(province: Province, tmp_path: Path) -> None:
    refused = province.command("demo", "play", "--var", str(tmp_path))
    assert refused.returncode == 2
    assert len(refused.stderr.strip().splitlines()) == 1
    assert "make run" in refused.stderr
