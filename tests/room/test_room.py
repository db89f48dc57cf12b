"""The room: jobs done beside each other, ended when they overstep, and none of it left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.room.conftest import ROGUE, SHORT
from vanthu.room import files, papers, sandbox
from vanthu.room.errors import FileUnread, ReaderBroke, TookTooLong, TookTooMuch
from vanthu.room.limits import Limits
from vanthu.room.pool import Room

from . import hostile


def _paper(folder: Path, deed: str = "") -> Path:
    path = folder / f"{deed or 'honest'}.pdf"
    path.write_bytes(hostile.plain() + (f"%GO:{deed}\n".encode() if deed else b""))
    return path


def _resident() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError


def _processes(of: str) -> list[int]:
    """Processes whose command line names `of`."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if of.encode() in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


class TestRoom:
    @pytest.mark.parametrize(
        ("deed", "said"),
        [
            ("raises", ReaderBroke),
            ("dies", ReaderBroke),
            ("lies", ReaderBroke),
            ("hangs", TookTooLong),
            ("spins", TookTooLong),
            ("swells", TookTooMuch),
        ],
    )
    def test_ends_a_reader_that_oversteps_and_reads_the_next_file_at_once(
        self, rogue_room: Room, tmp_path: Path, deed: str, said: type[FileUnread]
    ) -> None:
        with pytest.raises(said) as caught:
            papers.page_areas(_paper(tmp_path, deed))

        assert str(caught.value).isprintable()
        assert str(caught.value).count("hãy") == 1
        assert papers.page_areas(_paper(tmp_path)) == ((0.0, 0.0, 595.0, 842.0),)

    def test_reads_honest_files_while_others_hang(self, rogue_room: Room, tmp_path: Path) -> None:
        bad, good = _paper(tmp_path, "hangs"), _paper(tmp_path)
        with ThreadPoolExecutor(3) as people:
            hanging = [people.submit(papers.page_areas, bad) for _ in range(2)]
            time.sleep(0.2)
            begun = time.monotonic()
            people.submit(papers.page_areas, good).result()

            assert time.monotonic() - begun < SHORT.seconds / 2
            assert all(isinstance(each.exception(), TookTooLong) for each in hanging)

    def test_leaves_no_process_and_no_memory_with_its_parent(self, rogue_room: Room, tmp_path: Path) -> None:
        good, bad = _paper(tmp_path), _paper(tmp_path, "dies")
        papers.page_areas(good)
        before, processes = _resident(), len(_processes(str(ROGUE)))
        for _ in range(15):
            papers.page_areas(good)
            with pytest.raises(ReaderBroke):
                papers.page_areas(bad)

        assert _resident() - before < 8 * 1024 * 1024
        assert len(_processes(str(ROGUE))) <= processes + 1

    def test_heals_itself_when_its_zygote_is_killed(self, rogue_room: Room, tmp_path: Path) -> None:
        papers.page_areas(_paper(tmp_path))
        with ThreadPoolExecutor(1) as people:
            under_way = people.submit(papers.page_areas, _paper(tmp_path, "hangs"))
            time.sleep(0.3)
            os.kill(rogue_room.pid, signal.SIGKILL)

            assert papers.page_areas(_paper(tmp_path)) == ((0.0, 0.0, 595.0, 842.0),)
            assert isinstance(under_way.exception(), TookTooLong)

    def test_works_for_whichever_thread_comes_first_and_after_it_has_ended(self, tmp_path: Path) -> None:
        room = Room(further_jobs=[ROGUE])
        try:
            first = threading.Thread(target=room.ask, args=["echoes", {"a": 1}])
            first.start()
            first.join()

            assert room.ask("echoes", {"a": [1, "ă", None]}) == {"a": [1, "ă", None]}
        finally:
            room.close()

    def test_bounds_what_is_written(self, rogue_room: Room, tmp_path: Path) -> None:
        target = tmp_path / "out"

        rogue_room.ask("writes", {"megabytes": 3}, outputs=[target])
        assert target.stat().st_size == 3 * 1024 * 1024
        with pytest.raises(ReaderBroke):
            rogue_room.ask("writes", {"megabytes": 12}, outputs=[target])

    def test_is_done_only_when_the_reader_can_write_no_more(self, rogue_room: Room, tmp_path: Path) -> None:
        """What was judged is what is kept: nobody changes it in between."""
        target = tmp_path / "out"

        assert rogue_room.ask("lingers", {}, outputs=[target]) == "done"
        first = target.read_bytes()
        time.sleep(0.6)

        assert target.read_bytes() == first == b"WHAT was looked at"

    def test_takes_no_answer_that_is_no_number(self, rogue_room: Room) -> None:
        with pytest.raises(ReaderBroke):
            rogue_room.ask("boasts", {})

    def test_ends_with_its_parent(self, tmp_path: Path) -> None:
        """A worker that is killed leaves nobody behind, not even a reader that hangs."""
        mine = tmp_path / "mine.py"
        mine.write_text(ROGUE.read_text())
        program = (
            "import sys; from pathlib import Path; from vanthu.room import papers, pool\n"
            "with pool.using(pool.Room(further_jobs=[Path(sys.argv[1])])) as room:\n"
            "    room.ask('echoes', {}); print('open', flush=True); papers.page_areas(Path(sys.argv[2]))\n"
        )
        parent = subprocess.Popen(
            [sys.executable, "-c", program, str(mine), str(_paper(tmp_path, "hangs"))],
            stdout=subprocess.PIPE,
        )
        assert parent.stdout is not None
        with parent.stdout:
            assert parent.stdout.readline() == b"open\n"
            time.sleep(0.3)
            assert len(_processes(str(mine))) > 2
            parent.kill()
            parent.wait()
        until = time.monotonic() + 10
        while _processes(str(mine)) and time.monotonic() < until:
            time.sleep(0.05)

        assert _processes(str(mine)) == []


class TestHostileFiles:
    @pytest.mark.parametrize("kind", hostile.KINDS)
    def test_are_read_within_the_limits_or_refused_while_others_are_read(
        self, rogue_room: Room, tmp_path: Path, kind: str
    ) -> None:
        bad, good = tmp_path / "bad.pdf", _paper(tmp_path)
        bad.write_bytes(hostile.KINDS[kind]())
        assert bad.stat().st_size < 16 * 1024
        before = _resident()
        with ThreadPoolExecutor(3) as people:
            hostile_one = people.submit(files.survey, bad, facts=True)
            honest = [people.submit(files.survey, good, facts=True) for _ in range(2)]
            for each in honest:
                found = each.result()
                assert (found.refused, found.facts and found.facts.pages) == (None, 1)
            ended = hostile_one.exception(timeout=SHORT.seconds + 10)

        assert ended is None or isinstance(ended, FileUnread)
        assert _resident() - before < 16 * 1024 * 1024


class TestWithoutNamespaces:
    def test_it_is_said_and_the_rest_still_holds(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A machine without user namespaces: the log says so, and no file, network or process is the more."""
        monkeypatch.setattr(sandbox, "is_to_be_had", lambda: False)
        (tmp_path / "secret").write_text("khóa")
        room = Room(further_jobs=[ROGUE], ceiling=Limits(seconds=8))
        question = {"secret": str(tmp_path / "secret"), "folder": str(tmp_path), "port": 1, "socket": "/x"}
        try:
            found = room.ask("escapes", question)
            said = room.protections()
        finally:
            room.close()

        assert (said["namespaces"], said["landlock"], said["seccomp"]) == (False, True, True)
        assert "The room is open without: namespaces" in caplog.text
        assert set(found.values()) == {"PermissionError", "ValueError"}
