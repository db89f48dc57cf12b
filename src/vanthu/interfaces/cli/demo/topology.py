"""The programs of the demo: which there are, where each listens, what each is told by its environment.

Two installations of the document system (the province, and one agency outside it), the axis between
them, the demo PKI, one PostgreSQL with a database for each. Everything lies in one folder, `var`.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from vanthu.config import environment
from vanthu.config.environment import SettingRefused
from vanthu.interfaces.cli.command import CommandRefused
from vanthu.kernel.embedded_postgres import APP_ROLE, OWNER_ROLE, EmbeddedPostgres

#: Seconds between two looks into the axis mailbox; real installations look once a minute.
POLL_SECONDS = 2
#: How often a worker of the demo gives a sign of life, seconds; four missing and its jobs are another's.
BEAT_SECONDS = 2
#: What a child may not inherit: the demo decides it.
_OURS = ("VANTHU_", "DATABASE_", "DJANGO_", "PORT")


def add_folder(parser: argparse.ArgumentParser) -> None:
    """Declare `--var`, the folder of a demo that was started before."""
    parser.add_argument(
        "--var",
        type=Path,
        metavar="THƯ_MỤC",
        default=Path(os.environ.get("VANTHU_DEMO_VAR", "var")),
        help="thư mục trạng thái của tỉnh mẫu (mặc định: var)",
    )


@dataclass(frozen=True, kw_only=True)
class Installation:
    """One program with its own database, folder and port."""

    name: str
    #: What people at the terminal call it.
    label: str
    port: int
    #: The system it is on the axis; empty for the axis itself.
    system_id: str = ""

    @property
    def database(self) -> str:
        return f"vanthu_{self.name}"

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"


@dataclass(frozen=True)
class Topology:
    """The demo in `var`, its ports from `port` on."""

    var: Path
    port: int

    @classmethod
    def from_environment(cls) -> Topology:
        """`var` below the current folder (or VANTHU_VAR); PORT, 8000 when not set. Raises CommandRefused."""
        try:
            port = environment.number("PORT", 8000)
            var = environment.text("VANTHU_VAR", "var")
        except SettingRefused as refused:
            raise CommandRefused(str(refused)) from refused
        if not 1024 <= port <= 65_000:
            raise CommandRefused(f"PORT phải từ 1024 đến 65000, không phải {port}.")
        return cls(Path(var).absolute(), port)

    @classmethod
    def from_demo_environment(cls) -> Topology:
        """The demo that started this program. Raises CommandRefused when none did."""
        try:
            return cls(
                Path(environment.text("VANTHU_DEMO_VAR")), environment.number("VANTHU_DEMO_PORT", 8000)
            )
        except SettingRefused as refused:
            raise CommandRefused(str(refused)) from refused

    @property
    def province(self) -> Installation:
        return Installation(
            name="province", label="Hệ thống của tỉnh", port=self.port, system_id="he-thong-tinh"
        )

    @property
    def outside(self) -> Installation:
        return Installation(
            name="outside",
            label="Hệ thống của cơ quan ngoài tỉnh",
            port=self.port + 1,
            system_id="he-thong-ngoai-tinh",
        )

    @property
    def axis(self) -> Installation:
        return Installation(name="axis", label="Trục liên thông", port=self.port + 2)

    @property
    def installations(self) -> tuple[Installation, ...]:
        return (self.province, self.outside, self.axis)

    @property
    def pki_url(self) -> str:
        """Fixed when the PKI was made, because its certificates name it; else the fourth port."""
        recorded = self.var / "pki" / "ca" / "base_url"
        if recorded.exists():
            return recorded.read_text(encoding="utf-8")
        return f"http://localhost:{self.port + 3}"

    @property
    def pki_port(self) -> int:
        port = urlsplit(self.pki_url).port
        assert port is not None, "written by us, with its port"
        return port

    def postgres(self) -> EmbeddedPostgres:
        """The one database server of the demo, not yet started."""
        return EmbeddedPostgres(self.var / "postgres")

    def require_distinct_ports(self) -> None:
        """Refuse a PORT whose ports meet the one the certificates already name."""
        if self.pki_port in {each.port for each in self.installations}:
            raise CommandRefused(
                f"Chứng thư số mẫu trong «{self.var}» đã ghi cổng {self.pki_port}, trùng với một cổng của "
                f"PORT={self.port}. Hãy chọn PORT khác, hoặc «make reset»."
            )

    def environment(self, installation: Installation) -> dict[str, str]:
        """Everything the programs of `installation` are told. Secrets are in files, never in here."""
        own = {
            "PYTHONUNBUFFERED": "1",
            "VANTHU_VAR": str(self.var / installation.name),
            "VANTHU_SECRET_KEY_FILE": str(self.secret(f"{installation.name}-key")),
            "VANTHU_DATABASE_ROLE": APP_ROLE,
            "DATABASE_URL": self.postgres().url(installation.database),
            "VANTHU_WEB_PROCESSES": "1",
            "VANTHU_WEB_THREADS": "8",
            "VANTHU_WORKER_CONCURRENCY": "4",
            "VANTHU_WORKER_BEAT_SECONDS": str(BEAT_SECONDS),
            "VANTHU_DEMO_VAR": str(self.var),
            "VANTHU_DEMO_PORT": str(self.port),
        }
        if installation.system_id:
            own |= {
                "VANTHU_COOKIE_PREFIX": f"vanthu_{installation.name}",
                "VANTHU_AXIS_URL": self.axis.address,
                "VANTHU_AXIS_SYSTEM_ID": installation.system_id,
                "VANTHU_AXIS_SECRET_FILE": str(self.secret(f"{installation.name}-axis")),
                "VANTHU_AXIS_POLL_SECONDS": str(POLL_SECONDS),
                "VANTHU_TRUST": str(self.var / "pki" / "trust"),
                # The demo's own authority answers on this machine.
                "VANTHU_REVOCATION_HOSTS": urlsplit(self.pki_url).netloc,
                "VANTHU_TSA_URL": f"{self.pki_url}/tsa",
                "SOFTHSM2_CONF": str(self.var / "pki" / "softhsm2.conf"),
            }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        return inherited | own

    def owner_environment(self, installation: Installation) -> dict[str, str]:
        """The same, with the account that owns the tables: for migrations only."""
        owner = self.postgres().url(installation.database, OWNER_ROLE)
        return self.environment(installation) | {"DATABASE_OWNER_URL": owner}

    def program(self, installation: Installation) -> list[str]:
        """The console program of `installation`: `vanthu`, or `vanthu-axis` for the axis."""
        if installation.system_id:
            return [sys.executable, "-m", "vanthu"]
        return [str(Path(sys.executable).with_name("vanthu-axis"))]

    def secret(self, name: str) -> Path:
        """The file with the secret of that name, made the first time; for our eyes only."""
        path = self.var / "secrets" / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48), encoding="utf-8")
        return path
