"""The page of one act: a few words and a button, whole or in a dialog, the same for every life cycle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from django.http import HttpResponse

from vanthu.interfaces.web.forms import Form, refusals_into
from vanthu.interfaces.web.http import WebRequest, go, next_asked_for, page
from vanthu.interfaces.web.runs import course_of, go_on, in_run
from vanthu.interfaces.web.screens import Crumb
from vanthu.kernel.errors import Conflict, NotAllowed
from vanthu.kernel.seen import Seen
from vanthu.workflow.queries import Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class ActPage:
    """What the page of an act says; `back` is the document it belongs to."""

    title: str
    submit: str
    icon: str
    back: str
    crumbs: list[Crumb]
    text: str = ""
    tone: Literal["primary", "harm"] = "primary"
    progress: str = "Đang thực hiện…"
    #: What is said on the next page; may name the result, as in «Đã vào sổ, số đến {result}».
    said: str = "Đã thực hiện."
    #: The person's own queue for this act, a tab: its next document opens when it is done. Empty: none of
    #: his own, and unless the address names one, the document is shown again.
    queue: str = ""
    #: Whether the document is looked at again, whatever the queue: beginning work is not being done with it.
    stays: bool = False
    #: Where to go when it is done, whatever the queue; empty: on in the queue.
    after: str = ""
    #: Where what was done can be looked at; the document when empty.
    done: str = ""


class NotNow(Conflict):
    """Văn bản không còn ở bước này. Hãy xem văn bản hiện nay."""

    code = "web.not-now"


class _Row(Protocol):
    @property
    def state_label(self) -> str: ...


class Standing(Protocol):
    """What is asked of a document before an act: who may do what, and whom it waits for."""

    @property
    def acts(self) -> frozenset[str]: ...
    @property
    def untimely(self) -> frozenset[str]: ...
    @property
    def waiting_for(self) -> Waiting | None: ...
    @property
    def row(self) -> _Row: ...


def require_act(document: Standing, *steps: str) -> None:
    """Let on whoever may take one of `steps` now.

    Raises NotNow, with where the document stands, for whom it is the right step at the wrong time (taken
    already, in another window or by a colleague); NotAllowed for everyone else.
    """
    if document.acts.intersection(steps):
        return
    if document.untimely.isdisjoint(steps):
        raise NotAllowed
    raise NotNow(
        f"Văn bản đang ở trạng thái «{document.row.state_label}»{_waited_for(document.waiting_for)}."
    )


def _waited_for(waiting: Waiting | None) -> str:
    if waiting is None:
        return ""
    return f", đang chờ {'bạn' if waiting.is_me else waiting.who} {waiting.what}"


def act_page(
    request: WebRequest,
    screen: ActPage,
    form: Form,
    seen: Seen,
    carry_out: Callable[[dict[str, Any]], object],
    **context: Any,
) -> HttpResponse:
    """Show the form over what is `seen` on GET; on POST carry the act out and go on in the queue.

    A refusal of what was written stays on this page (422); every other refusal is raised.
    """
    if request.method == "POST" and form.is_valid():
        result: object = None
        course = None if screen.stays else course_of(request, own=screen.queue)
        with refusals_into(form):
            result = carry_out(form.cleaned_data)
        if not form.errors:
            said = screen.said.format(result=result)
            if screen.after:
                return go(request, screen.after, said=said)
            return go_on(request, course, back=screen.back, said=said, done=screen.done)
    shown = {
        "form": form,
        "seen": seen,
        "act_title": screen.title,
        "act_text": screen.text,
        "submit": screen.submit,
        "icon": screen.icon,
        "tone": screen.tone,
        "progress": screen.progress,
        "back": in_run(request, screen.back),
        "next": next_asked_for(request),
        "action": request.get_full_path(),
        "crumbs": screen.crumbs,
        "page_title": screen.title,
    }
    status = 422 if form.errors else 200
    return page(request, "act.html", {**shown, **context}, partial="form", status=status)
