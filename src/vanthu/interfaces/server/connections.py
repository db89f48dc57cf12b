"""One connection: how a request comes in, who is asked about a long one, and how an answer goes out.

What waitress does stays its own: parsing, buffering, threads. Added is the time each step may take, what is
refused early, and that a client who was refused hears why before the connection is closed.
"""

from __future__ import annotations

import logging
import select
import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.task import ErrorTask, WSGITask
from waitress.utilities import Error

from vanthu.interfaces.server.limits import FREE_BODY, client_behind, is_trickle, is_trusted, neighbourhood
from vanthu.interfaces.server.refusals import RETRY_AFTER, Refusal, sentence, sentence_of
from vanthu.kernel.trouble import Unavailable, trouble_of

if TYPE_CHECKING:
    from vanthu.interfaces.server.listener import Server

logger = logging.getLogger(__name__)

#: Seconds and bytes for which a refused client is still listened to, so that it reads its answer.
_LINGER_SECONDS, _LINGER_BYTES = 5.0, 16 * 1024 * 1024
#: What only a proxy of ours may say.
_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED")


class Refused(Error):
    """A request the program itself refuses before its body is taken in."""

    code = 403
    reason = "Forbidden"

    def __init__(self, refusal: Refusal) -> None:
        super().__init__("")
        self.refusal = refusal


class NotKept(Error):
    """A request whose body the disk did not take."""

    code = 503
    reason = "Service Unavailable"

    def __init__(self, trouble: Unavailable) -> None:
        super().__init__("")
        self.trouble = trouble


class Request(HTTPRequestParser):
    """A request on its way in."""

    def __init__(self, adj: Adjustments) -> None:
        super().__init__(adj)
        self.began = self.headed = time.monotonic()
        #: Whether the program was asked about a long body, and whether it let it in.
        self.is_asking = self.is_admitted = False
        self._held = b""
        #: Why its body could not be kept; the rest is read past then.
        self._trouble: Unavailable | None = None

    @property
    def weight(self) -> int:
        """Bytes this request may come to on disk; nothing for what anybody may send."""
        if not (self.is_asking or self.is_admitted):
            return 0
        return self.content_length or self.adj.max_request_body_size

    def received(self, data: bytes) -> int:
        """Take in what came; while the program is asked it is held back."""
        if self.is_asking:
            self._held += data
            return len(data)
        if self._trouble is not None:
            return self._read_past(data)
        had_head = self.headers_finished
        try:
            consumed: int = super().received(data)
        except OSError as error:
            self._trouble = trouble_of(error)
            if self._trouble is None:
                raise
            logger.error("Không giữ được %s đang gửi đến: %s", self.path, error)
            self.close()
            return self._read_past(data)
        if self.headers_finished and not had_head:
            self.headed = time.monotonic()
        self.is_asking = not (self.completed or self.is_admitted) and self._is_long()
        return consumed

    def admit(self) -> bytes:
        """Go on; what was held back is to be received now."""
        self.is_asking, self.is_admitted = False, True
        held, self._held = self._held, b""
        return held

    def refuse(self, refusal: Refusal) -> None:
        """Answer this at once, whatever more was to come."""
        self.is_asking, self._held = False, b""
        self.error = Refused(refusal)
        self.completed = True

    def close(self) -> None:
        """Let go of what was kept; what still waits in memory may not fit on the disk either."""
        with suppress(OSError):
            super().close()

    def _read_past(self, data: bytes) -> int:
        """Keep nothing, and refuse at the end: a client that is not heard out hears no answer."""
        # Without an announced length nobody knows where the end is.
        rest = 0 if self.chunked else max(0, self.content_length - self.body_bytes_received)
        consumed = min(len(data), rest) if rest else len(data)
        self.body_bytes_received += consumed
        if consumed >= rest and self._trouble is not None:
            self.error, self.completed = NotKept(self._trouble), True
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        """As waitress, and nothing that two servers in a row could understand differently (RFC 9112 6.3)."""
        super().parse_header(header_plus)
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("both Transfer-Encoding and Content-Length")
        if "TRANSFER_ENCODING" in self.headers:
            raise ParsingError("Transfer-Encoding in HTTP/1.0")

    def _is_long(self) -> bool:
        return self.headers_finished and max(self.content_length, self.body_bytes_received) > FREE_BODY


