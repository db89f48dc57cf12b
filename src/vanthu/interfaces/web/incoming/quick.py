"""What a leader gives with one press: a deadline on a working day, a phrase of direction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from vanthu.kernel.working_days import Holidays

#: The end of the office day.
_CLOSING = time(17, 0)
_WEEKDAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickDeadline:
    """A deadline at one press; `day` is the day it means, «T5 26/11»."""

    label: str
    day: str
    value: str


def quick_deadlines(
    now: datetime, holidays: Holidays, *, asked_by: date | None, written: Callable[[datetime], str]
) -> list[QuickDeadline]:
    """Today, the next working day, three working days, a week, and the working day before `asked_by`.

    `now` is Vietnam time; `asked_by` is the day on which the sender awaits the answer.
    A deadline ends with the office day, is offered while it lies ahead, and each day is offered once. A week
    from today that is no working day gives the next one.
    """
    today = now.date()
    days = [
        ("Hôm nay", today if holidays.is_working(today) else None),
        (
            "Ngày mai" if holidays.is_working(today + timedelta(days=1)) else "Ngày làm việc tới",
            holidays.later(today, 1),
        ),
        ("3 ngày làm việc", holidays.later(today, 3)),
        ("1 tuần", holidays.on_or_after(today + timedelta(days=7))),
        ("Trước hạn trả lời", holidays.before(asked_by) if asked_by else None),
    ]
    found: dict[date, QuickDeadline] = {}
    for label, day in days:
        if day is None or day in found:
            continue
        end = datetime.combine(day, _CLOSING, tzinfo=now.tzinfo)
        if end <= now:
            continue
        found[day] = QuickDeadline(
            label=label,
            day=f"{_WEEKDAYS[day.weekday()]} {day:%d/%m}",
            value=written(end),
        )
    return list(found.values())
