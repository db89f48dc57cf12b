"""«Sổ đăng ký»: the registers of the agency, and the lines of one year of one of them."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from vanthu.interfaces.web.http import WebRequest, page
from vanthu.interfaces.web.registers.forms import BookForm
from vanthu.interfaces.web.screens import Crumb
from vanthu.kernel.errors import NotFound
from vanthu.registers import queries


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
    context = {
        "register": register,
        "year": year,
        "listing": queries.register_entries(
            request.actor, register_id=register_id, year=year, page=asked.cleaned_data.get("page") or 1
        ),
        "crumbs": [
            Crumb(label="Sổ đăng ký", url=reverse("registers:list")),
            Crumb(label=f"{register.name} năm {year}"),
        ],
        "page_title": f"{register.name} năm {year}",
    }
    return page(request, "registers/book.html", context)
