"""Signing in three steps: begun, made where the key is, recorded. Whatever goes wrong changes nothing."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection
from pytest_django import Settings

from tests import path
from tests.arrivals import examined
from tests.at_once import at_once
from tests.keys import PIN, KeyRing, register_credential
from tests.path import signature_made, true_time
from tests.seeing import now_seen
from tests.traces import audited, nothing_changed
from tests.world import World
from vanthu.documents.models import DocumentFile
from vanthu.kernel import blobs
from vanthu.kernel.errors import Conflict, NotFound
from vanthu.kernel.seen import Stale
from vanthu.outgoing import actions, queries
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.operations import NotReady
from vanthu.outgoing.states import IllegalStep
from vanthu.signing import desk
from vanthu.signing.desk import SigningFailed
from vanthu.signing.models import Credential, SigningSession, Verification
from vanthu.signing.operations import NoCredential, SignatureRefused, SignedFile, examine_signing
from vanthu.signing.states import SignatureKind, Verdict
from vanthu.workflow.models import ApprovalStep

WRONG_PIN = "Mã PIN không đúng; hãy nhập lại."


@pytest.fixture
def document(world: World, signers: KeyRing) -> UUID:
    """A draft waiting for the leader's signature."""
    return path.approved(world, now=true_time())


def _begin(world: World, document: UUID) -> UUID:
    return actions.begin_signature(
        actor=world.leader, document_id=document, seen=now_seen(document), now=true_time()
    )


def _sign(world: World, session: UUID, pin: str = PIN) -> SignedFile:
    return desk.sign_here(
        actor=world.leader, session_id=session, kind=SignatureKind.PERSON, pin=pin, now=true_time()
    )


def _record(world: World, document: UUID, file: SignedFile) -> None:
    actions.record_signature(
        actor=world.leader, document_id=document, seen=now_seen(document), file=file, now=true_time()
    )


