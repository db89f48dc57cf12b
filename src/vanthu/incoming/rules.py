"""Rules of receiving and directing. Plain values in, plain values out."""

from __future__ import annotations

from datetime import datetime

#: What the audit trail calls an incoming document.
SUBJECT_TYPE = "incoming.document"

REASON_LIMIT = 1000
INSTRUCTION_LIMIT = 2000


def reason_fault(reason: str) -> str | None:
    """Why this cannot be the reason of a return (QĐ 28/2018 Điều 9); None when it can."""
    if not reason.strip():
        return "Hãy ghi lý do trả lại để bên gửi biết cần làm gì."
    if len(reason) > REASON_LIMIT:
        return f"Lý do dài quá {REASON_LIMIT} ký tự. Hãy ghi gọn lại."
    return None


def direction_fault(*, instruction: str, due_at: datetime | None, now: datetime) -> str | None:
    """Why this cannot be a direction (NĐ 30/2020 Điều 24); None when it can."""
    if len(instruction) > INSTRUCTION_LIMIT:
        return f"Ý kiến chỉ đạo dài quá {INSTRUCTION_LIMIT} ký tự. Hãy ghi gọn lại."
    if due_at is not None and due_at <= now:
        return "Hạn xử lý đã qua. Hãy chọn thời điểm sau lúc này."
    return None
