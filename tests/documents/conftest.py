"""A folder of state of its own for each test, so that what is left behind can be counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings


@pytest.fixture(autouse=True)
def var(tmp_path: Path, settings: Settings) -> Path:
    """The state folder of this test."""
    settings.VAR = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "blobs": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "blobs")},
        },
    }
    return tmp_path


@pytest.fixture(scope="session")
def signed_pdf(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A letter somebody has signed with a key of his own."""
    from tests.documents.papers import self_signed

    return self_signed(tmp_path_factory.mktemp("signed"))
