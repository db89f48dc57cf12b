"""«Sổ đăng ký»: the registers of the agency, and the lines of one year of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from vanthu.incoming import queries as incoming
from vanthu.interfaces.web.http import WebRequest, page
from vanthu.interfaces.web.registers.forms import BookForm
from vanthu.interfaces.web.screens import Crumb
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import NotFound
from vanthu.outgoing import queries as outgoing
from vanthu.registers import queries
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
    context = {"registers": queries.list_registers(request.actor), "page_title": "Sổ đăng ký"}
    return page(request, "registers/list.html", context)


@require_safe
def book(request: WebRequest, register_id: UUID) -> HttpResponse:
    """One register in one calendar year, from the latest number down."""
    register = next((row for row in queries.list_registers(request.actor) if row.id == register_id), None)
    if register is None:
        raise NotFound
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


def _lines(actor: Actor, kind: RegisterKind, entries: Sequence[queries.EntryRow]) -> list[Line]:
    """The entries with their documents, asked for once for the whole page."""
    ids = [entry.document_id for entry in entries]
    if kind is RegisterKind.INCOMING:
        arrived = incoming.rows_of(actor, document_ids=ids, now=timezone.now())
        return [Line(entry=entry, incoming=arrived.get(entry.document_id)) for entry in entries]
    sent = outgoing.rows_of(actor, document_ids=ids)
    return [Line(entry=entry, outgoing=sent.get(entry.document_id)) for entry in entries]
