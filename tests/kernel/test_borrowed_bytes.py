"""Bytes that belong to nothing yet are held by whoever says so, under the same lock as a row would."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from tests.kernel.storage import own_storage
from vanthu.kernel import blobs
from vanthu.kernel.blobs import BlobVanished, StoredBlob


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path) -> Iterator[None]:
    with own_storage(tmp_path):
        yield


def _claimed(stored: StoredBlob) -> bool:
    """Whether whoever removes bytes may have these, in a transaction of his own."""
    try:
        with transaction.atomic():
            return blobs.claim_unspoken(stored.sha256, before=timezone.now()) is not None
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_are_not_removed_while_somebody_is_writing_that_he_speaks_of_them() -> None:
    stored = blobs.put(io.BytesIO(b"phu luc"))
    with ThreadPoolExecutor(1) as elsewhere:
        with transaction.atomic():
            blobs.borrow(stored)
            assert not elsewhere.submit(_claimed, stored).result()
        # He wrote nothing in the end.
        assert elsewhere.submit(_claimed, stored).result()


@pytest.mark.django_db(transaction=True)
def test_are_not_removed_as_long_as_a_speaker_speaks_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    stored, other = blobs.put(io.BytesIO(b"phu luc")), blobs.put(io.BytesIO(b"khac"))
    monkeypatch.setattr(blobs, "SPEAKERS", [*blobs.SPEAKERS, lambda sha256: sha256 == stored.sha256])

    with transaction.atomic():
        assert blobs.claim_unspoken(stored.sha256, before=timezone.now()) is None
        assert blobs.claim_unspoken(other.sha256, before=timezone.now()) == other.size


@pytest.mark.django_db
def test_that_are_gone_nobody_can_speak_of() -> None:
    gone = StoredBlob(sha256="0" * 64, size=1)

    with pytest.raises(BlobVanished), transaction.atomic():
        blobs.borrow(gone)
