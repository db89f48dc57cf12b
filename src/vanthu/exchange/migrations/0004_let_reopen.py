"""What was put aside with its bytes before there was a way back may be opened again."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def _let_reopen(apps: Any, _editor: object) -> None:
    packets = apps.get_model("exchange", "ReceivedPacket").objects
    packets.filter(state="failed", packet__isnull=False).update(may_reopen=True)


class Migration(migrations.Migration):
    dependencies = [("exchange", "0003_attempts")]

    operations = [migrations.RunPython(_let_reopen, migrations.RunPython.noop)]
