"""The embedded database: Debian's own PostgreSQL as a supervised child process, its data in one folder.

It is the default for one machine; a real server is used instead by setting DATABASE_URL. The server
listens on a socket inside its data folder only (no TCP), so whoever may open that folder is whoever
runs it. PostgreSQL refuses to run as root: started by root, it runs as the owner of an existing data
folder, or as Debian's `postgres` user for a new one.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psycopg
from psycopg import sql

from vanthu.kernel.program_files import Files, program_files

#: Owns every database and its tables; migrations run as this role.
OWNER_ROLE = "vanthu_owner"
#: What the programs work as; migrations grant it what it may do.
APP_ROLE = "vanthu_app"
SUPERUSER = "postgres"
EXTENSIONS = ("unaccent", "pg_trgm")
#: ICU locale vi-VN, which initdb knows to set for whole clusters, came with this version.
OLDEST_VERSION = 15
DEBIAN_VERSIONS = Path("/usr/lib/postgresql")

_SOCKET_NAME = ".s.PGSQL.5432"
#: `sun_path` of unix(7): 108 bytes with the closing zero.
_SOCKET_PATH_BYTES = 107
#: The planner's own defaults are for spinning disks and for reports: they read whole tables where an index
#: would do, and compile queries that take a millisecond.
_FOR_SHORT_QUERIES = {"random_page_cost": "1.1", "jit": "off"}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresRefused(Exception):
    """Không chạy được PostgreSQL."""


class EmbeddedPostgres:
    """One PostgreSQL cluster in `home`: `home/data` (the cluster), `home/lock` (who runs it).

    `durable=False` trades safety for speed and is for throw-away test clusters only. `settings` are
    further server settings (`shared_buffers`, …). Every method that starts or stops belongs to the thread
    that created the object: the server ends when that thread does.
    """

    def __init__(
        self, home: Path, *, durable: bool = True, settings: Mapping[str, str] | None = None
    ) -> None:
        self.home = home.absolute()
        self.data = self.home / "data"
        self._settings = {
            "listen_addresses": "",
            "unix_socket_directories": ".",
            "max_connections": "200",
            "timezone": "UTC",
            **_FOR_SHORT_QUERIES,
            **({} if durable else _NOT_DURABLE),
            **(settings or {}),
        }
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None
        self._binary = ""
        #: The program's files when it was started, and when somebody last asked.
        self._started_from: Files | None = None
        self._seen: Files | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The running server, or None before `spawn` and after `stop`."""
        return self._process

    def url(self, database: str, role: str = APP_ROLE) -> str:
        """The DATABASE_URL of `database` for `role`."""
        return f"postgresql://{role}@/{database}?host={socket_folder(self.data)}"

    def start(self, *, timeout: float = 600, log: IO[bytes] | None = None) -> None:
        """Start the server and return when it answers and the roles exist.

        `timeout` (seconds) is long because recovery after a crash may be. Raises PostgresRefused.
        """
        process = self.spawn(log)
        limit = time.monotonic() + timeout
        while not self.is_ready():
            if process.poll() is not None:
                self.stop()
                raise PostgresRefused(
                    f"PostgreSQL dừng ngay khi khởi động (mã {process.returncode}). "
                    f"Hãy xem nhật ký «{self.log_path}»."
                )
            if time.monotonic() > limit:
                self.stop()
                raise PostgresRefused(
                    f"PostgreSQL không sẵn sàng sau {timeout:.0f} giây; xem nhật ký của nó."
                )
            time.sleep(0.02)
        self.prepare_roles()

    @property
    def log_path(self) -> Path:
        """Where the server writes when the caller gives no log of its own."""
        return self.home / "postgres.log"

    def spawn(self, log: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
        """Start the server (creating the cluster the first time) and return without waiting for answers.

        What an earlier, killed owner left running or lying is cleared away first. Raises PostgresRefused
        when PostgreSQL is not installed, or the folder is another's or in use.
        """
        account = _account_for(self.data)
        self._take_lock()
        try:
            if not (self.data / "PG_VERSION").exists():
                self._create_cluster(account)
            binary = _binary("postgres", (self.data / "PG_VERSION").read_text().strip())
            _clear_leftovers(self.data)
            self._binary = binary
            self._started_from = self._seen = program_files(binary)
            self._process = self._launch_server(account, binary, log)
        except BaseException:
            self.release()
            raise
        return self._process

    def _launch_server(
        self, account: pwd.struct_passwd, binary: str, log: IO[bytes] | None
    ) -> subprocess.Popen[bytes]:
        options = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        with contextlib.ExitStack() as stack:
            output = log or stack.enter_context(self.log_path.open("ab"))
            return _launch(account, self.data, [binary, "-D", "{data}", *options], output)

    def is_ready(self) -> bool:
        """Whether the server answers a query now."""
        try:
            with self._connect("postgres", timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def is_outdated(self) -> bool:
        """Whether the server's program or libraries on the disk are others than those it was started from.

        A server upgraded under its feet serves whom it has, and gives new connections libraries it cannot
        load. True only when nothing has changed since it was asked last: an upgrade under way is let finish.
        """
        now = program_files(self._binary)
        settled, self._seen = now == self._seen and now is not None, now
        return settled and now != self._started_from

    def stop(self, *, timeout: float = 60) -> None:
        """End the server cleanly (open transactions are rolled back), reap it and free the folder."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout)
            except subprocess.TimeoutExpired:
                # SIGQUIT: end without a checkpoint; the next start recovers from the write-ahead log.
                process.send_signal(signal.SIGQUIT)
                process.wait()
        self.release()

    def release(self) -> None:
        """Free the folder for another owner; for a caller that ended and reaped the server itself."""
        self._process = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def prepare_roles(self) -> None:
        """Create the two roles and the extensions every new database starts with; safe to repeat."""
        with self._connect("template1") as connection:
            known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role, rights in ((OWNER_ROLE, "CREATEDB"), (APP_ROLE, "NOCREATEDB")):
                if role not in known:
                    connection.execute(
                        sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEROLE {}").format(
                            sql.Identifier(role), sql.SQL(rights)
                        )
                    )
            _create_extensions(connection)

    def create_database(self, name: str) -> bool:
        """Create `name`, owned by OWNER_ROLE and open to APP_ROLE; False when it was there already."""
        with self._connect("postgres") as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return False
            database = sql.Identifier(name)
            for statement in (
                sql.SQL("CREATE DATABASE {} OWNER {}").format(database, sql.Identifier(OWNER_ROLE)),
                sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database),
                sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                    database, sql.Identifier(APP_ROLE)
                ),
            ):
                connection.execute(statement)
        with self._connect(name) as connection:
            _create_extensions(connection)
        return True

    def drop_database(self, name: str) -> None:
        """Remove `name` with everything in it, whoever is connected; nothing happens when it is not there."""
        with self._connect("postgres") as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def _connect(self, database: str, *, timeout: int = 30) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(socket_folder(self.data)),
            user=SUPERUSER,
            dbname=database,
            autocommit=True,
            connect_timeout=timeout,
        )

    def _take_lock(self) -> None:
        if self._lock is not None:
            return
        self.home.mkdir(parents=True, exist_ok=True)
        lock = (self.home / "lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise PostgresRefused(
                f"Thư mục dữ liệu «{self.home}» đang được một tiến trình khác dùng. Hãy dừng nó trước."
            ) from None
        self._lock = lock

    def _create_cluster(self, account: pwd.struct_passwd) -> None:
        """Run initdb beside the final place and rename, so a half-made cluster is never mistaken for one."""
        fresh = self.home / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(fresh, account.pw_uid, account.pw_gid)
        arguments = [
            *(_binary("initdb"), "-D", "{data}", "--username", SUPERUSER, "--no-instructions"),
            *("--auth-local=trust", "--auth-host=scram-sha-256", "--data-checksums"),
            *("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=vi-VN"),
            *([] if self._durable else ["--no-sync"]),
        ]
        with tempfile.TemporaryFile() as output:
            if _launch(account, fresh, arguments, output).wait() != 0:
                output.seek(0)
                last = output.read().decode(errors="replace").strip().splitlines()[-1:]
                raise PostgresRefused(f"Không tạo được dữ liệu PostgreSQL: {' '.join(last)}")
        fresh.rename(self.data)


def socket_folder(data: Path) -> Path:
    """The folder clients name as host: `data` itself, or a short link to it where its path is too long."""
    if len(os.fsencode(data / _SOCKET_NAME)) <= _SOCKET_PATH_BYTES:
        return data
    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    link = Path("/tmp") / f"vanthu-{os.geteuid()}-{name}"  # noqa: S108 - ownership and target checked below
    with contextlib.suppress(FileExistsError):
        link.symlink_to(data)
    if link.lstat().st_uid != os.geteuid() or Path(os.readlink(link)) != data:
        raise PostgresRefused(f"«{link}» không phải do hệ thống này tạo. Hãy xóa nó rồi chạy lại.")
    return link


def _create_extensions(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    for extension in EXTENSIONS:
        connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))


def _binary(name: str, version: str | None = None) -> str:
    """The path of a PostgreSQL program of `version`, or of the newest version installed."""
    installed = sorted(
        (int(folder.name) for folder in DEBIAN_VERSIONS.glob("[0-9]*") if (folder / "bin/postgres").exists()),
        reverse=True,
    )
    if version is not None and int(version) not in installed:
        raise PostgresRefused(
            f"Dữ liệu thuộc PostgreSQL {version} nhưng máy không có phiên bản ấy. "
            f"Hãy cài: apt-get install postgresql-{version}"
        )
    if not installed or installed[0] < OLDEST_VERSION:
        raise PostgresRefused(
            f"Máy chưa có PostgreSQL {OLDEST_VERSION} trở lên. Hãy cài: apt-get install postgresql"
        )
    return str(DEBIAN_VERSIONS / (version or str(installed[0])) / "bin" / name)


def _account_for(data: Path) -> pwd.struct_passwd:
    """Who the server runs as: ourselves; for root, the data's owner, or `postgres` for new data."""
    user = os.geteuid()
    owner = data.stat().st_uid if data.exists() else None
    if user != 0 and owner not in (None, user):
        raise PostgresRefused(
            f"Thư mục dữ liệu «{data}» thuộc người dùng khác (uid {owner}). "
            "Hãy chạy bằng người dùng ấy hoặc bằng root."
        )
    try:
        if user != 0:
            return pwd.getpwuid(user)
        return pwd.getpwuid(owner) if owner else pwd.getpwnam("postgres")
    except KeyError:
        raise PostgresRefused(
            "Không có tài khoản hệ điều hành để chạy PostgreSQL. Hãy cài gói postgresql của Debian."
        ) from None


def _launch(
    account: pwd.struct_passwd, data: Path, arguments: list[str], output: IO[bytes]
) -> subprocess.Popen[bytes]:
    """Start `arguments` as `account`, `{data}` standing for the data folder; ends when our thread ends.

    The folder is handed over as an open descriptor: `account` need not be able to walk the folders above
    it (a checkout in /root, a private temporary folder), and nobody's permissions have to be widened.
    setpriv (util-linux) drops the rights and asks for SIGINT, a clean stop, when we die.
    """
    drop = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    descriptor = os.open(data, os.O_RDONLY | os.O_DIRECTORY)
    try:
        words = [word.replace("{data}", f"/proc/self/fd/{descriptor}") for word in arguments]
        return subprocess.Popen(  # noqa: S603 - PostgreSQL's own programs, arguments of ours
            ["/usr/bin/setpriv", "--pdeathsig=INT", *(drop if os.geteuid() == 0 else []), *words],
            pass_fds=(descriptor,),
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "HOME": "/"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            # Ctrl-C at the terminal reaches the supervisor only; it stops its children in its own order.
            start_new_session=True,
        )
    finally:
        os.close(descriptor)


def _clear_leftovers(data: Path, *, timeout: float = 60) -> None:
    """End servers that a killed owner left on `data`, then drop a stale pid file.

    PostgreSQL refuses a pid file whose number is alive, even when it now belongs to another program (common
    in containers). Only we may hold the lock, so once no server works in the folder the file is stale.
    """
    limit = time.monotonic() + timeout
    while left := _servers_in(data):
        late = time.monotonic() > limit
        if time.monotonic() > limit + timeout:
            raise PostgresRefused(
                f"PostgreSQL cũ (tiến trình {left}) không chịu dừng. Hãy khởi động lại máy."
            )
        for process in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGQUIT if late else signal.SIGINT)
        time.sleep(0.1)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _servers_in(data: Path) -> list[int]:
    """The processes of PostgreSQL whose working folder is `data`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        # A process may end, or not be ours to look at, at any moment; neither can be a server on our folder.
        with contextlib.suppress(OSError):
            if (entry / "exe").readlink().name.startswith("postgres") and (entry / "cwd").samefile(data):
                found.append(int(entry.name))
    return found
