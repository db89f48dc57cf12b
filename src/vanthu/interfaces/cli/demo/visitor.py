"""A person at the web pages, over HTTP: reads pages, fills in forms, and is told of errors as people are."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import httpx
from lxml import html

from vanthu.interfaces.cli.command import CommandRefused

Found = TypeVar("Found")

#: One file of a form: field, (file name, bytes, media type).
Upload = tuple[str, tuple[str, bytes, str]]


@dataclass(frozen=True)
class Screen:
    """A page as it came."""

    url: httpx.URL
    status: int
    tree: html.HtmlElement

    @property
    def state(self) -> str:
        """The state the page of a document names; empty on other pages."""
        found = self.tree.xpath("string(//*[@data-state]/@data-state)")
        return str(found)

    @property
    def document_id(self) -> str:
        """The id in the address of a document's page."""
        return self.url.path.strip("/").split("/")[1]

    @property
    def problem(self) -> str:
        """What the page says went wrong, in one line."""
        texts = self.tree.xpath("//*[@role='alert']//text() | //*[contains(@class,'field-error')]//text()")
        words = " ".join(" ".join(texts).split())
        headed = " ".join(self.tree.xpath("string(//h1)").split())
        return words or headed or f"máy chủ trả lời {self.status}"

    @property
    def has_refusal(self) -> bool:
        """Whether a form on the page says what is wrong with it."""
        return bool(self.tree.xpath("//*[contains(@class,'field-error')]"))

    def links(self, prefix: str) -> list[str]:
        """The addresses on the page that begin with `prefix`, each once, in order."""
        return list(
            dict.fromkeys(str(link) for link in self.tree.xpath("//a/@href") if link.startswith(prefix))
        )

    def documents(self, area: str) -> list[str]:
        """The addresses of the documents a list of `area` («/van-ban-den/») leads to, without their queue."""
        plain = (link.partition("?")[0] for link in self.links(area))
        return list(dict.fromkeys(link for link in plain if link.count("/") == 3))

    def text_of(self, xpath: str) -> str:
        """The text of the first element found, white space tidied."""
        return " ".join(str(self.tree.xpath(f"string({xpath})")).split())


class Visitor:
    """One signed-in person with a session of his own."""

    def __init__(self, base_url: str, username: str, password: str) -> None:
        self.username = username
        self._client = httpx.Client(base_url=base_url, follow_redirects=True, timeout=60)
        self.post("/dang-nhap/", {"username": username, "password": password})

    def close(self) -> None:
        """Forget the session."""
        self._client.close()

    def get(self, path: str) -> Screen:
        """The page at `path`. Raises CommandRefused when it is not to be had."""
        screen = self._screen(self._send("GET", path))
        if screen.status >= 400:
            raise CommandRefused(f"{self.username}: {path}: {screen.problem}", exit_code=1)
        return screen

    def file(self, path: str) -> bytes:
        """The file at `path`. Raises CommandRefused."""
        answer = self._send("GET", path)
        if answer.status_code != 200:
            raise CommandRefused(f"{self.username}: không lấy được tệp {path}.", exit_code=1)
        return answer.content

    def post(
        self, path: str, fields: Mapping[str, str | Sequence[str]], files: Sequence[Upload] = ()
    ) -> Screen:
        """Fill in the form at `path`, send it, and return the page it leads to.

        Whatever the form holds already (tokens, suggested values) is sent with it, as a browser does.
        Raises CommandRefused with the page's own sentence when the form is refused.
        """
        form = self._form(self.get(path), path)
        data = {**_values(form), **{name: _plain(value) for name, value in fields.items()}}
        answer = self._send("POST", path, data=data, files=list(files) or None)
        screen = self._screen(answer)
        # What the signing device refuses leads back to the page it was asked on.
        is_back = bool(answer.history) and screen.url.path == path.partition("?")[0] and screen.has_refusal
        if screen.status >= 400 or is_back:
            raise CommandRefused(f"{self.username}: {path}: {screen.problem}", exit_code=1)
        return screen

    def act(self, path: str, fields: Mapping[str, str | Sequence[str]]) -> Screen:
        """Do the act at `path` and return the page of its document; what it leads to is the next one.

        Raises CommandRefused.
        """
        self.post(path, fields)
        return self.get(f"{path.rsplit('/', 2)[0]}/")

    def found(self, picker: str, name: str) -> str:
        """What the picker at `picker` offers under exactly this name, as its form names it.

        Raises CommandRefused when it does not.
        """
        offered = self.get(f"{picker}?q={name}")
        references = offered.tree.xpath("//*[@role='option'][@data-name=$name]/@data-ref", name=name)
        if not references:
            raise CommandRefused(f"{self.username}: {picker}: không thấy «{name}» để chọn.", exit_code=1)
        return str(references[0])

    def wait(self, seconds: float, look: Callable[[], Found | None], what: str) -> Found:
        """Look again and again until `look` finds something. Raises CommandRefused after `seconds`."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = look()
            if found is not None:
                return found
            time.sleep(0.2)
        raise CommandRefused(f"{self.username}: chờ {seconds:.0f} giây mà chưa thấy {what}.", exit_code=1)

    def _send(self, method: str, path: str, **more: object) -> httpx.Response:
        headers = {"Referer": str(self._client.base_url)}
        try:
            return self._client.request(method, path, headers=headers, **more)  # type: ignore[arg-type]  # passed on as given
        except httpx.HTTPError as error:
            raise CommandRefused(
                f"Không kết nối được {self._client.base_url}: {error}.", exit_code=1
            ) from error

    def _screen(self, answer: httpx.Response) -> Screen:
        return Screen(
            url=answer.url, status=answer.status_code, tree=html.document_fromstring(answer.text or "<p>")
        )

    def _form(self, screen: Screen, path: str) -> html.FormElement:
        wanted = path.partition("?")[0]
        for form in screen.tree.forms:
            action = (form.get("action") or "").partition("?")[0]
            if form.get("method", "get").lower() == "post" and action in {"", wanted}:
                return form
        raise CommandRefused(f"{self.username}: trang {path} không có biểu mẫu để gửi.", exit_code=1)


def _values(form: html.FormElement) -> dict[str, str | list[str]]:
    """What a browser would send of an untouched form, files apart."""
    values: dict[str, str | list[str]] = {}
    for field in form.xpath(".//input[@name] | .//select[@name] | .//textarea[@name]"):
        for value in _sent_by(field):
            kept = values.get(field.name)
            if kept is None:
                values[field.name] = value
            else:
                values[field.name] = [*(kept if isinstance(kept, list) else [kept]), value]
    return values


def _sent_by(field: html.HtmlElement) -> list[str]:
    if field.tag == "select":
        chosen = field.xpath("./option[@selected]/@value") or field.xpath("./option[1]/@value")
        return [str(value) for value in chosen]
    if field.tag == "textarea":
        return [field.text or ""]
    kind = field.get("type", "text")
    if kind in {"checkbox", "radio"}:
        # An empty value is a value: «none of these».
        return [field.get("value", "on")] if field.get("checked") is not None else []
    return [] if kind in {"file", "submit", "button"} else [field.get("value", "")]


def _plain(value: str | Sequence[str]) -> str | list[str]:
    return value if isinstance(value, str) else list(value)
