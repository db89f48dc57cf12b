"""The directory, the packets, and who still has to fetch them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import F, Q

from vanthu.axis.states import MailState, PacketKind
from vanthu.edxml import is_acceptable_organ_id


class System(models.Model):
    """Hệ thống kết nối: a document system that speaks to the axis, for the agencies it holds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField("mã hệ thống", max_length=100, unique=True)
    #: The key of its HMAC signatures. The protocol needs the key itself, so it cannot be kept as a hash.
    secret = models.CharField(max_length=200)
    #: The key before the last change, accepted as well until the operator ends it; empty when there is none.
    former_secret = models.CharField(max_length=200, blank=True, default="", db_default="")
    opened_at = models.DateTimeField()
    #: When the key was last changed.
    secret_changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="axis_system_has_secret", condition=~Q(secret="")),
            models.CheckConstraint(
                name="axis_former_secret_differs", condition=~Q(former_secret=F("secret"))
            ),
        ]

    def __str__(self) -> str:
        return self.code


class AgencyQuerySet(models.QuerySet["Agency"]):
    """Agencies by code."""

    def named(self, codes: Iterable[str]) -> Self:
        """Those whose present or old code is among `codes`, in order of code; other text names nobody."""
        wanted = [code for code in codes if is_acceptable_organ_id(code)]
        return self.filter(Q(code__in=wanted) | Q(old_code__in=wanted)).order_by("code")


class Agency(models.Model):
    """Cơ quan trong danh bạ của trục. A code is closed and may name its successor; it is never reused."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="agencies")
    #: QĐ 20/2020/QĐ-TTg Điều 4.
    code = models.CharField("mã định danh", max_length=35, unique=True)
    #: QCVN 102:2016, `code102` of the protocol; empty when there is none.
    old_code = models.CharField("mã định danh cũ", max_length=35, blank=True)
    name = models.CharField("tên cơ quan", max_length=200)
    mail = models.CharField(max_length=100, blank=True)
    mobile = models.CharField(max_length=50, blank=True)
    fax = models.CharField(max_length=50, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    #: The centre the agency was registered under (`pcode`), when it is no agency of this directory.
    centre_code = models.CharField(max_length=35, blank=True)
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="predecessors")

    objects = AgencyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["old_code"], condition=~Q(old_code=""), name="axis_old_code_names_one_agency"
            ),
            models.CheckConstraint(
                name="axis_only_a_closed_agency_has_a_successor",
                condition=Q(successor__isnull=True) | Q(closed_at__isnull=False),
            ),
            models.CheckConstraint(name="axis_agency_not_its_own_parent", condition=~Q(parent=F("id"))),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Packet(models.Model):
    """Gói tin: one edXML file as its sender sent it, byte for byte, and what the axis read in it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=PacketKind.choices)
    sender = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="packets")
    content = models.ForeignKey("kernel.Blob", on_delete=models.PROTECT, related_name="+")
    #: DocumentId of the packet, or ResponseFor/DocumentId of a status packet; opaque.
    document_id = models.CharField(max_length=200)
    #: BussinessDocType: 0 new, 1 recall, 2 update, 3 replace; NULL for a kind nobody knows.
    business_type = models.PositiveSmallIntegerField(null=True)
    #: Number and notation, `7816/VPCP-TTĐT`.
    symbol = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=2000, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            # The same bytes are the same packet, however often they are sent.
            models.UniqueConstraint(fields=["sender", "kind", "content"], name="axis_packet_stored_once"),
            models.UniqueConstraint(
                fields=["sender", "document_id"],
                condition=Q(kind=PacketKind.EDOC, business_type=0),
                name="axis_new_document_sent_once",
            ),
        ]
        indexes = [models.Index(fields=["sender", "kind", "received_at", "id"], name="axis_packet_sent")]

    def __str__(self) -> str:
        return f"{self.kind} {self.document_id}"


class MailboxItem(models.Model):
    """A packet in one recipient's mailbox: the evidence of who was given what, and when it was taken."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    packet = models.ForeignKey(Packet, on_delete=models.PROTECT, related_name="items")
    recipient = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="mailbox")
    state = models.CharField(max_length=10, choices=MailState.choices, default=MailState.WAITING)
    description = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    #: When the recipient's system first took the bytes.
    fetched_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["packet", "recipient"], name="axis_recipient_given_packet_once"),
        ]
        indexes = [
            models.Index(
                fields=["recipient", "created_at", "id"],
                condition=Q(state__in=[MailState.WAITING, MailState.PROCESSING]),
                name="axis_mailbox_pending",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.packet_id} → {self.recipient_id} {self.state}"


class UsedSignature(models.Model):
    """A signed request that changed something; the same request cannot change it again (ADR 0014)."""

    id = models.BigAutoField(primary_key=True)
    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="+")
    #: HMAC of the request, lowercase hexadecimal.
    signature = models.CharField(max_length=64)
    #: What the request changed: a mailbox item or an agency code.
    subject = models.CharField(max_length=100)
    used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["system", "signature", "subject"], name="axis_signature_changes_once"
            ),
        ]
        indexes = [models.Index(fields=["used_at"], name="axis_signature_used")]

    def __str__(self) -> str:
        return f"{self.signature[:12]} {self.subject}"
