"""A measuring process: people who are signed in and read pages, each as fast as the server answers."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Callable, Sequence
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from benchmarks import children
from benchmarks.children import MeasuringFailed

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_TIMEOUT = 60
#: Pages everyone reads, however long they take.
_LEAST = 5


class Reader:
    """One person with a session and a connection of his own."""

    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(address, timeout=_TIMEOUT)
        self._address = address
        self._cookies: dict[str, str] = {}

    def sign_in(self, username: str, password: str) -> None:
        """Come in by the front door. Raises MeasuringFailed."""
        _, page = self._request("GET", "/dang-nhap/")
        token = _TOKEN.search(page.decode())
        fields = {"username": username, "password": password}
        if token is not None:
            fields["csrfmiddlewaretoken"] = token[1]
        status, _ = self._request("POST", "/dang-nhap/", urlencode(fields))
        if status != 303:
            raise MeasuringFailed(f"«{username}» không đăng nhập được (mã {status}).")

    def read(self, path: str) -> float:
        """Milliseconds until the whole page was here. Raises MeasuringFailed for anything but a page."""
        began = time.perf_counter()
        status, page = self._request("GET", path)
        seconds = time.perf_counter() - began
        if status != 200 or not page:
            raise MeasuringFailed(f"{path}: máy chủ trả lời mã {status}.")
        return 1000 * seconds

    def _request(self, method: str, path: str, form: str | None = None) -> tuple[int, bytes]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if form is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Referer": f"http://{self._address}/",
            }
        self._connection.request(method, path, body=form, headers=headers)
        response = self._connection.getresponse()
        content = response.read()
        for line in response.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line).items():
                self._cookies[name] = morsel.value
        return response.status, content


def prepare(job: dict[str, Any]) -> Callable[[], dict[str, list[float]]]:
    """`address`, `people` (user names; "" reads without signing in), `password`, `tours`.

    A tour has `name`, `paths` (person i reads them in turn, from the i-th on), `rounds`, and the `seconds`
    after which nobody begins another. The answer: milliseconds of every page by the name of the tour.
    """
    readers = []
    for username in job["people"]:
        reader = Reader(job["address"])
        if username:
            reader.sign_in(username, job["password"])
        readers.append(reader)
    return lambda: {tour.pop("name"): _tour(readers, **tour) for tour in job["tours"]}


def _tour(readers: Sequence[Reader], paths: Sequence[str], rounds: int, seconds: float) -> list[float]:
    taken: list[float] = []
    faults: list[Exception] = []
    start = threading.Barrier(len(readers))

    def go(reader: Reader, first: int) -> None:
        try:
            # Once for warmth: caches and connections that a working day has already filled.
            reader.read(paths[first % len(paths)])
            start.wait(_TIMEOUT)
            end = time.monotonic() + seconds
            for step in range(1, rounds + 1):
                if step > _LEAST and time.monotonic() > end:
                    break
                taken.append(reader.read(paths[(first + step) % len(paths)]))
        except Exception as fault:
            start.abort()
            faults.append(fault)

    threads = [threading.Thread(target=go, args=(reader, first)) for first, reader in enumerate(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return taken


if __name__ == "__main__":
    children.answer(prepare)
