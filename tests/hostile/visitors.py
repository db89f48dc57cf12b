"""Who knocks at the doors of the pages, with what, and what the system made of it."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

from django.core.signals import request_finished
from django.db import close_old_connections, connection
from django.http import HttpResponse
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests import arrivals
from tests.aside import packet_aside, work_aside
from tests.hostile import values
from tests.hostile.addresses import Address
from tests.outgoing.standing import in_state
from tests.outgoing.steps import CAST, upload_of
from tests.pdfsign.documents import typeset
from tests.world import PASSWORD, World
from vanthu.interfaces.front import make_readable
from vanthu.outgoing.states import State

#: Rows that come and go with every visit.
_PASSING = {"django_session"}
#: An attempt to sign in is counted and recorded whatever comes of it.
MAY_WRITE_THOUGH_REFUSED = {"accounts:sign-in"}


@dataclass
class Town:
    """The cast with documents in every state, and their ids by the name an address has for them."""

    world: World
    ids: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def build(cls, world: World) -> Town:
        town = cls(world)
        sent = [in_state(world, state) for state in State]
        came = [act(world) for act in (arrivals.arrived, arrivals.registered, arrivals.processing)]
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM documents_documentfile")
            files = [str(row[0]) for row in cursor.fetchall()]
        registers = [world.outgoing_register.id, world.incoming_register.id]
        town.ids = {
            "document_id": [str(each) for each in (*sent, *came)],
            "file_id": files,
            "register_id": [str(each) for each in registers],
            "delivery_id": [str(uuid4())],
            "packet_id": [str(packet_aside(world.department).id), str(packet_aside(None).id)],
            "attempt_id": [str(work_aside().id)],
            "upload_id": [str(upload_of(world))],
        }
        return town

    def plausible(self, rng: random.Random) -> dict[str, Any]:
        """A form filled in by somebody who means it, whichever form it is."""
        world = self.world
        people = [str(post.user_id) for post in world.posts.values()]
        return {
            "type_code": "CV",
            "subject": "V/v rà soát",
            "urgency": "1",
            "secrecy": "normal",
            "signer_id": str(world.leader.user_id),
            "recipients": [str(world.neighbour.id), str(world.remote.id)],
            "to_places": "Lưu: VT",
            "due_on": "",
            "due_at": "2026-12-01T10:00",
            "leader": str(world.leader.user_id),
            "user_id": rng.choice(people),
            "instruction": "Xử lý",
            "reason": "Sai thể thức",
            "result": "Đã xong",
            "comment": "Nhất trí",
            "word": "Đã gọi",
            "pin": "123456",
            "draft_key": str(uuid4()),
            "assignees": [
                f"lead:user-{rng.choice(people)}",
                f"support:unit-{world.civil_service.id}",
            ],
            **{
                f"{box}-{part}": value
                for box in ("number", "day", "month", "signature", "seal")
                for part, value in {"page": "1", "x": "10", "y": "10", "width": "20", "height": "20"}.items()
            },
        }


@dataclass
class Knock:
    """One request, so that a failure can be told and made again."""

    who: str
    method: str
    address: Address
    path: str
    query: str = ""
    form: dict[str, Any] = field(default_factory=dict)
    body: bytes | None = None
    content_type: str = MULTIPART_CONTENT
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        said = {name: repr(value)[:80] for name, value in self.form.items()}
        return (
            f"{self.who}: {self.method} {self.path[:200]}?{self.query[:200]} {said}"
            f" {(self.body or b'')[:80]!r} {self.content_type!r} {self.headers}"
        )

    def send(self, browser: Client) -> HttpResponse:
        body = encode_multipart(BOUNDARY, self.form) if self.body is None else self.body
        extra: dict[str, Any] = {
            "HTTP_" + name.upper().replace("-", "_"): values.as_header(value)
            for name, value in self.headers.items()
        }
        for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            if f"HTTP_{name}" in extra:
                extra[name] = extra.pop(f"HTTP_{name}")
        return browser.generic(  # type: ignore[return-value]  # mypy knows the test client's own class only
            self.method,
            self.path,
            body if self.method not in {"GET", "HEAD"} else b"",
            self.content_type,
            QUERY_STRING=self.query,
            **extra,
        )


def raw(text: str) -> str:
    """In percent signs, half pairs and all."""
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def query_of(names: dict[str, str]) -> str:
    return "&".join(f"{raw(name)}={raw(value)}" for name, value in names.items())


def somewhere(address: Address, town: Town, rng: random.Random) -> str:
    """A path of this address: to what is there, or hostile."""
    filled = {
        part: rng.choice(town.ids[part]) if rng.random() < 0.9 else raw(values.text(rng)) or "x"
        for part in address.parts
    }
    return address.path(**filled)


def knock(address: Address, names: list[str], town: Town, rng: random.Random) -> Knock:
    """One random request to an address."""
    made = Knock(
        who=rng.choice(["stranger", *CAST]),
        method=rng.choice(values.METHODS),
        address=address,
        path=somewhere(address, town, rng),
    )
    few = rng.sample(names, rng.choice([0, 1, 1, 2, 5]))
    made.query = query_of(
        {name: values.text(rng) for name in few if rng.random() < 0.5 or made.method == "GET"}
    )
    if made.method not in {"GET", "HEAD"}:
        _fill_in(made, few, town, rng)
    if rng.random() < 0.3:
        for name in rng.sample(values.HEADERS, rng.choice([1, 1, 3])):
            made.headers[name] = values.text(rng)
    if rng.random() < 0.25:
        made.headers["HX-Request"] = "true"
    return made


def _fill_in(made: Knock, few: list[str], town: Town, rng: random.Random) -> None:
    if rng.random() < 0.15:
        made.body, made.content_type = rng.choice(values.BODIES), rng.choice(values.CONTENT_TYPES)
        return
    made.form = town.plausible(rng) if rng.random() < 0.8 else {}
    for name in few:
        wild = [values.text(rng) for _ in range(rng.choice([1, 1, 1, 3]))]
        made.form[name] = [each.encode("utf-8", "surrogatepass").decode("utf-8", "replace") for each in wild]
    if rng.random() < 0.15:
        name = values.text(rng).replace('"', "").replace("\r", "").replace("\n", "")[:300]
        content = rng.choice([b"", b"%PDF", _letter()])
        made.form["draft_file"] = _Upload(name.encode("utf-8", "replace").decode(), content)
    if rng.random() < 0.2:
        made.content_type = "application/x-www-form-urlencoded"
        made.body = urlencode(
            {name: value for name, value in made.form.items() if name != "draft_file"}, doseq=True
        ).encode()


def _letter() -> bytes:
    return typeset(name="Phạm Văn Hùng", title_lines=("GIÁM ĐỐC",))


def at_the_front() -> Client:
    """A browser whose requests pass what stands before Django, as those of a server do."""
    browser = Client(raise_request_exception=False)
    inside = browser.handler

    def handler(environ: dict[str, Any]) -> Any:
        make_readable(environ)
        return inside(environ)

    browser.handler = handler  # type: ignore[assignment]  # the client calls it, and does nothing else with it
    return browser


def close(answer: HttpResponse) -> None:
    """As a server does at its end, but for the database: the test goes on."""
    request_finished.disconnect(close_old_connections)
    answer.close()
    request_finished.connect(close_old_connections)


class _Upload(io.BytesIO):
    """A file of any name, also one Django's own would refuse to have."""

    def __init__(self, name: str, content: bytes) -> None:
        super().__init__(content)
        self.name = name


