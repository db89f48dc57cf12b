"""What the forms of acts carry of what their page showed: rendered by one template, read here alone."""

from __future__ import annotations

from vanthu.interfaces.web.forms import Form
from vanthu.interfaces.web.http import WebRequest
from vanthu.kernel.seen import Seen, require_seen

#: The hidden field of `components/seen.html`.
FIELD = "seen"


def seen_by(request: WebRequest, current: Seen, form: Form, *, is_act: bool = True) -> Seen:
    """What this form was filled in over: on a visit what stands now, `current`, afterwards what it brings.

    Asked before anything else is: who comes too late hears of that, and not that a step or a choice is gone.
    `form` holds the words of whoever does, for the conflict page. A form that is only shown again, as for a
    search without scripts (not `is_act`), stands over what it stood over. Raises NotShown, Stale. The act
    compares again, under the lock.
    """
    if request.method != "POST":
        return current
    request.written = form
    seen = Seen.parse(request.POST.get(FIELD, ""))
    if is_act:
        require_seen(seen, current)
    return seen
