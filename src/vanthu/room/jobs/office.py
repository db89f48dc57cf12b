"""Office texts made ready for LibreOffice: what their author saw on the page is what stands in them."""

from __future__ import annotations

from typing import Any

from vanthu.reading.noted import Notes, OfficeUnread
from vanthu.reading.open_document_settling import settle_open_document
from vanthu.reading.word_settling import settle_word
from vanthu.room.jobs import Work, job


def warm_up() -> None:
    """Nothing more than importing this."""


@job
def settle_office(work: Work, parameters: dict[str, Any]) -> dict[str, Any]:
    """Write an office text anew without what nobody sees on its page; say what that was, and where."""
    (source,) = work.inputs
    target = work.folder / "settled"
    try:
        notes = _settled(source, target, parameters)
    except OfficeUnread as unread:
        return {"unread": str(unread), "named": [], "counts": {}}
    if target.exists():
        work.deliver(target)
    return {
        "unread": "",
        "named": [[each.kind.value, each.text, each.where] for each in notes.named],
        "counts": {kind.value: count for kind, count in notes.counts.items()},
    }


def _settled(source: Any, target: Any, parameters: dict[str, Any]) -> Notes:
    if parameters["format"] == "odt":
        return settle_open_document(source, target)
    return settle_word(source, target, accept=parameters["accept"])
