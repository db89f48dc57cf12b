"""`vanthu demo run`: bring the whole province up, keep it up, take it down."""

from __future__ import annotations

import argparse
import hashlib
import http.client
import importlib.metadata
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import vanthu
from vanthu.interfaces.cli.command import CommandRefused
from vanthu.interfaces.cli.demo.topology import Installation, Topology
from vanthu.interfaces.cli.supervisor import (
    AlreadyRunning,
    Child,
    ReadyMail,
    StopRequested,
    SupervisionFailed,
    Supervisor,
    command,
)
from vanthu.kernel.embedded_postgres import EmbeddedPostgres, PostgresRefused
from vanthu.kernel.errors import why

#: Recovery of a database after a crash, and a first start on a slow machine, may take long.
_START_SECONDS = 300.0
#: Programs of a demo that was killed need a moment to let go of their ports.
_PORT_SECONDS = 20.0


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments: PORT is the first of four ports."""
    parser.epilog = "PORT (mặc định 8000) là cổng đầu tiên: tỉnh, cơ quan ngoài tỉnh, trục, chứng thực."


def run(args: argparse.Namespace) -> int:
    """Run the demo until Ctrl-C or SIGTERM (exit code 0). Raises CommandRefused when it cannot go on."""
    topology = Topology.from_environment()
    try:
        (topology.var / "log").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandRefused(f"Không dùng được thư mục «{topology.var}»: {why(error)}.") from error
    try:
        with Supervisor(topology.var, facts=_facts(topology), say=_say) as supervisor:
            _bring_up(topology, supervisor)
            _greet(topology)
            supervisor.watch()
    except StopRequested:
        _say("Đã dừng. Dữ liệu còn nguyên; «make run» để chạy tiếp.")
        return 0
    except (SupervisionFailed, AlreadyRunning, PostgresRefused) as refused:
        raise CommandRefused(str(refused), exit_code=1) from refused


def _bring_up(topology: Topology, supervisor: Supervisor) -> None:
    began = time.monotonic()
    topology.require_distinct_ports()
    for port in (*(each.port for each in topology.installations), topology.pki_port):
        _require_free(port)
    _make_pki(topology)
    postgres = topology.postgres()
    _say("Khởi động cơ sở dữ liệu…")
    supervisor.start([_database(postgres)], timeout=_START_SECONDS)
    postgres.prepare_roles()
    for installation in topology.installations:
        _make_database(postgres, installation)
    _migrate(topology, postgres)
    _load(topology, postgres)
    _say("Khởi động các hệ thống…")
    supervisor.start(_programs(topology), timeout=_START_SECONDS)
    _say(f"Sẵn sàng sau {time.monotonic() - began:.1f} giây.")


def _make_pki(topology: Topology) -> None:
    """The PKI itself; the certificates of people and agencies are made when they are entered."""
    if not (topology.var / "pki" / "credentials.json").exists():
        _say("Tạo hệ thống chứng thực mẫu…")
        from vanthu.interfaces.cli.demo import pki

        pki.ensure(topology.var, [], [], topology.pki_url)


def _make_database(postgres: EmbeddedPostgres, installation: Installation) -> None:
    """The installation's database; one whose loading was cut short is made anew."""
    begun, done = _loading_stamps(postgres, installation)
    if begun.exists() and not done.exists():
        postgres.drop_database(installation.database)
    if postgres.create_database(installation.database):
        _migration_stamp(postgres, installation).unlink(missing_ok=True)


def _migrate(topology: Topology, postgres: EmbeddedPostgres) -> None:
    """Migrate the databases whose migrations changed since the last time."""
    wanted = _migrations_digest()
    due = [
        each for each in topology.installations if not _is_stamped(_migration_stamp(postgres, each), wanted)
    ]
    if due:
        _say("Tạo hoặc nâng cấp các bảng dữ liệu…")
    steps = [
        _Step(f"migrate-{each.name}", [*topology.program(each), "migrate"], topology.owner_environment(each))
        for each in due
    ]
    _run_together(topology, steps)
    for each in due:
        _migration_stamp(postgres, each).write_text(wanted, encoding="utf-8")


def _load(topology: Topology, postgres: EmbeddedPostgres) -> None:
    """Enter the demo's agencies, people and directory, once."""
    due = [each for each in topology.installations if not _loading_stamps(postgres, each)[1].exists()]
    if due:
        _say("Nạp tỉnh mẫu: cơ quan, người dùng, chứng thư số (chỉ lần đầu)…")
    steps = []
    for each in due:
        what = ["load", "--installation", each.name] if each.system_id else ["directory"]
        arguments = [sys.executable, "-m", "vanthu", "demo", *what]
        steps.append(_Step(f"load-{each.name}", arguments, topology.environment(each)))
        _loading_stamps(postgres, each)[0].touch()
    _run_together(topology, steps)
    for each in due:
        _loading_stamps(postgres, each)[1].touch()


def _migration_stamp(postgres: EmbeddedPostgres, installation: Installation) -> Path:
    """Beside the data it speaks of, so that both are kept or cleared together."""
    return postgres.home / f"migrated-{installation.name}"


