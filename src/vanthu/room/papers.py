"""What the pages of a PDF say, read in the room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vanthu.pdfsign import Area, Beneath, Heading, Letter, Places, Sayings
from vanthu.room import asking
from vanthu.room.limits import Limits

#: A draft is drawn anew where its pages are turned; a hundred scanned pages take a few seconds.
_READYING = Limits(seconds=60.0, processor=30)

#: Letters of one line of a letter.
_LONGEST_SAYING = 5_000


def page_areas(path: Path) -> tuple[Area | None, ...]:
    """As pdfsign.page_areas. Raises what it raises, FileUnread, RoomClosed."""
    return asking.answer("page_areas", {}, _areas, inputs=[path])


def make_ready(source: Path, target: Path) -> tuple[int, ...]:
    """As pdfsign.make_ready; `target` exists in any case. Raises what it raises, FileUnread, RoomClosed."""
    return asking.answer(
        "make_ready",
        {},
        lambda said: tuple(asking.number(each, least=1) for each in said),
        inputs=[source],
        outputs=[target],
        limits=_READYING,
    )


def read_letter(path: Path, *, signer_name: str, signer_title: str) -> Letter:
    """As pdfsign.read_letter. Raises what it raises, FileUnread, RoomClosed."""
    question = {"signer_name": signer_name, "signer_title": signer_title}
    return asking.answer("read_letter", question, _letter, inputs=[path])


def beneath(path: Path, places: Places) -> dict[str, Beneath]:
    """What each place lies on, as pdfsign.beneath. Raises what it raises, FileUnread, RoomClosed."""
    return asking.answer("lie_on", {"places": places.to_dict()}, _beneath, inputs=[path])


def _areas(said: Any) -> tuple[Area | None, ...]:
    return tuple(None if each is None else _area(each) for each in said)


def _area(said: Any) -> Area:
    left, bottom, right, top = said
    return float(left), float(bottom), float(right), float(top)


def _letter(said: Any) -> Letter:
    year = said["year"]
    heading = Heading(
        notation=asking.text(said["notation"], most=1_000_000),
        year=None if year is None else asking.number(year, most=9999),
    )
    for name, found in said["says"].items():
        if name == "unseen":
            asking.texts(found, most=_LONGEST_SAYING)
        elif not isinstance(found, bool):
            asking.text(found["written"] if isinstance(found, dict) else found, most=_LONGEST_SAYING)
    return Letter(
        places=Places.from_dict(said["places"]), heading=heading, says=Sayings.from_dict(said["says"])
    )


def _beneath(said: Any) -> dict[str, Beneath]:
    return {
        asking.text(name, most=20): Beneath(text=asking.text(text, most=_LONGEST_SAYING), ink=float(ink))
        for name, (text, ink) in said.items()
    }
