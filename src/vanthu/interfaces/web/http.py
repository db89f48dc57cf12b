"""What every view uses: the typed request, whole page or partial, and where to go after an act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_vary_headers
from django.utils.http import escape_leading_slashes, url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from vanthu.interfaces.web import kept
from vanthu.interfaces.web.flash import Tone, flash
from vanthu.interfaces.web.forms import Form
from vanthu.kernel.actor import Actor
from vanthu.organizations.queries import Account

View = TypeVar("View", bound=Callable[..., HttpResponse])


class WebRequest(HttpRequest):
    """A request of a signed-in person: the middleware has let nobody else through."""

    actor: Actor
    account: Account
    htmx: HtmxDetails
    #: The form of an act, as it was filled in; set by `seeing.seen_by` for whoever comes too late.
    written: Form


class SeeOther(HttpResponseRedirectBase):
    """303: what was posted is done; the browser fetches the next page and a reload repeats nothing."""

    status_code = 303


def open_to_strangers(view: View) -> View:
    """Mark a view that needs no signed-in person."""
    view.open_to_strangers = True  # type: ignore[attr-defined]  # a mark the middleware reads
    return view


def wants_partial(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page; boosted and history visits get the whole page."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # set by HtmxMiddleware
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    partial: str = "",
    status: int = 200,
) -> HttpResponse:
    """The whole page for a browser visit, the named partial for an htmx swap; same context for both."""
    if partial and wants_partial(request):
        template = f"{template}#{partial}"
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def go(
    request: HttpRequest,
    to: str,
    *args: object,
    said: str = "",
    tone: Tone = "ok",
    done: str = "",
    **kwargs: object,
) -> HttpResponse:
    """Leave after an act: to the view or address `to`, which shows `said` once.

    `done` is where what was done can be looked at. A form post is answered with 303, an htmx request with
    HX-Redirect. What was typed has arrived.
    """
    kept.arrived(request)
    if said:
        flash(request, said, tone, url=done)
    address = resolve_url(to, *args, **kwargs)
    if wants_partial(request):
        return HttpResponseClientRedirect(address)
    return SeeOther(address)


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: what was posted, even when empty; None on a visit."""
    return request.POST if request.method == "POST" else None


def page_left(request: HttpRequest) -> str:
    """The page the person is on, as an address of this site; empty when that is not known.

    A visit is its own page. A form stands on the page that sent it, which need not be where it is posted to:
    some addresses are no page; where the browser does not say, it is taken to be the same. What htmx or a
    script asks for belongs to the page in which it runs.
    """
    if request.method == "POST" and not wants_partial(request):
        return _path_of_referrer(request) or request.get_full_path()
    if not wants_partial(request):
        return request.get_full_path()
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # set by HtmxMiddleware
    return htmx.current_url_abs_path or _path_of_referrer(request)


def came_from_within(request: HttpRequest) -> bool:
    """Whether a page of this site led here."""
    return bool(_path_of_referrer(request))


def _path_of_referrer(request: HttpRequest) -> str:
    referrer = request.headers.get("Referer", "")
    if not _is_own(request, referrer):
        return ""
    path, query = urlsplit(referrer)[2:4]
    return escape_leading_slashes(f"{path}?{query}" if query else path)


def _is_own(request: HttpRequest, address: str) -> bool:
    return url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())


def next_asked_for(request: HttpRequest) -> str:
    """The address in `next` when it stays on this site; otherwise empty."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if _is_own(request, wanted) else ""


def safe_next(request: HttpRequest, default: str) -> str:
    """The address in `next` when it stays on this site, otherwise `default`."""
    return next_asked_for(request) or resolve_url(default)
