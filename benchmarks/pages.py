"""Lists, search and the document page, over HTTP, for people of a department with half of the documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from benchmarks import children, filled, subjects
from benchmarks.accounts import CLERK, LEADER, OFFICER, OFFICERS, PASSWORD
from benchmarks.figures import Budget, Figure, Limit, at_most, median, p95
from benchmarks.house import FIRST_PORT, House, answers, console
from vanthu.kernel.folding import fold

_ADDRESS = f"127.0.0.1:{FIRST_PORT}"
#: Fourteen officers, the clerk and the leader read at the same time.
_CROWD = (*OFFICERS[:14], CLERK, LEADER)
_ALONE_ROUNDS, _CROWD_ROUNDS = 40, 15
#: After so long a tour begins no further page.
_SECONDS = 4.0
_LIST, _LIST_IN_CROWD, _DOCUMENT, _SEARCH = at_most(150), at_most(320), at_most(300), at_most(300)
_ALL = "/van-ban-den/?tab=all"
_FREQUENT = subjects.FREQUENT_PHRASE


@dataclass(frozen=True)
class _Tour:
    """Pages read in turn, and what their times should be."""

    name: str
    paths: tuple[str, ...]
    p50: Budget | None = None
    p95: Budget | None = None
    rounds: int = _ALONE_ROUNDS

    def job(self) -> dict[str, object]:
        return {"name": self.name, "paths": self.paths, "rounds": self.rounds, "seconds": _SECONDS}


def measure(house: House, *, documents: int) -> list[Figure]:
    """p50 and p95 at 1 and at 16 users, beside the server's health page and the bare SQL of the same list."""
    database = filled.working_copy(house, documents)
    environment = house.environment(database)
    serve = console("vanthu", "serve", "--host", "127.0.0.1", "--port", str(FIRST_PORT))
    with house.serving("vanthu", serve, environment, lambda: answers(f"http://{_ADDRESS}/suc-khoe/")):
        health, crowded_health = _health([""]), _health([""] * len(_CROWD))
        alone = [
            figure for name in (OFFICER, CLERK, LEADER) for figure in _alone(house, database, name, health)
        ]
        crowded = _crowded(house, database, crowded_health)
    return [*alone, *crowded, *_bare_sql(house, database)]


def _health(people: Sequence[str]) -> Limit:
    times = _read(people, [_Tour("health", ("/suc-khoe/",), rounds=_ALONE_ROUNDS)])
    return Limit(what=f"trang /suc-khoe/ ({len(people)} người)", value=median(times["health"]), unit="ms")


def _alone(house: House, database: str, username: str, health: Limit) -> list[Figure]:
    who = {OFFICER: "chuyên viên", CLERK: "văn thư", LEADER: "lãnh đạo"}[username]
    tours = [
        _Tour("việc của tôi", ("/",), _LIST),
        _Tour("danh sách việc đang chờ", ("/van-ban-den/",), _LIST),
        _Tour("danh sách tất cả", (_ALL,), _LIST),
        _Tour("danh sách văn bản đi", ("/van-ban-di/?tab=all",), _LIST),
    ]
    if username != LEADER:
        tours += [
            _Tour("văn bản đến có 15 tệp", _rich_documents(house, database, username), _DOCUMENT),
            _Tour("tìm cụm từ hay gặp", (f"{_ALL}&q={quote(_FREQUENT)}",), p95=_SEARCH),
            _Tour("như trên, không dấu", (f"{_ALL}&q={quote(fold(_FREQUENT))}",), p95=_SEARCH),
            _Tour("tìm cụm từ hiếm", (f"{_ALL}&q={quote(subjects.RARE_PHRASE)}",), p95=_SEARCH),
            _Tour("tìm điều không có", (f"{_ALL}&q={quote('không nơi nào có chữ này')}",), p95=_SEARCH),
        ]
    if username == CLERK:
        tours.append(_Tour("trang 200 của danh sách", (f"{_ALL}&page=200",)))
    times = _read([username], tours)
    return _figures(tours, times, f"{who}, 1 người: ", health)


def _crowded(house: House, database: str, health: Limit) -> list[Figure]:
    documents = _rich_documents(house, database, CLERK)
    tours = [
        _Tour("danh sách việc đang chờ", ("/van-ban-den/",), _LIST_IN_CROWD, rounds=_CROWD_ROUNDS),
        _Tour("danh sách tất cả", (_ALL,), _LIST_IN_CROWD, rounds=_CROWD_ROUNDS),
    ]
    figures = _figures(tours, _read(_CROWD, tours), "16 người: ", health)
    clerks = [_Tour("văn bản đến có 15 tệp", documents, rounds=_CROWD_ROUNDS)]
    return [*figures, *_figures(clerks, _read([CLERK] * len(_CROWD), clerks), "16 văn thư: ", health)]


def _read(people: Sequence[str], tours: Sequence[_Tour]) -> Mapping[str, list[float]]:
    job = {
        "address": _ADDRESS,
        "people": list(people),
        "password": PASSWORD,
        "tours": [tour.job() for tour in tours],
    }
    answer: dict[str, list[float]] = children.ask("readers", job)
    return answer


def _figures(
    tours: Sequence[_Tour], times: Mapping[str, list[float]], prefix: str, health: Limit
) -> list[Figure]:
    figures = []
    for tour in tours:
        p50, slow = median(times[tour.name]), p95(times[tour.name])
        if tour.p95 is None:
            shown, value, other = "p50", p50, f"p95 {slow:.0f} ms"
        else:
            shown, value, other = "p95", slow, f"p50 {p50:.0f} ms"
        figures.append(
            Figure(
                what=f"{prefix}{tour.name}, {shown}",
                value=value,
                unit="ms",
                limit=health,
                budget=tour.p95 or tour.p50,
                note=other,
            )
        )
    return figures


def _rich_documents(house: House, database: str, username: str) -> tuple[str, ...]:
    """Pages of documents with fifteen files which this person may see."""
    with house.connect(database) as connection:
        rows = connection.execute(
            "SELECT f.document_id FROM documents_documentfile f"
            " JOIN incoming_incomingdocument i ON i.document_id = f.document_id"
            " JOIN organizations_user u ON u.username = %s"
            " JOIN organizations_post p ON p.user_id = u.id AND p.agency_id = i.agency_id"
            " WHERE f.position = 14 AND (p.unit_id IS NULL OR 'records_clerk' = ANY (p.roles) OR EXISTS ("
            "  SELECT 1 FROM workflow_assignment a WHERE a.document_id = i.document_id AND a.user_id = u.id))"
            " ORDER BY i.arrived_at DESC LIMIT 40",
            [username],
        ).fetchall()
    return tuple(f"/van-ban-den/{row[0]}/" for row in rows)


def _bare_sql(house: House, database: str) -> list[Figure]:
    """The statements of one officer's list of everything, by pgbench: what the database alone takes."""
    figures = []
    for name, text in (("danh sách tất cả", ""), ("tìm cụm từ hay gặp", _FREQUENT)):
        job = {"username": OFFICER, "tab": "all", "text": text}
        statements: list[str] = children.ask("statements", job, house.environment(database))
        script = "".join(f"{' '.join(each.split())};\n" for each in statements)
        for clients in (1, 16):
            load = house.pgbench(database, script, clients=clients, seconds=3)
            figures.append(
                Figure(
                    what=f"riêng SQL của chuyên viên, {clients} người: {name}, p50",
                    value=median(load.milliseconds),
                    unit="ms",
                    note=f"{len(statements)} câu lệnh",
                )
            )
    return figures
