"""Packets put aside: whose they are, what their sender was told, and that they may be opened again."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0002_noted_returns"),
        ("kernel", "0004_attempts"),
        ("organizations", "0002_never_deleted"),
    ]

    operations = [
        migrations.AddField(
            model_name="receivedpacket",
            name="agency",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organizations.agency",
            ),
        ),
        migrations.AddField(
            model_name="receivedpacket",
            name="may_reopen",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="receivedpacket",
            name="recipient_code",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name="receivedpacket",
            name="told",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AlterField(
            model_name="receivedpacket",
            name="state",
            field=models.CharField(
                choices=[("taken", "Đã nhận"), ("failed", "Không đọc được"), ("reopening", "Chờ mở lại")],
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="receivedpacket",
            index=models.Index(
                condition=models.Q(("state", "taken"), _negated=True),
                fields=["-taken_at"],
                name="packet_put_aside",
            ),
        ),
    ]
