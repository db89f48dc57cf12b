"""Liên thông: deliveries with every state they came to, packets taken, statuses to send. This is evidence."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from vanthu.exchange.states import COME_BACK, Channel, DeliveryState, PacketKind, PacketState
from vanthu.kernel.seen import Seen


class Delivery(models.Model):
    """Việc gửi: one issued document on its way to one recipient."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(
        "outgoing.OutgoingDocument", on_delete=models.PROTECT, related_name="deliveries"
    )
    recipient = models.ForeignKey("organizations.Agency", on_delete=models.PROTECT, related_name="+")
    recipient_name = models.CharField(max_length=200)
    channel = models.CharField(max_length=20, choices=Channel.choices)
    state = models.CharField(max_length=12, choices=DeliveryState.choices, default=DeliveryState.QUEUED)
    state_at = models.DateTimeField()
    #: Raised when it comes to another state or is noted; see kernel.seen.
    version = models.PositiveIntegerField("lần thay đổi", default=1)
    #: The axis's own id of the packet that carried it.
    axis_doc_id = models.CharField(max_length=64, blank=True)
    packet = models.ForeignKey("kernel.Blob", on_delete=models.PROTECT, null=True, related_name="+")
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)
    #: Since when it could not go on; None when the last try went through, or none was made.
    troubled_since = models.DateTimeField("trục trặc từ", null=True)
    #: The recipient's reply: this agency's copy of the document that answered.
    reply = models.ForeignKey(
        "documents.Document", on_delete=models.PROTECT, null=True, related_name="answers"
    )
    created_at = models.DateTimeField()
    #: When and by whom of the sender it was noted that it came back, and what was done about it.
    noted_at = models.DateTimeField(null=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    noted_word = models.CharField(max_length=2000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "recipient"], name="delivery_once")]
        indexes = [
            models.Index(fields=["state", "state_at"], name="delivery_state"),
            # Every page counts them: the few that came back and wait for a person.
            models.Index(
                fields=["document"],
                condition=Q(state__in=sorted(COME_BACK), noted_at__isnull=True),
                name="delivery_come_back",
            ),
        ]

    #: As it stood when a use case locked it; no column.
    acted_on: Seen

    def as_seen(self, sha256: str) -> Seen:
        """What is shown of it; `sha256` is the hash of the PDF that was issued."""
        return Seen(subject=self.id, state=self.state, version=self.version, sha256=sha256)

    def __str__(self) -> str:
        return f"{self.recipient_name}: {self.state}"


class DeliveryStatus(models.Model):
    """Trạng thái gửi: one state a delivery came to, with its time as its author gave it. Only grows."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="statuses")
    state = models.CharField(max_length=12, choices=DeliveryState.choices)
    at = models.DateTimeField()
    note = models.CharField(max_length=1000, blank=True)
    staff = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    packet = models.ForeignKey("kernel.Blob", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "state"], name="delivery_status_once")]

    def __str__(self) -> str:
        return f"{self.state} {self.at:%d/%m/%Y %H:%M}"


class ReceivedPacket(models.Model):
    """Gói tin nhận: a packet taken from the axis, byte for byte, and what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    axis_doc_id = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=10, choices=PacketKind.choices)
    state = models.CharField(max_length=10, choices=PacketState.choices)
    #: None when the packet was refused before it could be kept, or must not be kept (secret).
    packet = models.ForeignKey("kernel.Blob", on_delete=models.PROTECT, null=True, related_name="+")
    sender_code = models.CharField(max_length=100, blank=True)
    #: Whom the axis, or the packet, names; and the agency of this installation that is, when there is one.
    recipient_code = models.CharField(max_length=100, blank=True)
    agency = models.ForeignKey("organizations.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField("lý do", max_length=500, blank=True)
    #: What its sender was told, when it was put aside.
    told = models.CharField(max_length=300, blank=True)
    #: Whether it may be opened again: not one that bears a secrecy mark.
    may_reopen = models.BooleanField(default=False, db_default=False)
    taken_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["-taken_at"],
                condition=~Q(state=PacketState.TAKEN),
                name="packet_put_aside",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.axis_doc_id}"


class StatusReport(models.Model):
    """Báo trạng thái: one state of an incoming document its sender is told over the axis, once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(
        "incoming.IncomingDocument", on_delete=models.PROTECT, related_name="status_reports"
    )
    code = models.CharField(max_length=2)
    at = models.DateTimeField()
    note = models.CharField(max_length=1000, blank=True)
    staff = models.CharField(max_length=200, blank=True)
    axis_doc_id = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "code"], name="status_reported_once")]
        indexes = [models.Index(fields=["at"], condition=Q(sent_at__isnull=True), name="status_unsent")]

    def __str__(self) -> str:
        return f"{self.code} {self.document_id}"
