"""How every question is put: files in, plain data out, and an answer of the wrong shape is no answer."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from vanthu.pdfsign import Certificate
from vanthu.room import pool
from vanthu.room.errors import ReaderBroke
from vanthu.room.limits import Limits
from vanthu.room.pool import Asked

T = TypeVar("T")


def answer(
    job: str,
    parameters: dict[str, Any],
    read: Callable[[Any], T],
    *,
    inputs: Sequence[Path],
    outputs: Sequence[Path] = (),
    limits: Limits | None = None,
    asked: Asked | None = None,
) -> T:
    """What `read` makes of a job's answer. Raises as `pool.Room.ask`, and ReaderBroke for nonsense."""
    said = pool.room().ask(
        job, parameters, inputs=inputs, outputs=outputs, limits=limits or Limits(), asked=asked
    )
    try:
        return read(said)
    except (ValueError, TypeError, KeyError, AssertionError, OverflowError) as nonsense:
        raise ReaderBroke from nonsense


def text(value: Any, *, most: int = 2_000) -> str:
    """`value` as text of at most `most` letters. Raises ValueError."""
    if not isinstance(value, str) or len(value) > most:
        raise ValueError("not a text")
    return value


def number(value: Any, *, least: int = 0, most: int = 2**53) -> int:
    """`value` as a whole number. Raises ValueError."""
    if type(value) is not int or not least <= value <= most:
        raise ValueError("not a number")
    return value


def texts(value: Any, *, most: int = 2_000) -> list[str]:
    """`value` as texts of at most `most` letters each. Raises ValueError."""
    if not isinstance(value, list):
        raise ValueError("not a list")
    return [text(each, most=most) for each in value]


def plain(certificates: Iterable[Certificate]) -> list[str]:
    """Certificates as a job takes them."""
    return [base64.b64encode(certificate.dump()).decode() for certificate in certificates]
