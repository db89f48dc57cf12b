"""A person's hands on the keyboard, counted: keys, letters of what is written, pages loaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Page, Request


@dataclass(kw_only=True)
class Effort:
    """What one task took."""

    task: str
    documents: int = 0
    keys: int = 0
    #: Of `keys`, those of the PIN.
    pin_keys: int = 0
    #: Letters of what was written in words, which nobody can be spared; no part of `keys`.
    letters: int = 0
    loads: int = 0

    @property
    def row(self) -> str:
        """The task as a line of the published table."""
        return (
            f"| {self.task} | {self.documents} | {self.keys} | {self.pin_keys} | {self.letters} "
            f"| {self.loads} "
            f"| {_each(self.keys, self.documents)} | {_each(self.loads, self.documents)} |"
        )


def _each(total: int, documents: int) -> str:
    return f"{total / documents:.1f}".removesuffix(".0")


@dataclass
class Hands:
    """The keyboard of a page; what is pressed counts to the task at hand."""

    page: Page
    done: list[Effort] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._now = Effort(task="")
        self.page.on("request", self._count_load)

    @contextmanager
    def at(self, task: str) -> Iterator[Effort]:
        """Count what is pressed and loaded in the block to `task`."""
        self._now = Effort(task=task)
        yield self._now
        self.done.append(self._now)
        self._now = Effort(task="")

    def press(self, *keys: str) -> None:
        """Press keys one after the other; of a chord every key counts."""
        for key in keys:
            self.page.keyboard.press(key)
            self._now.keys += len(key.split("+"))

    def write(self, text: str) -> None:
        """Write words where the cursor is."""
        self.page.keyboard.type(text)
        self._now.letters += len(text)

    def enter_pin(self, pin: str) -> None:
        """Type the PIN."""
        self.page.keyboard.type(pin)
        self._now.keys += len(pin)
        self._now.pin_keys += len(pin)

    def _count_load(self, request: Request) -> None:
        is_page = request.is_navigation_request() and request.redirected_from is None
        self._now.loads += is_page and request.frame == self.page.main_frame
