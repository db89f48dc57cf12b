"""The child of `benchmarks.fuzzing`: reads files as told on its input, and answers what came of each."""

from __future__ import annotations

import json
import logging
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from benchmarks.fuzzing_seeds import signed_ranges_hold
from vanthu import edxml, pdfsign
from vanthu.pdfsign.images import load_picture
from vanthu.reading import first_page
from vanthu.reading.excel import SheetUnreadable

_OURS = (pdfsign.PdfSignError, edxml.EdxmlError, SheetUnreadable)


def _verify(path: Path, folder: Path) -> str:
    root = pdfsign.load_certificate((folder / "root.der").read_bytes())
    report = pdfsign.verify(
        path, trust=[root], now=datetime.now(UTC), revocation=pdfsign.RevocationPolicy.IGNORE
    )
    report.to_json()
    if report.verdict is pdfsign.Verdict.VALID and not signed_ranges_hold(path.read_bytes(), folder):
        return "finding: VALID though its signed bytes differ"
    return str(report.verdict)


def _look(path: Path, folder: Path) -> str:
    pdfsign.inspect(path)
    pdfsign.page_areas(path)
    pdfsign.find_places(path, signer_name="Nguyễn Văn Ước", signer_title="GIÁM ĐỐC")
    pdfsign.read_heading(path)
    first_page.pdf_lines(path)
    return "read"


def _office(path: Path, folder: Path) -> str:
    count = sum(1 for _ in islice(first_page.office_lines(path), 100_000))
    if first_page.format_of(path) == "xls":
        count += sum(1 for _ in first_page.old_sheet_lines(path))
    return "read" if count else "nothing read"


def _packet(path: Path, folder: Path) -> str:
    with tempfile.TemporaryDirectory(dir=folder) as attachments:
        return type(edxml.read(path, attachments_dir=Path(attachments))).__name__


def _picture(path: Path, folder: Path) -> str:
    load_picture(path.read_bytes())
    return "read"


def _certificate(path: Path, folder: Path) -> str:
    for one in pdfsign.load_certificates(path.read_bytes()):
        pdfsign.kind_of(one), pdfsign.common_name(one), pdfsign.organization_name(one)
    return "read"


ENTRANCES: dict[str, tuple[Callable[[Path, Path], str], ...]] = {
    "pdf": (_verify, _look),
    "office": (_office,),
    "packet": (_packet,),
    "picture": (_picture,),
    "certificate": (_certificate,),
}


def read(kind: str, path: Path, folder: Path) -> str:
    """What came of reading the file by every entrance for its kind; the worst of it."""
    outcomes = []
    for entrance in ENTRANCES[kind]:
        try:
            outcomes.append(entrance(path, folder))
        except _OURS as refused:
            outcomes.append(type(refused).__name__)
        except Exception as strange:
            outcomes.append(f"finding: {entrance.__name__} {type(strange).__name__}: {str(strange)[:80]}")
    return max(outcomes, key=lambda outcome: outcome.startswith("finding"))


def main() -> None:
    """Serve until the input ends. Arguments: the folder of the seeds, bytes of memory, seconds a file."""
    folder, memory, seconds = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    logging.disable(logging.CRITICAL)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in sys.stdin:
        kind, path = json.loads(line)
        start = time.process_time()
        # The kernel ends what computes longer: with SIGXCPU, whatever it is inside of.
        resource.setrlimit(resource.RLIMIT_CPU, (int(start + seconds) + 1, resource.RLIM_INFINITY))
        outcome = read(kind, Path(path), folder)
        answer = {
            "outcome": outcome,
            "seconds": time.process_time() - start,
            "kilobytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
