"""The audit trail: whole while nobody touches it, and every touch is found, inside and outside."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from tests.world import NOW
from vanthu.kernel import audit, database_rights
from vanthu.kernel.actor import Actor
from vanthu.kernel.audit import GENESIS, BrokenLink
from vanthu.kernel.embedded_postgres import APP_ROLE
from vanthu.kernel.models import AuditChain, AuditEntry

HERE, THERE = UUID(int=2), UUID(int=3)
CLERK = Actor(user_id=UUID(int=20), agency_id=HERE, post_id=UUID(int=21), label="Hoàng Thị Lan, Văn thư (VP)")
OUTSIDER = Actor(user_id=UUID(int=30), agency_id=THERE, label="Cao Văn Tú, Văn thư")
#: A further entry after the last, in the chain of the first agency.
COPY_LAST = """
    INSERT INTO kernel_auditentry (agency_id, sequence, action, at, user_id, actor_label, subject_type,
                                   subject_id, data, previous_hash, hash)
    SELECT agency_id, sequence + 1, action, at, user_id, actor_label, subject_type,
           subject_id, data, hash, hash
    FROM kernel_auditentry ORDER BY agency_id, sequence DESC LIMIT 1
"""
SCRIPT = Path(__file__).parents[2] / "scripts" / "check_audit_trail.py"


def _naive(year: int) -> datetime:
    # Hypothesis wants its bounds without a time zone.
    return NOW.replace(year=year, tzinfo=None)


def _record(actor: Actor = CLERK, *, at: datetime = NOW, data: dict[str, Any] | None = None) -> None:
    with transaction.atomic():
        audit.record(
            action="outgoing.issued",
            actor=actor,
            at=at,
            subject_type="outgoing.document",
            subject_id=uuid4(),
            data={"number": 1, "note": "Hỏa tốc"} if data is None else data,
        )


def _broken() -> list[BrokenLink]:
    return [link for report in audit.examine() for link in report.broken]


@contextmanager
def _owner_past_the_trigger() -> Iterator[None]:
    """What an owner of the database could do on purpose."""
    # The checks waiting at the end of this transaction must be made before the table can be altered.
    statements = ("SET CONSTRAINTS ALL IMMEDIATE", "ALTER TABLE kernel_auditentry DISABLE TRIGGER USER")
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        yield
        cursor.execute("ALTER TABLE kernel_auditentry ENABLE TRIGGER USER")


def _change(statement: str, *values: str | int) -> None:
    with _owner_past_the_trigger(), connection.cursor() as cursor:
        cursor.execute(statement, values)


#: One way of tampering each, with the sequence and the words it is found by.
TAMPERING: dict[str, tuple[Callable[[], None], int, str]] = {
    "one word of the data": (
        lambda: _change(
            "UPDATE kernel_auditentry SET data = jsonb_set(data, '{number}', '9') WHERE sequence = 2"
        ),
        2,
        "nội dung đã bị sửa",
    ),
    "the time": (
        lambda: _change("UPDATE kernel_auditentry SET at = at + interval '1 second' WHERE sequence = 2"),
        2,
        "nội dung đã bị sửa",
    ),
    "the person": (
        lambda: _change("UPDATE kernel_auditentry SET actor_label = 'Ai khác' WHERE sequence = 2"),
        2,
        "nội dung đã bị sửa",
    ),
    "whom the person stood in for": (
        lambda: _change("UPDATE kernel_auditentry SET for_label = 'Lê Hà, Giám đốc' WHERE sequence = 2"),
        2,
        "nội dung đã bị sửa",
    ),
    "the form of the record": (
        lambda: _change("UPDATE kernel_auditentry SET form = 2 WHERE sequence = 2"),
        2,
        "nội dung đã bị sửa",
    ),
    "an entry in the middle removed": (
        lambda: _change("DELETE FROM kernel_auditentry WHERE sequence = 2"),
        2,
        "thiếu mục 2 đến 2",
    ),
    "the last entry removed": (
        lambda: _change("DELETE FROM kernel_auditentry WHERE sequence = 4"),
        4,
        "mất mục cuối chuỗi",
    ),
    "the first entry removed": (
        lambda: _change("DELETE FROM kernel_auditentry WHERE sequence = 1"),
        1,
        "thiếu mục 1 đến 1",
    ),
    "an entry changed with its own hash made anew": (
        lambda: _rewrite(2),
        3,
        "không nối với mục trước",
    ),
    "an entry added past the end": (
        lambda: _change(COPY_LAST),
        5,
        "mục nằm ngoài chuỗi",
    ),
    "the end of the chain removed": (
        lambda: _change("DELETE FROM kernel_auditchain"),
        0,
        "mất đầu mối của chuỗi",
    ),
}


def _rewrite(sequence: int) -> None:
    entry = AuditEntry.objects.get(sequence=sequence)
    entry.actor_label = "Ai khác"
    _change(
        "UPDATE kernel_auditentry SET actor_label = %s, hash = %s WHERE sequence = %s",
        entry.actor_label,
        audit.link_hash(entry),
        sequence,
    )


@pytest.mark.django_db
class TestRecord:
    def test_links_each_entry_to_the_one_before(self) -> None:
        for _ in range(3):
            _record()

        entries = list(AuditEntry.objects.order_by("sequence"))
        assert [entry.sequence for entry in entries] == [1, 2, 3]
        assert [entry.previous_hash for entry in entries] == [GENESIS, entries[0].hash, entries[1].hash]

    def test_keeps_one_chain_per_agency(self) -> None:
        for actor in (CLERK, OUTSIDER, CLERK):
            _record(actor)

        reports = {report.agency_id: report for report in audit.examine()}
        assert {agency: report.entries for agency, report in reports.items()} == {HERE: 2, THERE: 1}
        assert not _broken()

    def test_says_who_acted_as_what(self) -> None:
        _record()

        entry = AuditEntry.objects.get()
        assert (entry.user_id, entry.post_id) == (CLERK.user_id, CLERK.post_id)
        assert entry.actor_label == "Hoàng Thị Lan, Văn thư (VP)"

    def test_shares_the_fate_of_what_it_speaks_of(self) -> None:
        with transaction.atomic():
            _record()
            transaction.set_rollback(True)
        assert not AuditEntry.objects.exists()

        _record()
        assert AuditEntry.objects.get().sequence == 1
        assert not _broken()

    @pytest.mark.parametrize(
        "value", [float("nan"), float("inf"), 1e300, NOW, b"bytes", {1: "a"}, {"a": [object()]}]
    )
    def test_refuses_data_that_would_not_come_back_the_same(self, value: object) -> None:
        with pytest.raises(TypeError, match="audit trail cannot hold"):
            _record(data={"value": value})

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        data=st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=10),
            st.recursive(
                st.none()
                | st.booleans()
                | st.integers()
                | st.floats(-1e14, 1e14)
                | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
                lambda inner: (
                    st.lists(inner, max_size=3)
                    | st.dictionaries(st.sampled_from(["số", "ngày", "b", "a", "A"]), inner, max_size=3)
                ),
                max_leaves=6,
            ),
            max_size=4,
        ),
        at=st.datetimes(min_value=_naive(1970), max_value=_naive(2200), timezones=st.timezones()),
    )
    def test_holds_its_hash_for_whatever_it_may_keep(self, data: dict[str, Any], at: datetime) -> None:
        """What the database gives back hashes as what was written: text, numbers, keys, time zone."""
        with transaction.atomic():
            _record(data=data, at=at)
            assert not _broken()
            transaction.set_rollback(True)

    @pytest.mark.django_db(transaction=True)
    def test_needs_a_transaction(self) -> None:
        with pytest.raises(AssertionError, match="transaction"):
            audit.record(action="a.b", actor=CLERK, at=NOW, subject_type="a", subject_id=uuid4())


@pytest.mark.django_db
class TestTampering:
    @pytest.mark.parametrize("name", TAMPERING)
    def test_is_found(self, name: str) -> None:
        for minute in range(4):
            _record(at=NOW + timedelta(minutes=minute))
        _record(OUTSIDER)
        assert not _broken()
        tamper, sequence, reason = TAMPERING[name]

        tamper()

        found = [(link.agency_id, link.sequence, link.reason) for link in _broken()]
        assert (HERE, sequence, reason) in found


@pytest.mark.django_db
class TestTheTrigger:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE kernel_auditentry SET actor_label = 'x'",
            "DELETE FROM kernel_auditentry",
            "TRUNCATE kernel_auditentry",
        ],
    )
    def test_refuses_even_the_owner(self, statement: str) -> None:
        _record()

        with (
            pytest.raises(ProgrammingError, match="only grows"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)

        assert not _broken()


@pytest.fixture
def application_role(transactional_db: None) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection as the role the programs work as, with the rights migrations give it."""
    database_rights.grant(APP_ROLE)
    params = connection.get_connection_params() | {"user": APP_ROLE}
    with psycopg.connect(**params, autocommit=True) as application:
        yield application


