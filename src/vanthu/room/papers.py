"""What the pages of a PDF say, read in the room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vanthu.pdfsign import Area, Heading, Places
from vanthu.room import asking
from vanthu.room.limits import Limits

#: A draft is drawn anew where its pages are turned; a hundred scanned pages take a few seconds.
_READYING = Limits(seconds=60.0, processor=30)


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


def read_paper(path: Path, *, signer_name: str, signer_title: str) -> tuple[Places, Heading]:
    """As pdfsign.find_places and read_heading. Raises what they raise, FileUnread, RoomClosed."""
    question = {"signer_name": signer_name, "signer_title": signer_title}
    return asking.answer("read_paper", question, _paper, inputs=[path])


def _areas(said: Any) -> tuple[Area | None, ...]:
    return tuple(None if each is None else _area(each) for each in said)


def _area(said: Any) -> Area:
    left, bottom, right, top = said
    return float(left), float(bottom), float(right), float(top)


def _paper(said: Any) -> tuple[Places, Heading]:
    year = said["year"]
    heading = Heading(
        notation=asking.text(said["notation"], most=1_000_000),
        year=None if year is None else asking.number(year, most=9999),
    )
    return Places.from_dict(said["places"]), heading
