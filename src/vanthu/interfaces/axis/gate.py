"""The gate every call passes: who calls is proven, and whatever goes wrong becomes an answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from vanthu.axis import queries
from vanthu.axis.rules import Refusal, Refused, operator
from vanthu.axis.states import IllegalStep
from vanthu.edxml import transport
from vanthu.edxml.leaves import shorten
from vanthu.interfaces.axis import answers
from vanthu.kernel import actor as actors
from vanthu.kernel.actor import Actor
from vanthu.kernel.blobs import BlobDamaged, BlobVanished, EmptyFile, FileTooLarge
from vanthu.kernel.errors import Busy, DomainError
from vanthu.kernel.trouble import Unavailable

log = logging.getLogger(__name__)

#: A body nobody wants is still taken when it is no longer than this: a refused packet of usual size.
_HEARD_OUT, _PIECE = 16 * 1024 * 1024, 64 * 1024
#: The gate itself, before anyone is known.
_GATE = operator("Cổng của trục")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call whose sender is proven. Only parameters the sender signed are in `parameters`."""

    actor: Actor
    parameters: transport.VerifiedHeaders
    http: HttpRequest
    now: datetime

    def text(self, name: str, default: str = "") -> str:
        """An optional parameter, without surrounding space."""
        return self.parameters.get(name, default).strip()


Endpoint = Callable[[Call], HttpResponseBase]
View = Callable[[HttpRequest], HttpResponseBase]


def protocol_call(
    *required: str, optional: tuple[str, ...] = (), methods: tuple[str, ...] = ("POST",)
) -> Callable[[Endpoint], View]:
    """Make an endpoint of the protocol: `required` parameters must be present and signed.

    An `optional` one that is sent must be signed as well: ignoring it would change what the call means.
    What reaches the endpoint is writable (`transport.is_writable`), so that no value of a caller's becomes a
    fault of ours.
    """

    def wrap(endpoint: Endpoint) -> View:
        @wraps(endpoint)
        def view(request: HttpRequest) -> HttpResponseBase:
            if request.method not in methods:
                return answers.fail(Refusal.NO_SUCH_CALL, status=405)
            try:
                call = _prove(request, required, optional)
                try:
                    return endpoint(call)
                finally:
                    _hear_out(request)
            except Unavailable as trouble:
                return answers.fault(trouble)
            except (DomainError, transport.TransportRefused) as error:
                return _refusal_answer(error)
            except Exception as error:
                log.exception("Lỗi khi xử lý %s", request.path)
                return answers.fault(error)

        return view

    return wrap


def refusal_of_stranger(request: HttpRequest) -> HttpResponse | None:
    """Whether the headers alone show that no connected system calls: then what it is answered; else None."""
    try:
        _prove(request, (), ())
    except (DomainError, transport.TransportRefused) as error:
        return _refusal_answer(error)
    except (OperationalError, InterfaceError):
        log.exception("Cơ sở dữ liệu của trục không trả lời")
        return answers.fail(Refusal.AXIS_FAULT, status=503)
    return None


def _hear_out(request: HttpRequest) -> None:
    """Take what is left of the body before the answer goes out, as far as it is not too much.

    An HTTP server that has not heard a caller out closes the connection behind its answer; what the caller
    still sends then makes TCP throw the answer away, perhaps half read. Only who has proven to be a system
    is heard out: a stranger could hold a thread of ours by sending slowly.
    """
    length = request.META.get("CONTENT_LENGTH") or "0"
    with suppress(OSError):
        while length.isdigit() and int(length) <= _HEARD_OUT and request.read(_PIECE):
            pass


def _prove(request: HttpRequest, required: tuple[str, ...], optional: tuple[str, ...]) -> Call:
    now = timezone.now()
    known: dict[str, UUID] = {}

    def secrets_of(code: str) -> tuple[str, ...]:
        key = queries.find_system_key(_GATE, code=code) if transport.is_writable(code) else None
        if key is None:
            return ()
        known[key.code] = key.system_id
        return key.secrets

    sent = tuple(name for name in optional if f"{transport.PREFIX}{name}" in request.headers)
    window = settings.AXIS_REPLAY_SECONDS
    parameters = transport.verify_headers(
        request.headers,
        secrets_of=secrets_of,
        required=(*required, *sent),
        now=now,
        max_age=timedelta(seconds=window) if window else None,
    )
    for name, value in parameters.items():
        if not transport.is_writable(value):
            raise Refused(
                Refusal.BAD_PARAMETER, f"Tham số «{shorten(name)}» có ký tự không phải chữ viết được."
            )
    code = parameters.system_id
    if parameters.secret_place:
        # What tells the operator that the former secret cannot be ended yet.
        log.warning("Hệ thống %s còn dùng khóa bí mật cũ", code)
    actor = actors.system(f"Hệ thống {code}", agency_id=known[code])
    return Call(actor=actor, parameters=parameters, http=request, now=now)


#: What other layers refuse, in the axis's table; the first class that fits counts.
_TRANSLATIONS: tuple[tuple[type[Exception], Refusal], ...] = (
    (IllegalStep, Refusal.ILLEGAL_STEP),
    (EmptyFile, Refusal.EMPTY_FILE),
    (FileTooLarge, Refusal.TOO_LARGE),
    (BlobDamaged, Refusal.CONTENT_DAMAGED),
    (BlobVanished, Refusal.AXIS_FAULT),
    (Busy, Refusal.AXIS_FAULT),
    (transport.StaleTimestamp, Refusal.STALE_REQUEST),
    (transport.MissingHeader, Refusal.BAD_PARAMETER),
    (transport.TransportRefused, Refusal.NOT_AUTHENTIC),
    (DomainError, Refusal.BAD_PARAMETER),
)


def _refusal_answer(error: Exception) -> HttpResponse:
    if isinstance(error, Refused):
        return answers.fail(error.refusal, str(error))
    refusal = next(refusal for kind, refusal in _TRANSLATIONS if isinstance(error, kind))
    if refusal is Refusal.CONTENT_DAMAGED:
        log.error("Gói tin lưu trên trục bị hỏng hoặc mất: %s", error)
        return answers.fail(refusal, status=500)
    if refusal is Refusal.AXIS_FAULT:
        return answers.fail(refusal, status=503)
    return answers.fail(refusal, str(error))
