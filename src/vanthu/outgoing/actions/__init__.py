"""Use cases of outgoing documents, by the order they happen in. One function, one transaction, one audit."""

from __future__ import annotations

from vanthu.outgoing.actions.approving import approve_content, submit_draft
from vanthu.outgoing.actions.drafting import draft_document, place_marks, revise_draft
from vanthu.outgoing.actions.holding import hold_files
from vanthu.outgoing.actions.issuing import assign_number, begin_seal, issue_document, record_seal
from vanthu.outgoing.actions.returning import discard_draft, return_draft, return_signed, withdraw_draft
from vanthu.outgoing.actions.signing import begin_signature, record_signature
from vanthu.outgoing.actions.uploading import (
    ask_about_changes,
    begin_upload,
    cancel_upload,
    choose_changes,
    refuse_upload,
    send_draft,
)

__all__ = [
    "approve_content",
    "ask_about_changes",
    "assign_number",
    "begin_seal",
    "begin_signature",
    "begin_upload",
    "cancel_upload",
    "choose_changes",
    "discard_draft",
    "draft_document",
    "hold_files",
    "issue_document",
    "place_marks",
    "record_seal",
    "record_signature",
    "refuse_upload",
    "return_draft",
    "return_signed",
    "revise_draft",
    "send_draft",
    "submit_draft",
    "withdraw_draft",
]
