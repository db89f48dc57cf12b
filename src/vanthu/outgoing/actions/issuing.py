"""Cấp số, đóng dấu, phát hành: the records clerk's acts (NĐ 30/2020 Điều 15–18)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone

from vanthu import pdfsign
from vanthu.documents import operations as documents
from vanthu.documents import rules as document_rules
from vanthu.documents.operations import NewFile
from vanthu.documents.states import FileKind
from vanthu.kernel import audit, blobs, outbox
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import require
from vanthu.kernel.seen import Seen
from vanthu.kernel.use_cases import use_case
from vanthu.outgoing import operations, permissions
from vanthu.outgoing.events import OutgoingIssued
from vanthu.outgoing.operations import NotReady
from vanthu.outgoing.states import State, Step, next_state
from vanthu.registers import operations as registers
from vanthu.registers.operations import TakenNumber
from vanthu.registers.states import RegisterKind
from vanthu.room import signatures
from vanthu.room.signatures import Appearing
from vanthu.signing import operations as signing
from vanthu.signing.operations import SignedFile
from vanthu.signing.states import SignatureKind


@use_case
def assign_number(*, actor: Actor, document_id: UUID, seen: Seen, now: datetime) -> TakenNumber:
    """Cấp số, ngày: the signed document takes the next number of its register and today's date.

    The number exists if and only if this act does; the seal, which takes longer, comes after it. Raises
    NotFound, Stale, NotAllowed, IllegalStep, NotReady (the paper names another year or month, or bears a
    symbol that makes its code that of another document), NoRegister, RegisterAhead.
    """
    document = operations.lock(actor, document_id, seen)

    require(permissions.may_number(actor, document))

    state = next_state(State(document.state), Step.NUMBER)
    operations.require_date(document, now)

    record = document.document
    taken = registers.take_number(
        agency_id=document.agency_id,
        kind=RegisterKind.OUTGOING,
        document_type=record.type_code,
        document_id=document.pk,
        now=now,
    )
    # The moment of the number is that of the act; who waited for it may be in another year by now.
    now = taken.taken_at
    operations.require_date(document, now)
    record.number = document_rules.padded_number(taken.number)
    record.issued_on = timezone.localdate(now)
    record.document_code = document_rules.document_code(
        agency_code=record.issuer_code, issued_on=record.issued_on, code=record.code
    )
    record.save(update_fields=["number", "issued_on", "document_code"])
    operations.index(document)
    document.number, document.number_year, document.numbered_at = taken.number, taken.year, now
    document.given_code = record.code
    with _one_code_a_year(record.code):
        operations.move(document, state, now, also=("number", "number_year", "given_code", "numbered_at"))

    audit.record(
        action="outgoing.numbered",
        actor=actor,
        at=now,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        acted_on=document.acted_on,
        data={
            "code": record.code,
            "issued_on": record.issued_on.isoformat(),
            "register": taken.register_name,
        },
    )
    return taken


@use_case
def begin_seal(*, actor: Actor, document_id: UUID, seen: Seen, now: datetime) -> UUID:
    """Bắt đầu đóng dấu: number and date go into the PDF with the agency's signature, as one revision.

    Returns the id of the signing session. Raises NotFound, Stale, NotAllowed, IllegalStep, NoCredential,
    NotReady.
    """
    document = operations.lock(actor, document_id, seen)

    require(permissions.may_seal(actor, document))

    next_state(State(document.state), Step.SEAL)
    credential = signing.credential(
        kind=SignatureKind.AGENCY, agency_id=document.agency_id, user_id=None, now=now
    )
    record, base = document.document, operations.main_file(document)
    assert record.issued_on is not None, "a numbered document has its date"

    try:
        with (
            blobs.work_folder() as folder,
            blobs.as_path(base.blob_id) as signed,
            blobs.as_path(credential.image_id) as image,
        ):
            pending_file = folder / "pending.pdf"
            pending = signatures.begin_seal(
                signed,
                pending_file,
                number=record.number,
                day=document_rules.written_day(record.issued_on),
                month=document_rules.written_month(record.issued_on),
                appearing=Appearing(
                    certificate=pdfsign.load_certificate(credential.certificate_pem.encode()),
                    chain=pdfsign.load_certificates(credential.chain_pem.encode()),
                    image=image,
                    now=timezone.localtime(now),
                    name=record.issuer_name,
                    reason="Đóng dấu cơ quan",
                    location=record.place,
                ),
            )
            prepared = blobs.put_file(pending_file)
    except pdfsign.PdfSignError as error:
        raise NotReady(str(error)) from error
    session = signing.open_session(
        actor=actor,
        credential=credential,
        document_id=document.pk,
        base=base.blob_id,
        prepared=prepared,
        pending=pending,
        now=now,
    )

    audit.record(
        action="outgoing.seal-begun",
        actor=actor,
        at=now,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        acted_on=document.acted_on,
        data={"session": str(session.id)},
    )
    return session.id


@use_case
def record_seal(*, actor: Actor, document_id: UUID, seen: Seen, file: SignedFile, now: datetime) -> None:
    """Đóng dấu: the checked, sealed PDF is from now on the original of the document (NĐ 30/2020 Điều 5).

    Raises NotFound, Stale, NotAllowed, IllegalStep, Conflict, SignatureRefused.
    """
    document = operations.lock(actor, document_id, seen)

    require(permissions.may_seal(actor, document))

    state = next_state(State(document.state), Step.SEAL)
    session = signing.session_of(session_id=file.session_id, actor=actor, kind=SignatureKind.AGENCY)
    current = operations.main_file(document)

    signing.accept(session=session, file=file, current=current.blob_id, now=now)
    documents.add_version(
        document.document,
        NewFile(
            kind=FileKind.MAIN,
            name=_original_name(document.document.code),
            media_type=current.media_type,
            blob=file.blob,
            note=f"{document.document.issuer_name} cấp số {document.document.code} và đóng dấu",
        ),
        now=now,
    )
    document.sealed_at = now
    operations.move(document, state, now, also=("sealed_at",))

    audit.record(
        action="outgoing.sealed",
        actor=actor,
        at=now,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        acted_on=document.acted_on,
        data={"pdf": file.blob.sha256, "certificate": session.credential.subject},
    )


@use_case
def issue_document(*, actor: Actor, document_id: UUID, seen: Seen, now: datetime) -> None:
    """Phát hành: the sealed document goes to every recipient, and what it answers is done.

    Raises NotFound, Stale, NotAllowed, IllegalStep, NotReady (nobody to issue it to).
    """
    document = operations.lock(actor, document_id, seen)

    require(permissions.may_issue(actor, document))

    state = next_state(State(document.state), Step.ISSUE)
    recipients = [str(row.agency_id) for row in document.recipients.order_by("position")]
    if not recipients:
        raise NotReady("Văn bản chưa có nơi nhận nên chưa phát hành được.")

    document.issued_at = now
    operations.move(document, state, now, also=("issued_at",))

    audit.record(
        action="outgoing.issued",
        actor=actor,
        at=now,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        acted_on=document.acted_on,
        data={
            "code": document.document.code,
            "recipients": recipients,
        },
    )
    outbox.publish(
        OutgoingIssued(
            document_id=document.pk,
            issued_at=now,
            code=document.document.code,
            replies_to=document.replies_to_id,
            staff=actor.told_as,
        )
    )


@contextmanager
def _one_code_a_year(code: str) -> Iterator[None]:
    """Số và ký hiệu are one document's in a year, whatever registers there are (NĐ 30/2020 Điều 15)."""
    try:
        yield
    except IntegrityError as error:
        if "outgoing_code_once_a_year" not in str(error):
            raise
        raise NotReady(
            f"{code} đã cấp cho văn bản khác trong năm. Hãy trả lại người soạn để sửa ký hiệu trên văn bản."
        ) from error


def _original_name(code: str) -> str:
    return f"{code.replace('/', '_')}.pdf"
