"""One supervised installation for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.standing.installation import Installation


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    """Web and worker on a PostgreSQL of their own, supervised; each test leaves it well."""
    with Installation() as running:
        yield running
