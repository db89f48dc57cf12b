"""How every console command is found, run and ended."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Mapping, Sequence

from vanthu.interfaces.cli.parser import one_line, program_parser
from vanthu.kernel.errors import why


class CommandRefused(Exception):
    """Lệnh không thực hiện được.

    The message is the one Vietnamese line the person at the terminal reads; `exit_code` follows the
    command's own contract (2 = the input cannot be read or used).
    """

    def __init__(self, message: str, *, exit_code: int = 2) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def run_program(
    program: str, description: str, commands: Mapping[str, tuple[str, str]], argv: Sequence[str] | None
) -> int:
    """Run one command of `program`; `commands` maps a name to (module, one Vietnamese line of help)."""
    _take_any_terminal()
    args = program_parser(program, description, commands).parse_args(argv)
    try:
        exit_code: int = args.run(args)
        # What is still unsaid must fail here, not when the interpreter ends.
        sys.stdout.flush()
        return exit_code
    except CommandRefused as refused:
        print(one_line(str(refused)), file=sys.stderr)
        return refused.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader (head, less) went away; nothing is wrong, and nothing more can be said.
        _drop_output()
        return 141
    except OSError as error:
        return _end_by(error)


def _end_by(error: OSError) -> int:
    """A file or a disk that cannot be used is no fault of ours; anything else of the system is a bug."""
    if error.filename is not None:
        print(one_line(f"{error.filename}: {why(error)}."), file=sys.stderr)
        return 2
    if error.errno == errno.ENOSPC:
        print("Không ghi được kết quả: ổ đĩa đã đầy.", file=sys.stderr)
        _drop_output()
        return 2
    raise error


def _drop_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _take_any_terminal() -> None:
    """A letter the terminal does not know is shown by its code; it must not end the command."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
