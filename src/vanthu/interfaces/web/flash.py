"""One sentence said once, on the next page: it waits in the session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from django.http import HttpRequest

Tone = Literal["ok", "wait", "harm", "info"]

_KEY = "flash"


@dataclass(frozen=True, slots=True)
class Message:
    """What is said, and in which colour."""

    text: str
    tone: Tone
    #: Where what is spoken of can be looked at; empty: here, or nowhere.
    url: str = ""


def flash(request: HttpRequest, text: str, tone: Tone = "ok", *, url: str = "") -> None:
    """Say `text` on the next page this person opens; it leads to `url`, where that is another page."""
    request.session[_KEY] = [*request.session.get(_KEY, []), [text, tone, url]]


def take(request: HttpRequest) -> list[Message]:
    """The waiting messages, which are then gone."""
    if _KEY not in request.session:
        return []
    here = request.path
    return [
        Message(text=text, tone=cast(Tone, tone), url="" if url == [here] else "".join(url))
        for text, tone, *url in request.session.pop(_KEY)
    ]
