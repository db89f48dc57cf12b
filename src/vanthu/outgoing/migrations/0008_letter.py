"""What a letter says of number, date and signer, and what lies beneath its places."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outgoing", "0007_findings")]

    operations = [
        migrations.AddField(
            model_name="outgoingdocument",
            name="letter",
            field=models.JSONField(default=dict),
        ),
    ]
