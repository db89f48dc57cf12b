"""What somebody types is kept until it has arrived: one way for every form of an act (ADR 0034).

The browser keeps it while it is typed (`static/js/kept.mjs`), locked with a key that only that person's
pages hold. Here is the server's half: whose form it is, what has arrived, and the form filled in again.
Nothing of a PIN, a password or a file is ever kept.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from django import forms
from django.core import signing
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, QueryDict, RawPostDataException
from django.http.multipartparser import MultiPartParserError
from django.utils.crypto import salted_hmac

#: The hidden field of every form of an act: whose it is, so that nobody else is shown what was typed.
KEEPER = "keeper"
#: In the address of a new draft: which of several it is.
DRAFT = "ban"

_SALT = "vanthu.kept"
_CARRIED_SALT = "vanthu.kept.carried"
_AGAIN, _ARRIVED = "kept_again", "kept_arrived"
#: Characters of words as they are kept in a session; a draft for 5,000 agencies takes 250,000.
LONGEST = 500_000
#: Characters of as many when they are sealed, in Base64.
LONGEST_SEALED = LONGEST * 4 // 3 + 200
#: Seconds for which what was sealed can be opened: seven days, as the browser keeps it.
_SEALED_FOR = 7 * 86_400
#: Fields of forms that nobody types.
_NOT_TYPED = frozenset(
    {"csrfmiddlewaretoken", KEEPER, "seen", "next", "find", "q", "draft_key", "held", "dropped"}
)
#: How many addresses of forms that arrived a page names.
_MOST_ARRIVED = 20
#: What reading a post raises that cannot be read, or was broken off.
_UNREADABLE = (SuspiciousOperation, MultiPartParserError, RawPostDataException, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class Again:
    """Words to fill in again."""

    words: QueryDict
    #: The fields that were changed; None: every field of the form is in `words`.
    names: frozenset[str] | None

    def has(self, field: forms.Field, name: str) -> bool:
        """Whether the field is to be filled in with what `words` holds, also when that is nothing."""
        if not may_be_kept(field):
            return False
        if self.names is not None:
            return name in self.names
        return name in self.words or _may_be_sent_empty(field)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What was posted and did not arrive, on its way through a page in between; `back` leads to its form."""

    back: str
    #: What was typed, as `sealed` leaves it: whoever reads that page's source learns nothing of it.
    sealed: str


def _may_be_sent_empty(field: forms.Field) -> bool:
    """Whether a browser sends nothing at all of it when nothing is chosen."""
    several = isinstance(field.widget, forms.MultipleHiddenInput)
    return several or isinstance(field, forms.MultipleChoiceField | forms.BooleanField)


_again: ContextVar[Again | None] = ContextVar("again", default=None)


def may_be_kept(field: forms.Field) -> bool:
    """Whether a field holds something typed or chosen: never a secret, a file or what only machines read."""
    if isinstance(field, forms.FileField) or isinstance(field.widget, forms.PasswordInput):
        return False
    return not field.widget.is_hidden or isinstance(field.widget, forms.MultipleHiddenInput)


def keeper_of(user_id: UUID | None) -> str:
    """The value of `KEEPER` in the forms of this person."""
    return signing.Signer(salt=_SALT).sign(str(user_id))


def is_keeper(value: str, user_id: UUID | None) -> bool:
    """Whether a form that says so is this person's."""
    return user_id is not None and value == keeper_of(user_id)


def lock_of(user_id: UUID | None) -> str:
    """The key by which this person's pages lock what is typed: 256 bits, URL-safe Base64."""
    key = salted_hmac(_SALT, f"lock {user_id}", algorithm="sha256").digest()
    return urlsafe_b64encode(key).decode()


def sealed(words: str, keeper: str) -> str:
    """`words` so that only the server reads them, for the person of `keeper`; goes into pages others may see.

    Raises signing.BadSignature for what is no keeper.
    """
    person = signing.Signer(salt=_SALT).unsign(keeper)
    return _seal_of(person).encrypt(words.encode()).decode()


