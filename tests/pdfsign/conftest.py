"""The cast: one PKI per session, one cache of fonts, and an office that works in a folder of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pdfsign.office import Office
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
def office(tmp_path: Path, pki: Pki) -> Office:
    return Office(tmp_path, pki)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, pki: Pki) -> Office:
    """An office whose folder already holds every stage of one document, never to be written to."""
    office = Office(tmp_path_factory.mktemp("finished"), pki)
    office.archived()
    return office


def _copy(finished: Office, name: str, folder: Path) -> Path:
    return Path(shutil.copy(finished.folder / f"{name}.pdf", folder / f"{name}.pdf"))


@pytest.fixture
def prepared(finished: Office, tmp_path: Path) -> Path:
    return _copy(finished, "prepared", tmp_path)


@pytest.fixture
def signed(finished: Office, tmp_path: Path) -> Path:
    return _copy(finished, "signed", tmp_path)


@pytest.fixture
def sealed(finished: Office, tmp_path: Path) -> Path:
    return _copy(finished, "sealed", tmp_path)


@pytest.fixture
def archived(finished: Office, tmp_path: Path) -> Path:
    return _copy(finished, "archived", tmp_path)
