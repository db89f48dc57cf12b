"""Background jobs of both programs: stored files are read again, and what nobody speaks of is swept away."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from vanthu.kernel import actions, blob_owners, blobs, custody, workrooms
from vanthu.kernel.actor import system
from vanthu.kernel.rules import LONGEST_CHECK_RUN, SWEPT_AT_ONCE, checks_in_a_run, early_enough

logger = logging.getLogger(__name__)

_QUEUE = "kernel"


@app.periodic(cron="*/5 * * * *")
@app.task(
    name="kernel.check_blobs", queue=_QUEUE, lock="kernel.check_blobs", queueing_lock="kernel.check_blobs"
)
def check_blobs(timestamp: int = 0, **_later: object) -> None:
    """Read some stored files again, the longest unread first, so that each has its turn in BLOB_CHECK_DAYS.

    Every result is committed by itself: a run cut off loses nothing, and the next goes on where it ended.
    """
    actor, within = system("Kiểm tra tệp lưu trữ"), timedelta(days=settings.BLOB_CHECK_DAYS)
    # Who shares the folder shows itself to the sweeper of the other.
    blob_owners.mark_as_ours()
    standing = custody.standing()
    if custody.overdue(standing.longest_unread_since, within=within, now=timezone.now()):
        logger.warning(
            "Kiểm tra tệp lưu trữ chậm: có tệp chưa được đọc lại từ %s", standing.longest_unread_since
        )
    due = custody.list_due(
        before=timezone.now() - early_enough(within), limit=checks_in_a_run(standing.files, within=within)
    )
    ends_at = time.monotonic() + LONGEST_CHECK_RUN.total_seconds()
    for sha256 in due:
        if time.monotonic() > ends_at:
            break
        damage = blobs.examine(sha256)
        if damage:
            logger.error("Tệp lưu trữ bị hỏng hoặc mất: sha256=%s damage=%s", sha256, damage.value)
        actions.note_blob_checked(actor=actor, sha256=sha256, damage=damage, now=timezone.now())


@app.periodic(cron="7 * * * *")
@app.task(
    name="kernel.sweep_workrooms",
    queue=_QUEUE,
    lock="kernel.sweep_workrooms",
    queueing_lock="kernel.sweep_workrooms",
)
def sweep_workrooms(timestamp: int = 0, **_later: object) -> None:
    """Remove what killed processes had in hand; each process of ours that starts does the same."""
    workrooms.sweep_dead_rooms()


@app.periodic(cron="23 2 * * *")
@app.task(
    name="kernel.sweep_blobs", queue=_QUEUE, lock="kernel.sweep_blobs", queueing_lock="kernel.sweep_blobs"
)
def sweep_blobs(timestamp: int = 0, **_later: object) -> None:
    """Remove what refused or cut-off work left in the storage, when it is older than BLOB_SWEEP_DAYS."""
    if not settings.BLOB_SWEEP_DAYS:
        return
    actor, before = system("Dọn tệp không ai dùng"), timezone.now() - timedelta(days=settings.BLOB_SWEEP_DAYS)
    try:
        custody.require_sole_owner(before=before)
    except custody.SweepRefused as refused:
        logger.warning("%s", refused)
        return
    swept = 0
    for sha256 in custody.list_unspoken(before=before):
        size = actions.sweep_blob(actor=actor, sha256=sha256, before=before, now=timezone.now())
        if size is not None:
            swept += 1
            logger.info("Đã dọn tệp không ai dùng: sha256=%s size=%d", sha256, size)
        if swept == SWEPT_AT_ONCE:
            return
