"""«Sổ đăng ký»: the registers of the agency, and the lines of one year of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from vanthu.incoming import queries as incoming
from vanthu.interfaces.web.acting import ActPage, act_page
from vanthu.interfaces.web.http import WebRequest, page, posted
from vanthu.interfaces.web.registers.forms import BookForm, ConfirmTimeForm
from vanthu.interfaces.web.screens import Crumb
from vanthu.interfaces.web.seeing import seen_by
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import NotFound, require
from vanthu.outgoing import queries as outgoing
from vanthu.registers import actions, queries, rules
from vanthu.registers.states import RegisterKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One number, and the document it was given to as far as this person may see it."""

    entry: queries.EntryRow
    incoming: incoming.IncomingRow | None = None
    outgoing: outgoing.OutgoingRow | None = None


@require_safe
def register_list(request: WebRequest) -> HttpResponse:
    """The registers, each with its years."""
    registers, now = queries.list_registers(request.actor), timezone.now()
    context = {
        "registers": registers,
        "ahead": {row.id for row in registers if rules.is_ahead(row.last_taken_at, now)},
        "can_confirm_time": queries.can_confirm_time(request.actor),
        "page_title": "Sổ đăng ký",
    }
    return page(request, "registers/list.html", context)


@require_safe
def book(request: WebRequest, register_id: UUID) -> HttpResponse:
    """One register in one calendar year, from the latest number down."""
    register = _register(request.actor, register_id)
    asked = BookForm(request.GET)
    asked.is_valid()
    year = asked.cleaned_data.get("nam") or timezone.localdate().year
    listing = queries.register_entries(
        request.actor, register_id=register_id, year=year, page=asked.cleaned_data.get("page") or 1
    )
    context = {
        "register": register,
        "year": year,
        "listing": listing,
        "lines": _lines(request.actor, register.kind, listing.items),
        "crumbs": [
            Crumb(label="Sổ đăng ký", url=reverse("registers:list")),
            Crumb(label=f"{register.name} năm {year}"),
        ],
        "page_title": f"{register.name} năm {year}",
    }
    return page(request, "registers/book.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_time(request: WebRequest, register_id: UUID) -> HttpResponse:
    """The clerk answers for a register whose last number is later than now."""
    register = _register(request.actor, register_id)
    require(queries.can_confirm_time(request.actor))
    form = ConfirmTimeForm(posted(request))
    seen = seen_by(request, register.seen, form)
    now, back = timezone.now(), reverse("registers:list")
    if register.last_taken_at is None or not rules.is_ahead(register.last_taken_at, now):
        raise rules.NotAhead
    last, present = (f"{timezone.localtime(at):%H:%M %d/%m/%Y}" for at in (register.last_taken_at, now))
    screen = ActPage(
        title=f"Xác nhận giờ của {register.name}",
        text=(
            f"Số gần nhất ghi lúc {last}, sau giờ hiện tại của máy ({present}). Chỉ xác nhận khi giờ của máy "
            "đúng: số gần nhất giữ nguyên như đã ghi, các số sau lấy giờ hiện tại; lý do lưu vào nhật ký."
        ),
        submit="Xác nhận",
        icon="clock-check",
        tone="harm",
        back=back,
        crumbs=[Crumb(label="Sổ đăng ký", url=back), Crumb(label="Xác nhận giờ")],
        said="Đã xác nhận giờ của sổ. Có thể cấp số tiếp.",
    )
    form = ConfirmTimeForm(request.POST or None)
    seen = seen_by(request, register.seen, form)
    return act_page(
        request,
        screen,
        form,
        seen,
        lambda words: actions.confirm_time(
            actor=request.actor,
            register_id=register_id,
            seen=seen,
            reason=words["reason"],
            now=timezone.now(),
        ),
    )


def _register(actor: Actor, register_id: UUID) -> queries.RegisterRow:
    register = next((row for row in queries.list_registers(actor) if row.id == register_id), None)
    if register is None:
        raise NotFound
    return register


def _lines(actor: Actor, kind: RegisterKind, entries: Sequence[queries.EntryRow]) -> list[Line]:
    """The entries with their documents, asked for once for the whole page."""
    ids = [entry.document_id for entry in entries]
    if kind is RegisterKind.INCOMING:
        arrived = incoming.rows_of(actor, document_ids=ids, now=timezone.now())
        return [Line(entry=entry, incoming=arrived.get(entry.document_id)) for entry in entries]
    sent = outgoing.rows_of(actor, document_ids=ids)
    return [Line(entry=entry, outgoing=sent.get(entry.document_id)) for entry in entries]
