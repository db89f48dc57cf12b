"""Office texts made ready for LibreOffice, in the room: see room.jobs.office."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vanthu.room import asking
from vanthu.room.limits import Limits

#: Two thousand pages of Word take some ten seconds of a slow machine.
_SETTLING = Limits(seconds=60.0, processor=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What was found in an office text."""

    #: Kind (reading.noted.Kind), what it is and where, of those that are named.
    named: tuple[tuple[str, str, str], ...]
    #: How many of each kind, the named ones among them.
    counts: dict[str, int]
    #: Why the text cannot be understood, so that it is not converted either; "" when it can.
    unread: str


def settle(source: Path, target: Path, *, format: str, accept: bool | None) -> Settled:
    """Write `target`: `source` without what nobody sees on its page; fields keep their values.

    `format`: docx, odt. `accept`: what becomes of the tracked changes; None: nobody has chosen, and of a file
    that has some `target` is not written. Raises FileUnread, TooComplex, RoomClosed.
    """
    return asking.answer(
        "settle_office",
        {"format": format, "accept": accept},
        _settled,
        inputs=[source],
        outputs=[target],
        limits=_SETTLING,
    )


def _settled(said: Any) -> Settled:
    return Settled(
        named=tuple(_named(each) for each in said["named"]),
        counts={asking.text(kind): asking.number(count) for kind, count in said["counts"].items()},
        unread=asking.text(said["unread"]),
    )


def _named(said: Any) -> tuple[str, str, str]:
    kind, text, where = said
    return asking.text(kind, most=20), asking.text(text), asking.text(where)
