"""Landlock: a process gives up every file but the folders it names, for ever (since Linux 5.13)."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH = 1
_VERSION_ONLY = 1
#: linux/landlock.h: execute, read a file, read a folder; and the rights each later version knows besides.
_EXECUTE, _READ, _SOCKET = 1 << 0, (1 << 2) | (1 << 3), 1 << 9
_OF_FILES = _EXECUTE | (1 << 1) | (1 << 2) | (1 << 14)
_HANDLED = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1}
#: Write, read, make and remove files and folders, truncate; no device, socket or pipe.
_WORK = _READ | (1 << 1) | (1 << 4) | (1 << 5) | (1 << 7) | (1 << 8) | (1 << 13) | (1 << 14)


class _Ruleset(ctypes.Structure):
    _fields_ = [("handled_access_fs", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32)]


_libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """What this kernel offers; 0: nothing."""
    return max(0, int(_libc.syscall(_CREATE_RULESET, None, 0, _VERSION_ONLY)))


def keep_only(*, read: Iterable[Path], work: Iterable[Path], runs: bool = False) -> None:
    """From now on this process reads under `read`, writes in `work`, and opens nothing else.

    `runs`: it may start the programs it can read.

    Needs no_new_privs. Raises OSError.
    """
    handled = _HANDLED[min(version(), 3)]
    attributes = _Ruleset(handled)
    ruleset = _checked(_libc.syscall(_CREATE_RULESET, ctypes.byref(attributes), ctypes.sizeof(attributes), 0))
    try:
        may_run = _EXECUTE if runs else 0
        for path in read:
            _allow(ruleset, path, (_READ | may_run) & handled)
        for path in work:
            _allow(ruleset, path, (_WORK | (_SOCKET if runs else 0)) & handled)
        _checked(_libc.syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        rule = _Beneath(rights if path.is_dir() else rights & _OF_FILES, beneath)
        _checked(_libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0))
    finally:
        os.close(beneath)


def _checked(result: int) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result
