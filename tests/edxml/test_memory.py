"""Large attachments cost disk, not memory: measured in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

MEGABYTES = 60

# The peak of the process's own address space. getrusage would do, were it not that a child's ru_maxrss
# starts from what its parent held when it was started.
_PREAMBLE = """
import base64, io, json, os, sys
from pathlib import Path
from tests.edxml.samples import PACKET
from vanthu import edxml

def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))

folder = Path(sys.argv[1])
big = edxml.AttachmentSource(path=folder / "lon.bin", name="lon.pdf")
edxml.write(PACKET, [], io.BytesIO())
edxml.read(folder / "nho.edxml", attachments_dir=folder / "nho")
before = peak()
"""
_STEPS = {
    "write": "edxml.write(PACKET, [big], folder / 'viet.edxml')",
    "read zipped": "edxml.read(folder / 'zip.edxml', attachments_dir=folder / 'den')",
    "read raw": "edxml.read(folder / 'tho.edxml', attachments_dir=folder / 'den')",
}
_END = "\nprint(peak() - before)\n"
_PREPARE = """
with (folder / "lon.bin").open("wb") as file:
    for _ in range(%d):
        file.write(os.urandom(1024 * 1024))
edxml.write(PACKET, [big], folder / "zip.edxml")
text = (folder / "zip.edxml").read_bytes()
head, rest = text.split(b"<ContentTransferEncoded>")
tail = rest[rest.index(b"</Con"):]
with (folder / "tho.edxml").open("wb") as file:
    file.write(head + b"<ContentTransferEncoded>")
    file.write(base64.b64encode((folder / "lon.bin").read_bytes()) + tail)
"""


def run(script: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder)],
        env={"PYTHONPATH": "src:."},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lon")
    small = "import sys\nfrom pathlib import Path\nfrom tests.edxml.samples import written, PACKET\n"
    run(f"{small}Path(sys.argv[1], 'nho.edxml').write_bytes(written(PACKET))", folder)
    run(_PREAMBLE + _PREPARE % MEGABYTES, folder)
    return folder


@pytest.mark.parametrize("step", _STEPS.values(), ids=_STEPS)
def test_an_attachment_of_60_mb_takes_a_tenth_of_its_size_in_memory(step: str, folder: Path) -> None:
    grown = int(run(_PREAMBLE + step + _END, folder))
    assert grown < MEGABYTES * 1024 * 1024 / 10
