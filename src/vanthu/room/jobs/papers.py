"""What the pages of a PDF say: sizes, places of the marks, the heading."""

from __future__ import annotations

from typing import Any

from vanthu import pdfsign
from vanthu.room.jobs import Work, job


def warm_up() -> None:
    """Nothing more than importing this."""


@job
def page_areas(work: Work, parameters: dict[str, Any]) -> list[list[float] | None]:
    """What is seen of each page, in points of its own."""
    return [None if area is None else list(area) for area in pdfsign.page_areas(work.inputs[0])]


@job
def make_ready(work: Work, parameters: dict[str, Any]) -> list[int]:
    """Set the turned pages of a draft upright, and try out on it what signing will do."""
    ready = work.folder / "ready.pdf"
    turned = pdfsign.make_ready(work.inputs[0], ready)
    if turned:
        work.deliver(ready)
    return list(turned)


@job
def read_letter(work: Work, parameters: dict[str, Any]) -> dict[str, Any]:
    """Where the marks of an outgoing document belong, and what it says there."""
    letter = pdfsign.read_letter(
        work.inputs[0], signer_name=parameters["signer_name"], signer_title=parameters["signer_title"]
    )
    return {
        "places": letter.places.to_dict(),
        "notation": letter.heading.notation,
        "year": letter.heading.year,
        "says": letter.says.to_dict(),
    }


@job
def lie_on(work: Work, parameters: dict[str, Any]) -> dict[str, list[Any]]:
    """What each place lies on: its text and its share of ink."""
    places = pdfsign.Places.from_dict(parameters["places"])
    found = pdfsign.beneath(work.inputs[0], places.found)
    return {name: [each.text, each.ink] for name, each in found.items()}
