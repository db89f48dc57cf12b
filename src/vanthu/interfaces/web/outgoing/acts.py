"""Buttons of an outgoing document: what the query says this person may do, in the order it is done."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.urls import reverse

from vanthu.documents.rules import padded_number
from vanthu.interfaces.web.screens import Act, Crumb
from vanthu.outgoing.queries import OutgoingPage


def acts_of(document: OutgoingPage) -> list[Act]:
    """The buttons of the document page, the blue one first."""
    return [
        replace(act, is_barred=step in document.barred)
        for step, act in _all(document.row.id, document)
        if step in document.acts
    ]


def ways_to_mend(document: OutgoingPage) -> list[Crumb]:
    """Where this person puts right what keeps the document from going on."""
    found = {
        "edit": Crumb(label="Sửa dự thảo", url=reverse("outgoing:edit", args=[document.row.id])),
        "place": Crumb(label="Đặt vị trí", url=reverse("outgoing:places", args=[document.row.id])),
        "return": Crumb(label="Trả lại kèm lỗi", url=reverse("outgoing:return", args=[document.row.id])),
    }
    return [way for act, way in found.items() if act in document.acts]


def bar_title(document: OutgoingPage) -> str:
    """What is said over the faults, by what they keep this person, or the document, from."""
    names = {"submit": "trình", "approve": "duyệt", "sign": "ký"}
    kept = next((name for act, name in names.items() if act in document.barred), "")
    if kept:
        return f"Chưa {kept} được: {len(document.faults)} lỗi phải sửa"
    return f"Văn bản có {len(document.faults)} lỗi"


def _all(document_id: UUID, document: OutgoingPage) -> list[tuple[str, Act]]:
    def to(name: str) -> str:
        return reverse(f"outgoing:{name}", args=[document_id])

    number = padded_number(document.next_number) if document.next_number else ""
    return [
        (
            "submit",
            Act(label="Trình ký", url=to("submit"), icon="send", tone="primary", key="Enter", way="dialog"),
        ),
        (
            "approve",
            Act(
                label="Duyệt, trình ký",
                url=to("approve"),
                icon="check",
                tone="primary",
                key="Enter",
                way="dialog",
            ),
        ),
        ("sign", Act(label="Ký số", url=to("sign"), icon="signature", tone="primary", key="Enter")),
        (
            "number",
            Act(
                label=f"Cấp số {number}, đóng dấu" if number else "Cấp số, đóng dấu",
                url=to("seal"),
                icon="rubber-stamp",
                tone="primary",
                key="Enter",
            ),
        ),
        (
            "seal",
            Act(label="Đóng dấu cơ quan", url=to("seal"), icon="rubber-stamp", tone="primary", key="Enter"),
        ),
        (
            "issue",
            Act(label="Phát hành", url=to("issue"), icon="send-2", tone="primary", key="Enter", way="dialog"),
        ),
        ("edit", Act(label="Sửa dự thảo", url=to("edit"), icon="pencil", key="S")),
        ("place", Act(label="Vị trí số, chữ ký, dấu", url=to("places"), icon="crosshair", key="V")),
        (
            "return",
            Act(label="Trả lại…", url=to("return"), icon="arrow-back-up", tone="harm", key="T", way="dialog"),
        ),
        (
            "return_signed",
            Act(
                label="Trả lại để sửa…",
                url=to("return-signed"),
                icon="arrow-back-up",
                tone="harm",
                key="T",
                way="dialog",
            ),
        ),
        ("withdraw", Act(label="Rút lại", url=to("withdraw"), icon="arrow-back", key="R", way="dialog")),
        (
            "discard",
            Act(label="Hủy dự thảo…", url=to("discard"), icon="trash", tone="harm", way="dialog"),
        ),
    ]
