"""The audit trail, the blobs' rows, and what the machine began with data from outside."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from vanthu.kernel.states import AttemptState, BlobDamage


class Blob(models.Model):
    """A stored file, known by the SHA-256 of its bytes. Bytes never change, and the row is never removed."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField()
    kept_at = models.DateTimeField()
    #: When the bytes were last read again; on receipt (`kept_at`) their hash was just computed.
    checked_at = models.DateTimeField(null=True)
    #: What that reading found; empty while the bytes are whole.
    damage = models.CharField(
        max_length=20, choices=BlobDamage.choices, blank=True, default="", db_default=""
    )
    #: Since when they are known to be damaged.
    damaged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="blob_not_empty", condition=Q(size__gt=0)),
            models.CheckConstraint(
                name="blob_damaged_since_a_moment",
                condition=Q(damage="", damaged_at__isnull=True)
                | (~Q(damage="") & Q(damaged_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(Coalesce("checked_at", "kept_at"), "sha256", name="blob_longest_unread"),
            models.Index(fields=["damaged_at", "sha256"], condition=~Q(damage=""), name="blob_damaged"),
        ]

    def __str__(self) -> str:
        return self.sha256


class AuditChain(models.Model):
    """The last link of one agency's audit chain; its row lock gives links their order."""

    agency_id = models.UUIDField(primary_key=True)
    last_sequence = models.BigIntegerField(default=0)
    last_hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.agency_id} #{self.last_sequence}"


class AuditEntry(models.Model):
    """One fact that happened. Append only: a trigger and the application's rights refuse anything else."""

    agency_id = models.UUIDField()
    sequence = models.BigIntegerField()
    #: Which facts the hash covers, and how they are written; see kernel.audit.
    form = models.PositiveSmallIntegerField(db_default=1)
    action = models.CharField(max_length=80)
    at = models.DateTimeField()
    user_id = models.UUIDField()
    post_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=300)
    #: Whose rights the act used, when the actor stood in for somebody.
    for_user_id = models.UUIDField(null=True)
    for_post_id = models.UUIDField(null=True)
    for_label = models.CharField(max_length=300, blank=True, db_default="")
    subject_type = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency_id", "sequence"], name="audit_one_link_per_place"),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "sequence"], name="audit_subject"),
            models.Index(fields=["agency_id", "at"], name="audit_agency_at"),
        ]

    def __str__(self) -> str:
        return f"#{self.sequence} {self.action}"


class Attempt(models.Model):
    """Lượt làm việc nền: one thing from outside the machine has begun to read and not finished.

    Written and committed before the work begins, gone when it is finished: what stands here is under way,
    was broken off (its process died), or is put aside. See kernel.attempts.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    #: Name of the background task.
    task = models.CharField(max_length=128)
    #: What it is about, by the task's own key; empty when the task has only one subject.
    subject = models.CharField(max_length=300, blank=True)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=AttemptState.choices, default=AttemptState.BEGUN)
    #: How often it was begun and not finished, the present time included.
    unfinished = models.PositiveSmallIntegerField(default=1)
    begun_at = models.DateTimeField()
    put_aside_at = models.DateTimeField(null=True)
    reason = models.CharField("lý do", max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "subject"], name="attempt_once"),
            models.CheckConstraint(
                name="attempt_aside_since_a_moment",
                condition=Q(state=AttemptState.PUT_ASIDE, put_aside_at__isnull=False)
                | (~Q(state=AttemptState.PUT_ASIDE) & Q(put_aside_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.subject} ×{self.unfinished}"


class LivingWorker(models.Model):
    """Tiến trình việc nền: the process of one worker, as long as the worker is known.

    Written by the process that holds the worker's lock; gone with procrastinate's row of the worker (the
    database sees to it). See kernel.proof_of_life.
    """

    #: Procrastinate's number of the worker.
    number = models.BigIntegerField(primary_key=True)
    #: The boot of its machine and the namespace of its process; see kernel.processes.
    machine = models.CharField(max_length=120)
    pid = models.IntegerField()
    started = models.BigIntegerField()
    #: How often its lock was taken.
    times_held = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"#{self.number} ({self.pid})"
