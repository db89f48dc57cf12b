"""The connections of one server process: a bounded number, each with bounded time, and cheap while it waits.

waitress looks at every open connection whenever anything happens on one of them. Here a connection whose
client has the next word is parked with the kernel (epoll) and looked at only when something comes; one whose
request comes in crumbs is read by the tick. So a thousand slow clients cost a page nothing.
"""

from __future__ import annotations

import logging
import select
import socket
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Sequence
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer

from vanthu.interfaces.server.connections import Asking, Connection, Request
from vanthu.interfaces.server.lane import Lane
from vanthu.interfaces.server.limits import (
    HEAD_BYTES,
    Limits,
    Network,
    Waiting,
    is_trusted,
    neighbourhood,
    whom_to_drop,
)
from vanthu.interfaces.server.refusals import BUSY, Admission, Refusal, Voice, sentence

logger = logging.getLogger(__name__)

#: Seconds between two looks at everything, and between two at what comes in crumbs.
_TICK, _CRUMBS_TICK = 0.5, 1.0
#: Connections taken in at once, before others are looked at.
_WELCOMED_AT_ONCE = 16


class _Lot:
    """Parked connections; itself something to poll: readable when one of them is."""

    accepting = False

    def __init__(self, wake: Callable[[list[tuple[int, int]]], None]) -> None:
        self._epoll = select.epoll()
        self._wake = wake

    def fileno(self) -> int:
        return self._epoll.fileno()

    def park(self, descriptor: int, events: int) -> None:
        self._epoll.register(descriptor, events)

    def leave(self, descriptor: int) -> None:
        self._epoll.unregister(descriptor)

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    def handle_read_event(self) -> None:
        self._wake(self._epoll.poll(0))

    def handle_error(self) -> None:
        logger.exception("Lỗi khi nhận yêu cầu")

    def close(self) -> None:
        self._epoll.close()


