"""What stands before Django in both programs: a request is made one that Django can take at all.

Django reads the type of the content before any middleware, and decodes the address in whatever encoding that
type claims: `text/html; charset=idna` ends there in an exception nobody handles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.http import parse_header_parameters

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

#: Characters of a content type; a boundary has 70 at most (RFC 2046).
_LONGEST = 500


def readable_first(application: Application) -> Application:
    """`application` behind `make_readable`."""

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        make_readable(environ)
        return application(environ, start_response)

    return answer


def make_readable(environ: Environ) -> None:
    """Take from the content type what claims another encoding than UTF-8, and all of one that is none."""
    content_type = str(environ.get("CONTENT_TYPE", ""))
    if content_type:
        environ["CONTENT_TYPE"] = _plain(content_type)


def _plain(content_type: str) -> str:
    try:
        kind, parameters = parse_header_parameters(content_type)
    except ValueError:
        return ""
    if len(content_type) > _LONGEST or not content_type.isprintable():
        return ""
    if "charset" not in parameters:
        return content_type
    boundary = parameters.get("boundary", "").replace('"', "")
    return f'{kind}; boundary="{boundary}"' if boundary else kind
