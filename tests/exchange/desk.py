"""What the records office of a test does: issue a document, register and return what arrives."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pypdfium2
from django.db import transaction
from django.utils import timezone

from tests.seeing import now_seen
from tests.world import NOW, World
from vanthu.documents import operations as documents
from vanthu.documents import rules as document_rules
from vanthu.documents.models import Document
from vanthu.documents.operations import NewFile, NewRecord
from vanthu.documents.states import FileKind
from vanthu.exchange import queries
from vanthu.incoming import actions as incoming
from vanthu.incoming.models import IncomingDocument
from vanthu.incoming.states import State as IncomingState
from vanthu.kernel import blobs, outbox
from vanthu.kernel.actor import Actor
from vanthu.organizations.models import Agency, User
from vanthu.organizations.states import Role
from vanthu.outgoing.events import OutgoingIssued
from vanthu.outgoing.models import OutgoingDocument, Recipient
from vanthu.outgoing.states import State
from vanthu.registers.models import Register
from vanthu.registers.states import RegisterKind


def pdf(pages: int = 1) -> bytes:
    """A PDF of blank pages, unlike any made before."""
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(595, 842)
    content = io.BytesIO()
    document.save(content)
    document.close()
    return content.getvalue() + f"% {uuid4()}\n".encode()


def issue(
    world: World,
    recipients: Sequence[Agency],
    *,
    number: str = "",
    main: bytes | None = None,
    attachments: Sequence[tuple[str, bytes]] = (),
    replies_to: UUID | None = None,
    agency: Agency | None = None,
    author: User | None = None,
    **record: object,
) -> OutgoingDocument:
    """Issue a document of the department (or `agency`) to `recipients`, as its life cycle leaves it."""
    sender = agency or world.department
    user = author or world.users["officer"]
    number = number or str(uuid4().int % 10**8)
    notation, issued_on = "SNV-CCVC", timezone.localdate(NOW)
    fields = {
        "agency_id": sender.id,
        "issuer_code": sender.code,
        "issuer_name": sender.name,
        "document_code": document_rules.document_code(
            agency_code=sender.code, issued_on=issued_on, code=f"{number}/{notation}"
        ),
        "number": number,
        "notation": notation,
        "issued_on": issued_on,
        "place": "An Bình",
        "type_code": "CV",
        "type_name": "Công văn",
        "subject": "V/v rà soát vị trí việc làm năm 2027",
        "signer_name": "Phạm Văn Hùng",
        "signer_title": "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC",
        "urgency": 1,
        "due_on": issued_on + timedelta(days=10),
        "to_places": ["Như trên", "Lưu: VT, CCVC"],
        **record,
    }
    with transaction.atomic():
        document = documents.create_document(
            NewRecord(**fields),  # type: ignore[arg-type]  # a test may give any field
            _files(main or pdf(), f"{number}_SNV-CCVC.pdf", attachments),
            now=NOW,
        )
        outgoing = OutgoingDocument.objects.create(
            document=document,
            agency=sender,
            state=State.ISSUED,
            author=user,
            unit=world.civil_service if sender == world.department else None,
            signer=user,
            number=int(number),
            number_year=2026,
            replies_to_id=replies_to,
            **dict.fromkeys(
                [
                    "drafted_at",
                    "submitted_at",
                    "signed_at",
                    "numbered_at",
                    "sealed_at",
                    "issued_at",
                    "moved_at",
                ],
                NOW,
            ),
        )
        Recipient.objects.bulk_create(
            Recipient(document=outgoing, agency=recipient, position=position)
            for position, recipient in enumerate(recipients)
        )
        outbox.publish(
            OutgoingIssued(
                document_id=document.id,
                issued_at=NOW,
                code=document.code,
                replies_to=replies_to,
                staff="Hoàng Thị Lan",
            )
        )
    return outgoing


def far_agency(code: str, name: str) -> Agency:
    """An agency reached over the axis; these tests may play its own installation as well: see `settle_in`."""
    return Agency.objects.create(code=code, name=name, is_hosted=False)


def settle_in(*agencies: Agency) -> None:
    """From now on this installation serves these agencies too, so that it fetches what is for them."""
    Agency.objects.filter(id__in=[agency.id for agency in agencies]).update(is_hosted=True)


def clerk_of(agency: Agency) -> Actor:
    """A records clerk of any agency; an incoming register is opened for him."""
    Register.objects.get_or_create(agency=agency, kind=RegisterKind.INCOMING, name="Sổ văn bản đến")
    return Actor(
        user_id=uuid4(),
        agency_id=agency.id,
        roles=frozenset({Role.RECORDS_CLERK}),
        label=f"Văn thư {agency.name}",
    )


def deliveries(actor: Actor, document: OutgoingDocument) -> queries.DeliveriesPage:
    """What the actor sees of the document's recipients now."""
    return queries.deliveries(actor, document_id=document.pk, now=timezone.now())


def arrived(agency: Agency, document: OutgoingDocument) -> list[IncomingDocument]:
    """The copies of `document` that stand among the incoming ones of `agency`."""
    return list(
        IncomingDocument.objects.select_related("document").filter(
            agency=agency, document__document_code=document.document.document_code
        )
    )


def register(incoming_document: IncomingDocument, *, now: datetime | None = None) -> int:
    """Register what arrived, as the clerk of its agency."""
    return incoming.register_document(
        actor=clerk_of(incoming_document.agency),
        document_id=incoming_document.pk,
        seen=now_seen(incoming_document.pk),
        leader_id=None,
        now=now or timezone.now(),
    )


def send_back(incoming_document: IncomingDocument, reason: str, *, now: datetime | None = None) -> None:
    """Return what arrived, as the clerk of its agency."""
    incoming.return_document(
        actor=clerk_of(incoming_document.agency),
        document_id=incoming_document.pk,
        seen=now_seen(incoming_document.pk),
        reason=reason,
        now=now or timezone.now(),
    )


def state_of(document: Document | IncomingDocument) -> IncomingState:
    """Where an incoming document stands now."""
    return IncomingState(IncomingDocument.objects.values_list("state", flat=True).get(pk=document.pk))


def _files(main: bytes, name: str, attachments: Sequence[tuple[str, bytes]]) -> list[NewFile]:
    files = [
        NewFile(
            kind=FileKind.MAIN,
            name=name,
            media_type="application/pdf",
            blob=blobs.put(io.BytesIO(main)),
            page_count=1,
        )
    ]
    return files + [
        NewFile(
            kind=FileKind.ATTACHMENT,
            name=each,
            media_type="text/plain" if each.endswith(".txt") else "application/pdf",
            blob=blobs.put(io.BytesIO(content)),
            position=position,
        )
        for position, (each, content) in enumerate(attachments, start=1)
    ]
