"""`vanthu aside list | retry`: packets and work put aside, by whoever runs the installation."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from vanthu.interfaces.cli.command import CommandRefused
from vanthu.interfaces.cli.console import system_console
from vanthu.interfaces.cli.parser import add_acts, one_line

if TYPE_CHECKING:
    from vanthu.exchange.queries import AsidePacket
    from vanthu.kernel.actor import Actor

_LABEL = "Thử lại việc để riêng theo lệnh"


def configure(parser: argparse.ArgumentParser) -> None:
    """Which act, on which of them."""
    acts = {
        "list": "Liệt kê gói tin và việc nền đang để riêng, mới nhất trước",
        "retry": "Cho thử lại một gói tin hoặc việc nền, hoặc tất cả",
    }
    retry = add_acts(parser, acts, "act")["retry"]
    which = retry.add_mutually_exclusive_group(required=True)
    which.add_argument("id", nargs="?", type=_identifier, metavar="MÃ", help="mã ở cột đầu của «list»")
    which.add_argument("--all", action="store_true", help="mọi thứ có thể thử lại")
    parser.epilog = (
        "Việc thử lại do «vanthu worker» làm. "
        "Mã thoát: 0 đã làm; 1 không có gói tin, việc ấy hoặc không thử lại được; 2 cấu hình không dùng được."
    )


def run(args: argparse.Namespace) -> int:
    """List what is put aside, or have it tried again."""
    with system_console():
        from vanthu.kernel.actor import system

        actor = system(_LABEL)
        if args.act == "list":
            _list(actor)
        else:
            _retry(actor, args.id, datetime.now(UTC))
    return 0


def _list(actor: Actor) -> None:
    from vanthu.exchange import queries

    packets, works = _packets(actor), queries.list_aside_work(actor)
    for work in works:
        print(one_line(f"{work.id} | việc nền | {_moment(work.at)} | {work.label} | {work.reason}"))
    for packet in packets:
        print(
            one_line(
                f"{packet.id} | gói tin | {_moment(packet.at)} | từ {packet.sender} | {packet.reason}"
                f"{'' if packet.may_reopen else ' | không thử lại được'}"
            )
        )
    print(f"{len(packets)} gói tin và {len(works)} việc nền để riêng.")


def _retry(actor: Actor, chosen: UUID | None, now: datetime) -> None:
    from vanthu.exchange import actions, queries

    packets = [row.id for row in _packets(actor) if row.may_reopen and chosen in {None, row.id}]
    works = [row.id for row in queries.list_aside_work(actor) if chosen in {None, row.id}]
    if chosen is not None and not packets and not works:
        raise CommandRefused(
            f"Không có gói tin hay việc nền nào để riêng và thử lại được có mã {chosen}.", exit_code=1
        )
    for packet_id in packets:
        actions.reopen_packet(actor=actor, packet_id=packet_id, now=now)
    for attempt_id in works:
        actions.resume_attempt(actor=actor, attempt_id=attempt_id, now=now)
    print(f"Đã giao thử lại {len(packets)} gói tin và {len(works)} việc nền.")


def _packets(actor: Actor) -> list[AsidePacket]:
    """Every page of them."""
    from vanthu.exchange import queries

    found: list[AsidePacket] = []
    number, has_next = 1, True
    while has_next:
        page = queries.list_aside_packets(actor, page=number)
        found += page.items
        number, has_next = number + 1, page.has_next
    return found


def _moment(at: datetime) -> str:
    return f"{at.astimezone():%d/%m/%Y %H:%M}"


def _identifier(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise argparse.ArgumentTypeError("phải là mã ở cột đầu của «vanthu aside list»") from None
