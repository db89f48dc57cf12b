"""What every request passes before anything of it is used: its address, its parameters, its headers.

What is written into a form is refused at its field (`forms.Form`), where the person sees it. What stands in
an address was made by a program: it is refused whole. A header that cannot be read is as good as not sent.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse

from vanthu import plain_text

Handler = Callable[[HttpRequest], HttpResponse]

#: Characters of an address after «?», and of one parameter in it. No page of ours makes a longer one.
_LONGEST_QUERY, _LONGEST_PARAMETER = 8192, 2000
_LONGEST_PATH = 2000
#: Headers come as Latin-1, where UTF-8 has bytes that look like controls: only those of ASCII count.
_CONTROLS = frozenset(map(chr, (*range(0x20), 0x7F))) - {"\t"}
#: Headers that are addresses: Python's reader of addresses raises ValueError for some.
_ADDRESSES = ("HTTP_REFERER", "HTTP_ORIGIN", "HTTP_HX_CURRENT_URL")


class AddressRefused(SuspiciousOperation):
    """Địa chỉ này có ký tự không đọc được hoặc quá dài. Hãy quay lại trang trước rồi làm lại."""


class ReceptionMiddleware:
    """Lets only readable requests in."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Pages are UTF-8, so forms are. Whatever else a request claims («base64») is no encoding of text.
        request.encoding = "utf-8"
        _drop_unreadable_headers(request)
        _require_readable(request.path, longest=_LONGEST_PATH)
        if len(request.META.get("QUERY_STRING", "")) > _LONGEST_QUERY:
            raise AddressRefused(AddressRefused.__doc__)
        for name, values in request.GET.lists():
            for text in (name, *values):
                _require_readable(text, longest=_LONGEST_PARAMETER)
        return self.get_response(request)


def _require_readable(text: str, *, longest: int) -> None:
    try:
        plain_text.take_passage(text, longest=longest)
    except plain_text.UnfitText as unfit:
        raise AddressRefused(AddressRefused.__doc__) from unfit


def _drop_unreadable_headers(request: HttpRequest) -> None:
    # Not Host: Django refuses one it does not know.
    for name in [name for name in request.META if name.startswith("HTTP_") and name != "HTTP_HOST"]:
        if not _CONTROLS.isdisjoint(request.META[name]):
            del request.META[name]
    for name in _ADDRESSES:
        if name in request.META and not _is_address(request.META[name]):
            del request.META[name]


def _is_address(value: str) -> bool:
    # htmx writes what is no Latin letter in percent signs, and it is read without them.
    try:
        for text in (value, unquote(value)):
            urlsplit(text)
            plain_text.take_line(text, longest=_LONGEST_QUERY)
    except ValueError:
        return False
    return True