class TestTheSignature:
    def test_is_recorded_with_what_was_signed_before_it_kept(self, world: World, document: UUID) -> None:
        draft = DocumentFile.objects.get(document_id=document, superseded_at__isnull=True)
        file = signature_made(world, document)

        _record(world, document, file)

        outgoing = OutgoingDocument.objects.get(pk=document)
        assert (outgoing.state, outgoing.number) == ("signed", None)
        assert outgoing.signed_at is not None
        versions = DocumentFile.objects.filter(document_id=document).order_by("version")
        assert [(one.blob_id, one.version, one.superseded_at is None) for one in versions] == [
            (draft.blob_id, 1, False),
            (file.blob.sha256, 2, True),
        ]
        assert versions[1].note == "Phạm Văn Hùng ký số"
        assert blobs.is_whole(draft.blob_id)
        kept = Verification.objects.get(blob_id=file.blob.sha256)
        assert (kept.verdict, kept.attempts) == ("valid", 1)
        assert [one["field"] for one in kept.report["signatures"]] == ["NguoiKy"]
        assert SigningSession.objects.get().ended_at is not None
        assert [(action, who) for action, who, _ in audited(document)][-2:] == [
            ("outgoing.signature-begun", world.leader.label),
            ("outgoing.signed", world.leader.label),
        ]
        assert audited(document)[-1][2]["pdf"] == file.blob.sha256
        assert not ApprovalStep.objects.filter(document_id=document, state="current").exists()

    def test_may_be_begun_again_after_a_wrong_pin(self, world: World, document: UUID) -> None:
        session = _begin(world, document)

        with nothing_changed(), pytest.raises(SigningFailed) as refusal:
            _sign(world, session, pin="000000")

        assert str(refusal.value) == WRONG_PIN
        _record(world, document, _sign(world, session))
        assert OutgoingDocument.objects.get(pk=document).state == "signed"

    def test_is_refused_without_its_token(self, world: World, document: UUID) -> None:
        Credential.objects.filter(user_id=world.leader.user_id).update(token_label="không-có")
        session = _begin(world, document)

        with nothing_changed(), pytest.raises(SigningFailed, match="Không tìm thấy thiết bị"):
            _sign(world, session)

    def test_is_refused_without_a_driver(self, world: World, document: UUID, settings: Settings) -> None:
        settings.PKCS11_MODULE = "/khong/co.so"
        session = _begin(world, document)

        with nothing_changed(), pytest.raises(SigningFailed, match="trình điều khiển"):
            _sign(world, session)

    def test_is_refused_without_a_certificate(self, world: World, document: UUID) -> None:
        Credential.objects.filter(user_id=world.leader.user_id).update(withdrawn_at=true_time())

        with nothing_changed(), pytest.raises(NoCredential, match="Chưa có chứng thư số"):
            _begin(world, document)

    def test_is_refused_with_an_expired_certificate(
        self, world: World, document: UUID, signers: KeyRing
    ) -> None:
        register_credential(signers, "expired", agency_id=world.department.id, user_id=world.leader.user_id)

        with (
            nothing_changed(),
            pytest.raises(NoCredential, match=r"^Chứng thư số của [^:=]+ \([^:=]+\) hết hiệu lực từ"),
        ):
            _begin(world, document)

    def test_is_refused_with_a_certificate_that_is_not_in_force_yet(
        self, world: World, document: UUID
    ) -> None:
        own = Credential.objects.filter(user_id=world.leader.user_id)
        own.update(valid_from=true_time() + timedelta(days=2))

        with (
            nothing_changed(),
            pytest.raises(NoCredential, match=r"^Chứng thư số của [^:=]+ \([^:=]+\) có hiệu lực từ"),
        ):
            _begin(world, document)

    def test_is_refused_with_a_revoked_certificate(
        self, world: World, document: UUID, signers: KeyRing
    ) -> None:
        register_credential(signers, "revoked", agency_id=world.department.id, user_id=world.leader.user_id)
        file = _sign(world, _begin(world, document))

        with nothing_changed(), pytest.raises(SignatureRefused, match="đã bị thu hồi từ ngày"):
            _record(world, document, file)

    def test_is_refused_while_nobody_tells_about_revocation(
        self, world: World, document: UUID, signers: KeyRing, settings: Settings
    ) -> None:
        settings.TSA_URL = ""
        session = _begin(world, document)
        with signers.silenced():
            file = _sign(world, session)

        assert file.examination.verdict is Verdict.INDETERMINATE
        with nothing_changed(), pytest.raises(SignatureRefused, match="Hãy ký lại sau"):
            _record(world, document, file)
        _record(world, document, _sign(world, session))

    def test_is_refused_when_the_time_cannot_be_stamped(
        self, world: World, document: UUID, signers: KeyRing
    ) -> None:
        session = _begin(world, document)

        with nothing_changed(), signers.silenced(), pytest.raises(SigningFailed, match="dấu thời gian"):
            _sign(world, session)

    def test_is_refused_where_the_places_are_not_known(self, world: World, document: UUID) -> None:
        OutgoingDocument.objects.filter(pk=document).update(places={})

        with nothing_changed(), pytest.raises(NotReady, match="Không thấy dòng «Số: …»"):
            _begin(world, document)


