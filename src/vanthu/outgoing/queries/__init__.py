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
from vanthu.outgoing.queries.recipients import RecipientsBefore, recipient_ids, recipients_before
from vanthu.outgoing.queries.uploads import (
    Upload,
    cancelled_files,
    get_upload,
    list_uploads,
    require_under_way,
    waiting_upload,
)

__all__ = [
    "COUNT_LIMIT",
    "TABS",
    "OutgoingPage",
    "OutgoingRow",
    "RecipientRow",
    "RecipientsBefore",
    "SigningView",
    "Upload",
    "can_draft",
    "cancelled_files",
    "count_outgoing",
    "get_outgoing",
    "get_upload",
    "list_outgoing",
    "list_uploads",
    "open_file",
    "recipient_ids",
    "recipients_before",
    "require_under_way",
    "rows_of",
    "signing_view",
    "visible_ids",
    "waiting_upload",
]
