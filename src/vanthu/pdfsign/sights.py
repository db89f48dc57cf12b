"""What was seen where something of a letter was looked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Sight(StrEnum):
    """How a line of the letter stands to what it is to hold."""

    #: As it should be: a blank to be filled in, or the very name or title.
    BLANK = "blank"
    #: Filled in already.
    TYPED = "typed"
    #: There, without room to write or to sign in.
    NARROW = "narrow"
    #: «Số:» without the stroke and the symbol that end its blank.
    OPEN = "open"
    #: Another name or title stands in its place.
    OTHER = "other"
    #: No such line.
    ABSENT = "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was seen, with what stands there when it is TYPED or OTHER."""

    sight: Sight
    written: str = ""

    def to_dict(self) -> dict[str, str]:
        """Plain JSON values; `from_dict` reads them back."""
        return {"sight": str(self.sight), "written": self.written}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Found:
        """Read what `to_dict` wrote. Raises ValueError for anything else."""
        try:
            return cls(sight=Sight(plain["sight"]), written=str(plain["written"]))
        except (KeyError, TypeError) as error:
            raise ValueError(f"not seen: {plain!r}") from error
