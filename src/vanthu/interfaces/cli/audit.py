"""`vanthu audit verify`: is the audit trail whole?"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from uuid import UUID

from vanthu.interfaces.cli import settings
from vanthu.interfaces.cli.command import CommandRefused


def configure(parser: argparse.ArgumentParser) -> None:
    """One act so far: verify."""
    parser.add_argument("act", choices=["verify"], metavar="verify", help="kiểm tra từng mục của mọi chuỗi")
    parser.epilog = "Mã thoát: 0 nhật ký nguyên vẹn; 1 có chỗ đứt, bị sửa hoặc bị mất; 2 không kiểm tra được."


def run(args: argparse.Namespace) -> int:
    """Print one line per agency and one per broken link; 0 when everything is whole, else 1."""
    settings.load(settings.SYSTEM)
    from django.db import Error

    from vanthu.kernel import audit

    try:
        reports = list(audit.examine())
        names = _names(report.agency_id for report in reports)
    except Error as error:
        said = settings.first_line(error)
        raise CommandRefused(f"Không đọc được nhật ký trong cơ sở dữ liệu: {said}") from error
    for report in reports:
        state = "ĐỨT" if report.broken else "nguyên vẹn"
        name = names.get(report.agency_id, str(report.agency_id))
        print(f"{name}\t{report.entries} mục\t{state}\t{report.last_hash}")
        for link in report.broken:
            print(f"  mục {link.sequence}: {link.reason}")
    return 1 if any(report.broken for report in reports) else 0


def _names(agency_ids: Iterable[UUID]) -> dict[UUID, str]:
    from vanthu.kernel import actor as actors
    from vanthu.organizations import queries

    rows = queries.agencies_by_id(actors.system("Kiểm tra nhật ký"), list(agency_ids))
    return {actors.SYSTEM_ID: "Hệ thống", **{row.id: f"{row.code} {row.name}" for row in rows}}