def _loading_stamps(postgres: EmbeddedPostgres, installation: Installation) -> tuple[Path, Path]:
    """Loading begun, loading done."""
    home = postgres.home
    return home / f"loading-{installation.name}", home / f"loaded-{installation.name}"


def _database(postgres: EmbeddedPostgres) -> Child:
    return Child(
        name="postgres",
        start=postgres.spawn,
        ready=postgres.is_ready,
        address=postgres.url("postgres", "postgres"),
        stop_signal=signal.SIGINT,
        stop_seconds=60,
        outdated=postgres.is_outdated,
    )


def _programs(topology: Topology) -> list[Child]:
    pki = [sys.executable, "-m", "vanthu", "demo", "pki", "--folder", str(topology.var / "pki")]
    children = [
        Child(
            name="pki",
            start=command([*pki, "--port", str(topology.pki_port)], topology.environment(topology.province)),
            ready=lambda: _answers(topology.pki_url),
            address=topology.pki_url,
        )
    ]
    for each in topology.installations:
        children += [_web(topology, each), _worker(topology, each)]
    return children


def _web(topology: Topology, installation: Installation) -> Child:
    serve = [
        *topology.program(installation),
        "serve",
        "--host",
        "127.0.0.1",
        "--port",
        str(installation.port),
    ]
    return Child(
        name=f"{installation.name}-web",
        start=command(serve, topology.environment(installation)),
        ready=lambda: _answers(installation.address),
        after=("postgres",),
        address=installation.address,
    )


def _worker(topology: Topology, installation: Installation) -> Child:
    mail = ReadyMail(f"{installation.name}-worker")
    environment = topology.environment(installation) | {"NOTIFY_SOCKET": mail.address}
    start = command([*topology.program(installation), "worker"], environment)
    return Child(
        name=f"{installation.name}-worker",
        start=mail.before(start),
        ready=mail.arrived,
        after=("postgres",),
        stop_seconds=30,
    )


@dataclass(frozen=True)
class _Step:
    """A program that runs once, to its end."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]


def _run_together(topology: Topology, steps: Sequence[_Step]) -> None:
    """Run the steps side by side; refuse with the last line of the first that fails."""
    with ExitStack() as stack:
        running = []
        for step in steps:
            log = topology.var / "log" / f"{step.name}.log"
            output = stack.enter_context(log.open("wb"))
            process = command(step.arguments, step.environment)(output)
            stack.callback(_end, process)
            running.append((step, log, process))
        for step, log, process in running:
            if process.wait() != 0:
                lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
                raise CommandRefused(
                    f"Bước «{step.name}» không xong: {lines[-1] if lines else ''} Nhật ký: {log}", exit_code=1
                )


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
        process.wait()


def _answers(address: str) -> bool:
    """Whether a GET is answered with anything but a server error."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _require_free(port: int) -> None:
    limit = time.monotonic() + _PORT_SECONDS
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                if time.monotonic() > limit:
                    raise CommandRefused(
                        f"Cổng {port} đang có chương trình khác dùng. Hãy dừng nó, hoặc «make run PORT=…».",
                        exit_code=1,
                    ) from error
            else:
                return
        time.sleep(0.2)


def _migrations_digest() -> str:
    """Changes when any migration, ours or a library's, or the rights given after them, may have changed."""
    digest = hashlib.sha256()
    for library in ("Django", "procrastinate"):
        digest.update(importlib.metadata.version(library).encode())
    package = Path(vanthu.__file__).parent
    for path in sorted([*package.glob("*/migrations/*.py"), package / "kernel" / "database_rights.py"]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _is_stamped(stamp: Path, wanted: str) -> bool:
    return stamp.exists() and stamp.read_text(encoding="utf-8") == wanted


def _facts(topology: Topology) -> dict[str, object]:
    """What `vanthu demo play` and the tests read in var/run.json."""
    return {
        "addresses": {each.name: each.address for each in topology.installations} | {"pki": topology.pki_url},
        "trust": str(topology.var / "pki" / "trust" / "root.pem"),
    }


def _greet(topology: Topology) -> None:
    """Who may sign in where the main job happens, by role; then the addresses, last, where the eye rests."""
    from vanthu.interfaces.cli.demo.cast import IN_THE_STORY, INSTALLATIONS, PASSWORD, PIN

    for each in (topology.province, topology.outside):
        for plan in INSTALLATIONS[each.name]:
            if plan.code not in IN_THE_STORY:
                continue
            _say(f"\n  {plan.name} · {each.address}")
            for person in plan.people:
                roles = ", ".join(role.label for role in person.roles)
                note = " (lần đầu phải đổi mật khẩu)" if person.is_new else ""
                _say(f"    {roles:<18} {person.username:<20} {person.full_name}, {person.position}{note}")
    _say(f"\n  Mật khẩu của mọi tài khoản mẫu: {PASSWORD} · mã PIN ký số: {PIN}\n")
    for each in topology.installations:
        _say(f"  {each.label:<34} {each.address}")
    _say(f"  {'Chứng thực mẫu (OCSP, CRL, TSA)':<34} {topology.pki_url}")
    _say(f"  Nhật ký: {topology.var / 'log'} · Bấm Ctrl-C để dừng.\n")


def _say(line: str) -> None:
    print(line, flush=True)