def unsealed(carried: str, user_id: UUID | None) -> str:
    """The words that were `sealed` for this person; none for anybody else's, and for those of long ago."""
    try:
        return _seal_of(str(user_id)).decrypt(carried.encode(), ttl=_SEALED_FOR).decode()
    except InvalidToken:
        return ""


def _seal_of(person: str) -> Fernet:
    # Not `lock_of`, which stands in that person's pages.
    key = salted_hmac(_CARRIED_SALT, person, algorithm="sha256").digest()
    return Fernet(urlsafe_b64encode(key))


def address_in(address: str) -> str:
    """Which form stands there: its path, and which of several new drafts it is."""
    path, query = urlsplit(address)[2:4]
    try:
        draft = UUID(QueryDict(query).get(DRAFT, ""))
    except ValueError:
        return path
    return f"{path}?{DRAFT}={draft}"


def address_of(request: HttpRequest) -> str:
    """Which form this request asks for, or brings."""
    return address_in(request.get_full_path())


def arrived(request: HttpRequest) -> None:
    """Have the next page tell the browser to forget what was typed into the form just posted."""
    if request.method != "POST" or KEEPER not in request.POST:
        return
    _forget(request, address_of(request))


def _forget(request: HttpRequest, address: str) -> None:
    known = [each for each in request.session.get(_ARRIVED, []) if each != address]
    request.session[_ARRIVED] = [*known, address][-_MOST_ARRIVED:]
    if request.session.get(_AGAIN, {}).get("address") == address:
        del request.session[_AGAIN]


def take_arrived(request: HttpRequest) -> list[str]:
    """The addresses of forms that arrived since the last page, which are then told."""
    if _ARRIVED not in request.session:
        return []
    told: list[str] = request.session.pop(_ARRIVED)
    return told


def fill_in_again(request: HttpRequest, *, back: str, words: str, names: list[str] | None = None) -> None:
    """Have the form at `back` filled in with `words` when its person opens it next; too much is dropped."""
    if (words or names) and len(words) <= LONGEST:
        request.session[_AGAIN] = {"address": address_in(back), "words": words, "names": names}


@contextmanager
def filled_in_again(request: HttpRequest) -> Iterator[None]:
    """While this page is made, its forms start with what was typed before and did not arrive."""
    kept = request.session.get(_AGAIN) if request.method == "GET" else None
    if kept is None or kept["address"] != address_of(request):
        yield
        return
    del request.session[_AGAIN]
    names = kept["names"]
    mark = _again.set(Again(QueryDict(kept["words"]), None if names is None else frozenset(names)))
    try:
        yield
    finally:
        _again.reset(mark)


def words_again() -> Again | None:
    """What the forms of this page start with; None: with what they always do."""
    return _again.get()


def carried(request: HttpRequest) -> Carried | None:
    """What this post brought, for its form to be filled in again; None when that was nothing, or nobody's."""
    if request.method != "POST":
        return None
    try:
        keeper = request.POST.get(KEEPER, "")
        pairs = [(name, each) for name, several in request.POST.lists() for each in several]
    except _UNREADABLE:
        return None
    secret = _NOT_TYPED | _secrets()
    words = urlencode([(name, each) for name, each in pairs if name not in secret])
    if not words or len(words) > LONGEST:
        return None
    try:
        return Carried(back=request.get_full_path(), sealed=sealed(words, keeper))
    except signing.BadSignature:
        return None


def _secrets() -> frozenset[str]:
    """The names of all fields that hold a PIN or a password."""

    def below(kind: Any) -> Iterator[Any]:
        for each in kind.__subclasses__():
            yield each
            yield from below(each)

    return frozenset(
        name
        for kind in below(forms.Form)
        for name, field in kind.base_fields.items()
        if isinstance(field.widget, forms.PasswordInput)
    )
