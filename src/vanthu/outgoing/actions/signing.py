"""Ký số: the person's signature, begun here, made where the key is, recorded here (NĐ 30/2020 Điều 13)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from vanthu import pdfsign
from vanthu.documents import operations as documents
from vanthu.documents.operations import NewFile
from vanthu.documents.states import FileKind
from vanthu.kernel import audit, blobs
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import require
from vanthu.kernel.seen import Seen
from vanthu.kernel.use_cases import use_case
from vanthu.outgoing import operations, permissions
from vanthu.outgoing.operations import NotReady
from vanthu.outgoing.states import State, Step, next_state
from vanthu.room import signatures
from vanthu.room.signatures import Appearing
from vanthu.signing import operations as signing
from vanthu.signing.operations import SignedFile
from vanthu.signing.states import SignatureKind
from vanthu.workflow import operations as workflow


@use_case
def begin_signature(
    *, actor: Actor, document_id: UUID, seen: Seen, confirmed: Collection[str] = (), now: datetime
) -> UUID:
    """Bắt đầu ký: prepare the PDF for the person's signature and open a signing session; returns its id.

    Reserves the fields of number, date and seal first (they must exist before the first signature), then
    draws the handwriting between title and name. Nothing about the document changes until the signature is
    recorded. `confirmed` as in `approve_content`. Raises NotFound, Stale, NotAllowed, IllegalStep,
    NoCredential, NotReady, NotConfirmed, RoomClosed.
    """
    document = operations.lock(actor, document_id, seen)

    next_state(State(document.state), Step.SIGN)
    require(permissions.may_sign(actor, workflow.current_step(document.pk)))

    answered = operations.require_sound(document, now, confirmed=confirmed)
    operations.require_year(document, now)
    credential = signing.credential(
        kind=SignatureKind.PERSON, agency_id=document.agency_id, user_id=actor.user_id, now=now
    )
    base = operations.main_file(document)

    try:
        with (
            blobs.work_folder() as folder,
            blobs.as_path(base.blob_id) as draft,
            blobs.as_path(credential.image_id) as image,
        ):
            pending_file = folder / "pending.pdf"
            pending = signatures.begin_person_signature(
                draft,
                pending_file,
                places=document.marks,
                appearing=Appearing(
                    certificate=pdfsign.load_certificate(credential.certificate_pem.encode()),
                    chain=pdfsign.load_certificates(credential.chain_pem.encode()),
                    image=image,
                    now=timezone.localtime(now),
                    name=document.document.signer_name,
                    reason="Ký ban hành",
                    location=document.document.place,
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
        action="outgoing.signature-begun",
        actor=actor,
        at=now,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        acted_on=document.acted_on,
        data={"session": str(session.id), "confirmed": answered},
    )
    return session.id


@use_case
def record_signature(*, actor: Actor, document_id: UUID, seen: Seen, file: SignedFile, now: datetime) -> None:
    """Ký: the checked, signed PDF becomes the version in force; the records clerk's turn begins.

    Raises NotFound, Stale, NotAllowed, IllegalStep, Conflict, SignatureRefused.
    """
    document = operations.lock(actor, document_id, seen)

    state = next_state(State(document.state), Step.SIGN)
    require(permissions.may_sign(actor, workflow.current_step(document.pk)))

    session = signing.session_of(session_id=file.session_id, actor=actor, kind=SignatureKind.PERSON)
    current = operations.main_file(document)

    signing.accept(session=session, file=file, current=current.blob_id, now=now)
    documents.add_version(
        document.document,
        NewFile(
            kind=FileKind.MAIN,
            name=current.name,
            media_type=current.media_type,
            blob=file.blob,
            note=f"{document.document.signer_name} ký số",
        ),
        now=now,
    )
    workflow.approve_current(document_id=document.pk, comment="", now=now)
    document.signed_at = now
    operations.move(document, state, now, also=("signed_at",))

    audit.record(
        action="outgoing.signed",
        actor=actor,
        at=now,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        acted_on=document.acted_on,
        data={"pdf": file.blob.sha256, "certificate": session.credential.subject},
    )
