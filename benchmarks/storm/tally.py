"""What was seen during a storm: answers, promises made to people, and whatever must not happen."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field

#: What was sent could not be read, which no storm sends: each is a violation.
_UNREADABLE = frozenset({400, 411, 431})
#: What was asked for is not there, or not to be had in this way.
_ODD = frozenset({404, 405, 413})


@dataclass
class Tally:
    """Shared by every thread of a storm."""

    #: Answers by status; "down" where there was none.
    answers: Counter[str] = field(default_factory=Counter)
    #: Answers no browser of ours should get, by status and place.
    odd: Counter[str] = field(default_factory=Counter)
    #: Acts that were answered as done, by name.
    acts: Counter[str] = field(default_factory=Counter)
    #: What was killed, by name.
    kills: Counter[str] = field(default_factory=Counter)
    #: Refusals and outages as people were told of them.
    told: Counter[str] = field(default_factory=Counter)
    #: What must not happen.
    violations: list[str] = field(default_factory=list)
    #: Drafts somebody was told are saved: document → subject, SHA-256 of the file.
    drafts: dict[str, tuple[str, str]] = field(default_factory=dict)
    #: Documents somebody was told are issued.
    issued: set[str] = field(default_factory=set)
    #: Arrivals somebody was told are registered: (installation, document).
    registered: set[tuple[str, str]] = field(default_factory=set)
    #: Subjects of files that had to be refused.
    hostile: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answered(self, status: int, where: str) -> None:
        """Count an answer; a 500 is a violation, and so is a 400: a 503 while something is down is not."""
        with self._lock:
            self.answers[str(status)] += 1
            if status in _ODD:
                self.odd[f"{status} tại {where}"] += 1
            if status in _UNREADABLE or (status >= 500 and status != 503):
                self.violations.append(f"{status} tại {where}")

    def was_down(self) -> None:
        """Count a request nobody answered."""
        with self._lock:
            self.answers["down"] += 1

    def did(self, act: str) -> None:
        """Count an act that was answered as done."""
        with self._lock:
            self.acts[act] += 1

    def was_told(self, sentence: str) -> None:
        """Count what somebody was told instead of what he asked for."""
        with self._lock:
            self.told[(sentence.partition(": ")[2] or sentence)[-120:]] += 1

    def killed(self, what: str) -> None:
        """Count a kill."""
        with self._lock:
            self.kills[what] += 1

    def fault(self, what: str) -> None:
        """Note what must not happen."""
        with self._lock:
            self.violations.append(what)
