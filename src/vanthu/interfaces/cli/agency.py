"""`vanthu agency load | list | sample`: the agencies this installation serves, and how one comes to be."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from vanthu.interfaces.cli import settings
from vanthu.interfaces.cli.command import CommandRefused
from vanthu.interfaces.cli.console import system_console
from vanthu.interfaces.cli.parser import add_acts, one_line
from vanthu.interfaces.cli.passwords import PasswordSheet, password_sheet, temporary_password
from vanthu.kernel.errors import why

if TYPE_CHECKING:
    from vanthu.interfaces.cli.founding.opening import Opening, Progress
    from vanthu.interfaces.cli.founding.plan import AgencyPlan

_LABEL = "Nạp cơ quan theo lệnh"
_SAMPLE = Path(__file__).with_name("founding") / "sample.toml"


def configure(parser: argparse.ArgumentParser) -> None:
    """What is asked."""
    acts = {
        "load": "Mở một cơ quan theo tệp TOML, hoặc thêm cái còn thiếu; cái đã có giữ nguyên",
        "list": "Liệt kê các cơ quan được phục vụ",
        "sample": "Lấy một tệp mẫu để sửa",
    }
    parsers = add_acts(parser, acts, "act")
    load = parsers["load"]
    load.add_argument(
        "file", type=Path, metavar="TỆP.toml", help="tệp khai cơ quan; xem «vanthu agency sample»"
    )
    load.add_argument(
        "--passwords",
        type=Path,
        metavar="TỆP",
        help="ghi mật khẩu tạm vào tệp mới này (chỉ bạn đọc được) thay vì in ra màn hình",
    )
    load.epilog = (
        "Mã thoát: 0 đã nạp đủ; 1 dừng giữa chừng, chạy lại để làm nốt; 2 chưa ghi gì: tệp có lỗi, hoặc cấu "
        "hình, cơ sở dữ liệu không dùng được."
    )
    parsers["sample"].add_argument(
        "-o", "--output", type=Path, metavar="TỆP.toml", help="ghi vào tệp mới này thay vì in ra"
    )


def run(args: argparse.Namespace) -> int:
    """Load, list, or give the sample."""
    return {"load": _load, "list": _list, "sample": _sample}[args.act](args)


def _sample(args: argparse.Namespace) -> int:
    text = _SAMPLE.read_text(encoding="utf-8")
    if args.output is None:
        print(text, end="")
        return 0
    try:
        with args.output.open("x", encoding="utf-8") as target:
            target.write(text)
    except FileExistsError:
        raise CommandRefused(f"{args.output}: đã có tệp này. Hãy chọn tên khác.") from None
    return 0


def _list(args: argparse.Namespace) -> int:
    with system_console():
        from vanthu.kernel.actor import system
        from vanthu.organizations import queries

        for row in queries.list_served(system(_LABEL)):
            state = f"đã đóng {row.closed_at.astimezone():%d/%m/%Y}" if row.closed_at else "đang hoạt động"
            print(f"{row.code}\t{row.name}\t{row.people} người\t{state}")
    return 0


def _load(args: argparse.Namespace) -> int:
    from vanthu.interfaces.cli.founding import reading

    found = reading.read(args.file)
    # Told before the database is asked, so that a database that does not answer hides none of them.
    faults = _tell(found.faults)
    now = datetime.now(UTC)
    with system_console():
        from vanthu.interfaces.cli.founding import opening

        if found.plan is not None:
            standing = opening.survey(found.plan, label=_LABEL, now=now)
            faults += _tell(opening.obstacles(found.plan, standing, now=now))
        if found.plan is None or faults:
            raise CommandRefused(f"{args.file}: có {faults} lỗi nêu trên, chưa ghi gì. Hãy sửa rồi chạy lại.")
        if found.plan.has_credentials:
            settings.require_folder()
        with password_sheet(args.passwords if opening.new_people(found.plan, standing) else None) as sheet:
            work = opening.Opening(
                found.plan,
                standing,
                label=_LABEL,
                password_for=lambda person: temporary_password(person.username),
                on_account=lambda new: sheet.write(new.full_name, new.username, new.password),
                now=now,
            )
            _complete(found.plan, work, sheet)
    return 0


def _tell(faults: Iterable[str]) -> int:
    """Say every fault in one line of its own; how many they are."""
    count = 0
    for fault in faults:
        print(one_line(fault), file=sys.stderr)
        count += 1
    return count


def _complete(plan: AgencyPlan, work: Opening, sheet: PasswordSheet) -> None:
    """Add what is missing; whatever happens, say what was added, and every password not yet told."""
    from django.db import Error

    from vanthu.kernel.errors import DomainError

    try:
        work.complete()
    except (DomainError, Error, OSError) as error:
        where = f" khi thêm {work.progress.at}" if work.progress.at else ""
        raise CommandRefused(
            f"Dừng giữa chừng{where}: {_reason(error)} "
            "Những gì nêu trên đã ghi xong; chạy lại lệnh này để làm nốt.",
            exit_code=1,
        ) from error
    finally:
        print(f"{plan.code} {plan.name}")
        for line in _lines(work.progress):
            print(line)
        sheet.tell()


def _reason(error: Exception) -> str:
    from vanthu.kernel.errors import DomainError

    if isinstance(error, DomainError):
        return str(error)
    said = why(error) if isinstance(error, OSError) else settings.first_line(error)
    return f"{said}."


def _lines(progress: Progress) -> Iterator[str]:
    from vanthu.interfaces.cli.founding.opening import Part

    for part in Part:
        if progress.added[part] or progress.kept[part]:
            yield f"  {part.value}: thêm {progress.added[part]}, đã có {progress.kept[part]}"