class Handling(WSGITask):
    """A whole request in a thread of the program."""

    channel: Connection

    def get_environment(self) -> dict[str, Any]:
        """As waitress, with the client's own address, and no header that only a proxy may set."""
        if self.environ is not None:
            return self.environ
        environ: dict[str, Any] = super().get_environment()
        peer, proxies = environ["REMOTE_ADDR"], self.channel.server.proxies
        if is_trusted(peer, proxies):
            client = client_behind(peer, environ.get("HTTP_X_FORWARDED_FOR", ""), proxies)
            environ["REMOTE_ADDR"] = environ["REMOTE_HOST"] = client
        else:
            for name in _FORWARDED:
                environ.pop(name, None)
        return environ

    def build_response_header(self) -> bytes:
        """A server that stops ends each connection with the answer under way."""
        if self.channel.server.is_stopping:
            self.set_close_on_finish()
        return super().build_response_header()


class Refusing(ErrorTask):
    """The answer to what no program was asked about, in the program's own form."""

    channel: Connection

    def execute(self) -> None:
        """Answer, and end the connection."""
        error = self.request.error
        refusal = self._refusal_of(error)
        self.status = refusal.line
        self.response_headers += [("Content-Type", refusal.content_type), *refusal.headers]
        if refusal.status == 503:
            trouble = error.trouble if isinstance(error, NotKept) else None
            seconds = trouble.retry_after if trouble else RETRY_AFTER
            self.response_headers.append(("Retry-After", str(seconds)))
        self.set_close_on_finish()
        self.content_length = len(refusal.body)
        self.write(refusal.body)

    def _refusal_of(self, error: Error) -> Refusal:
        server = self.channel.server
        if isinstance(error, Refused):
            return error.refusal
        if isinstance(error, NotKept):
            return server.say(error.code, sentence_of(error.trouble))
        return server.say(error.code, sentence(error.code, limit=server.limits.body))


class Asking:
    """The question to the program, in one of its threads, whether a client may send what is long."""

    def __init__(self, connection: Connection, request: Request) -> None:
        self._connection, self._request = connection, request

    def service(self) -> None:
        """Ask; the answer is carried out where the connections are."""
        server = self._connection.server
        try:
            refusal = server.ask(Handling(self._connection, self._request).get_environment())
        except Exception as error:
            trouble = trouble_of(error)
            logger.error("Không hỏi được ai gửi %s", self._request.path, exc_info=error)
            refusal = (
                server.say(503, sentence_of(trouble)) if trouble else server.say(500, sentence(500, limit=0))
            )
        server.answered.append((self._connection, self._request, refusal))
        server.pull_trigger()

    def cancel(self) -> None:
        """The server stops."""
        self._connection.cancel()


