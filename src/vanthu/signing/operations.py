"""Credentials, signing sessions and verification results, for the life cycles that sign and check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from vanthu import pdfsign
from vanthu.kernel import blobs
from vanthu.kernel.actor import Actor
from vanthu.kernel.blobs import StoredBlob
from vanthu.kernel.errors import Conflict, DomainError, NotFound
from vanthu.room import signatures
from vanthu.room.errors import FileUnread
from vanthu.room.fetching import FetchRules
from vanthu.signing import rules
from vanthu.signing.models import Credential, SigningSession, Verification
from vanthu.signing.states import SignatureKind, Verdict


class NoCredential(DomainError):
    """Chưa có chứng thư số còn hiệu lực để ký. Hãy báo quản trị đăng ký chứng thư số."""

    code = "signing.no-credential"


class SignatureRefused(DomainError):
    """Chữ ký vừa tạo không đạt kiểm tra nên không được ghi nhận."""

    code = "signing.refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What checking one PDF came to, before anything is written."""

    verdict: Verdict
    message: str
    report: dict[str, Any]
    checked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedFile:
    """A file with a new signature, checked, stored, waiting to be recorded."""

    session_id: UUID
    blob: StoredBlob
    examination: Examination


def credential(*, kind: SignatureKind, agency_id: UUID, user_id: UUID | None, now: datetime) -> Credential:
    """The certificate in force of the person, or of the agency. Raises NoCredential."""
    owned = Credential.objects.filter(kind=kind, agency_id=agency_id, withdrawn_at__isnull=True)
    found = (owned.filter(user_id=user_id) if user_id else owned).first()
    if found is None:
        raise NoCredential
    if now >= found.valid_until:
        ended = f"{timezone.localtime(found.valid_until):%d/%m/%Y}"
        raise NoCredential(f"{_named(found)} hết hiệu lực từ ngày {ended}. Hãy gia hạn rồi ký lại.")
    if now < found.valid_from:
        begins = f"{timezone.localtime(found.valid_from):%H:%M ngày %d/%m/%Y}"
        raise NoCredential(f"{_named(found)} có hiệu lực từ {begins}. Hãy ký từ lúc đó.")
    return found


def _named(credential: Credential) -> str:
    """Whose certificate it is, from itself: what was kept of older ones was not made for people."""
    holder = pdfsign.holder(pdfsign.load_certificate(credential.certificate_pem.encode()))
    return f"Chứng thư số của {holder}"


def open_session(
    *,
    actor: Actor,
    credential: Credential,
    document_id: UUID,
    base: str,
    prepared: StoredBlob,
    pending: pdfsign.PendingSignature,
    now: datetime,
) -> SigningSession:
    """Begin a signature: keep the prepared file and what is to be signed. `base` is the version's hash."""
    assert transaction.get_connection().in_atomic_block, "open_session needs a transaction"
    blobs.keep(prepared, now=now)
    return SigningSession.objects.create(
        kind=credential.kind,
        document_id=document_id,
        credential=credential,
        base_id=base,
        prepared_id=prepared.sha256,
        pending={"text": pending.to_json()},
        begun_by_id=actor.user_id,
        begun_at=now,
    )


def session_of(*, session_id: UUID, actor: Actor, kind: SignatureKind) -> SigningSession:
    """An open session begun by this very person. Raises NotFound."""
    session = SigningSession.objects.filter(
        id=session_id, begun_by_id=actor.user_id, kind=kind, ended_at__isnull=True
    ).first()
    if session is None:
        raise NotFound("Phiên ký không còn hiệu lực. Hãy ký lại từ đầu.")
    return session


def signed_base(*, document_id: UUID) -> str:
    """The hash of the version the person signed last: the same document without the signature.

    Raises NotFound.
    """
    sessions = SigningSession.objects.filter(
        document_id=document_id, kind=SignatureKind.PERSON, ended_at__isnull=False
    )
    base = sessions.order_by("-ended_at").values_list("base_id", flat=True).first()
    if base is None:
        raise NotFound("Không tìm thấy bản trước khi ký. Hãy báo quản trị hệ thống.")
    return str(base)


def accept(*, session: SigningSession, file: SignedFile, current: str, now: datetime) -> None:
    """End the session with its signed file, made on the version in force, `current` (its hash).

    The file is trusted for nothing: outside the signature itself it must be the prepared file byte for
    byte, and every signature on it must be valid. Raises Conflict (the version changed meanwhile),
    SignatureRefused.
    """
    assert transaction.get_connection().in_atomic_block, "accept needs a transaction"
    if file.session_id != session.id or session.base_id != current:
        raise Conflict("Văn bản đã có bản mới trong lúc ký. Hãy tải lại trang rồi ký lại.")
    if file.examination.verdict is not Verdict.VALID:
        # Documents that arrived are checked again by the machine; a signature that was not kept is not.
        silent = rules.may_answer_itself(file.examination.verdict, [file.examination.report])
        again = " Hãy ký lại sau." if silent else ""
        raise SignatureRefused(f"Chưa ghi nhận chữ ký: {file.examination.message}{again}")
    if not _grows_from(file.blob.sha256, session):
        raise SignatureRefused("Tệp ký trả về không phải văn bản đã chuẩn bị. Hãy ký lại từ đầu.")
    if not _is_signed_with(session, file.examination):
        raise SignatureRefused("Chữ ký không được tạo bằng chứng thư số đã chọn. Hãy ký lại từ đầu.")
    session.ended_at = now
    session.save(update_fields=["ended_at"])
    blobs.keep(file.blob, now=now)
    keep_verification(file.blob.sha256, file.examination)


