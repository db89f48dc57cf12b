"""From issuing to the receiver's desk: two installations and the axis between, as `make run` has them."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import httpx
import psycopg

from benchmarks.children import MeasuringFailed
from benchmarks.figures import Figure, Limit, median
from benchmarks.house import FIRST_PORT, House
from vanthu.interfaces.cli.command import CommandRefused
from vanthu.interfaces.cli.demo.cast import INSTALLATIONS, PASSWORD, PIN
from vanthu.interfaces.cli.demo.letters import SAMPLE_BODY, typeset
from vanthu.interfaces.cli.demo.topology import POLL_SECONDS, Installation, Topology
from vanthu.interfaces.cli.demo.visitor import Upload, Visitor
from vanthu.kernel.embedded_postgres import SUPERUSER

_LETTERS = 10
#: The demo's four ports begin here.
_PORT = FIRST_PORT + 10
_START_SECONDS, _PREPARING_SECONDS, _PATIENCE = 300.0, 90.0, 60.0
_SENDER = next(plan for plan in INSTALLATIONS["province"] if plan.abbreviation == "SNV")
_RECEIVER = INSTALLATIONS["outside"][0]


def measure(house: House, *, documents: int) -> list[Figure]:
    """Seconds from issuing a sealed letter until the receiving clerk's list shows it; p50 and the longest."""
    topology = Topology(house.var / "demo", _PORT)
    state = topology.var / "run.json"
    state.unlink(missing_ok=True)
    environment = {**os.environ, "VANTHU_VAR": str(topology.var), "PORT": str(_PORT)}
    run = [sys.executable, "-m", "vanthu", "demo", "run"]
    with house.serving("demo", run, environment, lambda: _is_ready(state), seconds=_START_SECONDS):
        try:
            taken, lain, size = _carry(topology)
        except CommandRefused as refused:
            raise MeasuringFailed(str(refused)) from refused
    copying = Limit(
        what=f"băm và gửi {size / 1024:.0f} KB qua HTTP nội bộ", value=_copying(house, size), unit="giây"
    )
    work = [whole - waiting for whole, waiting in zip(taken, lain, strict=True)]
    poll = Limit(what="chu kỳ xem hộp nhận", value=POLL_SECONDS, unit="giây")
    return [
        Figure(
            what="từ phát hành đến khi nơi nhận thấy, p50",
            value=median(taken),
            unit="giây",
            limit=poll,
            note=f"{len(taken)} văn bản",
        ),
        Figure(
            what="từ phát hành đến khi nơi nhận thấy, lâu nhất", value=max(taken), unit="giây", limit=poll
        ),
        Figure(what="trừ thời gian nằm chờ trên trục, p50", value=median(work), unit="giây", limit=copying),
        Figure(what="trừ thời gian nằm chờ trên trục, lâu nhất", value=max(work), unit="giây"),
    ]


def _is_ready(state: Any) -> bool:
    try:
        return bool(json.loads(state.read_text(encoding="utf-8"))["state"] == "ready")
    except (OSError, ValueError):
        return False


def _carry(topology: Topology) -> tuple[list[float], list[float], int]:
    """Seconds until each letter was seen, seconds it lay on the axis, and the size of its packet."""
    mark = datetime.now(UTC).strftime("do%d%H%M%S")
    with ExitStack() as stack:

        def person(installation: Installation, username: str) -> Visitor:
            visitor = Visitor(installation.address, username, PASSWORD)
            stack.callback(visitor.close)
            return visitor

        office = {
            name: person(topology.province, f"snv.{name}")
            for name in ("chuyenvien", "truongphong", "giamdoc", "vanthu")
        }
        receiver = person(topology.outside, "tp.vanthu")
        letters: list[tuple[str, str]] = []
        began = time.monotonic()
        for number in range(_LETTERS):
            if letters and time.monotonic() > began + _PREPARING_SECONDS:
                break
            subject = f"V/v đo thời gian chuyển {mark}x{number:02d}"
            letters.append((_prepare(office, subject), subject))
        seen = []
        for document, subject in letters:
            office["vanthu"].post(f"/van-ban-di/{document}/phat-hanh/", {})
            seen.append(_await(receiver, subject.rpartition(" ")[2]))
    with _connect(topology, topology.province) as connection:
        issued = [
            _one(
                connection, "SELECT issued_at FROM outgoing_outgoingdocument WHERE document_id = %s", document
            )[0]
            for document, _ in letters
        ]
    with _connect(topology, topology.axis) as connection:
        lain = [
            _one(
                connection,
                "SELECT i.fetched_at - i.created_at, b.size FROM axis_packet p"
                " JOIN axis_mailboxitem i ON i.packet_id = p.id JOIN kernel_blob b ON b.sha256 = p.content_id"
                " WHERE p.subject = %s",
                subject,
            )
            for _, subject in letters
        ]
    return (
        [(at - since).total_seconds() for at, since in zip(seen, issued, strict=True)],
        [waiting.total_seconds() for waiting, _ in lain],
        lain[0][1],
    )


