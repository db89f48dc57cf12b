"""Filters and tags of the screens: moments, spans and numbers as Vietnamese offices write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from vanthu.exchange.states import DeliveryState
from vanthu.interfaces.web import runs
from vanthu.interfaces.web.dates import moment_in
from vanthu.kernel.pages import MATCHES_COUNTED
from vanthu.pdfsign import SignerKind
from vanthu.workflow.queries import ApprovalRow
from vanthu.workflow.states import ApprovalState

register = template.Library()

_ANY_ID = UUID(int=0)
_WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")


@register.filter
def day(value: date | datetime | None) -> str:
    """22/11/2026 in Vietnam; empty for None."""
    if value is None:
        return ""
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    return f"{local:%d/%m/%Y}"


@register.filter
def moment(value: datetime | None) -> str:
    """22/11/2026 08:43 in Vietnam; empty for None."""
    return f"{timezone.localtime(value):%d/%m/%Y %H:%M}" if value else ""


@register.filter
def iso(value: datetime) -> str:
    """2026-11-22T08:43:00+07:00, for the machines that read <time>."""
    return timezone.localtime(value).isoformat()


@register.filter
def short(value: datetime | None) -> str:
    """08:31 today, 21/11 08:31 in this year, 21/11/2025 before: the least that cannot be mistaken."""
    if value is None:
        return ""
    local, now = timezone.localtime(value), timezone.localtime()
    if local.date() == now.date():
        return f"{local:%H:%M}"
    return f"{local:%d/%m %H:%M}" if local.year == now.year else f"{local:%d/%m/%Y}"


@register.filter
def long_day(value: datetime) -> str:
    """Chủ nhật, 22/11/2026."""
    local = timezone.localtime(value)
    return f"{_WEEKDAYS[local.weekday()]}, {local:%d/%m/%Y}"


@register.filter
def elapsed(value: datetime | None) -> str:
    """How long ago, in the two largest useful units: «2 giờ 05 phút», «3 ngày»."""
    return span(timezone.now() - value) if value else ""


@register.filter
def remaining(value: datetime | None) -> str:
    """«còn 6 giờ» before the deadline, «quá hạn 2 ngày» after it."""
    if value is None:
        return ""
    left = value - timezone.now()
    return f"còn {span(left)}" if left > timedelta(0) else f"quá hạn {span(-left)}"


@register.filter
def due_tone(value: datetime | None) -> str:
    """Class of a deadline: `bad` when past, `warn` within 24 hours, otherwise none."""
    if value is None:
        return ""
    left = value - timezone.now()
    if left <= timedelta(0):
        return "bad"
    return "warn" if left <= timedelta(hours=24) else ""


def span(length: timedelta) -> str:
    """A length of time in words: whole days from one day on, hours and minutes below."""
    minutes = max(int(length.total_seconds()) // 60, 0)
    if minutes < 1:
        return "chưa đầy 1 phút"
    if minutes < 60:
        return f"{minutes} phút"
    hours, rest = divmod(minutes, 60)
    if hours >= 24:
        return f"{hours // 24} ngày"
    return f"{hours} giờ {rest:02d} phút" if rest else f"{hours} giờ"


@register.filter
def thousands(value: int | None) -> str:
    """4902 as 4.902; empty for None."""
    return "" if value is None else f"{value:,}".replace(",", ".")


@register.filter
def matches(total: int) -> str:
    """How many a search found: «3», «hơn 1.000» beyond what is counted."""
    return f"hơn {thousands(MATCHES_COUNTED)}" if total > MATCHES_COUNTED else thousands(total)


@register.filter
def file_size(value: int) -> str:
    """Bytes as KB or MB, with a Vietnamese decimal comma."""
    if value < 1024 * 1024:
        return f"{max(round(value / 1024), 1)} KB"
    return f"{value / 1024 / 1024:.1f}".removesuffix(".0").replace(".", ",") + " MB"


@register.filter
def ending(steps: Sequence[ApprovalRow]) -> ApprovalRow:
    """The turn a round of approval ended with: the one that gave the draft back, otherwise the last."""
    return next((step for step in steps if step.state == ApprovalState.RETURNED), steps[-1])


@register.filter
def signature_count(signatures: Sequence[Mapping[str, Any]]) -> str:
    """«2 chữ ký, 1 dấu thời gian»: a time stamp is in the file like a signature, and is nobody's."""
    stamps = sum(signature.get("kind") == SignerKind.TIMESTAMP for signature in signatures)
    counted = ((len(signatures) - stamps, "chữ ký"), (stamps, "dấu thời gian"))
    return ", ".join(f"{count} {what}" for count, what in counted if count)


@register.filter
def said_date(value: datetime | str | None) -> str:
    """«Thứ tư, 02/12/2026 lúc 17:00» for the value of a field of day and time; empty for what is none."""
    if isinstance(value, str):
        value = moment_in(value)
    if not value:
        return ""
    local = value if timezone.is_naive(value) else timezone.localtime(value)
    return f"{_WEEKDAYS[local.weekday()]}, {local:%d/%m/%Y} lúc {local:%H:%M}"


@register.filter
def told(code: str) -> str:
    """What a status code of the axis tells the sender, in words: «03» gives «đã tiếp nhận»."""
    return str(DeliveryState(code).label).lower()


@register.simple_tag
def document_url(view: str, document_id: UUID) -> str:
    """The address of `view` of a document. For lists: `url` searches the routes again for every row."""
    before, after = _around_id(view)
    return f"{before}{document_id}{after}"


@register.simple_tag(takes_context=True)
def in_run(context: dict[str, Any], address: str) -> str:
    """`address` with the queue the person works through on this page, if there is one."""
    request: HttpRequest = context["request"]
    return runs.in_run(request, address)


@cache
def _around_id(view: str) -> tuple[str, str]:
    before, _, after = reverse(view, args=[_ANY_ID]).partition(str(_ANY_ID))
    return before, after


@register.simple_tag(takes_context=True)
def address_with(context: dict[str, Any], **changes: object) -> str:
    """This page's query string with some values changed; empty values leave, and paging starts over."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    if "page" not in changes:
        query.pop("page", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else request.path
