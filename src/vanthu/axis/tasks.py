"""Background jobs of the axis."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from vanthu.axis import queries
from vanthu.axis.actions import mail
from vanthu.axis.rules import STALE_AFTER, operator
from vanthu.kernel.attempts import written_down

log = logging.getLogger(__name__)


@app.periodic(cron="7 * * * *")
@app.task(name="axis.report_stale_mailboxes", queue="axis", queueing_lock="axis.report_stale_mailboxes")
@written_down("axis.report_stale_mailboxes", rest=timedelta(hours=6))
def report_stale_mailboxes(timestamp: int, **_later: str) -> None:
    """Say, in the log, which mailboxes nobody empties."""
    actor = operator("Theo dõi hộp nhận")
    for box in queries.list_stale_mailboxes(actor, before=timezone.now() - STALE_AFTER):
        log.warning(
            "Hộp nhận %s (hệ thống %s) có %d gói tin chưa ai lấy, lâu nhất từ %s",
            box.agency_code,
            box.system_code,
            box.waiting,
            timezone.localtime(box.oldest_at).strftime("%d/%m/%Y %H:%M"),
        )


@app.periodic(cron="37 * * * *")
@app.task(name="axis.forget_signatures", queue="axis", queueing_lock="axis.forget_signatures")
@written_down("axis.forget_signatures", rest=timedelta(hours=6))
def forget_signatures(timestamp: int, **_later: str) -> None:
    """Drop used signatures that the replay window refuses anyway."""
    if settings.AXIS_REPLAY_SECONDS:
        # A timestamp may be as far in the future as in the past: twice the window, and a little.
        window = timedelta(seconds=2 * settings.AXIS_REPLAY_SECONDS + 60)
        now = timezone.now()
        mail.forget_signatures(actor=operator("Dọn chữ ký cũ"), before=now - window, now=now)
