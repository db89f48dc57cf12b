"""Screens of the account: sign-in, sign-out, change of password, choice of post."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from vanthu.interfaces.web import kept, session
from vanthu.interfaces.web.accounts import devices, entering
from vanthu.interfaces.web.accounts.forms import ChangePasswordForm, ChoosePostForm, SignInForm
from vanthu.interfaces.web.door import said_at_the_door
from vanthu.interfaces.web.errors import with_retry_after
from vanthu.interfaces.web.flash import flash
from vanthu.interfaces.web.forms import refusals_into
from vanthu.interfaces.web.http import (
    WebRequest,
    go,
    open_to_strangers,
    page,
    posted,
    safe_next,
)
from vanthu.kernel.errors import DomainError, NotFound
from vanthu.organizations import actions, hashing


@open_to_strangers
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Đăng nhập: on success to where the person was going, or on to a change of password."""
    after = safe_next(request, "home:home")
    form = SignInForm(posted(request))
    refused: DomainError | None = None
    if form.is_valid():
        username, password = form.cleaned_data["username"], form.cleaned_data["password"]
        try:
            answer = entering.try_to_enter(request, username, password)
        except DomainError as error:
            refused = error
            form.add_error(None, str(error))
        else:
            if answer.user_id is not None:
                return _enter(request, answer, username, after)
            form.add_error(None, answer.message)
    context = {
        "form": form,
        "next": after,
        "carried": _carried(request, after),
        "lost": "" if form.errors else said_at_the_door(request),
        "page_title": "Đăng nhập",
    }
    status = refused.status if refused else 422 if form.errors else 200
    response = page(request, "accounts/sign_in.html", context, status=status)
    return with_retry_after(response, refused)


def _enter(request: HttpRequest, answer: actions.SignIn, username: str, after: str) -> HttpResponse:
    assert answer.user_id is not None, "somebody comes in"
    session.enter(request, user_id=answer.user_id, must_change_password=answer.must_change_password)
    if answer.warning:
        flash(request, answer.warning, "wait")
    if carried := _carried(request, after):
        words = kept.unsealed(carried.sealed, answer.user_id)
        kept.fill_in_again(request, back=after, words=words)
    response = go(request, session.CHANGE_PASSWORD if answer.must_change_password else after)
    return devices.remember(request, response, username)


def _carried(request: HttpRequest, after: str) -> kept.Carried | None:
    """What was posted when the session had ended, on its way to whoever typed it."""
    sealed = request.POST.get("sealed", "")
    return kept.Carried(back=after, sealed=sealed) if 0 < len(sealed) <= kept.LONGEST_SEALED else None


@require_POST
def sign_out(request: WebRequest) -> HttpResponse:
    """Đăng xuất."""
    actions.sign_out(actor=request.actor, now=timezone.now())
    session.leave(request)
    return go(request, session.SIGN_IN)


@sensitive_post_parameters("current", "new", "again")
@require_http_methods(["GET", "POST"])
def change_password(request: WebRequest) -> HttpResponse:
    """Đổi mật khẩu; the only page there is until the first password is changed."""
    form = ChangePasswordForm(posted(request))
    if form.is_valid():
        with refusals_into(form):
            own = hashing.own_password(request.actor)
            current, new = form.cleaned_data["current"], form.cleaned_data["new"]
            change = hashing.change(own, current=current, new=new)
            actions.change_password(actor=request.actor, change=change, now=timezone.now())
        if not form.errors:
            session.password_changed(request)
            return go(request, "home:home", said="Đã đổi mật khẩu.")
    context = {
        "form": form,
        "is_first": session.must_change_password(request),
        "page_title": "Đổi mật khẩu",
    }
    return page(request, "accounts/change_password.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def choose_post(request: WebRequest) -> HttpResponse:
    """Đổi chức danh (kiêm nhiệm): work from another of one's own posts."""
    account = request.account
    form = ChoosePostForm(posted(request))
    if form.is_valid():
        chosen = next((post for post in account.posts if post.id == form.cleaned_data["post_id"]), None)
        if chosen is None:
            raise NotFound
        session.work_from(request, chosen.id)
        return go(request, "home:home", said=f"Bạn đang làm việc với chức danh {chosen.label}.")
    return page(request, "accounts/choose_post.html", {"account": account, "page_title": "Chọn chức danh"})
