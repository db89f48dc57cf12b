"""What a person sees when a request is refused or fails: one calm sentence, an honest status, a way on."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from secrets import token_hex

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse

from vanthu.interfaces.web import kept
from vanthu.interfaces.web.door import ask_to_sign_in, sign_in_address
from vanthu.interfaces.web.http import page_left, safe_next, wants_partial
from vanthu.interfaces.web.reception import AddressRefused
from vanthu.interfaces.web.session import SIGN_IN
from vanthu.kernel.errors import Busy, DomainError
from vanthu.kernel.trouble import OutcomeUnknown, Unavailable, trouble_of
from vanthu.kernel.use_cases import is_busy, times_done

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Context of the error page."""

    status: int
    title: str
    message: str
    #: Name of the icon.
    icon: str
    #: What the person tells the administrator; only for unexpected failures.
    reference: str = ""
    #: The document as it stands now, when it was its state that refused; empty otherwise.
    document: str = ""
    #: The page to load again, or to sign in for, when it was open too long; empty otherwise.
    again: str = ""
    #: Seconds after which the browser asks for the page again by itself; 0: never.
    comes_back_in: int = 0


_TITLES = {
    400: ("Yêu cầu không hợp lệ", "help-circle"),
    403: ("Bạn không có quyền làm việc này", "lock"),
    404: ("Không tìm thấy nội dung này", "file-search"),
    405: ("Thao tác không hợp lệ", "help-circle"),
    409: ("Nội dung này vừa thay đổi", "refresh-alert"),
    413: ("Nội dung gửi quá lớn", "file-alert"),
    422: ("Chưa thực hiện được", "alert-circle"),
    429: ("Bạn có nhiều việc nặng đang chạy", "hourglass"),
    500: ("Hệ thống gặp lỗi", "alert-triangle"),
    503: ("Hệ thống tạm thời chưa làm việc được", "hourglass"),
}

#: What is wrong with a request that no view has seen.
_UNREADABLE: dict[type[Exception], str] = {
    AddressRefused: AddressRefused.__doc__ or "",
    TooManyFieldsSent: "Biểu mẫu có quá nhiều mục nên không được nhận. Hãy chọn ít hơn rồi gửi lại.",
    TooManyFilesSent: "Biểu mẫu có quá nhiều tệp nên không được nhận. Hãy chọn ít tệp hơn rồi gửi lại.",
    RequestDataTooBig: "Nội dung gửi lên dài quá nên không được nhận. Hãy viết gọn lại rồi gửi lại.",
}
_UNREADABLE_AT_ALL = "Trang web gửi dữ liệu không đọc được. Hãy tải lại trang rồi làm lại."
_PARTLY = "Một phần việc vừa làm đã được ghi; hãy mở lại để xem trước khi làm tiếp."
_NOT_FOUND = "Địa chỉ này không có, hoặc nội dung không thuộc phạm vi bạn được xem."


def refuse(request: HttpRequest, status: int, message: str, *, reference: str = "") -> HttpResponse:
    """Answer `status` with `message`: a page, or for htmx an alert in the message area."""
    title, icon = _TITLES.get(status, _TITLES[422])
    document = _document_of(request) if status == 409 else ""
    return _show(
        request,
        Refusal(
            status=status, title=title, message=message, icon=icon, reference=reference, document=document
        ),
    )


def refusal_without_request(status: int, message: str) -> Refusal:
    """What the error page shows where no request was read."""
    title, icon = _TITLES.get(status, _TITLES[400] if status < 500 else _TITLES[500])
    return Refusal(status=status, title=title, message=message, icon=icon)


