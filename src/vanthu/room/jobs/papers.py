"""What the pages of a PDF say: sizes, places of the marks, the heading."""

from __future__ import annotations

from typing import Any

from vanthu import pdfsign
from vanthu.room.jobs import Work, job


def warm_up() -> None:
    """Nothing more than importing this."""


@job
def page_sizes(work: Work, parameters: dict[str, Any]) -> list[list[float]]:
    """Width and height of each page, in points."""
    return [list(size) for size in pdfsign.page_sizes(work.inputs[0])]


@job
def read_paper(work: Work, parameters: dict[str, Any]) -> dict[str, Any]:
    """Where the marks of an outgoing document belong, and its symbol and year."""
    (path,) = work.inputs
    places = pdfsign.find_places(
        path, signer_name=parameters["signer_name"], signer_title=parameters["signer_title"]
    )
    heading = pdfsign.read_heading(path)
    return {"places": places.to_dict(), "notation": heading.notation, "year": heading.year}
