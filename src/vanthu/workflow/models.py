"""Assignments under an incoming document, and the approval chain of a draft."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from vanthu.kernel.seen import Seen
from vanthu.workflow.states import ApprovalKind, ApprovalState, AssignmentRole, AssignmentState


class Assignment(models.Model):
    """Phân công: a unit or a person is to lead, support or know; a tree under one document."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey("organizations.Agency", on_delete=models.PROTECT, related_name="+")
    document_id = models.UUIDField()
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    #: Exactly one of the two: a person, or a unit whose head passes it on.
    user = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    unit = models.ForeignKey(
        "organizations.Unit", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    role = models.CharField(max_length=10, choices=AssignmentRole.choices)
    state = models.CharField(max_length=10, choices=AssignmentState.choices, default=AssignmentState.GIVEN)
    #: Raised by every act that changes the part; see kernel.seen.
    version = models.PositiveIntegerField("lần thay đổi", default=1)
    instruction = models.CharField("ý kiến chỉ đạo", max_length=2000, blank=True)
    due_at = models.DateTimeField("hạn xử lý", null=True)
    given_by = models.ForeignKey("organizations.User", on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    result = models.CharField("kết quả", max_length=2000, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="assignment_to_one",
                condition=Q(user__isnull=True, unit__isnull=False) | Q(user__isnull=False, unit__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["document_id", "user", "unit"], nulls_distinct=False, name="assignment_given_once"
            ),
            models.CheckConstraint(
                name="assignment_done_has_time",
                condition=~Q(state=AssignmentState.DONE) | Q(finished_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["document_id"], name="assignment_document"),
            models.Index(fields=["user", "state", "due_at"], name="assignment_user"),
            models.Index(fields=["unit", "state", "due_at"], name="assignment_unit"),
            # Whose document is this? Answered from the index alone, for every row of an officer's lists.
            models.Index(fields=["user", "document_id"], name="assignment_user_document"),
            models.Index(fields=["unit", "document_id"], name="assignment_unit_document"),
        ]

    def as_seen(self, sha256: str) -> Seen:
        """What is shown of it; `sha256` is the hash of the document's PDF in force, empty when none."""
        return Seen(subject=self.id, state=self.state, version=self.version, sha256=sha256)

    def __str__(self) -> str:
        return f"{self.role} {self.document_id}"


class ApprovalStep(models.Model):
    """Bước trình ký: one person's turn in the chain of a draft, in one round of submission."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey("organizations.Agency", on_delete=models.PROTECT, related_name="+")
    document_id = models.UUIDField()
    round = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=ApprovalKind.choices)
    user = models.ForeignKey("organizations.User", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=ApprovalState.choices, default=ApprovalState.WAITING)
    became_current_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    comment = models.CharField("ý kiến", max_length=2000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document_id", "round", "position"], name="approval_place_once"),
            models.UniqueConstraint(
                fields=["document_id"], condition=Q(state=ApprovalState.CURRENT), name="approval_one_current"
            ),
        ]
        indexes = [models.Index(fields=["user", "state"], name="approval_user")]

    def __str__(self) -> str:
        return f"{self.kind} {self.document_id}"
