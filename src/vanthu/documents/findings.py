"""What was found in the file of a draft, and where: told to whoever drafts, approves and signs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from vanthu.documents.states import ChangesChoice, FindingKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found."""

    #: What it is, quoting the file.
    text: str
    #: The words around it; "" where the text says it all.
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingGroup:
    """All of one kind."""

    kind: FindingKind
    #: What was found and what became of it, in one sentence.
    sentence: str
    count: int
    #: Some of them.
    named: Sequence[Finding]

    @property
    def unnamed(self) -> int:
        """How many are counted and not named."""
        return self.count - len(self.named)


#: What became of each kind; of tracked changes it is the officer's choice.
_SENTENCES: Mapping[FindingKind, str] = MappingProxyType(
    {
        FindingKind.CHANGE: "Tệp Word có {count} thay đổi được theo dõi (Track Changes)",
        FindingKind.COMMENT: "Tệp Word có {count} ghi chú bên lề (comment); ghi chú không in ra PDF.",
        FindingKind.HIDDEN: "Tệp Word có {count} chỗ chữ ẩn; chữ ẩn không in ra PDF.",
        FindingKind.FIELD: "{count} trường tự động của Word (ngày, tên tệp…) giữ giá trị ghi trong tệp.",
        FindingKind.BROKEN: "{count} tham chiếu hỏng in ra dòng báo lỗi. Hãy sửa trong Word, chọn lại tệp.",
        FindingKind.TURNED: "{count} trang PDF bị xoay đã được dựng thẳng để đặt số, chữ ký và dấu.",
    }
)
_CHOSEN: Mapping[ChangesChoice | None, str] = MappingProxyType(
    {
        None: " chưa duyệt.",
        ChangesChoice.ACCEPT: "; đã chấp nhận tất cả theo lựa chọn của người soạn.",
        ChangesChoice.REJECT: "; đã bỏ tất cả theo lựa chọn của người soạn.",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything found in one file."""

    named: Mapping[FindingKind, Sequence[Finding]] = field(default_factory=dict)
    counts: Mapping[FindingKind, int] = field(default_factory=dict)
    #: What became of the tracked changes; None while nobody has chosen, or where there are none.
    choice: ChangesChoice | None = None

    @property
    def has_changes(self) -> bool:
        """Whether there were tracked changes."""
        return bool(self.counts.get(FindingKind.CHANGE))

    @property
    def groups(self) -> list[FindingGroup]:
        """What was found, by its kind."""
        return [
            FindingGroup(
                kind=kind, sentence=self._sentence(kind), count=count, named=self.named.get(kind, ())
            )
            for kind in FindingKind
            if (count := self.counts.get(kind, 0))
        ]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` reads them back."""
        return {
            "counts": {kind.value: count for kind, count in self.counts.items()},
            "named": {
                kind.value: [[each.text, each.where] for each in named] for kind, named in self.named.items()
            },
            "choice": self.choice.value if self.choice else None,
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Findings:
        """Read what `to_dict` wrote; nothing was found where nothing is said."""
        choice = plain.get("choice")
        return cls(
            counts={FindingKind(kind): count for kind, count in plain.get("counts", {}).items()},
            named={
                FindingKind(kind): tuple(Finding(text=text, where=where) for text, where in named)
                for kind, named in plain.get("named", {}).items()
            },
            choice=ChangesChoice(choice) if choice else None,
        )

    def _sentence(self, kind: FindingKind) -> str:
        said = _SENTENCES[kind].format(count=self.counts[kind])
        return said + _CHOSEN[self.choice] if kind is FindingKind.CHANGE else said
