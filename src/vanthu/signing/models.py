"""Certificates people and agencies sign with, signatures under way, and what checking came to."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from vanthu.signing.states import Provider, SignatureKind, Verdict


class Credential(models.Model):
    """Chứng thư số: the public half of a key, and where its private half is asked to sign."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=SignatureKind.choices)
    agency = models.ForeignKey("organizations.Agency", on_delete=models.PROTECT, related_name="+")
    #: The person, for a personal certificate.
    user = models.ForeignKey("organizations.User", on_delete=models.PROTECT, null=True, related_name="+")
    provider = models.CharField(max_length=10, choices=Provider.choices)
    token_label = models.CharField(max_length=32)
    key_label = models.CharField(max_length=64)
    certificate_pem = models.TextField()
    chain_pem = models.TextField()
    #: The handwriting or the seal as a transparent PNG (NĐ 30/2020 PL I, II.7.d, II.8.a).
    image = models.ForeignKey("kernel.Blob", on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=300)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="credential_person_has_user",
                condition=Q(kind=SignatureKind.AGENCY, user__isnull=True)
                | Q(kind=SignatureKind.PERSON, user__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["agency", "user", "kind"],
                condition=Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="credential_current_once",
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class SigningSession(models.Model):
    """Phiên ký: a prepared file waiting for its signature value, made here or elsewhere."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=SignatureKind.choices)
    document_id = models.UUIDField()
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="+")
    #: The version the signature is made on; a newer version makes the session void.
    base = models.ForeignKey("kernel.Blob", on_delete=models.PROTECT, related_name="+")
    prepared = models.ForeignKey("kernel.Blob", on_delete=models.PROTECT, related_name="+")
    #: What pdfsign needs to put the signature in, possibly in another process.
    pending = models.JSONField()
    begun_by_id = models.UUIDField()
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["document_id", "begun_at"], name="signing_session_document")]

    def __str__(self) -> str:
        return f"{self.kind} {self.document_id}"


class Verification(models.Model):
    """Kết quả kiểm tra: what checking the signatures of one stored file came to, at its last check."""

    blob = models.OneToOneField("kernel.Blob", on_delete=models.PROTECT, primary_key=True, related_name="+")
    verdict = models.CharField(max_length=15, choices=Verdict.choices)
    message = models.CharField(max_length=500)
    #: The facts of `vanthu verify --json`.
    report = models.JSONField()
    checked_at = models.DateTimeField()
    #: How many checks so far; one that could not reach the revocation service is tried again.
    attempts = models.PositiveSmallIntegerField(default=1)
    #: The rules it was reached by: pdfsign.RULES_VERSION of then.
    rules_version = models.PositiveSmallIntegerField(default=1)

    def __str__(self) -> str:
        return self.message
