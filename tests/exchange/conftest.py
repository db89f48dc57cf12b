"""What the tests of the exchange share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.exchange.axis_process import OTHER_SYSTEM_ID, SECRET, SYSTEM_ID, AxisProcess
from tests.world import World, build_world
from vanthu.exchange import courier
from vanthu.exchange.operations import Outcome


@pytest.fixture(scope="session")
def axis_server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AxisProcess]:
    """The axis, started once, with our agencies, one of another system, and two more of ours in it."""
    axis = AxisProcess(tmp_path_factory.mktemp("truc"))
    axis.prepare(
        [
            ("H99.02", "Sở Nội vụ tỉnh An Bình", SYSTEM_ID),
            ("H99.31", "Ủy ban nhân dân xã Hòa Bình", SYSTEM_ID),
            ("H98", "Ủy ban nhân dân tỉnh Phú Vinh", OTHER_SYSTEM_ID),
            ("H97.01", "Sở Nội vụ tỉnh Phú Vinh", SYSTEM_ID),
            ("H97.02", "Sở Tài chính tỉnh Phú Vinh", SYSTEM_ID),
        ]
    )
    axis.start()
    yield axis
    axis.kill()


@pytest.fixture
def axis(axis_server: AxisProcess, settings: Settings) -> AxisProcess:
    """This installation joined to the running axis, its mailboxes there empty."""
    settings.AXIS_URL = axis_server.url
    settings.AXIS_SYSTEM_ID, settings.AXIS_SECRET = SYSTEM_ID, SECRET
    empty_mailboxes()
    return axis_server


def empty_mailboxes() -> None:
    """Take away what an earlier test left for this installation."""
    for packet in courier.list_waiting():
        courier.acknowledge(packet.doc_id, Outcome(is_taken=True))


@pytest.fixture
def committed(transactional_db: None) -> World:
    """The cast, really committed: for what two connections, or a job runner, must both see."""
    return build_world()


@pytest.fixture(autouse=True)
def _no_trust(settings: Settings, tmp_path: Path) -> None:
    """No root is trusted unless a test says so."""
    settings.TRUST = str(tmp_path / "goc-tin-cay")
