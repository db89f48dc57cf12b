"""What the axis's own tests stand on, and quiet: an hour of refusals would be kept in memory line by line."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections

from tests.axis.conftest import axis as axis
from tests.axis.conftest import protocol as protocol


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True)
def _answers_are_closed_and_the_database_stays_open() -> Iterator[None]:
    request_finished.disconnect(close_old_connections)
    yield
    request_finished.connect(close_old_connections)
