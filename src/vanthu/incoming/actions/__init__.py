"""Use cases of incoming documents, by the order they happen in. One function, one transaction, one audit."""

from __future__ import annotations

from vanthu.incoming.actions.checking import judge_again, settle_signature
from vanthu.incoming.actions.directing import direct_document, direct_further, pass_on
from vanthu.incoming.actions.handling import complete_answered, complete_document, report_work, start_work
from vanthu.incoming.actions.registering import present_document, register_document, return_document

__all__ = [
    "complete_answered",
    "complete_document",
    "direct_document",
    "direct_further",
    "judge_again",
    "pass_on",
    "present_document",
    "register_document",
    "report_work",
    "return_document",
    "settle_signature",
    "start_work",
]
