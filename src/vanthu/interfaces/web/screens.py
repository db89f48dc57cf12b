"""Shapes that exist only on the screen: tabs over a list, and the acts a person may do from a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vanthu.kernel.seen import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One tab over a list."""

    label: str
    url: str
    is_current: bool
    #: Open work under it; None: not counted.
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One button: where it leads, and how it looks."""

    label: str
    url: str
    icon: str
    #: primary: the blue one, at most one on a page; harm: gives back or refuses.
    tone: Literal["primary", "plain", "harm"] = "plain"
    #: Keyboard key that presses it.
    key: str = ""
    #: link: a page of its own; dialog: a page that opens as a dialog where scripts run; post: done at once.
    way: Literal["link", "dialog", "post"] = "link"
    #: What an act done at once acts on.
    seen: Seen | None = None
    #: Cannot be done yet, as the page says beside it: the button stands there and is shut.
    is_barred: bool = False
    #: What the button says while the act is under way.
    progress: str = "Đang thực hiện…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Crumb:
    """One step of the way to this page."""

    label: str
    url: str = ""
