"""`vanthu serve` in processes of its own, on the database of the tests, as people and strangers reach it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit, urlunsplit

import httpx
from django.db import connection

from tests.world import PASSWORD

#: How long a busy machine may take before something is wrong.
PATIENCE = 60.0
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Served:
    """The document system, served from entering to leaving."""

    def __init__(self, folder: Path, **settings: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / "serve.log"
        database = connection.settings_dict["NAME"]
        self._environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "vanthu.config.settings.system",
            "DATABASE_URL": urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}")),
            "VANTHU_WEB_PROCESSES": "2",
            "VANTHU_LOG_LEVEL": "WARNING",
            **settings,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "vanthu", "serve", "--port", str(self.port)],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            self.wait_until_well()
        except BaseException:
            self.stop()
            raise
        return self

    def wait_until_well(self) -> None:
        """Return when it is well."""
        assert self.process is not None, "entered"
        limit = time.monotonic() + PATIENCE
        while not self.is_well():
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < limit, self.log()
            time.sleep(0.1)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        assert self.process is not None, "entered"
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def workers(self) -> list[int]:
        """Its server processes."""
        assert self.process is not None, "entered"
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(child) for child in children.split()]

    def is_well(self) -> bool:
        """Whether the health page says that acts are done; that no worker runs here, it only warns of."""
        try:
            return httpx.get(f"{self.url}/suc-khoe/", timeout=PATIENCE).status_code == 200
        except httpx.TransportError:
            return False

    def log(self) -> str:
        """What it wrote."""
        return self._log.read_text(errors="replace")

    def visitor(self, address: str = "127.0.0.1") -> httpx.Client:
        """A browser at that address of the loopback; to be closed."""
        return httpx.Client(
            base_url=self.url,
            transport=httpx.HTTPTransport(local_address=address),
            timeout=PATIENCE,
            headers={"Referer": f"{self.url}/"},
        )

    def sign_in(self, visitor: httpx.Client, username: str, password: str = PASSWORD) -> httpx.Response:
        """One try at the door, through the page."""
        token = _TOKEN.search(visitor.get("/dang-nhap/").text)
        assert token is not None
        fields = {"username": username, "password": password, "csrfmiddlewaretoken": token[1]}
        return visitor.post("/dang-nhap/", data=fields)
