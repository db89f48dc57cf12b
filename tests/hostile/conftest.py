"""What the axis's own tests stand on, and quiet: an hour of refusals would be kept in memory line by line."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.axis.conftest import axis as axis
from tests.axis.conftest import protocol as protocol


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
