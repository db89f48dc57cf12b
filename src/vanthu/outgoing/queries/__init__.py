"""Questions about outgoing documents. Every one takes the actor first and answers only what may be seen."""

from __future__ import annotations

from vanthu.outgoing.queries.lists import (
    COUNT_LIMIT,
    QUEUES,
    TABS,
    OutgoingRow,
    ReplyUnderWay,
    count_outgoing,
    ids_in,
    list_outgoing,
    replies_under_way,
    rows_of,
    visible_ids,
)
from vanthu.outgoing.queries.page import (
    OutgoingPage,
    RecipientRow,
    SigningView,
    can_draft,
    drafted_with,
    get_outgoing,
    open_file,
    signing_view,
)
from vanthu.outgoing.queries.recipients import RecipientsBefore, recipient_ids, recipients_before
from vanthu.outgoing.queries.uploads import (
    Upload,
    cancelled_files,
    get_upload,
    held_files,
    list_uploads,
    require_under_way,
    under_way_with,
    waiting_upload,
)
from vanthu.outgoing.telling import Doubt

__all__ = [
    "COUNT_LIMIT",
    "QUEUES",
    "TABS",
    "Doubt",
    "OutgoingPage",
    "OutgoingRow",
    "RecipientRow",
    "RecipientsBefore",
    "ReplyUnderWay",
    "SigningView",
    "Upload",
    "can_draft",
    "cancelled_files",
    "count_outgoing",
    "drafted_with",
    "get_outgoing",
    "get_upload",
    "held_files",
    "ids_in",
    "list_outgoing",
    "list_uploads",
    "open_file",
    "recipient_ids",
    "recipients_before",
    "replies_under_way",
    "require_under_way",
    "rows_of",
    "signing_view",
    "under_way_with",
    "visible_ids",
    "waiting_upload",
]
