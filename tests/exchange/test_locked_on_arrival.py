"""Files that arrive locked with a password are taken in, and known to be locked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documents import locked_files, papers
from tests.exchange import jobs
from tests.exchange.axis_process import AxisProcess
from tests.exchange.far_system import FarSystem
from tests.world import World
from vanthu.documents.models import DocumentFile


@pytest.fixture
def far(axis: AxisProcess, tmp_path: Path) -> Iterator[FarSystem]:
    system = FarSystem(axis, tmp_path)
    system.statuses()
    yield system
    system.client.close()


def test_over_the_axis(committed: World, far: FarSystem) -> None:
    far.send(
        far.packet("H99.02"),
        ("cong-van.pdf", papers.locked_pdf(asks=False)),
        ("luong.docx", locked_files.new_office()),
        ("bang-ke.xlsx", papers.docx("x")),
    )

    jobs.run_until_still()

    locked = DocumentFile.objects.values_list("name", "is_locked")
    assert dict(locked) == {"cong-van.pdf": True, "luong.docx": True, "bang-ke.xlsx": False}
