"""Days and moments as Vietnamese offices write them, whatever language the browser speaks: 05/03/2026 17:00.

Read as well are 5/3/2026, 5-3-2026, 5.3.2026, 17h and 17h30, a day without its time, and ISO 8601.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from django import forms

#: The end of the office day: what a deadline means that names no time.
CLOSING = time(17, 0)

_DAY = re.compile(r"(?P<day>\d{1,2})(?P<mark>[/.-])(?P<month>\d{1,2})(?P=mark)(?P<year>\d{4})", re.ASCII)
_ISO_DAY = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", re.ASCII)
_TIME = re.compile(r"(?P<hour>\d{1,2})(?::|h|g)(?P<minute>\d{2})?(?::\d{2})?", re.ASCII | re.IGNORECASE)


def day_in(text: str) -> date | None:
    """The day that is written there; None where none is."""
    found = _DAY.fullmatch(text.strip()) or _ISO_DAY.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None


def moment_in(text: str) -> datetime | None:
    """The moment that is written there, in local time, the day before or after its time; None: none is."""
    parts = text.replace(" lúc ", " ").replace("T", " ").split()
    days = [day for part in parts if (day := day_in(part)) is not None]
    times = [at for part in parts if (at := _time_in(part)) is not None]
    if len(days) != 1 or len(times) > 1 or len(days) + len(times) != len(parts):
        return None
    return datetime.combine(days[0], times[0] if times else CLOSING)


def _time_in(text: str) -> time | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    try:
        return time(int(found["hour"]), int(found["minute"] or 0))
    except ValueError:
        return None


class DateInput(forms.DateInput):
    """A day, typed or taken from the calendar beside it (calendar.mjs)."""

    def __init__(self, **attrs: Any) -> None:
        told = {
            "placeholder": "ngày/tháng/năm",
            "autocomplete": "off",
            "data-day": "",
        }
        super().__init__(attrs=told | attrs, format="%d/%m/%Y")

    def format_value(self, value: Any) -> str | None:
        """As an office writes it, also what came in another form; what is no day stays as it was typed."""
        return super().format_value(day_in(value) or value if isinstance(value, str) else value)


class DateTimeInput(forms.DateTimeInput):
    """A day and a time of 24 hours, typed or taken from the calendar beside it."""

    def __init__(self, **attrs: Any) -> None:
        told = {
            "placeholder": "ngày/tháng/năm giờ:phút",
            "autocomplete": "off",
            "data-day": "time",
        }
        super().__init__(attrs=told | attrs, format="%d/%m/%Y %H:%M")

    def format_value(self, value: Any) -> str | None:
        """As `DateInput`."""
        return super().format_value(moment_in(value) or value if isinstance(value, str) else value)


class DateField(forms.DateField):
    """A day."""

    widget = DateInput

    def to_python(self, value: Any) -> date | None:
        """The day. Raises ValidationError for what is none."""
        return super().to_python(day_in(value) or value if isinstance(value, str) else value)


class DateTimeField(forms.DateTimeField):
    """A moment; a day without its time ends with the office day."""

    widget = DateTimeInput

    def to_python(self, value: Any) -> datetime | None:
        """The moment, aware. Raises ValidationError for what is none."""
        return super().to_python(moment_in(value) or value if isinstance(value, str) else value)
