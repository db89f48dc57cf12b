"""Pages while strangers hold what they can: slow connections, and wrong passwords without end."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks import children, filled
from benchmarks.accounts import CLERK, LEADER, OFFICER, OFFICERS, PASSWORD
from benchmarks.figures import Figure, Limit, at_least, at_most, median, p95
from benchmarks.house import FIRST_PORT, House, answers, console

_PORT = FIRST_PORT
_SLOW, _STRANGERS = 500, 24
_SIEGE_SECONDS = 45.0
_CROWD = (*OFFICERS[:14], CLERK, LEADER)
_PATH = "/van-ban-den/"
_ROUNDS, _SECONDS = 60, 8.0


def measure(house: House, *, documents: int) -> list[Figure]:
    """p50 of a list at 1 and 16 users and pages a second, in quiet and besieged; the quiet is the limit."""
    environment = house.environment(filled.working_copy(house, documents))
    serve = console("vanthu", "serve", "--host", "127.0.0.1", "--port", str(_PORT))
    ready = f"http://127.0.0.1:{_PORT}/suc-khoe/"
    with house.serving("siege", serve, environment, lambda: answers(ready)):
        _read([OFFICER])
        alone, crowd = _read([OFFICER]), _read(_CROWD)
        with _besieged(house, "slow_clients", _SLOW):
            slow_alone, slow_crowd = _read([OFFICER]), _read(_CROWD)
        with _besieged(house, "strangers", _STRANGERS):
            signing_in = _read([OFFICER])
    quiet = Limit(what="không ai quấy", value=median(alone), unit="ms")
    quiet_crowd = Limit(what="không ai quấy", value=median(crowd), unit="ms")
    return [
        _p50("1 người, không ai quấy", alone),
        _p50("16 người, không ai quấy", crowd),
        Figure(
            what="16 người, không ai quấy: trang mỗi giây",
            value=_rate(crowd),
            unit="trang/giây",
            budget=at_least(130),
        ),
        _p50(f"1 người, {_SLOW} kết nối chậm", slow_alone, quiet),
        _p50(f"16 người, {_SLOW} kết nối chậm", slow_crowd, quiet_crowd),
        _p50(f"1 người, {_STRANGERS} người lạ nhập sai mật khẩu liên tục", signing_in, quiet),
    ]


def _p50(what: str, times: Sequence[float], limit: Limit | None = None) -> Figure:
    return Figure(
        what=f"{what}: p50",
        value=median(times),
        unit="ms",
        limit=limit,
        budget=at_most(320),
        note=f"p95 {p95(times):.0f} ms",
    )


def _rate(times: Sequence[float]) -> float:
    """Pages a second of a crowd in which each reads one page after another."""
    return len(_CROWD) * 1000 * len(times) / sum(times)


def _read(people: Sequence[str]) -> list[float]:
    tour = {"name": "pages", "paths": [_PATH], "rounds": _ROUNDS, "seconds": _SECONDS}
    job = {
        "address": f"127.0.0.1:{_PORT}",
        "people": list(people),
        "password": PASSWORD,
        "tours": [tour],
    }
    answer: dict[str, list[float]] = children.ask("readers", job)
    return answer["pages"]


@contextmanager
def _besieged(house: House, module: str, count: int) -> Iterator[None]:
    """`benchmarks.<module>` at work, from the moment all its clients are there."""
    ready = Path(house.var / f"{module}.ready")
    ready.unlink(missing_ok=True)
    program = [
        *(sys.executable, "-m", f"benchmarks.{module}"),
        *(str(_PORT), str(count), str(_SIEGE_SECONDS), str(ready)),
    ]
    environment = house.environment("")
    with house.serving(module, program, environment, ready.exists):
        yield
