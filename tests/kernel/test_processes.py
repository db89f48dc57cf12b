"""Whether a process has ended is known for certain, or said not to be."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace

from vanthu.kernel.processes import Fate, Process

#: The first thread ends and another stays: to `ps` this is a zombie.
_HEADLESS = """
import ctypes, threading, time
threading.Thread(target=time.sleep, args=(60,)).start()
print("begun", flush=True)
ctypes.CDLL(None).syscall(60, 0)
"""


class TestAProcess:
    def test_that_runs_lives(self) -> None:
        assert Process.of(os.getpid()).fate() is Fate.LIVES

    def test_that_ended_has_ended_before_and_after_its_parent_hears_of_it(self) -> None:
        child = subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE)
        known = Process.of(child.pid)
        assert known.fate() is Fate.LIVES
        assert child.stdin is not None
        child.stdin.close()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)

        assert known.fate() is Fate.ENDED
        child.wait()
        assert known.fate() is Fate.ENDED

    def test_whose_number_another_has_now_has_ended(self) -> None:
        here = Process.of(os.getpid())

        assert replace(here, started=here.started - 1).fate() is Fate.ENDED

    def test_of_another_machine_or_boot_or_container_is_not_known(self) -> None:
        here = Process.of(os.getpid())
        boot, _, namespace = here.machine.partition("/")

        for machine in (f"{boot}/pid:[1]", f"another/{namespace}"):
            assert replace(here, machine=machine, pid=2**22).fate() is Fate.UNKNOWN

    def test_of_which_one_thread_is_left_lives(self) -> None:
        with subprocess.Popen([sys.executable, "-c", _HEADLESS], stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            child.stdout.readline()
            known = Process.of(child.pid)
            time.sleep(0.2)
            fate = known.fate()
            child.kill()
            child.wait()

        assert fate is Fate.LIVES
