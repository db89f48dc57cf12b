"""What the pages of a PDF say, read in the room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vanthu.pdfsign import Heading, Places
from vanthu.room import asking


def page_sizes(path: Path) -> tuple[tuple[float, float], ...]:
    """As pdfsign.page_sizes. Raises what it raises, FileUnread, RoomClosed."""
    return asking.answer("page_sizes", {}, _sizes, inputs=[path])


def read_paper(path: Path, *, signer_name: str, signer_title: str) -> tuple[Places, Heading]:
    """As pdfsign.find_places and read_heading. Raises what they raise, FileUnread, RoomClosed."""
    question = {"signer_name": signer_name, "signer_title": signer_title}
    return asking.answer("read_paper", question, _paper, inputs=[path])


def _sizes(said: Any) -> tuple[tuple[float, float], ...]:
    return tuple((float(width), float(height)) for width, height in said)


def _paper(said: Any) -> tuple[Places, Heading]:
    year = said["year"]
    heading = Heading(
        notation=asking.text(said["notation"], most=1_000_000),
        year=None if year is None else asking.number(year, most=9999),
    )
    return Places.from_dict(said["places"]), heading
