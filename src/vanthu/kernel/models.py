"""The audit trail and the blobs' rows."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from vanthu.kernel.states import BlobDamage


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
    action = models.CharField(max_length=80)
    at = models.DateTimeField()
    user_id = models.UUIDField()
    post_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=300)
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
