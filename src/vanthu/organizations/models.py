"""Agencies, their units and positions, and the people who hold posts in them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from vanthu.organizations.rules import TryKind
from vanthu.organizations.states import Role


class Agency(models.Model):
    """Cơ quan, tổ chức: one this installation serves (`is_hosted`), or one known from the axis directory."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField("mã định danh", max_length=35, unique=True)
    #: The code before QĐ 20/2020 (`code102` on the axis); documents may still arrive under it.
    old_code = models.CharField("mã định danh cũ", max_length=35, blank=True)
    name = models.CharField("tên", max_length=200)
    #: As it stands in a notation, e.g. SNV (NĐ 30/2020 PL I: set by the head of the agency).
    abbreviation = models.CharField("tên viết tắt", max_length=30, blank=True)
    place = models.CharField("địa danh", max_length=50, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    email = models.CharField(max_length=100, blank=True)
    is_hosted = models.BooleanField(default=False)
    closed_at = models.DateTimeField("thời điểm ngừng hoạt động", null=True)
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="predecessors")
    #: Code and name folded for search without diacritics.
    search_text = models.TextField(blank=True)

    class Meta:
        indexes = [
            GinIndex(fields=["search_text"], name="agency_search", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["old_code"], name="agency_old_code"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Unit(models.Model):
    """Đơn vị: a part of an agency."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="units")
    name = models.CharField("tên", max_length=200)
    abbreviation = models.CharField("tên viết tắt", max_length=30)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    rank = models.PositiveSmallIntegerField("thứ tự", default=100)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "name"], name="unit_named_once")]

    def __str__(self) -> str:
        return self.name


class Position(models.Model):
    """Chức danh: a title in an agency, e.g. Giám đốc."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="positions")
    name = models.CharField("tên", max_length=100)
    #: 1 is the head; lists of people follow it.
    rank = models.PositiveSmallIntegerField("thứ bậc", default=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "name"], name="position_named_once")]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Finds users by their sign-in name."""


class User(AbstractBaseUser):
    """Người dùng: one account of one person. It is disabled, never deleted (seed regulations; QCVN 12)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField("tên đăng nhập", max_length=60, unique=True)
    full_name = models.CharField("họ và tên", max_length=50)
    email = models.CharField(max_length=100, blank=True)
    phone = models.CharField("điện thoại", max_length=20, blank=True)
    must_change_password = models.BooleanField(default=True)
    #: Wrong passwords since its owner last signed in: what he is told then.
    failed_sign_ins = models.PositiveSmallIntegerField(default=0)
    #: Until when only devices that signed in before may try; what `SignInTries` holds, for administrators.
    locked_until = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # Django's field; here it follows from the date
        """Whether the account may be used at all."""
        return self.disabled_at is None

    def __str__(self) -> str:
        return self.full_name


class Post(models.Model):
    """Vị trí công tác: a user in a position of an agency, with the roles it carries; one may hold several."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="posts")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="posts")
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices))
    #: As the signature block has it, e.g. «KT. GIÁM ĐỐC» (NĐ 30/2020 Điều 13); empty: not a signer.
    signing_title = models.CharField("quyền hạn, chức vụ người ký", max_length=200, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "agency", "position", "unit"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="post_held_once",
            ),
        ]
        indexes = [models.Index(fields=["agency", "unit"], name="post_agency_unit")]

    def __str__(self) -> str:
        return f"{self.user} – {self.position}"


class SignInTries(models.Model):
    """Lần thử đăng nhập: tries in a row of one account, device or address, counted before they are looked at.

    The key is a keyed hash, so that a name nobody has, or a password typed for one, is written nowhere. Rows
    are swept when they no longer count.
    """

    key = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=10, choices=[(str(kind), str(kind)) for kind in TryKind])
    tries = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(null=True)
    closed_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["last_at"], name="sign_in_tries_last")]

    def __str__(self) -> str:
        return f"{self.kind} {self.tries}"