class Browsers:
    """One browser for each of the cast and for a stranger; who was signed out signs in again."""

    def __init__(self) -> None:
        self._browsers: dict[str, Client] = {}

    def of(self, who: str, ledger: Ledger) -> Client:
        browser = self._browsers.get(who)
        if browser is None:
            browser = self._browsers[who] = at_the_front()
            if who != "stranger":
                credentials = {"username": who.replace("_", "."), "password": PASSWORD}
                assert browser.post("/dang-nhap/", credentials).status_code == 303, who
                ledger.read_again()
        return browser

    def forget(self, who: str) -> None:
        self._browsers.pop(who, None)


class Ledger:
    """Whether the database is what it was: looked at after whatever wrote into it."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
            tables = [row[0] for row in cursor.fetchall() if row[0] not in _PASSING]
        self._question = " UNION ALL ".join(
            f"SELECT '{table}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t"
            for table in tables
        )
        self.wrote = False
        self.was = self._look()

    def _look(self) -> dict[str, str]:
        with connection.cursor() as cursor:
            cursor.execute(self._question)
            return dict(cursor.fetchall())

    def read_again(self) -> None:
        """Take what is there now for what was."""
        self.was, self.wrote = self._look(), False

    def changed(self) -> list[str]:
        """Tables that are not what they were when last asked."""
        if not self.wrote:
            return []
        now = self._look()
        changed = [table for table, sum_ in now.items() if self.was[table] != sum_]
        self.was, self.wrote = now, False
        return changed

    @contextmanager
    def watching(self) -> Iterator[None]:
        def note(execute: Any, sql: Any, *rest: Any) -> Any:
            text = str(sql).lstrip().upper()
            self.wrote = self.wrote or text.startswith(("INSERT", "UPDATE", "DELETE", "WITH"))
            return execute(sql, *rest)

        with connection.execute_wrapper(note):
            yield
