"""The units shipped for systemd: systemd finds no fault in them, and our programs know what they start."""

from __future__ import annotations

import configparser
import shlex
import subprocess
from pathlib import Path

import pytest

from vanthu.interfaces.cli import axis, system
from vanthu.interfaces.cli.parser import program_parser

_UNITS = Path(__file__).parents[2] / "deploy/systemd"
_SERVICES = sorted(_UNITS.glob("*.service"))
_PROGRAMS = {"vanthu": system.COMMANDS, "vanthu-axis": axis.COMMANDS}


def _read(service: Path) -> configparser.ConfigParser:
    unit = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes=("#",))
    unit.optionxform = str  # type: ignore[assignment, method-assign]  # as configparser documents it
    unit.read(service, encoding="utf-8")
    return unit


class TestUnits:
    def test_are_four_services_and_two_targets(self) -> None:
        assert [service.stem for service in _SERVICES] == [
            *("vanthu-axis-web", "vanthu-axis-worker", "vanthu-web", "vanthu-worker"),
        ]
        wanted = {
            name for target in _UNITS.glob("*.target") for name in _read(target)["Unit"]["Wants"].split()
        }
        assert wanted == {service.name for service in _SERVICES}

    def test_have_no_fault_systemd_can_find(self, tmp_path: Path) -> None:
        for unit in _UNITS.iterdir():
            # The programs are not installed here; everything else is as shipped.
            text = unit.read_text(encoding="utf-8")
            for program in ("vanthu-axis", "vanthu"):
                text = text.replace(f"/opt/vanthu/.venv/bin/{program} ", "/bin/true ")
            (tmp_path / unit.name).write_text(text, encoding="utf-8")

        done = subprocess.run(
            ["systemd-analyze", "verify", *sorted(map(str, tmp_path.iterdir()))],
            capture_output=True,
            text=True,
            check=False,
        )

        assert (done.returncode, done.stderr) == (0, "")

    @pytest.mark.parametrize("service", _SERVICES, ids=lambda service: service.stem)
    def test_start_what_the_console_knows(self, service: Path) -> None:
        program, *words = shlex.split(_read(service)["Service"]["ExecStart"])
        name = Path(program).name

        args = program_parser(name, "", _PROGRAMS[name]).parse_args(words)

        assert callable(args.run)

    @pytest.mark.parametrize("service", _SERVICES, ids=lambda service: service.stem)
    def test_are_tried_for_ever_watched_and_shut_in(self, service: Path) -> None:
        unit = _read(service)
        assert unit["Unit"]["StartLimitIntervalSec"] == "0"
        for setting, value in (
            *(("Restart", "always"), ("Type", "notify"), ("ProtectSystem", "strict")),
            *(("NoNewPrivileges", "yes"), ("CapabilityBoundingSet", ""), ("PrivateTmp", "yes")),
        ):
            assert unit["Service"][setting] == value
        allowed = unit["Service"]["RestrictNamespaces"].split()
        if "axis" in service.stem:
            assert allowed == ["yes"]
        else:
            assert {"user", "mnt", "pid", "net"} <= set(allowed), "the reading room is made of them"
