"""A refusal on its way over the wire: the class by its code, the sentence as text."""

from __future__ import annotations

from collections.abc import Sequence

from vanthu.pdfsign import PdfSignError

_LONGEST = 500


def plain(error: PdfSignError) -> list[str]:
    """What `refusal` reads back."""
    return [error.code, str(error)]


def refusal(said: Sequence[object]) -> PdfSignError:
    """The error a child says it met; of a class nobody knows, the general one."""
    code, message = (str(part) for part in (*said, "", "")[:2])
    found = next((kind for kind in _kinds(PdfSignError) if kind.code == code), PdfSignError)
    return found(message[:_LONGEST] or None)


def _kinds(base: type[PdfSignError]) -> list[type[PdfSignError]]:
    return [base, *(kind for each in base.__subclasses__() for kind in _kinds(each))]
