"""A disk that takes no more: 503 with its reason, nothing half-written left, well again with room."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.standing.installation import Installation, free_port
from tests.world import PASSWORD

#: A mount nobody else sees; whoever is not root needs a user namespace for it.
_APART = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
_ON_A_SMALL_DISK = 'mkdir -p "$VANTHU_VAR" && mount -t tmpfs -o size=16m small "$VANTHU_VAR" && exec "$@"'
_PUT = """
import io, os, django
django.setup()
from django.conf import settings
from vanthu.kernel import blobs, health
from vanthu.kernel.trouble import DiskFull, trouble_of

def everything():
    return sorted(os.path.join(folder, name) for folder, _, names in os.walk(settings.VAR) for name in names)

kept = blobs.put(io.BytesIO(os.urandom(1_000_000)))
before = everything()
for size in (20_000_000, 15_800_000):
    try:
        blobs.put(io.BytesIO(os.urandom(size)))
    except OSError as error:
        assert isinstance(trouble_of(error), DiskFull), repr(error)
    else:
        raise AssertionError("there was room")
assert everything() == before, everything()
assert blobs.is_whole(kept.sha256)
assert blobs.put(io.BytesIO(os.urandom(1_000_000)))
"""


def _on_a_small_disk(installation: Installation, *words: str, port: int = 0) -> subprocess.Popen[bytes]:
    """Run a program whose VANTHU_VAR lies on a disk of 16 MB that is gone with it."""
    return subprocess.Popen(
        [*_APART, "sh", "-c", _ON_A_SMALL_DISK, "sh", sys.executable, *words],
        env=installation.environment | {"VANTHU_VAR": str(installation.folder / "small"), "PORT": str(port)},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


@pytest.fixture
def small(installation: Installation) -> Iterator[str]:
    """The address of a server with a small disk."""
    port = free_port()
    process = _on_a_small_disk(installation, "-m", "vanthu", "serve", port=port)
    address = f"http://127.0.0.1:{port}"
    try:
        installation.wait_for(lambda: _answers(address), "máy chủ trả lời")
        yield address
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/suc-khoe/", timeout=10).status_code == 200
    except httpx.HTTPError:
        return False


def _token(page: httpx.Response) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


class TestFullDisk:
    def test_keeps_what_it_has_and_nothing_half_written(self, installation: Installation) -> None:
        assert _on_a_small_disk(installation, "-c", _PUT).wait(60) == 0

    def test_an_upload_is_answered_503_with_the_reason_and_smaller_ones_go_on(
        self, installation: Installation, small: str, tmp_path: Path
    ) -> None:
        with httpx.Client(base_url=small, timeout=60) as officer:
            form = {
                "username": "officer",
                "password": PASSWORD,
                "csrfmiddlewaretoken": _token(officer.get("/dang-nhap/")),
            }
            assert officer.post("/dang-nhap/", data=form).status_code == 303
            page = officer.get("/van-ban-di/soan/", follow_redirects=True)
            fields = {"csrfmiddlewaretoken": _token(page), "subject": "V/v thử"}
            large = {"draft_file": ("du-thao.pdf", b"%PDF-1.7\n" + os.urandom(40_000_000), "application/pdf")}

            refused = officer.post("/van-ban-di/soan/", data=fields, files=large)
            again = officer.post("/van-ban-di/soan/", data=fields)

        assert refused.status_code == 503
        assert "Máy chủ đã hết chỗ trên ổ đĩa" in refused.text
        assert "Việc bạn vừa làm chưa được ghi" in refused.text
        assert refused.headers["Retry-After"] == "120"
        assert again.status_code == 422, "the form is looked at again, and misses its file"
        assert _answers(small)
