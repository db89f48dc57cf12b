"""The administrator is told what protections the room of strangers' files lacks, or that it does not open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web.conftest import SignIn
from vanthu.documents.protection import look_at_room
from vanthu.kernel import health
from vanthu.kernel.health import Verdict
from vanthu.room import sandbox
from vanthu.room.pool import Room, using


@pytest.fixture
def a_room() -> Iterator[Room]:
    with using(Room()) as other:
        yield other


class TestARoom:
    def test_with_all_protections_is_not_spoken_of(self, a_room: Room) -> None:
        assert list(look_at_room()) == []

    def test_without_namespaces_is_a_warning_and_acts_go_on(
        self, a_room: Room, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sandbox, "is_to_be_had", lambda: False)

        (ailment,) = look_at_room()

        assert "Phòng đọc tệp thiếu lớp bảo vệ: không gian riêng (bubblewrap)." in ailment.sentence
        assert health.verdict((ailment,)) is Verdict.WARNING

    def test_that_does_not_open_is_a_warning(self, a_room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sandbox, "around", lambda folders: ["/usr/bin/false"])

        (ailment,) = look_at_room()

        assert "Không mở được phòng đọc tệp" in ailment.sentence

    def test_is_told_on_the_page_of_the_administrator_alone(
        self, a_room: Room, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sandbox, "is_to_be_had", lambda: False)
        health.forget()
        try:
            pages = {name: sign_in(name).get("/").content.decode() for name in ("administrator", "officer")}
        finally:
            health.forget()

        assert "thiếu lớp bảo vệ" in pages["administrator"]
        assert "thiếu lớp bảo vệ" not in pages["officer"]
