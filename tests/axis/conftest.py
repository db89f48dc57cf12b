"""What the tests of the axis share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.axis.caller import Caller
from tests.axis.process import AxisProcess
from tests.axis.world import AxisWorld, build_axis_world


@pytest.fixture
def axis(db: None) -> AxisWorld:
    """Three connected systems and their agencies: see tests/axis/world.py."""
    return build_axis_world()


@pytest.fixture
def protocol(axis: AxisWorld, settings: Settings) -> AxisWorld:
    """The same, behind the axis's own addresses and middleware."""
    settings.ROOT_URLCONF = "vanthu.config.axis_urls"
    settings.MIDDLEWARE = []
    return axis


@pytest.fixture
def province(protocol: AxisWorld) -> Caller:
    """The system of DEPARTMENT and FINANCE."""
    return Caller("TINH.H29")


@pytest.fixture
def neighbour(protocol: AxisWorld) -> Caller:
    """The system of DISTRICT."""
    return Caller("TINH.H37")


@pytest.fixture
def outsider(protocol: AxisWorld) -> Caller:
    """The system of MINISTRY."""
    return Caller("BO.G09")


@pytest.fixture(scope="session")
def axis_process(embedded_database: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AxisProcess]:
    """The axis in a process of its own, its directory filled. Tests that share it number apart."""
    with AxisProcess(tmp_path_factory.mktemp("axis")) as process:
        process.fill_directory()
        yield process
