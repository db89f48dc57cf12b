"""A folder for stored files that holds nothing of other tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.test.utils import override_settings


@contextmanager
def own_storage(folder: Path) -> Iterator[None]:
    """Blobs and unfinished work are in `folder` for as long as the block lasts."""
    blobs = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(folder / "blobs")},
    }
    with override_settings(VAR=folder, STORAGES={**settings.STORAGES, "blobs": blobs}):
        yield