def examine(path: Path, *, now: datetime) -> Examination:
    """Check every signature of the PDF at `path` by ourselves; may ask OCSP and CRL services. No writes.

    A PDF that cannot even be read is invalid, one that is too much for its reader stays open, and the
    sentence says why. Raises RoomClosed.
    """
    report = _report_on(path, now)
    verdict, message = rules.conclude(report)
    return Examination(verdict=Verdict(verdict), message=message, report=report, checked_at=now)


def examine_signing(path: Path, *, now: datetime) -> Examination:
    """Check a PDF in the middle of signing, when the agency's signature may still be missing."""
    report = _report_on(path, now)
    return Examination(
        verdict=Verdict(report["verdict"]), message=str(report["message"]), report=report, checked_at=now
    )


def _report_on(path: Path, now: datetime) -> dict[str, Any]:
    try:
        return signatures.verify(path, trust=trusted_roots(), now=now, rules=fetch_rules()).to_dict()
    except FileUnread as unread:
        # Nothing is said against it, and nothing for it.
        return _unread(Verdict.INDETERMINATE, unread)
    except (pdfsign.PasswordProtected, pdfsign.TooComplex) as closed:
        return _unread(Verdict.INDETERMINATE, closed)
    except pdfsign.PdfSignError as fault:
        return _unread(Verdict.INVALID, fault)


def _unread(verdict: Verdict, fault: pdfsign.PdfSignError) -> dict[str, Any]:
    """The report on a file of which no signature could be seen: what is so; `rules` says what to do."""
    message = f"{fault.fact}; chưa kiểm tra được chữ ký số."
    return {"verdict": verdict.value, "message": message, "fault": fault.code, "signatures": []}


def keep_verification(sha256: str, examination: Examination) -> None:
    """Write what checking a kept file came to; a later check takes the place of an earlier one."""
    assert transaction.get_connection().in_atomic_block, "keep_verification needs a transaction"
    row, created = Verification.objects.select_for_update(no_key=True).get_or_create(
        blob_id=sha256,
        defaults={
            "verdict": examination.verdict,
            "message": rules.kept_message(examination.message),
            "report": examination.report,
            "checked_at": examination.checked_at,
            "rules_version": pdfsign.RULES_VERSION,
        },
    )
    if created:
        return
    row.verdict, row.message = examination.verdict, rules.kept_message(examination.message)
    row.report, row.checked_at = examination.report, examination.checked_at
    row.attempts, row.rules_version = row.attempts + 1, pdfsign.RULES_VERSION
    row.save(update_fields=["verdict", "message", "report", "checked_at", "attempts", "rules_version"])


def by_newer_rules(sha256: str, examination: Examination) -> Examination:
    """What is true of a kept file by the rules of now: the new check, or the kept one.

    The rules are about what was done to the file. What the new check leaves open about the certificate alone
    (it ended since, a service is silent) was settled when the file came, and no rule has changed it.
    """
    row = Verification.objects.filter(blob_id=sha256).first()
    if row is None or rules.judges_anew(row.report, examination.report):
        return examination
    return Examination(
        verdict=Verdict(row.verdict), message=row.message, report=row.report, checked_at=row.checked_at
    )


def fetch_rules() -> FetchRules:
    """How this installation asks about certificates: see settings.REVOCATION_HOSTS."""
    return FetchRules(listed=frozenset(settings.REVOCATION_HOSTS))


def trusted_roots() -> list[pdfsign.Certificate]:
    """The root certificates this installation trusts: every *.pem of settings.TRUST."""
    folder = Path(settings.TRUST)
    return [
        certificate
        for path in sorted(folder.glob("*.pem"))
        for certificate in pdfsign.read_certificates(path)
    ]


def _is_signed_with(session: SigningSession, examination: Examination) -> bool:
    """Whether the field the session was opened for is signed with the very certificate of the session."""
    pending = pdfsign.PendingSignature.from_json(session.pending["text"])
    wanted = pdfsign.fingerprint(pdfsign.load_certificate(pending.certificate)).hex()
    return any(
        signature["field"] == pending.field and signature["details"]["certificate_sha256"] == wanted
        for signature in examination.report.get("signatures", ())
    )


def _grows_from(sha256: str, session: SigningSession) -> bool:
    """Whether a signed file is the prepared one, byte for byte, outside the room kept for the signature."""
    pending = pdfsign.PendingSignature.from_json(session.pending["text"])
    with blobs.open_blob(sha256) as signed, blobs.open_blob(session.prepared_id) as prepared:
        if signed.size < prepared.size:
            return False
        if not _same_bytes(signed, prepared, pending.region_start):
            return False
        signed.seek(pending.region_end)
        prepared.seek(pending.region_end)
        return _same_bytes(signed, prepared, prepared.size - pending.region_end)


def _same_bytes(one: File[bytes], other: File[bytes], length: int) -> bool:
    """Whether the next `length` bytes of two files are the same."""
    while length > 0:
        step = min(length, blobs.CHUNK)
        ours = one.read(step)
        if not ours or ours != other.read(step):
            return False
        length -= len(ours)
    return True
