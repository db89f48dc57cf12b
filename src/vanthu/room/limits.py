"""What one job may take of the machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

_MB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Beyond any of these, the job is ended and its file refused."""

    #: Seconds by the clock, waiting for the network included.
    seconds: float = 20.0
    #: Seconds of processor time.
    processor: int = 10
    #: Bytes of address space, what the interpreter itself takes included.
    memory: int = 1536 * _MB
    #: Bytes of the largest file it may write.
    output: int = 512 * _MB
    #: Open files.
    files: int = 64

    def under(self, ceiling: Limits) -> Limits:
        """The smaller of each."""
        return Limits(**{name: min(each, getattr(ceiling, name)) for name, each in self.to_dict().items()})

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for the wire."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Self:
        """What `to_dict` wrote."""
        return cls(**plain)
