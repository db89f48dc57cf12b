"""What a reader cannot do, once it looks at a stranger's file."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from vanthu.room.pool import Room


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[dict[str, object]]:
    """Things of the machine a reader must not reach: a listening port, a database's socket, a secret."""
    secret = tmp_path / "secret-key"
    secret.write_text("khóa")
    # A socket's path is short by nature; the test's own folder is not.
    with (
        tempfile.TemporaryDirectory() as short,
        socket.create_server(("127.0.0.1", 0)) as port,
        socket.socket(socket.AF_UNIX) as database,
    ):
        database.bind(f"{short}/s")
        database.listen()
        yield {
            "secret": str(secret),
            "folder": str(tmp_path),
            "port": port.getsockname()[1],
            "socket": f"{short}/s",
        }


class TestConfinement:
    def test_no_way_leads_out(self, rogue_room: Room, outside: dict[str, object]) -> None:
        found = rogue_room.ask("escapes", outside)

        # To lift a limit is said to be a wrong value.
        allowed = {"PermissionError", "FileNotFoundError", "ValueError"}
        assert {deed: came for deed, came in found.items() if came not in allowed} == {}

    def test_every_protection_of_this_machine_is_in_use(self, rogue_room: Room) -> None:
        assert rogue_room.protections() == {"namespaces": True, "landlock": True, "seccomp": True}

    def test_a_reader_inherits_nothing(self, rogue_room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("VANTHU_SECRET_KEY", "khóa")
        held = os.open("/etc/hostname", os.O_RDONLY)
        os.set_inheritable(held, True)
        try:
            found = rogue_room.ask("environment", {})
        finally:
            os.close(held)

        assert set(found["variables"]) <= {"LANG", "LC_CTYPE", "PATH", "PWD", "TMPDIR", "TZ", "VANTHU_CACHE"}
        assert found["files"] == 1, "its own line, and nothing else"
