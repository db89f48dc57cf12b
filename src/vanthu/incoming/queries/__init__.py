"""Questions about incoming documents. Every one takes the actor first and answers only what may be seen."""

from __future__ import annotations

from vanthu.incoming.queries.lists import (
    COUNT_LIMIT,
    QUEUES,
    TABS,
    IncomingRow,
    count_incoming,
    ids_in,
    list_incoming,
    rows_of,
    visible_ids,
)
from vanthu.incoming.queries.page import (
    IncomingPage,
    ReplyDefaults,
    get_incoming,
    judged_by_older_rules,
    open_file,
    pdf_hashes,
    reply_defaults,
)

__all__ = [
    "COUNT_LIMIT",
    "QUEUES",
    "TABS",
    "IncomingPage",
    "IncomingRow",
    "ReplyDefaults",
    "count_incoming",
    "get_incoming",
    "ids_in",
    "judged_by_older_rules",
    "list_incoming",
    "open_file",
    "pdf_hashes",
    "reply_defaults",
    "rows_of",
    "visible_ids",
]
