"""What is acted on is what was seen: every act brings what its page showed, compared under the lock."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from uuid import UUID

from vanthu.kernel.errors import Conflict

#: Letters of a state, digits of a version, a hash or none; the thing's id before them.
_TEXT = re.compile(r"([0-9a-f]{32})\.([a-z0-9_]{1,20})\.([0-9]{1,9})\.([0-9a-f]{64}|)", re.ASCII)


class NotShown(Conflict):
    """Biểu mẫu không cho biết bạn đã xem bản nào. Hãy mở lại trang rồi làm lại."""

    code = "domain.not-shown"


class Stale(Conflict):
    """Nội dung đã thay đổi từ lúc bạn mở trang. Hãy xem bản hiện nay rồi làm lại."""

    code = "domain.stale"

    def __init__(self, seen: Seen, current: Seen) -> None:
        super().__init__()
        self.seen, self.current = seen, current


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One thing as it stood when it was shown: whoever acts on it acts on this and on nothing else."""

    #: The document, the part of the work or the delivery.
    subject: UUID
    state: str
    #: Raised by every act that changes the thing.
    version: int
    #: Hash of the PDF in force; empty when there is none.
    sha256: str = ""

    def __str__(self) -> str:
        """For a hidden field: `subject.state.version.sha256`."""
        return f"{self.subject.hex}.{self.state}.{self.version}.{self.sha256}"

    @classmethod
    def parse(cls, text: str) -> Seen:
        """What a form brought back. Raises NotShown for anything else, and for nothing."""
        found = _TEXT.fullmatch(text)
        if found is None:
            raise NotShown
        subject, state, version, sha256 = found.groups()
        return cls(subject=UUID(hex=subject), state=state, version=int(version), sha256=sha256)

    @property
    def facts(self) -> dict[str, str | int]:
        """What the audit trail keeps of it, beside the subject of the entry."""
        return {"state": self.state, "version": self.version, "sha256": self.sha256}

    def after(self, state: str) -> Seen:
        """As it stands when one act of the same person has moved it to `state` and left its file.

        For an act in several steps: what came between the steps from elsewhere makes the next one stale.
        """
        return replace(self, state=state, version=self.version + 1)


def require_seen(seen: Seen, current: Seen) -> None:
    """Refuse with Stale unless the thing, now locked, is what was shown."""
    if seen != current:
        raise Stale(seen, current)
