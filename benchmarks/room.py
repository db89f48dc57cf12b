"""What the room costs beside the reading itself: an honest PDF, read with and without it."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2

from benchmarks.certificates import Root, new_key
from benchmarks.figures import Figure, Limit, at_most, median
from benchmarks.house import House
from benchmarks.letter import Letter
from vanthu import pdfsign
from vanthu.room import papers, pool, signatures
from vanthu.room.pool import Room

_SIZE = 2 * 1024 * 1024
_TIMES = 60
_MILLISECONDS = 1000


def measure(house: House, *, documents: int) -> list[Figure]:
    """Milliseconds of one file, median; the bare start of a process, and the file's hash, beside them."""
    with tempfile.TemporaryDirectory(dir=house.var) as name, pool.using(Room()):
        folder = Path(name)
        paper = folder / "2mb.pdf"
        paper.write_bytes(_paper())
        beside = _beside(lambda: pdfsign.page_areas(paper), lambda: papers.page_areas(paper))
        letter = Letter(folder, Root())
        letter.prepare()
        for who, act in (("Người ký", letter.sign), ("Cơ quan", letter.seal)):
            act(letter.root.signer(who, new_key("RSA-2048")))
        sealed, now = folder / "sealed.pdf", datetime.now(UTC)
        bare = letter.checker(sealed, 2)
        checking = _beside(
            bare, lambda: signatures.verify(sealed, trust=[letter.root.certificate], now=now, rules=None)
        )
        started = _median(lambda: subprocess.run(["/usr/bin/true"], check=True))
        hashed = _median(lambda: hashlib.sha256(paper.read_bytes()).digest())
    start = Limit(what="khởi động một tiến trình rỗng (fork, exec)", value=started, unit="mili giây")
    return [
        Figure(
            what="phòng đọc, thêm vào việc đọc một PDF 2 MB",
            value=beside,
            unit="mili giây",
            limit=start,
            budget=at_most(15),
            note=f"sha256 của tệp ấy: {hashed:.1f} mili giây",
        ),
        Figure(
            what="phòng đọc, thêm vào việc kiểm tra một văn bản 2 chữ ký",
            value=checking,
            unit="mili giây",
            limit=start,
            budget=at_most(15),
        ),
    ]


def _beside(bare: Callable[[], object], inside: Callable[[], object]) -> float:
    """What `inside` takes longer than `bare`, turn by turn, so that a busy machine is busy for both."""
    for act in (bare, inside):
        act()
    pairs = [(_seconds(bare), _seconds(inside)) for _ in range(_TIMES)]
    return _MILLISECONDS * median([inside_ - bare_ for bare_, inside_ in pairs])


def _median(act: Callable[[], object]) -> float:
    return _MILLISECONDS * median([_seconds(act) for _ in range(_TIMES)])


def _seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _paper() -> bytes:
    """Ten blank pages and enough that no packing makes smaller."""
    document = pypdfium2.PdfDocument.new()
    for _ in range(10):
        document.new_page(595, 842)
    document.new_attachment("so-lieu.bin").set_data(os.urandom(_SIZE))
    content = io.BytesIO()
    document.save(content)
    document.close()
    return content.getvalue()
