"""`vanthu audit verify`: one line per agency, one per broken link, and no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from uuid import uuid4

import pytest
from django.db import connection, transaction

from tests.world import NOW, World
from vanthu.kernel import audit


def _verify(**environment: str | None) -> subprocess.CompletedProcess[str]:
    values = {**os.environ, "DJANGO_SETTINGS_MODULE": "vanthu.config.settings.system", **environment}
    return subprocess.run(
        [sys.executable, "-m", "vanthu", "audit", "verify"],
        env={name: value for name, value in values.items() if value is not None},
        capture_output=True,
        text=True,
        check=False,
    )


def _url() -> str:
    params = connection.get_connection_params()
    return (
        f"postgresql://{params['user']}:{params.get('password') or ''}@/{params['dbname']}"
        f"?host={params['host']}&port={params.get('port') or 5432}"
    )


@pytest.fixture
def _trail(world: World) -> None:
    for actor in (world.clerk, world.outsider, world.clerk):
        with transaction.atomic():
            audit.record(action="a.b", actor=actor, at=NOW, subject_type="a", subject_id=uuid4())


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_trail")
class TestAuditVerify:
    def test_names_every_agency_and_its_count(self) -> None:
        outcome = _verify(DATABASE_URL=_url())

        lines = sorted(line.split("\t")[:3] for line in outcome.stdout.splitlines())
        assert (outcome.returncode, outcome.stderr) == (0, "")
        assert lines == [
            ["H99.02 Sở Nội vụ tỉnh An Bình", "2 mục", "nguyên vẹn"],
            ["H99.31 Ủy ban nhân dân xã Hòa Bình", "1 mục", "nguyên vẹn"],
        ]

    def test_names_every_broken_link(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE kernel_auditentry DISABLE TRIGGER USER")
            cursor.execute("UPDATE kernel_auditentry SET actor_label = 'Ai khác' WHERE sequence = 2")
            cursor.execute("ALTER TABLE kernel_auditentry ENABLE TRIGGER USER")

        outcome = _verify(DATABASE_URL=_url())

        assert outcome.returncode == 1
        assert "ĐỨT" in outcome.stdout
        assert "  mục 2: nội dung đã bị sửa" in outcome.stdout.splitlines()


class TestAuditVerifyWithout:
    @pytest.mark.parametrize(
        ("url", "words"),
        [
            (None, "Thiếu biến môi trường DATABASE_URL"),
            ("mysql://somewhere/x", "chỉ PostgreSQL được hỗ trợ"),
            ("postgresql://x@/x?host=/nowhere", "Không đọc được nhật ký"),
        ],
        ids=["setting", "postgresql", "server"],
    )
    def test_says_so_in_one_line(self, url: str | None, words: str) -> None:
        outcome = _verify(DATABASE_URL=url)

        assert (outcome.returncode, outcome.stdout) == (2, "")
        assert words in outcome.stderr
        assert len(outcome.stderr.splitlines()) == 1
