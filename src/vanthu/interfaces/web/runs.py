"""Working through a queue: after an act the next document of the same queue opens, until none is left.

Which queue it is stands in the address: `hang`, its tab, and what the list was narrowed to. Whoever comes
from elsewhere is led through his own queue for what he does. What comes next is asked after the act, under
the rights of the person who acts; where he stood in the queue, before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from vanthu.incoming import queries as incoming
from vanthu.interfaces.web.http import WebRequest, go, next_asked_for
from vanthu.interfaces.web.navigation import QUEUES
from vanthu.kernel.actor import Actor
from vanthu.outgoing import queries as outgoing

Area = Literal["incoming", "outgoing"]

_TAB = "hang"
_TEXT = "loc"
_TYPE = "loai"
#: Longest filter an address carries on; a longer one narrows nothing.
_LONGEST = 200
_WORKED_THROUGH = {"incoming": frozenset(incoming.QUEUES), "outgoing": frozenset(outgoing.QUEUES)}
_LABELS = {(queue.area, queue.tab): queue.label for queue in QUEUES}
_AREAS = {"incoming": "Văn bản đến", "outgoing": "Văn bản đi"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One queue, as a person works through it."""

    area: Area
    tab: str
    text: str = ""
    type_code: str = ""

    @property
    def label(self) -> str:
        """What the queue is called."""
        return _LABELS.get((self.area, self.tab), _AREAS[self.area])

    @property
    def list_url(self) -> str:
        """The list it is."""
        asked = {"tab": self.tab, "q": self.text, "type_code": self.type_code}
        return f"{reverse(f'{self.area}:list')}?{_query(asked)}"

    @property
    def suffix(self) -> str:
        """What the address of one of its documents ends with."""
        return f"?{_query({_TAB: self.tab, _TEXT: self.text, _TYPE: self.type_code})}"

    def ids(self, actor: Actor) -> list[UUID]:
        """Its documents now, in its order."""
        if self.area == "incoming":
            return incoming.ids_in(actor, tab=self.tab, text=self.text)
        return outgoing.ids_in(actor, tab=self.tab, text=self.text, type_code=self.type_code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page stands in the queue its address names."""

    run: Run
    #: How many documents the queue holds now, this one among them.
    left: int
    previous_url: str
    next_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A queue, and what came after one of its documents before something was done with it."""

    run: Run
    document_id: UUID
    after: tuple[UUID, ...]

    def following(self, actor: Actor) -> UUID | None:
        """The document to open now: the next one that still waits, else the first; None when none does."""
        waiting = [each for each in self.run.ids(actor) if each != self.document_id]
        still = set(waiting)
        return next((each for each in self.after if each in still), waiting[0] if waiting else None)


def run_for(area: Area, tab: str, *, text: str = "", type_code: str = "") -> Run | None:
    """The queue of this tab; None for a tab that is no open work."""
    if tab not in _WORKED_THROUGH[area]:
        return None
    return Run(area=area, tab=tab, text=text[:_LONGEST], type_code=type_code[:_LONGEST])


def run_of(request: HttpRequest) -> Run | None:
    """The queue the address of this page names; None when it names none."""
    match = request.resolver_match
    if match is None or match.namespace not in _WORKED_THROUGH:
        return None
    return run_for(
        cast(Area, match.namespace),
        request.GET.get(_TAB, ""),
        text=request.GET.get(_TEXT, ""),
        type_code=request.GET.get(_TYPE, ""),
    )


def in_run(request: HttpRequest, address: str) -> str:
    """`address` with the queue of this page, if it has one."""
    run = run_of(request)
    if run is None or not address:
        return address
    return address + (run.suffix.replace("?", "&", 1) if "?" in address else run.suffix)


def place_of(request: WebRequest, *, page: str = "document") -> Place | None:
    """Where this page of a document stands in its queue; `page`: what the neighbours are opened in."""
    run, document_id = run_of(request), _document_of(request)
    if run is None or document_id is None:
        return None
    ids = run.ids(request.actor)
    at = ids.index(document_id) if document_id in ids else -1
    return Place(
        run=run,
        left=len(ids),
        previous_url=_address(run, page, ids[at - 1 : at] if at > 0 else []),
        next_url=_address(run, page, ids[at + 1 : at + 2]),
    )


def course_of(request: WebRequest, *, own: str) -> Course | None:
    """The queue of an act about to be done, as it stands before it: the address's, else `own` (a tab).

    None when there is neither.
    """
    match, document_id = request.resolver_match, _document_of(request)
    assert match is not None, "a view was found"
    run = run_of(request) or (run_for(cast(Area, match.namespace), own) if own else None)
    if run is None or document_id is None:
        return None
    ids = run.ids(request.actor)
    after = ids[ids.index(document_id) + 1 :] if document_id in ids else ids
    return Course(run=run, document_id=document_id, after=tuple(after))


def go_on(
    request: WebRequest,
    course: Course | None,
    *,
    back: str,
    said: str,
    done: str = "",
    page: str = "document",
) -> HttpResponse:
    """Leave after an act: to where the person asked to go, else to the next document of the queue, in `page`.

    The list follows when the queue is empty, and the document (`back`) when there is no queue; `done` is
    where what was done can be looked at.
    """
    asked = next_asked_for(request)
    if asked:
        return go(request, asked, said=said, done=done or back)
    if course is None:
        return go(request, in_run(request, back), said=said)
    following = course.following(request.actor)
    to = _address(course.run, page, [following]) if following else course.run.list_url
    return go(request, to, said=said, done=done or back)


def _document_of(request: HttpRequest) -> UUID | None:
    match = request.resolver_match
    return match.kwargs.get("document_id") if match else None


def _address(run: Run, page: str, ids: Sequence[UUID]) -> str:
    return f"{reverse(f'{run.area}:{page}', args=[ids[0]])}{run.suffix}" if ids else ""


def _query(asked: dict[str, str]) -> str:
    return urlencode({name: value for name, value in asked.items() if value})
