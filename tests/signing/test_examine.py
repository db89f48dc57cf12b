"""Checking a stored file by ourselves: valid, tampered, unsigned, unreadable, and with nobody to ask."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from django.db import transaction
from pytest_django import Settings

from tests import path
from tests.arrivals import examined
from tests.keys import KeyRing
from tests.path import true_time
from tests.pdfsign import tampering
from tests.pdfsign.documents import typeset
from tests.world import NOW, World
from vanthu.documents.models import DocumentFile
from vanthu.kernel import blobs
from vanthu.signing import operations, queries
from vanthu.signing.models import Verification
from vanthu.signing.states import SignatureKind, Verdict


@pytest.fixture
def sealed(world: World, signers: KeyRing, tmp_path: Path) -> Path:
    """A document with every signature, as a file."""
    file = tmp_path / "van-ban.pdf"
    file.write_bytes(path.sealed_pdf(world, signers))
    return file


def copy_of(document: UUID, folder: Path) -> Path:
    """The version in force of a document's PDF, as a file of its own."""
    current = DocumentFile.objects.get(document_id=document, kind="main", superseded_at__isnull=True)
    target = folder / "van-ban.pdf"
    with blobs.open_blob(current.blob_id) as content:
        target.write_bytes(content.read())
    return target


class TestExamine:
    def test_finds_a_sealed_document_valid(self, sealed: Path) -> None:
        found = operations.examine(sealed, now=true_time())

        assert (found.verdict, found.message) == (
            Verdict.VALID,
            "Chữ ký hợp lệ, văn bản nguyên vẹn; Phạm Văn Hùng ký, Sở Nội vụ tỉnh An Bình đóng dấu.",
        )

    @pytest.mark.parametrize("change", [tampering.change_number, tampering.stamp_content, tampering.add_page])
    def test_finds_a_tampered_document_invalid(self, sealed: Path, change: Callable[..., None]) -> None:
        found = operations.examine(tampering.append_revision(sealed, change), now=true_time())

        assert found.verdict is Verdict.INVALID
        assert "Đã bị sửa sau khi ký số" in found.message

    def test_finds_a_file_that_cannot_be_read_invalid(self, signers: KeyRing, tmp_path: Path) -> None:
        broken = tmp_path / "a.pdf"
        broken.write_bytes(b"%PDF-1.7\n" + b"x" * 500)

        found = operations.examine(broken, now=NOW)

        assert (found.verdict, found.report["signatures"]) == (Verdict.INVALID, [])
        assert "bị hỏng" in found.message

    def test_finds_a_draft_unsigned(self, signers: KeyRing, tmp_path: Path) -> None:
        draft = tmp_path / "a.pdf"
        draft.write_bytes(typeset())

        found = operations.examine(draft, now=NOW)

        assert (found.verdict, found.message) == (Verdict.UNSIGNED, "Văn bản không có chữ ký số.")

    def test_does_not_conclude_on_the_persons_signature_alone(
        self, world: World, signers: KeyRing, tmp_path: Path
    ) -> None:
        signed = copy_of(path.signed(world), tmp_path)

        assert operations.examine(signed, now=true_time()).message == (
            "Chữ ký hợp lệ nhưng văn bản chưa có chữ ký số của cơ quan."
        )
        assert operations.examine_signing(signed, now=true_time()).verdict is Verdict.VALID

    def test_does_not_conclude_without_a_trusted_root(
        self, sealed: Path, tmp_path: Path, settings: Settings
    ) -> None:
        settings.TRUST = str(tmp_path / "trống")

        found = operations.examine(sealed, now=true_time())

        assert found.verdict is Verdict.INDETERMINATE
        assert "Không tin cậy chứng thư số" in found.message

    def test_needs_nobody_for_what_lasts(self, sealed: Path, signers: KeyRing) -> None:
        """B-LTA: everything needed was put into the file when it was sealed."""
        with signers.silenced():
            assert operations.examine(sealed, now=true_time()).verdict is Verdict.VALID


@pytest.mark.usefixtures("db")
class TestKeepVerification:
    def test_puts_a_later_check_in_the_place_of_an_earlier(self) -> None:
        with transaction.atomic():
            file = path.stored(typeset())
            blobs.keep(file.blob, now=NOW)
            operations.keep_verification(file.blob.sha256, examined(Verdict.INDETERMINATE, "Chưa rõ"))
            operations.keep_verification(file.blob.sha256, examined(Verdict.VALID, "x" * 900))

        kept = Verification.objects.get()
        assert (kept.verdict, len(kept.message), kept.attempts) == ("valid", 500, 2)


class TestQueries:
    def test_say_who_has_a_certificate(self, world: World, signers: KeyRing) -> None:
        person, agency = SignatureKind.PERSON, SignatureKind.AGENCY

        assert not queries.has_credential(world.officer, kind=person)
        assert queries.has_credential(world.leader, kind=person)
        assert queries.has_credential(world.officer, kind=agency)

    def test_say_nothing_of_a_file_nobody_checked(self, world: World) -> None:
        assert queries.verdict_of(world.clerk, sha256="0" * 64) is None

    def test_say_that_a_check_is_under_way(self, world: World) -> None:
        view = queries.verdict_of(world.clerk, sha256="0" * 64, verdict="pending")

        assert view is not None
        assert (view.title, view.message, view.signatures) == ("Đang kiểm tra chữ ký", "", ())
