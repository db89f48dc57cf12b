"""Measuring in processes of their own: they make ready, begin together, and answer in JSON.

A measuring process is a module of this package that calls `answer`. It lives no longer than we do.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

#: Seconds one of the processes may take in all before it is a fault.
_PATIENCE = 600.0


class MeasuringFailed(Exception):
    """Một phép đo không thực hiện được."""


def ask(module: str, job: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Any:
    """The answer of one process of `benchmarks.<module>` to `job`. Raises MeasuringFailed."""
    return ask_together(module, [job], environment)[0]


def ask_together(
    module: str, jobs: Sequence[Mapping[str, Any]], environment: Mapping[str, str] | None = None
) -> list[Any]:
    """The answers of one process per job, all beginning when the last of them is ready.

    Raises MeasuringFailed.
    """
    processes = [_start(module, environment) for _ in jobs]
    try:
        for process, job in zip(processes, jobs, strict=True):
            _tell(process, json.dumps(job))
        for process in processes:
            _hear(process)
        for process in processes:
            _tell(process, "begin")
        return [json.loads(_hear(process)) for process in processes]
    finally:
        for process in processes:
            _end(process)


def answer(prepare: Callable[[Any], Callable[[], Any]]) -> None:
    """Be a measuring process: make ready for the job, wait for the others, do it, answer."""
    said = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # Libraries may print; what the parent reads is ours alone.
    os.dup2(2, 1)
    measure = prepare(json.loads(sys.stdin.readline()))
    print("ready", file=said, flush=True)
    if sys.stdin.readline():
        print(json.dumps(measure(), ensure_ascii=False), file=said, flush=True)


def run(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    """The output of a program run to its end. Raises MeasuringFailed with its last line."""
    try:
        done = subprocess.run(  # noqa: S603 - programs of ours and of the system, arguments of ours
            ["/usr/bin/setpriv", "--pdeathsig=TERM", *arguments],
            env=dict(environment) if environment is not None else None,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
            start_new_session=True,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MeasuringFailed(f"«{arguments[0]}» không chạy được: {error}.") from error
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise MeasuringFailed(f"«{' '.join(arguments[:4])}» dừng với mã {done.returncode}: {' '.join(last)}")
    return done.stdout


def run_quietly(arguments: Sequence[str]) -> None:
    """Run a program whose output, however long, nobody wants. Raises MeasuringFailed."""
    done = subprocess.run(  # noqa: S603 - programs of the system, arguments of ours
        ["/usr/bin/setpriv", "--pdeathsig=TERM", *arguments],
        stdout=subprocess.DEVNULL,
        timeout=_PATIENCE,
        check=False,
        start_new_session=True,
    )
    if done.returncode != 0:
        raise MeasuringFailed(f"«{arguments[0]}» dừng với mã {done.returncode}.")


def _start(module: str, environment: Mapping[str, str] | None) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own module
        ["/usr/bin/setpriv", "--pdeathsig=TERM", sys.executable, "-m", f"benchmarks.{module}"],
        env=dict(environment) if environment is not None else None,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        # Ctrl-C at the terminal reaches us alone; we end our children.
        start_new_session=True,
    )


def _tell(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None, "opened as a pipe"
    # A process that is gone is noticed when its answer is read.
    with suppress(BrokenPipeError):
        process.stdin.write(f"{line}\n")
        process.stdin.flush()


def _hear(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None, "opened as a pipe"
    line = process.stdout.readline()
    if not line:
        raise MeasuringFailed(f"Tiến trình đo dừng với mã {process.wait()}; nguyên nhân ở trên.")
    return line


def _end(process: subprocess.Popen[str]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()
    with suppress(subprocess.TimeoutExpired):
        process.wait(5 if process.poll() is None and sys.exc_info()[0] is None else 0.1)
        return
    process.kill()
    process.wait()
