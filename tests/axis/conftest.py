"""What the tests of the axis share."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from tests.axis.caller import Caller
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