class TestTheSession:
    def test_is_its_beginners_alone(self, world: World, document: UUID) -> None:
        session = _begin(world, document)

        with nothing_changed(), pytest.raises(NotFound, match="Phiên ký không còn hiệu lực"):
            desk.sign_here(
                actor=world.deputy,
                session_id=session,
                kind=SignatureKind.PERSON,
                pin=PIN,
                now=true_time(),
            )

    def test_is_for_one_kind_of_signature(self, world: World, document: UUID) -> None:
        session = _begin(world, document)

        with pytest.raises(NotFound):
            desk.sign_here(
                actor=world.leader, session_id=session, kind=SignatureKind.AGENCY, pin=PIN, now=true_time()
            )

    def test_ends_when_its_signature_is_recorded(self, world: World, document: UUID) -> None:
        session = _begin(world, document)
        _record(world, document, _sign(world, session))

        with pytest.raises(NotFound):
            _sign(world, session)

    def test_is_void_once_the_document_has_a_new_version(self, world: World, document: UUID) -> None:
        file = signature_made(world, document)
        actions.return_draft(
            actor=world.leader, document_id=document, seen=now_seen(document), reason="Sửa", now=true_time()
        )
        actions.revise_draft(
            actor=world.officer,
            document_id=document,
            seen=now_seen(document),
            content=path.content(world),
            draft=path.paper(page_breaks=1),
            now=true_time(),
        )
        actions.submit_draft(
            actor=world.officer, document_id=document, seen=now_seen(document), now=true_time()
        )
        actions.approve_content(
            actor=world.head, document_id=document, seen=now_seen(document), now=true_time()
        )

        with nothing_changed(), pytest.raises(Conflict, match="đã có bản mới trong lúc ký"):
            _record(world, document, file)

    def test_does_not_serve_another_document(self, world: World, document: UUID) -> None:
        other = path.approved(world, now=true_time(), draft=path.paper(page_breaks=1))
        file = signature_made(world, other)

        with nothing_changed(), pytest.raises(Conflict):
            _record(world, document, file)


class TestTheReturnedFile:
    def test_is_refused_when_it_is_another(self, world: World, document: UUID) -> None:
        """Another document of the same leader's, signed as it should be, handed in for this one."""
        other = signature_made(world, path.approved(world, now=true_time(), draft=path.paper(page_breaks=1)))
        session = _begin(world, document)

        with nothing_changed(), pytest.raises(SignatureRefused, match="không phải văn bản đã chuẩn bị"):
            _record(world, document, replace(other, session_id=session))

    def test_is_refused_when_it_is_not_signed(self, world: World, document: UUID) -> None:
        session = _begin(world, document)
        prepared = SigningSession.objects.get(id=session).prepared_id
        with blobs.as_path(prepared) as pdf:
            file = SignedFile(
                session_id=session,
                blob=blobs.put_file(pdf),
                examination=examine_signing(pdf, now=true_time()),
            )

        with nothing_changed(), pytest.raises(SignatureRefused, match="Chưa ghi nhận chữ ký"):
            _record(world, document, file)

    def test_is_refused_when_it_says_valid_of_no_signature(self, world: World, document: UUID) -> None:
        session = _begin(world, document)
        prepared = SigningSession.objects.get(id=session).prepared_id
        with blobs.as_path(prepared) as pdf:
            file = SignedFile(session_id=session, blob=blobs.put_file(pdf), examination=examined())

        with nothing_changed(), pytest.raises(SignatureRefused, match="chứng thư số đã chọn"):
            _record(world, document, file)

    def test_is_refused_when_somebody_else_signed_it(
        self, world: World, document: UUID, signers: KeyRing
    ) -> None:
        """The deputy's valid signature in the leader's place."""
        mine = _begin(world, document)
        register_credential(signers, "deputy", agency_id=world.department.id, user_id=world.leader.user_id)
        theirs = _sign(world, _begin(world, document))

        with nothing_changed(), pytest.raises(SignatureRefused):
            _record(world, document, replace(theirs, session_id=mine))

    def test_is_refused_with_a_byte_changed(self, world: World, document: UUID) -> None:
        file = signature_made(world, document)
        with blobs.open_blob(file.blob.sha256) as content:
            changed = bytearray(content.read())
        changed[100] ^= 1
        forged = replace(file, blob=blobs.put(io.BytesIO(bytes(changed))))

        with nothing_changed(), pytest.raises(SignatureRefused, match="không phải văn bản đã chuẩn bị"):
            _record(world, document, forged)

    def test_is_refused_with_its_end_cut(self, world: World, document: UUID) -> None:
        file = signature_made(world, document)
        with blobs.open_blob(file.blob.sha256) as content:
            cut = content.read()[:-50]
        forged = replace(file, blob=blobs.put(io.BytesIO(cut)))

        with nothing_changed(), pytest.raises(SignatureRefused):
            _record(world, document, forged)