class Server(TcpWSGIServer):
    """Serves one program on a socket that is bound already, in one process."""

    channel_class = Connection
    #: waitress's own: what is polled, and every connection, by descriptor.
    _map: dict[int, Any]
    accepting: bool
    active_channels: dict[int, Connection]

    def __init__(
        self,
        application: Any,
        sock: socket.socket,
        *,
        threads: int,
        limits: Limits,
        proxies: Sequence[Network],
        say: Voice,
        admit: Admission,
        narrow: Collection[str] = (),
    ) -> None:
        self.limits, self.proxies, self.say, self._admit = limits, tuple(proxies), say, admit
        self.is_stopping = self._is_over = False
        self._lane = Lane(narrow, places=max(1, threads // 2))
        #: What the program said about long requests; to be carried out by the loop.
        self.answered: deque[tuple[Connection, Request, Refusal | None]] = deque()
        self._stop_by = float("inf")
        self._parked: dict[int, tuple[Connection, _Lot]] = {}
        self._crumbs, self._quiet = _Lot(self._wake), _Lot(self._wake)
        map: dict[int, Any] = {}
        adjustments = Adjustments(
            sockets=[sock],
            threads=threads,
            ident=None,
            recv_bytes=64 * 1024,
            max_request_header_size=HEAD_BYTES,
            # waitress refuses what reaches the limit.
            max_request_body_size=limits.body + 1,
            # An answer waits on disk for a slow reader, and its thread is free.
            outbuf_high_watermark=1024 * 1024 * 1024,
            clear_untrusted_proxy_headers=False,
            log_socket_errors=False,
        )
        info = (sock.family, sock.type, sock.proto, sock.getsockname())
        super().__init__(application, map, True, sock, adj=adjustments, sockinfo=info, bind_socket=False)
        map[self._quiet.fileno()] = self._quiet

    def run(self) -> None:
        """Serve until `stop`, and then until what is under way is finished or its time is over."""
        look = crumbs = 0.0
        while not (self.is_stopping and self._is_done()):
            wasyncore.poll2(_TICK, self._map)
            while self.answered:
                connection, request, refusal = self.answered.popleft()
                connection.carry_on(request, refusal)
            now = time.monotonic()
            if now >= look:
                look = now + _TICK
                self._look_around(now)
            if now >= crumbs:
                crumbs = now + _CRUMBS_TICK
                self._crumbs.handle_read_event()
        self.task_dispatcher.shutdown(timeout=1)
        for connection in self._open():
            connection.handle_close()
        self._stop_listening()
        # Another file may have its number by the next moment: nobody writes to it any more.
        self._is_over = True
        self.trigger.close()
        for lot in (self._crumbs, self._quiet):
            lot.close()

    def stop(self, *, seconds: float) -> None:
        """Take nothing new, and be done after so many seconds at most. May be called by a signal."""
        self._stop_by = time.monotonic() + seconds
        self.is_stopping = True
        self.pull_trigger()

    def question(self, connection: Connection, request: Request) -> None:
        """Whether a long request may come in: is there room for it, and what does the program say?"""
        if self._is_room_for(connection):
            self.add_task(Asking(connection, request))
        else:
            logger.warning("Hết chỗ nhận tệp; từ chối %s", connection.neighbourhood)
            self.answered.append((connection, request, self.say(503, sentence(503, limit=self.limits.body))))
            self.pull_trigger()

    def add_task(self, task: Any) -> None:
        """Give a thread to it, unless it is of the narrow way and that is full."""
        if not isinstance(task, Connection) or self._lane.may_pass(task, task.requests[0]):
            super().add_task(task)

    def leave_lane(self, request: Request) -> None:
        """A request is answered: the next of the narrow way goes on."""
        following = self._lane.leave(request)
        if following is not None:
            super().add_task(following)

    def ask(self, environ: dict[str, Any]) -> Refusal | None:
        """The program's word."""
        return self._admit(environ)

    def leave(self, connection: Connection) -> None:
        """Forget that a connection was parked."""
        parked = self._parked.pop(connection._fileno, None)
        if parked is not None:
            parked[1].leave(connection._fileno)

    # What waitress calls.

    def pull_trigger(self) -> None:
        """Wake the loop, while there is one."""
        if not self._is_over:
            super().pull_trigger()

    def readable(self) -> bool:
        """Whether new connections are taken in; what waitress looks after here, `_look_around` does."""
        return bool(self.accepting) and not self.is_stopping

    def handle_accept(self) -> None:
        """Take in who comes; when all places are taken, whoever waits longest makes room."""
        for _ in range(_WELCOMED_AT_ONCE):
            try:
                taken = self.accept()
                if taken is None:
                    return
                connection, address = taken
                self.set_socket_options(connection)
            except OSError:
                return
            if self._make_room(neighbourhood(str(address[0])), str(address[0])):
                Connection(self, connection, address, self.adj, map=self._map)
            else:
                connection.close()

    def _make_room(self, address: str, near: str) -> bool:
        """Whether there is a place for one more connection from there, made if need be."""
        if not is_trusted(address, self.proxies):
            here = [each for each in self._open() if each.neighbourhood == near]
            if len(here) >= self.limits.per_address and not self._drop_one_of(here):
                return False
        if len(self.active_channels) < self.limits.connections:
            return True
        return self._drop_one_of(self._open())

    def _drop_one_of(self, connections: Sequence[Connection]) -> bool:
        waiting = [
            Waiting(key=each._fileno, neighbourhood=each.neighbourhood, since=each.waits_since)
            for each in connections
            if each.is_waiting
        ]
        chosen = whom_to_drop(waiting)
        if chosen is None:
            return False
        self.active_channels[chosen].handle_close()
        return True

    def _is_room_for(self, asking: Connection) -> bool:
        """Whether all long bodies, this one too, may lie on disk; those of one address may take half."""
        held = Counter[str]()
        for each in self._open():
            held[each.neighbourhood] += each.weight()
        near = asking.neighbourhood
        share = self.limits.bodies if is_trusted(near, self.proxies) else self.limits.bodies // 2
        return held[near] <= share and held.total() <= self.limits.bodies

    def _open(self) -> list[Connection]:
        return list(self.active_channels.values())

    def _look_around(self, now: float) -> None:
        """Close what is overdue, park what waits; of a server that stops, close what does nothing."""
        if self.is_stopping:
            self._stop_listening()
        for each in self._lane.take_impatient(now):
            each.requests[0].refuse(self.say(503, BUSY))
            super().add_task(each)
        for each in self._open():
            if each.is_overdue(now) or (self.is_stopping and each.is_idle):
                each.handle_close()
            elif each._fileno not in self._parked:
                self._park(each)

    def _stop_listening(self) -> None:
        if self.accepting:
            self.accepting = False
            self.del_channel()
            self.socket.close()

    def _park(self, connection: Connection) -> None:
        events = connection.awaits
        if not events:
            return
        descriptor = connection._fileno
        lot = self._crumbs if connection.trickles else self._quiet
        lot.park(descriptor, events)
        self._parked[descriptor] = (connection, lot)
        self._map.pop(descriptor, None)

    def _wake(self, happened: list[tuple[int, int]]) -> None:
        """Do what may be done on parked connections, and park those again whose clients have the word."""
        for descriptor, events in happened:
            connection, lot = self._parked[descriptor]
            lot.leave(descriptor)
            del self._parked[descriptor]
            self._map[descriptor] = connection
            # epoll's events are poll's.
            wasyncore.readwrite(connection, events)
            if connection.connected and not connection.is_idle:
                self._park(connection)

    def _is_done(self) -> bool:
        return not self.active_channels or time.monotonic() > self._stop_by
