"""The way to the sign-in page: what is said there to whoever lost a session, and where it leads back."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django_htmx.http import HttpResponseClientRedirect

from vanthu.interfaces.web import kept
from vanthu.interfaces.web.accounts.forms import SignInForm
from vanthu.interfaces.web.http import came_from_within, page, page_left, wants_partial
from vanthu.interfaces.web.session import SIGN_IN, SIGN_OUT, had_session

#: In the address of the sign-in page: what became of the session.
LOST = "phien"
#: The session ended; it ended, and what was posted went with it.
Loss = Literal["het", "mat"]

_SAID: dict[str, str] = {
    "het": "Phiên làm việc đã hết. Hãy đăng nhập lại.",
    "mat": "Phiên làm việc đã hết. Hãy đăng nhập lại; nội dung bạn vừa gửi chưa được lưu.",
}
_KEPT = "Phiên làm việc đã hết. Hãy đăng nhập lại; những gì bạn vừa gõ được giữ, chưa được lưu."


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Answer a request nobody stands behind: the sign-in page, which carries on what was posted.

    The words stand in that page and nowhere else: what a stranger sends is stored nowhere. They are sealed
    for their writer, so that whoever sits here next reads nothing of them in its source.
    """
    carried = kept.carried(request)
    if carried is None:
        address = sign_in_address(request)
        return HttpResponseClientRedirect(address) if wants_partial(request) else redirect(address)
    context = {
        "form": SignInForm(),
        "next": carried.back,
        "carried": carried,
        "lost": _KEPT,
        "page_title": "Đăng nhập",
    }
    return page(request, "accounts/sign_in.html", context, status=403)


def sign_in_address(request: HttpRequest) -> str:
    """The sign-in page for a request nobody stands behind, leading back to the page it was made on."""
    query = {"next": _way_back(request)}
    loss = _loss(request)
    if loss is not None:
        query[LOST] = loss
    return f"{resolve_url(SIGN_IN)}?{urlencode(query)}"


def said_at_the_door(request: HttpRequest) -> str:
    """What the sign-in page tells of the session that ended; empty for whoever simply comes in."""
    return _SAID.get(request.GET.get(LOST, ""), "")


def _way_back(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is not None and match.view_name == SIGN_OUT:
        # Nobody signs in to be signed out.
        return "/"
    return page_left(request) or "/"


def _loss(request: HttpRequest) -> Loss | None:
    """How the session was lost. Browsers drop a cookie that is over, so its absence alone says nothing."""
    match = request.resolver_match
    if request.method == "POST" and not (match and match.view_name == SIGN_OUT):
        return "mat"
    is_lost = had_session(request) or wants_partial(request) or came_from_within(request)
    return "het" if is_lost else None
