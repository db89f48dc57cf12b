"""What is read of a letter, sound or not, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from vanthu.outgoing.letter_rules import Weight
from vanthu.outgoing.letters import Chosen, LetterRead, weigh_letter, weighing
from vanthu.pdfsign import Beneath, Box, Found, Places, Sayings, Sight

BOX = Box(page=1, x0=10, y0=10, x1=50, y1=26)
WHOLE = Places(number=BOX, day=BOX, month=BOX, signature=BOX, seal=BOX)
CHOSEN = Chosen(
    signer_name="Trần Thanh Bình",
    signer_title="GIÁM ĐỐC",
    notation="SNV-CCVC",
    place="An Bình",
    subject="V/v rà soát vị trí việc làm",
    day=date(2026, 11, 25),
    written_notation="SNV-CCVC",
    written_year=2026,
    usual_notation="SNV-CCVC",
    agency_abbreviation="SNV",
    type_abbreviation="",
)
_SOUND = Found(sight=Sight.BLANK)
SOUND = Sayings(
    number=_SOUND,
    day=_SOUND,
    month=_SOUND,
    name=_SOUND,
    title=_SOUND,
    subject="V/v rà soát vị trí việc làm",
    is_legible=True,
    has_wordless_page=False,
)


def saying(**changes: Any) -> Sayings:
    return replace(SOUND, **changes)


def told(
    weight: Weight, says: Sayings | None, *missing: str, chosen: Chosen = CHOSEN, **lying: Beneath
) -> list[str]:
    read = LetterRead(says=says, beneath=lying)
    in_print = bool(read.printed_month)
    boxes = {name: box for name, box in WHOLE.found.items() if name not in missing}
    if in_print:
        boxes.pop("month", None)
    places = Places.from_dict(
        {name: box.to_dict() for name, box in boxes.items()} | {"month_in_print": in_print}
    )
    return [each.words for each in weighing(weigh_letter(read, places, chosen), weight)]


def faults(says: Sayings | None, *missing: str, chosen: Chosen = CHOSEN, **lying: Beneath) -> list[str]:
    return told(Weight.STOPS, says, *missing, chosen=chosen, **lying)


def doubts(says: Sayings | None, chosen: Chosen = CHOSEN) -> list[str]:
    return told(Weight.CONFIRM, says, chosen=chosen)


def seen(sight: Sight, written: str = "") -> Found:
    return Found(sight=sight, written=written)
