"""The cast: one PKI per session, one cache of fonts, and documents signed by it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.pdfsign.pki import Pki, running_pki


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pki]:
    with running_pki(tmp_path_factory.mktemp("pki")) as running:
        yield running


@pytest.fixture(autouse=True, scope="session")
def _font_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VANTHU_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def now() -> datetime:
    """The servers of the test PKI answer in real time, so the tests live in real time too."""
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