def _prepare(office: dict[str, Visitor], subject: str) -> str:
    """A letter to the outside agency, drafted, approved, signed and sealed; its key."""
    officer, signer = office["chuyenvien"], next(each for each in _SENDER.people if each.signing_title)
    form = officer.get("/van-ban-di/soan/")
    pdf = typeset(
        agency=_SENDER,
        unit="CCVC",
        signer=signer,
        notation="SNV-CCVC",
        subject=subject,
        to=[_RECEIVER.name],
        body=SAMPLE_BODY,
        year=datetime.now(UTC).year,
    )
    upload: Upload = ("draft_file", ("du-thao.pdf", pdf, "application/pdf"))
    fields = {
        "type_code": "CV",
        "subject": subject,
        "urgency": "0",
        "secrecy": "normal",
        "signer_id": str(
            form.tree.xpath(
                "//select[@name='signer_id']/option[contains(., $name)]/@value", name=signer.full_name
            )[0]
        ),
        "recipients": officer.found("/co-quan/tim/", _RECEIVER.name),
        "to_places": "Lưu: VT, CCVC",
    }
    document = officer.post("/van-ban-di/soan/", fields, [upload]).document_id
    here = f"/van-ban-di/{document}"
    officer.post(f"{here}/trinh/", {})
    office["truongphong"].post(f"{here}/duyet/", {"comment": "Đồng ý"})
    office["giamdoc"].post(f"{here}/ky/", {"pin": PIN})
    page = office["vanthu"].act(f"{here}/cap-so-dong-dau/", {"pin": PIN})
    if page.state != "sealed":
        raise MeasuringFailed(f"Văn bản không đóng dấu được: {page.problem}")
    return document


def _await(receiver: Visitor, mark: str) -> datetime:
    """When the receiver's list first showed the letter. Raises MeasuringFailed."""
    limit = time.monotonic() + _PATIENCE
    while time.monotonic() < limit:
        page = receiver.get(f"/van-ban-den/?tab=arrived&q={mark}")
        if page.tree.xpath("//*[@data-row]"):
            return datetime.now(UTC)
        time.sleep(0.1)
    raise MeasuringFailed(f"Chờ {_PATIENCE:.0f} giây mà nơi nhận chưa thấy «{mark}».")


def _connect(topology: Topology, installation: Installation) -> psycopg.Connection[Any]:
    return psycopg.connect(topology.postgres().url(installation.database, SUPERUSER))


def _one(connection: psycopg.Connection[Any], query: str, key: str) -> Any:
    row = connection.execute(query.encode(), [key]).fetchone()
    if row is None:
        raise MeasuringFailed(f"Không thấy «{key}» trong cơ sở dữ liệu.")
    return row


def _copying(house: House, size: int) -> float:
    """Seconds to hash so many bytes and hand them to a server on this machine."""
    content, port = os.urandom(size), FIRST_PORT + 2
    times = []
    with house.serving_hello(port), httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        for _ in range(20):
            began = time.perf_counter()
            hashlib.sha256(content).hexdigest()
            client.post("/", content=content)
            times.append(time.perf_counter() - began)
    return median(times)
