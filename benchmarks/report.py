"""`python -m benchmarks.report [FILE]`: put the figures of a run into docs/benchmarks.md."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks import figures, machine
from benchmarks.figures import Budget, Chapter, Figure, Limit

_PAGE = Path("docs/benchmarks.md")
#: What stands below this line is written by this program.
_MARK = "<!-- The rest is written by python -m benchmarks.report -->"


def main(argv: Sequence[str] | None = None) -> int:
    """Replace the figures of the page by those of the file (var/bench/figures.json by default)."""
    arguments = sys.argv[1:] if argv is None else argv
    source = Path(arguments[0] if arguments else "var/bench/figures.json")
    facts = json.loads(source.read_text(encoding="utf-8"))
    head, mark, _ = _PAGE.read_text(encoding="utf-8").partition(_MARK)
    if not mark:
        print(f"{_PAGE} không có dòng «{_MARK}».", file=sys.stderr)
        return 1
    _PAGE.write_text(f"{head}{mark}\n\n{_report(facts)}\n", encoding="utf-8")
    return 0


def _report(facts: dict[str, Any]) -> str:
    day = datetime.fromisoformat(facts["measured_at"])
    documents = f"{facts['documents']:,}".replace(",", ".")
    about = (
        f"{machine.sentence(facts['machine'])} {machine.load_sentence(facts['machine'])} "
        f"Sau khi đo: {facts['machine']['load_after']:.1f}. Hệ thống có {documents} văn bản."
    )
    chapters = [_chapter(each) for each in facts["chapters"]]
    return f"## {day:%d/%m/%Y}\n\n{about}\n{figures.markdown(chapters)}"


def _chapter(facts: dict[str, Any]) -> Chapter:
    return Chapter(**{**facts, "figures": [_figure(each) for each in facts["figures"]]})


def _figure(facts: dict[str, Any]) -> Figure:
    limit, budget = facts["limit"], facts["budget"]
    return Figure(
        **{
            **facts,
            "limit": Limit(**limit) if limit else None,
            "budget": Budget(**budget) if budget else None,
        }
    )


if __name__ == "__main__":
    sys.exit(main())
