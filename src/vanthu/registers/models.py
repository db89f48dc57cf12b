"""Registers, their yearly counters, and the numbers taken."""

from __future__ import annotations

import uuid
from datetime import UTC
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from vanthu.kernel.seen import Seen
from vanthu.registers.states import RegisterKind


class RegisterManager(models.Manager["Register"]):
    """Finds registers by what they count."""

    def counting(self, *, agency_id: uuid.UUID, kind: RegisterKind, document_type: str) -> Register | None:
        """The agency's register for this type: the one that names it, else the one for all the rest."""
        registers = self.filter(agency_id=agency_id, kind=kind).order_by("name", "id")
        general = None
        for register in registers:
            if document_type in register.document_types:
                return register
            if not register.document_types and general is None:
                general = register
        return general


class Register(models.Model):
    """Sổ đăng ký: a series of numbers of an agency.

    Which types of document a series counts is the head's decision (NĐ 30/2020 Điều 15), so it is data:
    an empty `document_types` counts every type no other register of the same kind names.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey("organizations.Agency", on_delete=models.PROTECT, related_name="registers")
    kind = models.CharField(max_length=10, choices=RegisterKind.choices)
    name = models.CharField("tên sổ", max_length=100)
    document_types = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    #: When its last number was taken, in whichever year; a later number never has an earlier time. Its row
    #: lock gives numbers their order.
    last_taken_at = models.DateTimeField(null=True)

    objects: ClassVar[RegisterManager] = RegisterManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "kind", "name"], name="register_named_once")]

    #: As it stood when a use case locked it; no column.
    acted_on: Seen

    def as_seen(self) -> Seen:
        """What is shown of it to whoever answers for its time: the microsecond of its last number."""
        last = self.last_taken_at
        state = f"{last.astimezone(UTC):%Y%m%d%H%M%S%f}" if last else "none"
        return Seen(subject=self.id, state=state, version=1)

    def __str__(self) -> str:
        return self.name


class RegisterYear(models.Model):
    """The counter of one register for one Vietnam calendar year. It never goes back: a trigger sees to it."""

    id = models.BigAutoField(primary_key=True)
    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="years")
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "year"], name="register_year_once")]

    def __str__(self) -> str:
        return f"{self.register} {self.year}"


class RegisterEntry(models.Model):
    """One number taken for one document. It may be cancelled with a reason; it is never used again.

    A trigger lets it grow only: one entry for each number the counter came to, in order, cancelled once.
    """

    id = models.BigAutoField(primary_key=True)
    register_year = models.ForeignKey(RegisterYear, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField()
    document_id = models.UUIDField()
    taken_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    cancelled_reason = models.CharField(max_length=3000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register_year", "number"], name="register_number_once"),
            models.UniqueConstraint(
                fields=["document_id"], condition=Q(cancelled_at__isnull=True), name="register_document_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.register_year}"
