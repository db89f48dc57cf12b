"""The supervisor, with real processes: started in order, brought back, ended, never orphaned."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vanthu.interfaces.cli.supervisor import AlreadyRunning, Supervisor

#: A program that supervises what the test asks for; ends 0 when told to stop, 1 when it failed.
_PROGRAM = """
import os, sys
from pathlib import Path
from vanthu.interfaces.cli import supervisor
from vanthu.interfaces.cli.supervisor import Child, ReadyMail, Supervisor, command

folder = Path(sys.argv[1])
supervisor.WELL_AFTER = 2.0

def child(name, script, ready=lambda: True, **more):
    start = command(["/bin/sh", "-c", script], {**os.environ, "FOLDER": str(folder)})
    return Child(name=name, start=start, ready=ready, **more)

%s
try:
    with Supervisor(folder, facts={"port": 1}) as running:
        running.start(children, timeout=60)
        running.watch()
except supervisor.StopRequested:
    raise SystemExit(0)
except supervisor.SupervisionFailed as failed:
    print(failed, file=sys.stderr)
    raise SystemExit(1)
"""


class _Program:
    """The supervising program, watched from outside through its state file."""

    def __init__(self, folder: Path, children: str) -> None:
        self.folder = folder
        code = _PROGRAM % textwrap.dedent(children)
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, str(folder)], stderr=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def state(self) -> dict[str, Any]:
        try:
            return dict(json.loads((self.folder / "run.json").read_text(encoding="utf-8")))
        except FileNotFoundError:
            return {"state": "none", "children": {}}

    def wait_for(self, condition: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        limit = time.monotonic() + 60
        while not condition(state := self.state()):
            assert time.monotonic() < limit, state
            assert self.process.poll() is None, self.process.communicate()
            time.sleep(0.02)
        return state

    def wait_until_ready(self) -> dict[str, Any]:
        return self.wait_for(lambda state: state["state"] == "ready")

    def end(self) -> tuple[int, str]:
        _, errors = self.process.communicate(timeout=60)
        return self.process.returncode, errors


def _is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _wait_until_gone(process: int) -> None:
    limit = time.monotonic() + 60
    while _is_running(process):
        assert time.monotonic() < limit, f"process {process} lives on"
        time.sleep(0.02)


class TestStart:
    def test_waits_until_what_a_child_needs_is_ready(self, tmp_path: Path) -> None:
        program = _Program(
            tmp_path,
            """
            children = [
                child("second", "test -e $FOLDER/first && exec sleep 600", after=("first",)),
                child("first", "sleep 0.5; touch $FOLDER/first; exec sleep 600",
                      ready=(folder / "first").exists),
            ]
            """,
        )

        state = program.wait_until_ready()

        assert [child["restarts"] for child in state["children"].values()] == [0, 0]
        assert state["port"] == 1
        program.process.terminate()
        assert program.end() == (0, "")

    def test_believes_a_child_that_says_it_is_ready(self, tmp_path: Path) -> None:
        program = _Program(
            tmp_path,
            """
            mail = ReadyMail("worker")
            words = ("import os, socket, time; time.sleep(0.3); "
                     "a = os.environ['NOTIFY_SOCKET']; socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)"
                     ".sendto(b'READY=1', chr(0) + a[1:]); time.sleep(600)")
            start = command([sys.executable, "-c", words], {**os.environ, "NOTIFY_SOCKET": mail.address})
            children = [Child(name="worker", start=mail.before(start), ready=mail.arrived)]
            """,
        )

        assert program.wait_until_ready()["children"]["worker"]["state"] == "running"
        program.process.terminate()
        program.end()

    def test_is_refused_twice_on_one_folder(self, tmp_path: Path) -> None:
        program = _Program(tmp_path, 'children = [child("only", "exec sleep 600")]')
        program.wait_until_ready()

        with pytest.raises(AlreadyRunning, match=f"tiến trình {program.process.pid}"), Supervisor(tmp_path):
            pass
        program.process.terminate()
        program.end()


class TestRestart:
    def test_brings_back_a_killed_child(self, tmp_path: Path) -> None:
        program = _Program(tmp_path, 'children = [child("only", "exec sleep 600")]')
        killed = program.wait_until_ready()["children"]["only"]["pid"]

        os.kill(killed, signal.SIGKILL)

        state = program.wait_for(
            lambda state: (
                state["children"]["only"]["state"] == "running" and state["children"]["only"]["pid"] != killed
            )
        )
        assert state["children"]["only"]["restarts"] == 1
        program.process.terminate()
        program.end()

    def test_ends_what_a_killed_child_left_behind(self, tmp_path: Path) -> None:
        program = _Program(
            tmp_path,
            'children = [child("only", "sleep 600 & echo $! >> $FOLDER/inner; wait")]',
        )
        killed = program.wait_until_ready()["children"]["only"]["pid"]
        inner = int(_read_when_written(tmp_path / "inner").split()[0])

        os.kill(killed, signal.SIGKILL)

        _wait_until_gone(inner)
        program.process.terminate()
        program.end()

    def test_fails_loudly_at_the_first_start_when_a_child_never_comes_up(self, tmp_path: Path) -> None:
        program = _Program(
            tmp_path,
            """
            children = [
                child("well", "echo $$ > $FOLDER/well; exec sleep 600"),
                child("sick", "echo không mở được cổng >&2; exit 3", ready=lambda: False),
            ]
            """,
        )

        code, errors = program.end()

        assert code == 1
        assert "«sick» dừng 5 lần liên tiếp. Dòng cuối: không mở được cổng" in errors
        assert program.state()["state"] == "failed"
        _wait_until_gone(int((tmp_path / "well").read_text()))

    def test_goes_on_without_a_child_that_keeps_dying_and_takes_it_back_when_it_is_well(
        self, tmp_path: Path
    ) -> None:
        program = _Program(
            tmp_path,
            """
            supervisor.LONGEST_PAUSE = 0.1
            children = [
                child("well", "exec sleep 600"),
                child("ill", "echo đĩa hỏng; test ! -e $FOLDER/ill || exit 3; exec sleep 600"),
            ]
            """,
        )
        children = program.wait_until_ready()["children"]
        (tmp_path / "ill").touch()
        os.kill(children["ill"]["pid"], signal.SIGKILL)

        program.wait_for(lambda state: state["children"]["ill"]["restarts"] > 25)

        state = program.state()
        assert (state["state"], state["children"]["ill"]["sick"]) == ("ready", True)
        assert state["children"]["well"]["pid"] == children["well"]["pid"]
        (tmp_path / "ill").unlink()
        program.wait_for(lambda state: state["children"]["ill"]["state"] == "running")
        program.process.terminate()
        assert program.end() == (0, "")

    def test_goes_on_without_a_child_whose_program_is_gone(self, tmp_path: Path) -> None:
        (tmp_path / "program").symlink_to("/bin/sleep")
        program = _Program(
            tmp_path,
            """
            supervisor.LONGEST_PAUSE = 0.1
            def start(log):
                if not (folder / "program").exists():
                    raise supervisor.SupervisionFailed("chưa cài")
                return command([str(folder / "program"), "600"], os.environ)(log)
            children = [Child(name="only", start=start, ready=lambda: True)]
            """,
        )
        only = program.wait_until_ready()["children"]["only"]["pid"]
        (tmp_path / "program").unlink()
        os.kill(only, signal.SIGKILL)
        program.wait_for(lambda state: state["children"]["only"]["sick"])

        (tmp_path / "program").symlink_to("/bin/sleep")

        program.wait_for(lambda state: state["children"]["only"]["state"] == "running")
        program.process.terminate()
        assert program.end() == (0, "")

    def test_starts_a_child_anew_whose_program_was_exchanged(self, tmp_path: Path) -> None:
        program = _Program(
            tmp_path,
            """
            supervisor._LOOK_EVERY = 0.1
            script = ("trap 'echo stopped >> $FOLDER/said; rm $FOLDER/up; exit' TERM; "
                      "rm -f $FOLDER/new; touch $FOLDER/up; while :; do sleep 0.05; done")
            children = [child("only", script, outdated=(folder / "new").exists, ready=(folder / "up").exists)]
            """,
        )
        before = program.wait_until_ready()["children"]["only"]["pid"]

        (tmp_path / "new").touch()

        state = program.wait_for(
            lambda state: (
                state["children"]["only"]["pid"] != before and state["children"]["only"]["state"] == "running"
            )
        )
        assert (tmp_path / "said").read_text() == "stopped\n"
        assert (state["children"]["only"]["restarts"], state["children"]["only"]["sick"]) == (1, False)
        program.process.terminate()
        assert program.end() == (0, "")

    def test_goes_on_though_its_own_state_cannot_be_written(self, tmp_path: Path) -> None:
        program = _Program(tmp_path, 'children = [child("only", "echo $$ >> $FOLDER/said; exec sleep 600")]')
        only = program.wait_until_ready()["children"]["only"]["pid"]
        # Where a file is to be written stands a folder.
        (tmp_path / "run.json.new").mkdir()

        os.kill(only, signal.SIGKILL)

        _wait_for_lines(tmp_path / "said", 2)
        (tmp_path / "run.json.new").rmdir()
        program.process.terminate()
        assert program.end() == (0, "")


class TestStop:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_ends_those_that_need_others_first(self, tmp_path: Path, number: signal.Signals) -> None:
        told = "trap 'echo {0} >> $FOLDER/order; exit' TERM; touch $FOLDER/{0}; while :; do sleep 0.05; done"
        program = _Program(
            tmp_path,
            f"""
            children = [
                child("database", "{told.format("database")}", ready=(folder / "database").exists),
                child("web", "{told.format("web")}", ready=(folder / "web").exists, after=("database",)),
            ]
            """,
        )
        program.wait_until_ready()

        program.process.send_signal(number)

        assert program.end() == (0, "")
        assert (tmp_path / "order").read_text().split() == ["web", "database"]
        assert program.state()["state"] == "stopped"

    def test_kills_a_child_that_will_not_stop(self, tmp_path: Path) -> None:
        program = _Program(
            tmp_path,
            """
            deaf = "trap '' TERM; touch $FOLDER/deaf; while :; do sleep 0.05; done"
            children = [child("deaf", deaf, ready=(folder / "deaf").exists, stop_seconds=0.2)]
            """,
        )
        process = program.wait_until_ready()["children"]["deaf"]["pid"]

        program.process.terminate()

        assert program.end() == (0, "")
        assert not _is_running(process)

    def test_leaves_no_orphan_when_it_is_killed_itself(self, tmp_path: Path) -> None:
        program = _Program(
            tmp_path,
            'children = [child("one", "exec sleep 600"), child("two", "exec sleep 600", after=("one",))]',
        )
        children = [child["pid"] for child in program.wait_until_ready()["children"].values()]

        program.process.kill()
        program.end()

        for child in children:
            _wait_until_gone(child)


def _wait_for_lines(path: Path, lines: int) -> None:
    limit = time.monotonic() + 60
    while len(path.read_text().splitlines()) < lines:
        assert time.monotonic() < limit, f"{path} stays short"
        time.sleep(0.02)


def _read_when_written(path: Path) -> str:
    limit = time.monotonic() + 60
    while not path.exists() or not path.read_text().strip():
        assert time.monotonic() < limit, f"{path} stays empty"
        time.sleep(0.02)
    return path.read_text()
