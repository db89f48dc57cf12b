"""Background jobs of accounts."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from vanthu.organizations import tries

_QUEUE = "kernel"


@app.periodic(cron="41 * * * *")
@app.task(
    name="organizations.sweep_tries",
    queue=_QUEUE,
    lock="organizations.sweep_tries",
    queueing_lock="organizations.sweep_tries",
)
def sweep_tries(timestamp: int = 0, **_later: object) -> None:
    """Forget tries to sign in that count no more, so that strangers fill no table."""
    tries.sweep(timezone.now())
