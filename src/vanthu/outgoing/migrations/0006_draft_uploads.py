"""Files of drafts that LibreOffice must read first."""

from __future__ import annotations

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0002_never_deleted"),
        ("outgoing", "0005_seen"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DraftUpload",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("post_id", models.UUIDField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Chờ chuyển sang PDF"),
                            ("converting", "Đang chuyển sang PDF"),
                            ("saved", "Đã lưu dự thảo"),
                            ("refused", "Tệp không dùng được"),
                            ("cancelled", "Đã hủy chuyển"),
                        ],
                        default="waiting",
                        max_length=12,
                    ),
                ),
                ("is_revision", models.BooleanField(default=False)),
                ("words", models.JSONField(default=dict)),
                ("files", models.JSONField(default=list)),
                ("draft_key", models.UUIDField(editable=False, null=True)),
                ("read_files", models.PositiveSmallIntegerField(default=0)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="lý do")),
                ("sent_at", models.DateTimeField()),
                ("begun_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.agency",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="outgoing.outgoingdocument",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "converting"])),
                        fields=["sent_at"],
                        name="upload_under_way",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("author", "draft_key"), name="upload_sent_once")
                ],
            },
        ),
    ]
