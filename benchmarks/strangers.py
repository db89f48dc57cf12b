"""A program: so many strangers who sign in with wrong passwords, one try after another.

    python -m benchmarks.strangers PORT COUNT SECONDS READY

READY is a file that is written when all have begun. It ends by itself.
"""

from __future__ import annotations

import http.client
import re
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def _stranger(port: int, number: int, end: float, start: threading.Barrier) -> None:
    """One of them, at an address of his own, trying accounts that exist and accounts that do not."""
    wire = http.client.HTTPConnection(
        "127.0.0.1", port, timeout=60, source_address=(f"127.0.2.{number + 1}", 0)
    )
    wire.request("GET", "/dang-nhap/")
    answer = wire.getresponse()
    token = _TOKEN.search(answer.read().decode())
    cookie = (answer.headers["Set-Cookie"] or "").partition(";")[0]
    start.wait(60)
    tries = 0
    while time.monotonic() < end:
        name = f"khong-co-{number}-{tries}" if tries % 2 else "clerk"
        form = {
            "username": name,
            "password": f"Sai-{tries}",
            "csrfmiddlewaretoken": token[1] if token else "",
        }
        wire.request(
            "POST",
            "/dang-nhap/",
            urlencode(form),
            {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"},
        )
        wire.getresponse().read()
        tries += 1


def besiege(port: int, count: int, seconds: float, ready: Path) -> None:
    """Be all of them for so long."""
    end = time.monotonic() + seconds
    start = threading.Barrier(count, action=ready.touch)
    threads = [
        threading.Thread(target=_stranger, args=(port, number, end, start), daemon=True)
        for number in range(count)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    besiege(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4]))
