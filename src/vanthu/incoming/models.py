"""Văn bản đến: one agency's copy of a document sent to it, with its own life."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from vanthu.incoming.states import State
from vanthu.kernel.seen import Seen
from vanthu.signing.states import Verdict


class IncomingDocument(models.Model):
    """An incoming document; its key is the key of its record."""

    document = models.OneToOneField(
        "documents.Document", on_delete=models.PROTECT, primary_key=True, related_name="incoming"
    )
    agency = models.ForeignKey("organizations.Agency", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.ARRIVED)
    #: Raised by every act that changes the document or a part of the work; see kernel.seen.
    version = models.PositiveIntegerField("lần thay đổi", default=1)
    #: Names the delivery that brought it, once, whatever is retried: `<kênh>:<khóa>`.
    source_key = models.CharField(max_length=300)
    #: How it came, in Vietnamese, e.g. «Trục liên thông».
    channel_label = models.CharField(max_length=50)
    sender_code = models.CharField(max_length=35)
    sender_name = models.CharField(max_length=200)
    arrived_at = models.DateTimeField("thời điểm đến")
    verdict = models.CharField(max_length=15, choices=Verdict.choices, default=Verdict.PENDING)
    verdict_message = models.CharField(max_length=500, blank=True)
    #: The rules the verdict was reached by: pdfsign.RULES_VERSION of then.
    rules_version = models.PositiveSmallIntegerField(default=1)
    arrival_number = models.PositiveIntegerField("số đến", null=True)
    arrival_year = models.PositiveSmallIntegerField(null=True)
    registered_at = models.DateTimeField("ngày đến", null=True)
    #: The leader it is submitted to when it is registered.
    submitted_to = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    returned_reason = models.CharField("lý do trả lại", max_length=1000, blank=True)
    returned_at = models.DateTimeField(null=True)
    directed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField("hạn xử lý", null=True)
    completed_at = models.DateTimeField(null=True)
    #: Taken over from the record so that lists can be ordered without reading it.
    urgency = models.PositiveSmallIntegerField(default=0)
    #: As it stood when a use case locked it; no column.
    acted_on: Seen

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "source_key"], name="incoming_arrives_once"),
            models.CheckConstraint(
                name="incoming_registered_has_number",
                condition=Q(state__in=[State.ARRIVED, State.RETURNED], arrival_number__isnull=True)
                | Q(arrival_number__isnull=False, registered_at__isnull=False, arrival_year__isnull=False)
                & ~Q(state__in=[State.ARRIVED, State.RETURNED]),
            ),
            models.CheckConstraint(
                name="incoming_returned_has_reason",
                condition=~Q(state=State.RETURNED) | ~Q(returned_reason="") & Q(returned_at__isnull=False),
            ),
            models.CheckConstraint(
                name="incoming_completed_has_time",
                condition=~Q(state=State.COMPLETED) | Q(completed_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "state", "-arrived_at"], name="incoming_queue"),
            models.Index(fields=["agency", "-arrived_at"], name="incoming_all"),
            models.Index(fields=["agency", "arrival_year", "-arrival_number"], name="incoming_register"),
        ]

    def as_seen(self, sha256: str) -> Seen:
        """What is shown of it; `sha256` is the hash of its PDF in force, empty when it has none."""
        return Seen(subject=self.pk, state=self.state, version=self.version, sha256=sha256)

    def __str__(self) -> str:
        return f"{self.arrival_number or '-'} {self.sender_name}"