class Connection(HTTPChannel):
    """A client's connection, with the time it has."""

    server: Server
    request: Request | None
    requests: list[Request]
    _fileno: int
    parser_class = Request
    task_class = Handling
    error_task_class = Refusing

    def __init__(self, server: Server, sock: socket.socket, addr: Any, adj: Adjustments, map: Any) -> None:
        # waitress's own __init__ puts it among the server's channels.
        self.neighbourhood = neighbourhood(str(addr[0]))
        self.waits_since = time.monotonic()
        self._pieces = self._received = 0
        self._sent = 0
        #: Since when an answer is going out, and how much had gone before; None while none is.
        self._sending: tuple[float, int] | None = None
        self._lingers_until: float | None = None
        self._heard_out = _LINGER_BYTES
        self._is_unheard = False
        super().__init__(server, sock, addr, adj, map=map)

    def client_of(self, request: Request) -> str:
        """Who sends it, as one address."""
        named = request.headers.get("X_FORWARDED_FOR", "")
        return neighbourhood(client_behind(str(self.addr[0]), named, self.server.proxies))

    # What it does now.

    @property
    def is_waiting(self) -> bool:
        """Whether the client has the next word: nothing is under way for it, and nothing to be sent."""
        return not (
            self.requests or self.total_outbufs_len or self.will_close or self.close_when_flushed
        ) and (self.request is None or not self.request.is_asking)

    @property
    def awaits(self) -> int:
        """What the client has to do, as events of epoll: send, or read; 0 while it is our turn."""
        if self.is_waiting or self._lingers_until is not None:
            return select.EPOLLIN
        return 0 if self.requests or not self.total_outbufs_len else select.EPOLLOUT

    @property
    def is_idle(self) -> bool:
        """Whether nothing at all is under way."""
        return self.is_waiting and self.request is None

    @property
    def trickles(self) -> bool:
        """Whether its request comes in crumbs."""
        return self.request is not None and is_trickle(pieces=self._pieces, received=self._received)

    def weight(self) -> int:
        """Bytes its requests may come to on disk."""
        return sum(each.weight for each in (*self.requests, *([self.request] if self.request else ())))

    def is_overdue(self, now: float) -> bool:
        """Whether its client took longer than it may with what it has to do."""
        limits = self.server.limits
        if self._lingers_until is not None:
            return now > self._lingers_until
        if self.total_outbufs_len:
            since, before = self._sending = self._sending or (now, self._sent)
            return now - since > limits.time_for(self._sent - before)
        self._sending = None
        if not self.is_waiting:
            return False
        if self.request is None:
            return now - self.waits_since > limits.idle
        if not self.request.headers_finished:
            return now - self.request.began > limits.grace
        return now - self.request.headed > limits.time_for(self.request.body_bytes_received)

    # What waitress calls.

    def readable(self) -> bool:
        """As waitress; and not while the program is asked."""
        if self._lingers_until is not None:
            return True
        if self.request is not None and self.request.is_asking:
            return False
        return super().readable()

    def writable(self) -> bool:
        """As waitress, until nothing more is said."""
        return self._lingers_until is None and bool(super().writable())

    def handle_read(self) -> None:
        """Take in what came, and ask the program about what is long."""
        if self._lingers_until is not None:
            self._overhear()
            return
        super().handle_read()
        self.look_at_request()

    def look_at_request(self) -> None:
        """What follows from what has come in by now."""
        request = self.request
        if any(each.error for each in self.requests):
            self._is_unheard = True
        if request is None:
            self._pieces = self._received = 0
            self.waits_since = time.monotonic()
        elif request.is_asking:
            self.server.question(self, request)

    def received(self, data: bytes) -> bool:
        """Count, and take in."""
        self._pieces, self._received = self._pieces + 1, self._received + len(data)
        return bool(super().received(data))

    def carry_on(self, request: Request, refusal: Refusal | None) -> None:
        """Go on with a long request as the program said."""
        if not self.connected or self.request is not request:
            return
        if refusal is None:
            self.received(request.admit())
            self.look_at_request()
            return
        with self.requests_lock:
            request.refuse(refusal)
            self.request, self._is_unheard = None, True
            self.requests.append(request)
            self.server.add_task(self)

    def service(self) -> None:
        """As waitress, in a thread of the program."""
        request = self.requests[0]
        try:
            super().service()
        finally:
            self.server.leave_lane(request)

    def send(self, data: bytes, do_close: bool = True) -> int:
        """As waitress, counted."""
        sent: int = super().send(data, do_close=do_close)
        self._sent += sent
        return sent

    def handle_write(self) -> None:
        """As waitress; who was refused before he was heard out is listened to for a while."""
        if not (self._is_unheard and self.close_when_flushed and not self.requests):
            super().handle_write()
            self.waits_since = time.monotonic()
            return
        self._flush_exception(self._flush_some)
        if not self.total_outbufs_len and self.connected:
            # Closed with bytes unread, TCP would throw the answer away, perhaps half read.
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)
            self._lingers_until = time.monotonic() + _LINGER_SECONDS
        elif self.will_close:
            self.handle_close()

    def _overhear(self) -> None:
        """Read past what a refused client still sends."""
        try:
            # At the end of what is sent, recv closes by itself.
            self._heard_out -= len(self.recv(256 * 1024))
        except OSError:
            self.handle_close()
            return
        if self._heard_out <= 0 and self.connected:
            self.handle_close()

    def handle_close(self) -> None:
        """Close, and let go of what was taken in."""
        super().handle_close()
        request, self.request = self.request, None
        if request is not None and not request.is_asking:
            request.close()

    def del_channel(self, map: Any = None) -> None:
        """It is no longer there, nor parked."""
        self.server.leave(self)
        super().del_channel(map)