def _show(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    status = refusal.status
    inside = getattr(request, "actor", None) is not None and status < 500
    context = {
        "refusal": refusal,
        "layout": "base.html" if inside else "plain.html",
        "carried": kept.carried(request) if getattr(request, "actor", None) is not None else None,
    }
    if getattr(request, "htmx", None) and wants_partial(request):
        response = render(request, "errors/_alert.html", context, status=status)
        response["HX-Retarget"] = "#flash"
        response["HX-Reswap"] = "innerHTML"
        return response
    return render(request, "errors/error.html", context, status=status)


def _document_of(request: HttpRequest) -> str:
    """The address of the document the request was about; empty when it was about none."""
    match = request.resolver_match
    if match is None or "document_id" not in match.kwargs:
        return ""
    return reverse(f"{match.namespace}:document", args=[match.kwargs["document_id"]])


def refuse_domain(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Answer an anticipated refusal with its own status and sentence."""
    if isinstance(error, Unavailable):
        return unavailable(request, error)
    message = f"{error} {_PARTLY}" if error.status == 503 and _kept_something(request) else str(error)
    return with_retry_after(refuse(request, error.status, message), error)


def with_retry_after(response: HttpResponse, error: DomainError | None) -> HttpResponse:
    """`response`, saying when to come again if `error` is one that passes by itself."""
    seconds = getattr(error, "retry_after", None)
    if seconds is not None:
        response["Retry-After"] = str(seconds)
    return response


def unavailable(request: HttpRequest, trouble: Unavailable) -> HttpResponse:
    """Answer 503: what stops the system, what became of the work, and when to ask again.

    Needs neither database nor session. A page that was only to be read comes back by itself.
    """
    logger.warning("%s %s: %s (%s)", request.method, request.path, trouble, trouble.code)
    only_reads = request.method in ("GET", "HEAD")
    title, icon = _TITLES[503]
    refusal = Refusal(
        status=503,
        title=title,
        message=f"{trouble} {_what_became_of(request, trouble)}",
        icon=icon,
        comes_back_in=trouble.retry_after if only_reads else 0,
    )
    response = _show(request, refusal)
    response["Retry-After"] = str(trouble.retry_after)
    return response


def _what_became_of(request: HttpRequest, trouble: Unavailable) -> str:
    """What the person is told of his work: nothing was kept, something was, or nobody knows."""
    if isinstance(trouble, OutcomeUnknown):
        return "Hãy mở lại để xem kết quả trước khi làm lại."
    if _kept_something(request):
        return _PARTLY
    if request.method in ("GET", "HEAD"):
        return "Trang sẽ tự mở lại."
    return "Việc bạn vừa làm chưa được ghi; hãy làm lại sau ít phút."


def _kept_something(request: HttpRequest) -> bool:
    """Whether an act of this request was committed before it failed."""
    return times_done() > getattr(request, "done_before", times_done())


def fail(request: HttpRequest, error: BaseException) -> HttpResponse:
    """Log an unexpected failure under a reference number and answer 500 with that number.

    What stops the whole system is no failure of this request: it is answered as `unavailable`.
    """
    if trouble := trouble_of(error):
        return unavailable(request, trouble)
    reference = token_hex(4).upper()
    logger.error("Lỗi %s tại %s %s", reference, request.method, request.path, exc_info=error)
    got_request_exception.send(sender=fail, request=request)
    what = _PARTLY if _kept_something(request) else "Việc bạn vừa làm chưa được ghi nhận. Hãy thử lại."
    message = f"{what} Nếu vẫn lỗi, hãy báo quản trị kèm mã dưới đây."
    return refuse(request, 500, message, reference=reference)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler400: what was sent cannot be read, or is far more than any page of ours sends."""
    said = (text for kind, text in _UNREADABLE.items() if isinstance(exception, kind))
    return refuse(request, 400, next(said, _UNREADABLE_AT_ALL))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler403."""
    return refuse(request, 403, "Chức danh bạn đang dùng không có quyền này.")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler404."""
    return refuse(request, 404, _NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: a failure outside the views, already logged by Django.

    Called while the failure is handled, so that it is known here whether the database or the disk was it.
    """
    failure = sys.exc_info()[1]
    trouble = trouble_of(failure) if failure else None
    if trouble:
        return unavailable(request, trouble)
    if failure and is_busy(failure):
        return refuse_domain(request, Busy())
    return refuse(request, 500, "Hãy thử lại sau ít phút; nếu vẫn lỗi, báo quản trị hệ thống.")


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW: most often a page left open past the end of a session."""
    logger.warning("Từ chối biểu mẫu tại %s: %s", request.path, reason)
    is_known = getattr(request, "actor", None) is not None
    if is_known and request.path == resolve_url(SIGN_IN):
        # He came in by another tab meanwhile, which made this form worth nothing: he is where he wanted.
        return redirect(safe_next(request, "home:home"))
    if not is_known and kept.carried(request):
        return ask_to_sign_in(request)
    way = "Hãy tải lại trang rồi làm lại" if is_known else "Hãy đăng nhập lại"
    refusal = Refusal(
        status=403,
        title="Trang đã mở quá lâu",
        message=f"Phiên làm việc đã đổi từ khi trang này mở. {way}; nội dung vừa gửi chưa được lưu.",
        icon="clock-off",
        again=page_left(request) if is_known else sign_in_address(request),
    )
    return _show(request, refusal)
