"""The use cases of the exchange: the machine's, but for those of `noting` and `reopening`.

Network and files are outside.
"""

from __future__ import annotations

from vanthu.exchange.actions.delivering import deliver_here, note_delivery_trouble, plan_deliveries
from vanthu.exchange.actions.noting import note_return
from vanthu.exchange.actions.reopening import reopen_packet, resume_attempt
from vanthu.exchange.actions.reporting import note_report_trouble, record_report_sent, report_progress
from vanthu.exchange.actions.sending import keep_packet, note_sending_trouble, record_sending
from vanthu.exchange.actions.taking import put_aside, take_document, take_status

__all__ = [
    "deliver_here",
    "keep_packet",
    "note_delivery_trouble",
    "note_report_trouble",
    "note_return",
    "note_sending_trouble",
    "plan_deliveries",
    "put_aside",
    "record_report_sent",
    "record_sending",
    "reopen_packet",
    "report_progress",
    "resume_attempt",
    "take_document",
    "take_status",
]
