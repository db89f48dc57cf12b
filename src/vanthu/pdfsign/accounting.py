"""Whether every change that the document can come to has been looked at by a rule.

What a rule says nothing of is not harmless for that. From both trailers all that leads to a changed object is
walked once more, knowing nothing of the rules; what it meets that no rule has looked at is unaccounted for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pyhanko.pdf_utils import generic, misc

from vanthu.pdfsign.budget import Budget
from vanthu.pdfsign.sides import Side, inside


class Account:
    """What the rules have looked at, of the changes between two revisions."""

    def __init__(self, changed: set[int], touched: set[int], budget: Budget) -> None:
        """`touched`: the objects (by number) from which a changed one can be reached."""
        self._changed, self._touched, self._budget = changed, touched, budget
        #: Objects (by number) of which a rule has looked at every entry, or has told a difference.
        self.judged: set[int] = set()
        #: Values as they stand in one place, by identity; kept, so that no other takes the identity.
        self._accepted: dict[int, Any] = {}

    def judge(self, *values: Any) -> None:
        """Put down that the objects these references name have been looked at."""
        self.judged |= {one.idnum for one in values if isinstance(one, generic.IndirectObject)}

    def accept(self, *values: Any) -> None:
        """Put down that by this way, in this one place, whatever hangs on the values may be.

        What can also be come to by another way must be looked at there.
        """
        self._accepted |= {id(one): one for one in values if one is not None}

    def is_reached(self, sides: Iterable[Side]) -> bool:
        """Whether any changed object is a part of the document at all. Raises TooComplex."""
        return any(self._met(side, {}) for side in sides)

    def is_complete(self, sides: Iterable[Side]) -> bool:
        """Whether no changed object is met that no rule has looked at. Raises TooComplex."""
        return not any(self._met(side, self._accepted) - self.judged for side in sides)

    def _met(self, side: Side, accepted: dict[int, Any]) -> set[int]:
        """The changed objects that one revision comes to, but for the ways accepted."""
        met: set[int] = set()
        seen: set[int] = set()
        waiting = [side.trailer]
        while waiting:
            below = list(inside(waiting.pop(), accepted))
            self._budget.spend(1 + len(below) // 8)
            for each in below:
                if each.idnum not in self._touched or each.idnum in seen:
                    continue
                seen.add(each.idnum)
                if each.idnum in self._changed:
                    met.add(each.idnum)
                try:
                    waiting.append(side.object(each))
                except (misc.PdfReadError, misc.PdfStreamError):
                    # Nobody can have looked at it, whatever was put down.
                    met.add(each.idnum)
                    self.judged.discard(each.idnum)
        return met
