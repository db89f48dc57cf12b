"""What the machine began with data from outside."""

from __future__ import annotations

import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0003_blob_damage"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("task", models.CharField(max_length=128)),
                ("subject", models.CharField(blank=True, max_length=300)),
                ("arguments", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[("begun", "Đang làm, hoặc đứt giữa chừng"), ("put_aside", "Để riêng")],
                        default="begun",
                        max_length=12,
                    ),
                ),
                ("unfinished", models.PositiveSmallIntegerField(default=1)),
                ("begun_at", models.DateTimeField()),
                ("put_aside_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="lý do")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("task", "subject"), name="attempt_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("put_aside_at__isnull", False), ("state", "put_aside")),
                            models.Q(
                                models.Q(("state", "put_aside"), _negated=True),
                                ("put_aside_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="attempt_aside_since_a_moment",
                    ),
                ],
            },
        ),
    ]
