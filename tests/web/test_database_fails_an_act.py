"""The database fails an act at its end: the person hears what became of it, and may do it again."""

from __future__ import annotations

import os
import socket
import time
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections
from django.test import Client

from tests import path
from tests.traces import nothing_changed
from tests.web.conftest import SignIn
from tests.web.database_once import KILL, at_commit
from tests.web.outgoing_desk import state_of
from tests.web.test_too_late import seen_on, text_of
from tests.world import World, build_world
from vanthu.kernel.models import AuditEntry
from vanthu.outgoing.states import State

pytestmark = pytest.mark.django_db(transaction=True)

_PATIENCE = 30.0


@pytest.fixture
def world(transactional_db: None) -> World:
    """Committed, as every act here is."""
    return build_world()


class _Approval:
    """The head's approval of a draft, from the page he has open."""

    def __init__(self, world: World, sign_in: SignIn) -> None:
        self.document: UUID = path.submitted(world)
        self.head: Client = sign_in("head")
        self._address = f"/van-ban-di/{self.document}/duyet/"
        self._seen = seen_on(self.head, self._address)

    def do(self) -> tuple[int, str]:
        answer = self.head.post(self._address, {"seen": self._seen, "comment": "Đồng ý"})
        # As the server does between two requests.
        connection.close_if_unusable_or_obsolete()
        return answer.status_code, text_of(answer)

    def times_kept(self) -> int:
        entries = AuditEntry.objects.filter(action="outgoing.content-approved", subject_id=self.document)
        return entries.count()


class TestOutcomeUnknown:
    def test_of_an_act_that_was_not_kept_it_is_done_again_once(self, world: World, sign_in: SignIn) -> None:
        """The back end is ended inside COMMIT."""
        approval = _Approval(world, sign_in)
        with at_commit(KILL):
            status, said = approval.do()
            assert (approval.times_kept(), state_of(approval.document)) == (0, State.REVIEWING)
            again, _ = approval.do()

        assert status == 503
        assert "chưa rõ việc vừa làm đã được ghi hay chưa" in said
        assert "Hãy mở lại để xem kết quả trước khi làm lại" in said
        assert "chưa được ghi; hãy làm lại" not in said
        assert (again, approval.times_kept()) == (303, 1)

    def test_of_an_act_that_was_kept_it_is_not_done_twice(
        self, world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """COMMIT is sent and carried out, but the answer never comes: nothing more is heard."""
        approval = _Approval(world, sign_in)
        wrapper: Any = type(connections["default"])
        commit = wrapper._commit

        def commit_unheard(self: object) -> None:
            monkeypatch.setattr(wrapper, "_commit", commit)
            with socket.socket(fileno=os.dup(connection.connection.fileno())) as wire:
                wire.shutdown(socket.SHUT_RD)
            commit(self)

        monkeypatch.setattr(wrapper, "_commit", commit_unheard)
        status, said = approval.do()
        limit = time.monotonic() + _PATIENCE
        while not approval.times_kept() and time.monotonic() < limit:
            time.sleep(0.05)
        again, told = approval.do()

        assert status == 503
        assert "Hãy mở lại để xem kết quả trước khi làm lại" in said
        assert again == 409
        assert "Duyệt nội dung" in told
        assert (approval.times_kept(), state_of(approval.document)) == (1, State.AWAITING_SIGNATURE)


class TestRefusedByTheDatabase:
    @pytest.mark.parametrize(
        ("code", "reason"),
        [
            ("53100", "Máy chủ đã hết chỗ trên ổ đĩa"),
            ("53300", "Quá nhiều việc đang được làm cùng một lúc"),
            ("58P01", "cơ sở dữ liệu vừa được nâng cấp và cần khởi động lại"),
        ],
        ids=["disk full", "too many connections", "files exchanged"],
    )
    def test_an_act_is_answered_503_with_the_reason(
        self, world: World, sign_in: SignIn, code: str, reason: str
    ) -> None:
        approval = _Approval(world, sign_in)
        with at_commit(f"RAISE EXCEPTION 'on purpose' USING ERRCODE = '{code}';"):
            with nothing_changed():
                status, said = approval.do()
            again, _ = approval.do()

        assert status == 503
        assert reason in said
        assert "Việc bạn vừa làm chưa được ghi" in said
        assert (again, approval.times_kept()) == (303, 1)

    def test_a_database_that_only_reads_shows_pages_and_keeps_nothing(
        self, world: World, sign_in: SignIn
    ) -> None:
        approval = _Approval(world, sign_in)
        with connection.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = on")
        try:
            with nothing_changed():
                status, said = approval.do()
            page = approval.head.get(f"/van-ban-di/{approval.document}/")
        finally:
            connection.close()

        assert (status, page.status_code) == (503, 200)
        assert "Hệ thống đang ở chế độ chỉ đọc: xem được, chưa ghi được" in said

    def test_a_database_that_takes_no_more_connections_is_told(self, world: World, sign_in: SignIn) -> None:
        head = sign_in("head")
        head.raise_request_exception = False
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        connection.close()
        try:
            with connection._nodb_cursor() as cursor:
                cursor.execute(f"ALTER DATABASE {name} CONNECTION LIMIT 0")
            page = head.get("/")
        finally:
            with connection._nodb_cursor() as cursor:
                cursor.execute(f"ALTER DATABASE {name} CONNECTION LIMIT -1")

        assert (page.status_code, page.headers["Retry-After"]) == (503, "10")
        assert "Quá nhiều việc đang được làm cùng một lúc" in page.content.decode()
