"""The record both life cycles share: metadata, files with their versions, relations."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from vanthu.documents.rules import NOTATION_LIMIT
from vanthu.documents.states import FileKind, RelationKind, Urgency


class Document(models.Model):
    """Văn bản: what QĐ 28/2018/QĐ-TTg Điều 10.2 and NĐ 30/2020 PL VI ask to be known of a document.

    One row is one agency's copy of the record; another agency's copy is another row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey("organizations.Agency", on_delete=models.PROTECT, related_name="+")
    document_code = models.CharField("mã định danh văn bản", max_length=200, blank=True)
    issuer_code = models.CharField("mã định danh cơ quan ban hành", max_length=35)
    issuer_name = models.CharField("cơ quan ban hành", max_length=200)
    #: As written, e.g. «05»; empty before a number is given. Others' numbers are not always digits.
    number = models.CharField("số", max_length=50, blank=True)
    notation = models.CharField("ký hiệu", max_length=NOTATION_LIMIT, blank=True)
    issued_on = models.DateField("ngày ban hành", null=True)
    place = models.CharField("địa danh", max_length=50, blank=True)
    type_code = models.CharField("mã loại", max_length=10, blank=True)
    type_name = models.CharField("loại văn bản", max_length=100)
    subject = models.CharField("trích yếu", max_length=500)
    signer_name = models.CharField("người ký", max_length=50, blank=True)
    signer_title = models.CharField("quyền hạn, chức vụ người ký", max_length=200, blank=True)
    urgency = models.PositiveSmallIntegerField("độ khẩn", choices=Urgency.choices, default=Urgency.NORMAL)
    due_on = models.DateField("hạn trả lời", null=True)
    to_places = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    sphere = models.CharField("lĩnh vực", max_length=100, blank=True)
    language = models.CharField("ngôn ngữ", max_length=10, default="vi")
    page_count = models.PositiveIntegerField("số trang", null=True)
    created_at = models.DateTimeField()
    #: Number, notation, subject and issuer folded for search without diacritics.
    search_text = models.TextField(blank=True)

    class Meta:
        indexes = [
            GinIndex(fields=["search_text"], name="document_search", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["agency", "document_code"], name="document_code"),
        ]

    @property
    def code(self) -> str:
        """Số và ký hiệu as written; the notation alone before a number is given."""
        return f"{self.number}/{self.notation}" if self.number else self.notation

    def __str__(self) -> str:
        return self.code or str(self.id)


class DocumentFile(models.Model):
    """One version of one file of a document. A new version supersedes; it never overwrites."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=12, choices=FileKind.choices)
    #: Order among the attachments; 0 for the main file.
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveSmallIntegerField(default=1)
    name = models.CharField("tên tệp", max_length=200)
    media_type = models.CharField(max_length=120)
    #: It asks for a password, or was locked with one; only what comes from elsewhere may.
    is_locked = models.BooleanField("đặt mật khẩu", default=False)
    blob = models.ForeignKey("kernel.Blob", on_delete=models.PROTECT, related_name="+")
    #: What made this version, in Vietnamese, e.g. «Người ký ký số».
    note = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "kind", "position", "version"], name="file_version_once"
            ),
            models.UniqueConstraint(
                fields=["document", "kind", "position"],
                condition=Q(superseded_at__isnull=True),
                name="file_current_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class DocumentRelation(models.Model):
    """`source` replies to, or supersedes, `target`; both are this agency's copies."""

    source = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="relations")
    target = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="related_by")
    kind = models.CharField(max_length=12, choices=RelationKind.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "target", "kind"], name="relation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"
