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
def read_paper(work: Work, parameters: dict[str, Any]) -> dict[str, Any]:
    """Where the marks of an outgoing document belong, and its symbol and year."""
    (path,) = work.inputs
    places = pdfsign.find_places(
        path, signer_name=parameters["signer_name"], signer_title=parameters["signer_title"]
    )
    heading = pdfsign.read_heading(path)
    return {"places": places.to_dict(), "notation": heading.notation, "year": heading.year}