class TestTheApplicationRole:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE kernel_auditentry SET actor_label = 'x'",
            "DELETE FROM kernel_auditentry",
            "TRUNCATE kernel_auditentry",
        ],
    )
    def test_has_no_right_to(
        self, application_role: psycopg.Connection[tuple[Any, ...]], statement: str
    ) -> None:
        _record()

        with pytest.raises(InsufficientPrivilege, match="permission denied"):
            application_role.execute(statement.encode())

    @pytest.mark.parametrize("verb", ["ALTER TABLE {} DISABLE TRIGGER USER", "DROP TABLE {}"])
    def test_cannot_put_the_trigger_aside(
        self, application_role: psycopg.Connection[tuple[Any, ...]], verb: str
    ) -> None:
        with pytest.raises(InsufficientPrivilege, match="must be owner"):
            application_role.execute(sql.SQL(verb).format(sql.Identifier("kernel_auditentry")))

    def test_may_read_and_add(self, application_role: psycopg.Connection[tuple[Any, ...]]) -> None:
        _record()

        application_role.execute(COPY_LAST)

        assert application_role.execute("SELECT count(*) FROM kernel_auditentry").fetchone() == (2,)


@pytest.mark.django_db(transaction=True)
class TestManyAtOnce:
    def test_write_one_unbroken_chain(self) -> None:
        threads, turns = 6, 15
        gate = threading.Barrier(threads + 1)

        def work() -> None:
            try:
                gate.wait()
                for _ in range(turns):
                    _record()
            finally:
                connection.close()

        def check_meanwhile() -> list[BrokenLink]:
            try:
                gate.wait()
                return [link for _ in range(turns) for link in _broken()]
            finally:
                connection.close()

        with ThreadPoolExecutor(threads + 1) as people:
            checker = people.submit(check_meanwhile)
            works = [people.submit(work) for _ in range(threads)]
            for done in works:
                done.result()

            assert checker.result() == []
        assert AuditChain.objects.get().last_sequence == threads * turns
        assert not _broken()


