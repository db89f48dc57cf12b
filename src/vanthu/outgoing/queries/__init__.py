"""Questions about outgoing documents. Every one takes the actor first and answers only what may be seen."""

from __future__ import annotations

from vanthu.outgoing.queries.lists import (
    COUNT_LIMIT,
    TABS,
    OutgoingRow,
    count_outgoing,
    list_outgoing,
    rows_of,
    visible_ids,
)
from vanthu.outgoing.queries.page import (
    OutgoingPage,
    RecipientRow,
    SigningView,
    can_draft,
    get_outgoing,
    open_file,
    signing_view,
)

__all__ = [
    "COUNT_LIMIT",
    "TABS",
    "OutgoingPage",
    "OutgoingRow",
    "RecipientRow",
    "SigningView",
    "can_draft",
    "count_outgoing",
    "get_outgoing",
    "list_outgoing",
    "open_file",
    "rows_of",
    "signing_view",
    "visible_ids",
]
