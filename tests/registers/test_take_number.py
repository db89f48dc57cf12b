"""Numbers run 1, 2, 3… per register and Vietnam calendar year, whoever asks at once and whoever gives up."""

from __future__ import annotations

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.world import NOW, World
from vanthu.registers.models import Register, RegisterEntry, RegisterYear
from vanthu.registers.operations import NoRegister, NumberNotHeld, TakenNumber, cancel_number, take_number
from vanthu.registers.states import RegisterKind

#: The last second of 2026 in Hà Nội, and the first of 2027; in UTC both are 31/12/2026.
LAST_SECOND = datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC)
NEW_YEAR = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)

THREADS = 8
TURNS = 30


class GivenUp(Exception):
    """The act that took the number failed afterwards."""


def _take(
    world: World, *, document_type: str = "", document_id: UUID | None = None, now: datetime = NOW
) -> TakenNumber:
    with transaction.atomic():
        return take_number(
            agency_id=world.department.id,
            kind=RegisterKind.OUTGOING,
            document_type=document_type,
            document_id=document_id or uuid4(),
            now=now,
        )


def _numbers() -> dict[tuple[str, int], list[int]]:
    found: dict[tuple[str, int], list[int]] = {}
    rows = RegisterEntry.objects.order_by("number").values_list(
        "register_year__register__name", "register_year__year", "number"
    )
    for name, year, number in rows:
        found.setdefault((name, year), []).append(number)
    return found


class TestTakeNumber:
    def test_begins_with_one_and_counts_on(self, world: World) -> None:
        assert [_take(world).number for _ in range(3)] == [1, 2, 3]

    def test_says_year_and_register(self, world: World) -> None:
        assert _take(world) == TakenNumber(number=1, year=2026, taken_at=NOW, register_name="Sổ văn bản đi")

    @pytest.mark.parametrize(("now", "year"), [(LAST_SECOND, 2026), (NEW_YEAR, 2027)])
    def test_counts_the_year_as_hanoi_does(self, world: World, now: datetime, year: int) -> None:
        """NĐ 30/2020 Điều 15: from 01 on the first day of January."""
        _take(world)

        taken = _take(world, now=now)

        assert (taken.year, taken.number) == (year, 2 if year == 2026 else 1)

    def test_of_an_act_overtaken_at_midnight_goes_into_the_new_year(self, world: World) -> None:
        """Its time is that of its turn: who asked a second later came first."""
        _take(world, now=NEW_YEAR)

        assert _take(world, now=LAST_SECOND) == TakenNumber(
            number=2, year=2027, taken_at=NEW_YEAR, register_name="Sổ văn bản đi"
        )

    def test_follows_the_type_of_document(self, world: World) -> None:
        Register.objects.create(
            agency=world.department,
            kind=RegisterKind.OUTGOING,
            name="Sổ quyết định",
            document_types=["QĐ", "NQ"],
        )

        taken = [_take(world, document_type=code) for code in ("QĐ", "", "NQ", "BC", "QĐ")]

        assert [(number.register_name, number.number) for number in taken] == [
            ("Sổ quyết định", 1),
            ("Sổ văn bản đi", 1),
            ("Sổ quyết định", 2),
            ("Sổ văn bản đi", 2),
            ("Sổ quyết định", 3),
        ]

    def test_of_one_agency_is_nothing_to_another(self, world: World) -> None:
        _take(world)
        with transaction.atomic():
            taken = take_number(
                agency_id=world.neighbour.id,
                kind=RegisterKind.OUTGOING,
                document_type="",
                document_id=uuid4(),
                now=NOW,
            )

        assert taken.number == 1

    def test_is_refused_where_no_register_is_open(self, world: World) -> None:
        with pytest.raises(NoRegister, match="chưa mở sổ"), transaction.atomic():
            take_number(
                agency_id=world.remote.id,
                kind=RegisterKind.INCOMING,
                document_type="",
                document_id=uuid4(),
                now=NOW,
            )

    def test_is_not_given_twice_to_one_document(self, world: World) -> None:
        document = uuid4()
        _take(world, document_id=document)

        with pytest.raises(IntegrityError, match="register_document_once"):
            _take(world, document_id=document)

    @pytest.mark.django_db(transaction=True)
    def test_needs_a_transaction(self, world: World) -> None:
        with pytest.raises(AssertionError, match="transaction"):
            take_number(
                agency_id=world.department.id,
                kind=RegisterKind.OUTGOING,
                document_type="",
                document_id=uuid4(),
                now=NOW,
            )