@pytest.mark.django_db(transaction=True)
class TestTheScriptForOutsiders:
    def _run(self) -> subprocess.CompletedProcess[str]:
        params = connection.get_connection_params()
        dsn = psycopg.conninfo.make_conninfo(
            dbname=params["dbname"],
            **{key: params[key] for key in ("host", "user", "password", "port") if params.get(key)},
        )
        return subprocess.run(
            [sys.executable, "-I", str(SCRIPT), dsn], capture_output=True, text=True, check=False
        )

    def test_agrees_that_the_trail_is_whole(self) -> None:
        for actor in (CLERK, OUTSIDER, CLERK):
            _record(actor)

        outcome = self._run()

        heads = dict(AuditChain.objects.values_list("agency_id", "last_hash"))
        assert (outcome.returncode, outcome.stderr) == (0, "")
        assert sorted(outcome.stdout.splitlines()) == [f"{HERE} 2 {heads[HERE]}", f"{THERE} 1 {heads[THERE]}"]

    @pytest.mark.parametrize("name", TAMPERING)
    def test_finds_tampering_too(self, name: str) -> None:
        for _ in range(4):
            _record()
        with transaction.atomic():
            TAMPERING[name][0]()

        outcome = self._run()

        assert outcome.returncode == 1
        assert f"BROKEN {HERE}" in outcome.stdout

    def test_needs_nothing_of_ours(self) -> None:
        text = SCRIPT.read_text(encoding="utf-8")

        assert "import vanthu" not in text
        assert "from vanthu" not in text
        assert len(text.splitlines()) <= 60
