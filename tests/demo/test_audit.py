"""`vanthu demo audit`: both trails of the demo, without a setting made by hand, running or stopped."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from vanthu.interfaces.cli.demo.topology import Installation, Topology
from vanthu.kernel.embedded_postgres import SUPERUSER, EmbeddedPostgres, socket_folder


def _vanthu(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The console program as somebody at a fresh terminal calls it."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return subprocess.run(
        [sys.executable, "-m", "vanthu", *arguments],
        env=kept | settings,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def _migrate(topology: Topology, installation: Installation) -> None:
    done = subprocess.run(
        [*topology.program(installation), "migrate"],
        env=topology.owner_environment(installation),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Topology:
    """A demo with two migrated databases and one entry in the province's trail; stopped."""
    topology = Topology(tmp_path_factory.mktemp("demo"), 8000)
    with EmbeddedPostgres(topology.var / "postgres", durable=False) as postgres:
        for installation in (topology.province, topology.outside):
            postgres.create_database(installation.database)
            _migrate(topology, installation)
        _write_an_entry(topology)
    return topology


def _write_an_entry(topology: Topology) -> None:
    """By the product's own hand, as the program that would."""
    script = (
        "import uuid, django; django.setup()\n"
        "from django.db import transaction\n"
        "from django.utils import timezone\n"
        "from vanthu.kernel import actor, audit\n"
        "with transaction.atomic():\n"
        "    audit.record(action='a.b', actor=actor.system('Thử'), at=timezone.now(), subject_type='a',\n"
        "                 subject_id=uuid.uuid4(), agency_id=actor.SYSTEM_ID)\n"
    )
    environment = topology.environment(topology.province)
    subprocess.run(
        [sys.executable, "-c", script],
        env=environment | {"DJANGO_SETTINGS_MODULE": "vanthu.config.settings.system"},
        check=True,
    )


WHOLE = ["Hệ thống của tỉnh:", "Hệ thống\t1 mục\tnguyên vẹn", "Hệ thống của cơ quan ngoài tỉnh:"]


def _without_hashes(printed: str) -> list[str]:
    return ["\t".join(line.split("\t")[:3]) for line in printed.splitlines()]


class TestDemoAudit:
    def test_opens_the_database_of_a_stopped_demo_and_closes_it(self, demo: Topology) -> None:
        done = _vanthu("demo", "audit", "--var", str(demo.var))

        assert (done.returncode, done.stderr) == (0, "")
        assert _without_hashes(done.stdout) == WHOLE
        assert not demo.postgres().is_ready()

    def test_asks_a_running_demo_and_leaves_it_running(self, demo: Topology) -> None:
        with demo.postgres() as running:
            done = _vanthu("demo", "audit", VANTHU_DEMO_VAR=str(demo.var))

            assert (done.returncode, _without_hashes(done.stdout)) == (0, WHOLE)
            assert running.is_ready()

    def test_says_which_installation_s_trail_is_broken(self, demo: Topology) -> None:
        with demo.postgres() as running, _owner(demo) as database:
            database.execute("ALTER TABLE kernel_auditentry DISABLE TRIGGER USER")
            database.execute("UPDATE kernel_auditentry SET actor_label = 'Ai khác'")
            done = _vanthu("demo", "audit", "--var", str(demo.var))
            database.execute("UPDATE kernel_auditentry SET actor_label = 'Thử'")
            assert running.is_ready()

        assert done.returncode == 1
        assert _without_hashes(done.stdout) == [
            "Hệ thống của tỉnh:",
            "Hệ thống\t1 mục\tĐỨT",
            "  mục 1: nội dung đã bị sửa",
            "Hệ thống của cơ quan ngoài tỉnh:",
        ]

    @pytest.mark.parametrize("folder", ["", "khong-co"])
    def test_makes_nothing_where_there_is_no_demo(self, folder: str, tmp_path: Path) -> None:
        done = _vanthu("demo", "audit", "--var", str(tmp_path / folder))

        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == f"Chưa có tỉnh mẫu trong «{tmp_path / folder}». Hãy chạy «make run» trước.\n"
        assert list(tmp_path.iterdir()) == []


def _owner(demo: Topology) -> psycopg.Connection[tuple[object, ...]]:
    """Whoever owns the machine may do what the programs' role may not."""
    return psycopg.connect(
        host=str(socket_folder(demo.postgres().data)),
        user=SUPERUSER,
        dbname=demo.province.database,
        autocommit=True,
    )


class TestPartsOfTheDemo:
    @pytest.mark.parametrize(
        ("line", "settings", "reason"),
        [
            ("run", {"PORT": "tám"}, "PORT phải là số nguyên, không phải «tám»"),
            ("run", {"PORT": "99"}, "PORT phải từ 1024 đến 65000, không phải 99"),
            ("run", {"VANTHU_VAR": "/dev/null"}, "Không dùng được thư mục «/dev/null»: không phải thư mục"),
            ("play --var /dev/null", {}, "Tỉnh mẫu chưa chạy"),
            ("audit --var /dev/null", {}, "Chưa có tỉnh mẫu trong «/dev/null»"),
            ("directory", {}, "Thiếu biến môi trường VANTHU_DEMO_VAR"),
            ("load --installation province", {}, "Thiếu biến môi trường VANTHU_SECRET_KEY"),
            ("pki --folder /khong/co --port 8199", {}, "Không có hệ thống chứng thực mẫu trong «/khong/co»"),
        ],
    )
    def test_refuse_in_one_line(self, line: str, settings: dict[str, str], reason: str) -> None:
        done = _vanthu("demo", *line.split(), **settings)

        assert (done.returncode, done.stdout) == (2, "")
        assert reason in done.stderr
        assert done.stderr.count("\n") == 1
