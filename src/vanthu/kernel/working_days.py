"""Working days: what is asked for by «tomorrow» or «in a week» must fall on a day somebody works.

Saturday and Sunday are free, and the public holidays of Bộ luật Lao động 2019 Điều 112. Four days of them
are the same each year; those of the lunar calendar, the second day of Quốc khánh and exchanged days are
announced from year to year. So the days are data of the installation (VANTHU_HOLIDAYS).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

_SATURDAY = 5
#: No holiday is longer; beyond, the data are wrong, and any day is better than none.
_LONGEST_REST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Holidays:
    """Days nobody works, beside Saturdays and Sundays."""

    #: (month, day) of every year.
    yearly: frozenset[tuple[int, int]] = frozenset()
    #: Days of one year.
    once: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether offices work on that day."""
        is_free = day.weekday() >= _SATURDAY or (day.month, day.day) in self.yearly or day in self.once
        return not is_free

    def on_or_after(self, day: date) -> date:
        """The day itself when it is a working day, otherwise the next one that is."""
        return self._from(day, timedelta(days=1))

    def before(self, day: date) -> date:
        """The last working day before that day."""
        return self._from(day - timedelta(days=1), timedelta(days=-1))

    def later(self, day: date, working_days: int) -> date:
        """So many working days after that day; one: the next working day."""
        for _ in range(working_days):
            day = self.on_or_after(day + timedelta(days=1))
        return day

    def _from(self, day: date, step: timedelta) -> date:
        for each in range(_LONGEST_REST):
            if self.is_working(day + each * step):
                return day + each * step
        return day
