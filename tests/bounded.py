"""Reads one hostile file in a child process with a hard stop: what never ends fails, and does not hang."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

#: Seconds of the processor and bytes; each input here took more than ten times as much, or never ended.
SECONDS, MEMORY = 20, 2 * 1024**3


def read_bounded(entrance: str, path: Path) -> dict[str, Any]:
    """What came of it: {"said": verdict, error class or count of lines, "message", "seconds"}."""
    command = [sys.executable, "-m", "tests.bounded", entrance, str(path)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, f"ended by {run.returncode}: {run.stderr[-500:]}"
    answer: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return answer


def _read(entrance: str, path: Path) -> tuple[str, str]:
    from vanthu import pdfsign
    from vanthu.reading import first_page
    from vanthu.reading.open_document_settling import settle_open_document
    from vanthu.reading.word_settling import settle_word

    if entrance == "verify":
        report = pdfsign.verify(path, trust=[], now=datetime.now(UTC))
        return report.verdict, report.message
    if entrance == "inspect":
        return str(pdfsign.inspect(path)), ""
    if entrance == "heading":
        return str(pdfsign.read_heading(path)), ""
    if entrance == "letter":
        letter = pdfsign.read_letter(path, signer_name="Nguyễn Văn An", signer_title="GIÁM ĐỐC")
        return str(letter.says.name.sight), ""
    if entrance == "sizes":
        return str(len(pdfsign.page_areas(path))), ""
    if entrance == "old sheet":
        return str(sum(1 for _ in first_page.old_sheet_lines(path))), ""
    if entrance == "settle":
        kind = first_page.format_of(path)
        target = path.with_suffix(".settled")
        found = (
            settle_open_document(path, target) if kind == "odt" else settle_word(path, target, accept=True)
        )
        return str(found.counts.total()), ""
    return str(sum(1 for _ in first_page.office_lines(path))), ""


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        said, message = _read(sys.argv[1], Path(sys.argv[2]))
    except Exception as error:
        said, message = type(error).__name__, str(error)
    print(json.dumps({"said": said, "message": message}))


if __name__ == "__main__":
    main()