class TestTheSeal:
    def test_carries_number_and_date_in_one_original(self, world: World, signers: KeyRing) -> None:
        document = path.numbered(world)
        assert OutgoingDocument.objects.get(pk=document).state == "numbered"
        file = path.seal_made(world, document)

        actions.record_seal(
            actor=world.clerk, document_id=document, seen=now_seen(document), file=file, now=true_time()
        )

        page = queries.get_outgoing(world.clerk, document_id=document, now=true_time())
        assert (page.row.state, page.main_file and page.main_file.name) == ("sealed", "01_SNV-CCVC.pdf")
        kinds = [one["kind"] for one in file.examination.report["signatures"]]
        assert kinds[:2] == ["person", "agency"]
        assert "timestamp" in kinds
        assert file.examination.report["number"] == "01"
        assert [one.version for one in page.versions] == [3, 2, 1]

    def test_that_fails_keeps_the_number_for_the_next_try(self, world: World, signers: KeyRing) -> None:
        document = path.numbered(world)

        with pytest.raises(SigningFailed, match=WRONG_PIN):
            path.seal_made(world, document, pin="000000")

        file = path.seal_made(world, document)
        actions.record_seal(
            actor=world.clerk, document_id=document, seen=now_seen(document), file=file, now=true_time()
        )
        assert OutgoingDocument.objects.get(pk=document).number == 1

    def test_waits_for_the_services_that_make_it_last(self, world: World, signers: KeyRing) -> None:
        document = path.numbered(world)

        with signers.silenced(), pytest.raises(SigningFailed):
            path.seal_made(world, document)

        assert OutgoingDocument.objects.get(pk=document).state == "numbered"


class TestThePin:
    def test_is_kept_nowhere(
        self, world: World, signers: KeyRing, caplog: pytest.LogCaptureFixture, settings: Settings
    ) -> None:
        """Not in a row, not in a job, not in a log, not in a file of this installation's state."""
        caplog.set_level("DEBUG")
        started = true_time().timestamp()

        path.issued(world)

        assert not list(_rows_with(PIN, "pin"))
        said = [record.getMessage() for record in caplog.records]
        assert not [
            line for line in said if f"pin='{PIN}'" in line or f"user_pin={PIN}" in line or PIN in line
        ]
        for file in Path(settings.VAR).rglob("*"):
            if file.is_file() and file.stat().st_mtime >= started and "postgres" not in file.parts:
                assert f'"{PIN}"'.encode() not in file.read_bytes()


def _rows_with(text: str, name: str) -> Iterator[str]:
    """Columns of any table that hold the PIN as a value or are named for one."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if field.column == name:
                yield f"{model._meta.label}.{field.column}"
            with connection.cursor() as cursor:
                # Names come from the models, never from a person.
                cursor.execute(
                    f'SELECT count(*) FROM "{model._meta.db_table}" WHERE "{field.column}"::text ~ %s',
                    [rf'(^|[" :]){text}($|[" ,}}])'],
                )
                if cursor.fetchone()[0]:
                    yield f"{model._meta.label}.{field.column}"


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def test_sign_once(self, world: World, signers: KeyRing) -> None:
        """The leader's button, clicked twice: two sessions, two signatures, one recorded."""
        document = path.approved(world, now=true_time())

        def click() -> str:
            file = signature_made(world, document)
            _record(world, document, file)
            return file.blob.sha256

        done, refused = at_once([click, click])

        # By how far the first had come, the second finds another document or another step.
        (refusal,) = refused
        assert isinstance(refusal, Stale | IllegalStep)
        assert len(done) == 1
        current = DocumentFile.objects.get(document_id=document, superseded_at__isnull=True)
        assert (current.blob_id, current.version) == (done[0], 2)
