"""Buttons of an incoming document: what the query says this person may do, in the order it is done."""

from __future__ import annotations

from dataclasses import replace

from django.urls import reverse

from vanthu.incoming.queries import IncomingPage
from vanthu.interfaces.web.screens import Act


def register_label(next_number: int | None) -> str:
    """What the button of registering says."""
    return f"Tiếp nhận, vào sổ, số đến {next_number}" if next_number else "Tiếp nhận, vào sổ"


def acts_of(document: IncomingPage) -> list[Act]:
    """The buttons of the document page, the blue one first.

    A document whose signatures are broken is to be returned: that comes first, and registering it all the
    same takes more than the Enter key.
    """
    found = [act for step, act in _all(document) if step in document.acts]
    if not is_broken(document):
        return found
    calm = [replace(act, tone="plain", key="") if act.tone == "primary" else act for act in found]
    return sorted(calm, key=lambda act: act.tone != "harm")


def is_broken(document: IncomingPage) -> bool:
    """Whether checking the signatures found the document changed or forged."""
    return document.verdict is not None and document.verdict.verdict == "invalid"


def _all(document: IncomingPage) -> list[tuple[str, Act]]:
    document_id = document.row.id

    def to(name: str) -> str:
        return reverse(f"incoming:{name}", args=[document_id])

    draft = f"{reverse('outgoing:draft')}?tra-loi={document_id}"
    return [
        (
            "register",
            Act(
                label=register_label(document.next_number),
                url=to("register"),
                icon="book-upload",
                tone="primary",
                key="Enter",
                way="dialog",
            ),
        ),
        ("present", Act(label="Trình lãnh đạo", url=to("present"), icon="user-up", key="L", way="dialog")),
        (
            "direct",
            Act(label="Chỉ đạo, chuyển xử lý", url=to("direct"), icon="directions", tone="primary", key="C"),
        ),
        ("reply", Act(label="Soạn văn bản trả lời", url=draft, icon="pencil-plus", tone="primary", key="S")),
        (
            "start",
            Act(
                label="Bắt đầu xử lý",
                url=to("start"),
                icon="player-play",
                key="B",
                way="post",
                seen=document.parts_seen.get("start"),
            ),
        ),
        ("pass_on", Act(label="Phân công tiếp", url=to("pass-on"), icon="user-share", key="P", way="dialog")),
        (
            "report",
            Act(label="Báo cáo kết quả", url=to("report"), icon="message-check", key="R", way="dialog"),
        ),
        (
            "direct_further",
            Act(label="Bổ sung chỉ đạo", url=to("direct-further"), icon="users-plus", key="C"),
        ),
        (
            "complete",
            Act(label="Hoàn thành xử lý", url=to("complete"), icon="circle-check", key="X", way="dialog"),
        ),
        (
            "return",
            Act(label="Trả lại…", url=to("return"), icon="arrow-back-up", tone="harm", key="T", way="dialog"),
        ),
    ]
