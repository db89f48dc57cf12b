"""The frame's own context: who, where, what waits. Asked for only by whole pages, so built lazily."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from vanthu.interfaces.web import kept
from vanthu.interfaces.web.counting import open_work
from vanthu.interfaces.web.flash import Message, take
from vanthu.interfaces.web.navigation import Entry, Group, navigation
from vanthu.interfaces.web.session import seconds_left
from vanthu.kernel.actor import Actor
from vanthu.organizations.queries import Account


class Shell:
    """What `base.html` shows around every page."""

    def __init__(self, request: HttpRequest, actor: Actor, me: Account) -> None:
        self._request = request
        self._actor = actor
        #: The signed-in person.
        self.me = me

    @cached_property
    def counts(self) -> dict[str, dict[str, int]]:
        """Open work by area and tab."""
        return open_work(self._request, self._actor)

    @cached_property
    def navigation(self) -> list[Group]:
        """The groups of the side navigation."""
        return navigation(self._actor, counts=self.counts, path=self._request.path)

    @property
    def tabbar(self) -> list[Entry]:
        """The first places of the navigation, at the thumb on a phone."""
        return [entry for group in self.navigation for entry in group.entries][:4]

    @property
    def waiting(self) -> int:
        """How much waits for this person in all."""
        return self.navigation[0].entries[0].count

    @cached_property
    def messages(self) -> list[Message]:
        """What was to be said on the next page."""
        return take(self._request)

    @cached_property
    def arrived(self) -> list[str]:
        """The forms whose words the browser may forget."""
        return kept.take_arrived(self._request)

    @property
    def idle(self) -> int:
        """Seconds until the session ends if nobody does anything."""
        return seconds_left(self._request)[0]

    @property
    def person(self) -> UUID | None:
        """Whose pages these are."""
        return self._actor.user_id

    @property
    def keeper(self) -> str:
        """Whose forms these are, as they say it themselves."""
        return kept.keeper_of(self._actor.user_id)

    @property
    def lock(self) -> str:
        """The key by which this person's browser locks what is typed."""
        return kept.lock_of(self._actor.user_id)

    @property
    def now(self) -> datetime:
        """The time of the page."""
        return timezone.localtime()


def shell(request: HttpRequest) -> dict[str, object]:
    """Django context processor: `shell`, None for strangers."""
    actor: Actor | None = getattr(request, "actor", None)
    account: Account | None = getattr(request, "account", None)
    return {"shell": Shell(request, actor, account) if actor and account else None}
