"""`vanthu-axis status`: what the axis holds, and which mailboxes nobody empties."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from vanthu.interfaces.cli.axis_console import axis_console


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(args: argparse.Namespace) -> int:
    """Print the counts and the stale mailboxes."""
    now = datetime.now(UTC)
    with axis_console() as operator:
        from vanthu.axis import queries
        from vanthu.axis.rules import STALE_AFTER

        counts = queries.count_everything(operator)
        stale = queries.list_stale_mailboxes(operator, before=now - STALE_AFTER)
    print(f"Hệ thống kết nối\t{counts.systems}")
    print(f"Cơ quan trong danh bạ\t{counts.agencies}")
    print(f"Gói tin đã nhận\t{counts.packets}")
    for state, number in counts.items.items():
        print(f"{state.label}\t{number}")
    if counts.oldest_waiting_at is not None:
        print(f"Chờ lâu nhất từ\t{counts.oldest_waiting_at.astimezone():%d/%m/%Y %H:%M}")
    for box in stale:
        print(
            f"Không ai lấy: {box.agency_code} (hệ thống {box.system_code}), {box.waiting} gói tin, "
            f"từ {box.oldest_at.astimezone():%d/%m/%Y %H:%M}"
        )
    return 0
