"""What the demo's programs are told, and what is refused before any of them starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from vanthu.interfaces.cli.command import CommandRefused
from vanthu.interfaces.cli.demo.topology import Topology


@pytest.fixture
def topology(tmp_path: Path) -> Topology:
    """A demo on the usual ports, in a folder of its own."""
    return Topology(tmp_path, 8000)


class TestEnvironment:
    def test_gives_each_installation_a_database_a_folder_and_cookies_of_its_own(
        self, topology: Topology
    ) -> None:
        province, outside = map(topology.environment, (topology.province, topology.outside))

        for name in ("DATABASE_URL", "VANTHU_VAR", "VANTHU_COOKIE_PREFIX", "VANTHU_AXIS_SYSTEM_ID"):
            assert province[name] != outside[name]

    def test_holds_no_secret_itself(self, topology: Topology) -> None:
        told = " ".join(topology.environment(topology.province).values())

        for secret in (topology.var / "secrets").iterdir():
            assert secret.read_text(encoding="utf-8") not in told
            assert secret.stat().st_mode & 0o077 == 0

    def test_keeps_secrets_from_one_start_to_the_next(self, topology: Topology) -> None:
        first = topology.secret("province-key").read_text(encoding="utf-8")

        assert Topology(topology.var, 8100).secret("province-key").read_text(encoding="utf-8") == first

    def test_inherits_no_setting_of_the_terminal(
        self, topology: Topology, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "somewhere.else")
        monkeypatch.setenv("VANTHU_HTTPS", "1")
        monkeypatch.setenv("LANG", "vi_VN.UTF-8")

        told = topology.environment(topology.axis)

        assert {"DJANGO_SETTINGS_MODULE", "VANTHU_HTTPS"}.isdisjoint(told)
        assert told["LANG"] == "vi_VN.UTF-8"

    def test_lets_only_migrations_work_as_the_owner(self, topology: Topology) -> None:
        assert "DATABASE_OWNER_URL" not in topology.environment(topology.province)
        assert "vanthu_owner@" in topology.owner_environment(topology.province)["DATABASE_OWNER_URL"]


class TestPorts:
    def test_follow_the_first_one(self, topology: Topology) -> None:
        assert [each.port for each in topology.installations] == [8000, 8001, 8002]
        assert topology.pki_url == "http://localhost:8003"

    def test_of_the_certificates_stay_when_the_others_move(self, topology: Topology) -> None:
        _record_pki_address(topology)
        moved = Topology(topology.var, 9000)

        moved.require_distinct_ports()
        assert moved.pki_port == 8003

    def test_that_meet_the_certificates_are_refused(self, topology: Topology) -> None:
        _record_pki_address(topology)

        with pytest.raises(CommandRefused, match="trùng với một cổng của PORT=8002"):
            Topology(topology.var, 8002).require_distinct_ports()

    @pytest.mark.parametrize("port", ["80", "70000", "tám nghìn"])
    def test_that_cannot_be_are_refused(self, port: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PORT", port)

        with pytest.raises(CommandRefused, match="PORT phải"):
            Topology.from_environment()


def _record_pki_address(topology: Topology) -> None:
    (topology.var / "pki" / "ca").mkdir(parents=True)
    (topology.var / "pki" / "ca" / "base_url").write_text("http://localhost:8003", encoding="utf-8")
