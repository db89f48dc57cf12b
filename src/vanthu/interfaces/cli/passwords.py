"""Temporary passwords: made by chance, read aloud without mistakes, told once."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from vanthu.interfaces.cli.command import CommandRefused
from vanthu.organizations import rules

#: Without 0 O o, 1 I i l, 2 Z z, 5 S s, 8 B, which are taken for one another on paper.
_LETTERS_AND_DIGITS = "abcdefghjkmnpqrtuvwxyACDEFGHJKLMNPQRTUVWXY34679"
_GROUPS = 4
_GROUP = 4


def temporary_password(username: str) -> str:
    """A password that meets the rules, of four groups of four, e.g. `Kfmr-7wxa-Hn4q-Td9e` (88 bits)."""
    while True:
        groups = ("".join(secrets.choice(_LETTERS_AND_DIGITS) for _ in range(_GROUP)) for _ in range(_GROUPS))
        password = "-".join(groups)
        if not rules.password_faults(password, username=username):
            return password


class PasswordSheet:
    """Who was given which temporary password: written at once into a file, or told at the end."""

    def __init__(self, file: IO[str] | None) -> None:
        self._file = file
        self._untold: list[str] = []
        self.written = 0

    def write(self, full_name: str, username: str, password: str) -> None:
        """Keep one line; in a file it is safe when this returns. Raises OSError; then it is still to tell."""
        line = f"{full_name}\t{username}\t{password}"
        self._untold.append(line)
        if self._file is not None:
            print(line, file=self._file, flush=True)
            os.fsync(self._file.fileno())
            self._untold.pop()
            self.written += 1

    def tell(self) -> None:
        """Print what stands in no file, and where the rest is."""
        if self._file is not None and self.written:
            print(f"Mật khẩu tạm của {self.written} người đã ghi vào «{self._file.name}».")
        if self._untold:
            print("Mật khẩu tạm, chỉ hiện một lần này; mỗi người phải đổi khi đăng nhập lần đầu:")
            print("\n".join(self._untold))


@contextmanager
def password_sheet(path: Path | None) -> Iterator[PasswordSheet]:
    """A sheet in a new file that only its owner may read, or without a file one that is told.

    A file nothing was written into is taken away again. Raises CommandRefused when there is such a file, and
    OSError.
    """
    if path is None:
        yield PasswordSheet(None)
        return
    with _new_file(path) as file:
        sheet = PasswordSheet(file)
        try:
            yield sheet
        finally:
            if not sheet.written:
                path.unlink()


def _new_file(path: Path) -> IO[str]:
    try:
        return open(path, "x", encoding="utf-8", opener=_for_the_owner)
    except FileExistsError:
        raise CommandRefused(f"{path}: đã có tệp này. Hãy chọn tên khác; chưa ghi gì.") from None


def _for_the_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
