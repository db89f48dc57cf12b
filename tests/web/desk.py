"""A browser whose every form of an act carries what stands there now, as a page opened a moment ago would."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.test import Client

from tests.seeing import assignment_seen, delivery_seen, now_seen, part_seen
from vanthu.kernel.actor import Actor
from vanthu.kernel.seen import Seen
from vanthu.workflow.models import Assignment
from vanthu.workflow.states import AssignmentStep

_ACT = re.compile(r"/van-ban-(?:di|den)/(?P<document>[0-9a-f-]{36})/(?P<act>[a-z-]+)/(?P<more>[0-9a-f-]*)")
_OWN_PART = {"bat-dau": AssignmentStep.START, "bao-cao": AssignmentStep.FINISH}


class Desk(Client):
    """One person's browser. A test about somebody who comes too late posts `seen` itself."""

    def __init__(self, actor: Actor) -> None:
        super().__init__()
        self._actor = actor

    def post(self, path: str, data: Any = None, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]  # passed on as given
        """Send a form, that of an act with what is seen."""
        found = _ACT.match(path)
        if found is not None and (data is None or isinstance(data, dict)):
            data = {"seen": str(self._shown(found)), **(data or {})}
        return super().post(path, data, *args, **kwargs)

    def _shown(self, found: re.Match[str]) -> Seen:
        document, act = UUID(found["document"]), found["act"]
        if act in _OWN_PART:
            return part_seen(document, self._actor, _OWN_PART[act])
        if act == "phan-cong":
            part = Assignment.objects.filter(document_id=document, unit__in=[self._actor.unit_id]).first()
            return assignment_seen(part.id) if part else now_seen(document)
        if act == "gui-nhan":
            return delivery_seen(UUID(found["more"]))
        return now_seen(document)