class TestCancelNumber:
    def test_strikes_it_out_and_never_uses_it_again(self, world: World) -> None:
        document = uuid4()
        _take(world, document_id=document)
        with transaction.atomic():
            cancel_number(document_id=document, reason="Ghi nhầm loại", now=NOW)

        assert _take(world, document_id=document).number == 2
        struck = RegisterEntry.objects.get(number=1)
        assert (struck.cancelled_at, struck.cancelled_reason) == (NOW, "Ghi nhầm loại")

    def test_is_refused_for_a_document_without_one(self, world: World) -> None:
        with pytest.raises(NumberNotHeld), transaction.atomic():
            cancel_number(document_id=uuid4(), reason="x", now=NOW)


class TestEveryHistory:
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        turns=st.lists(
            st.tuples(
                st.sampled_from(["", "QĐ", "BC"]), st.sampled_from([LAST_SECOND, NEW_YEAR]), st.booleans()
            ),
            max_size=25,
        )
    )
    def test_leaves_no_gap_and_no_double(self, world: World, turns: list[tuple[str, datetime, bool]]) -> None:
        """Whatever is taken or given up, in whatever order of registers and years."""
        with transaction.atomic():
            Register.objects.create(
                agency=world.department, kind=RegisterKind.OUTGOING, name="Sổ QĐ", document_types=["QĐ"]
            )
            kept: Counter[tuple[str, int]] = Counter()
            for document_type, now, is_kept in turns:
                year = _take_or_give_up(world, document_type, now, is_kept=is_kept)
                if year is not None:
                    kept["Sổ QĐ" if document_type == "QĐ" else "Sổ văn bản đi", year] += 1

            assert _numbers() == {key: list(range(1, count + 1)) for key, count in kept.items()}
            transaction.set_rollback(True)


def _take_or_give_up(world: World, document_type: str, now: datetime, *, is_kept: bool) -> int | None:
    """The year a number was kept of."""
    try:
        with transaction.atomic():
            taken = _take(world, document_type=document_type, now=now)
            if not is_kept:
                raise GivenUp
    except GivenUp:
        return None
    return taken.year


@pytest.mark.django_db(transaction=True)
class TestManyAtOnce:
    def test_leave_no_gap_and_no_double(self, world: World) -> None:
        """Eight clerks, three registers, two years, and a third of the acts fail after taking the number."""
        for name, code in (("Sổ quyết định", "QĐ"), ("Sổ báo cáo", "BC")):
            Register.objects.create(
                agency=world.department, kind=RegisterKind.OUTGOING, name=name, document_types=[code]
            )
        gate = threading.Barrier(THREADS)

        with ThreadPoolExecutor(THREADS) as clerks:
            works = [clerks.submit(_work, world, seed, gate) for seed in range(THREADS)]
            kept = sum((work.result() for work in works), Counter[tuple[str, int]]())

        assert sum(kept.values()) > THREADS * TURNS / 3
        assert len(kept) == 6
        assert _numbers() == {key: list(range(1, count + 1)) for key, count in kept.items()}
        counters = RegisterYear.objects.values_list("register__name", "year", "last_number")
        assert {(name, year): last for name, year, last in counters} == kept

    def test_give_the_first_number_of_a_year_once(self, world: World) -> None:
        gate = threading.Barrier(THREADS)

        def first() -> int:
            try:
                gate.wait()
                return _take(world, now=NEW_YEAR).number
            finally:
                connection.close()

        with ThreadPoolExecutor(THREADS) as clerks:
            taken = [clerks.submit(first) for _ in range(THREADS)]
            numbers = sorted(number.result() for number in taken)

        assert numbers == list(range(1, THREADS + 1))
        assert RegisterYear.objects.count() == 1

    def test_give_one_document_one_number(self, world: World) -> None:
        """A button clicked twice, in two browsers."""
        gate = threading.Barrier(THREADS)
        document = uuid4()

        def click() -> bool:
            try:
                gate.wait()
                _take(world, document_id=document)
            except IntegrityError:
                return False
            finally:
                connection.close()
            return True

        with ThreadPoolExecutor(THREADS) as clerks:
            clicks = [clerks.submit(click) for _ in range(THREADS)]
            taken = sum(click.result() for click in clicks)

        assert taken == 1
        assert _numbers() == {("Sổ văn bản đi", 2026): [1]}
        assert _take(world).number == 2


def _work(world: World, seed: int, gate: threading.Barrier) -> Counter[tuple[str, int]]:
    """One clerk's acts; returns how many numbers he kept of each register and year."""
    chance = random.Random(seed)
    kept: Counter[tuple[str, int]] = Counter()
    names = {"": "Sổ văn bản đi", "QĐ": "Sổ quyết định", "BC": "Sổ báo cáo"}
    take = partial(_take_or_give_up, world)
    try:
        gate.wait()
        for turn in range(TURNS):
            code = chance.choice(list(names))
            now = (LAST_SECOND if turn < TURNS / 2 else NEW_YEAR) + timedelta(
                microseconds=chance.randrange(10)
            )
            if (year := take(code, now, is_kept=chance.random() > 1 / 3)) is not None:
                kept[names[code], year] += 1
    finally:
        connection.close()
    return kept
