"""Every anticipated failure: one code, one status, one Vietnamese sentence."""

from __future__ import annotations

import re
from collections import Counter
from importlib import import_module

import pytest

from tests.architecture.source import modules
from vanthu.kernel.errors import Conflict, DomainError, NotAllowed, NotFound, require

#: What the edge knows how to answer.
STATUSES = {403, 404, 409, 422, 429, 500, 502, 503}
_VIETNAMESE = re.compile(r"[ạ-ỹÀ-ỹđĐăĂơƠưƯ]")


def _errors() -> list[type[DomainError]]:
    """Every error class of the source."""
    for module in modules("*/**/*.py"):
        if not module.name.startswith(("config.", "interfaces.")):
            import_module("vanthu." + module.name.removesuffix(".__init__"))
    found: list[type[DomainError]] = []
    waiting = [DomainError]
    while waiting:
        error = waiting.pop()
        if error.__module__.startswith("vanthu."):
            found.append(error)
        waiting += error.__subclasses__()
    return sorted(set(found), key=lambda each: (each.__module__, each.__name__))


ERRORS = _errors()


class TestErrors:
    def test_are_found(self) -> None:
        assert len(ERRORS) > 20

    @pytest.mark.parametrize("error", ERRORS, ids=lambda error: f"{error.__module__}.{error.__name__}")
    def test_speak_one_vietnamese_sentence(self, error: type[DomainError]) -> None:
        words = (error.__doc__ or "").strip().splitlines()[0]

        assert words.endswith("."), words
        assert _VIETNAMESE.search(words), words

    @pytest.mark.parametrize("error", ERRORS, ids=lambda error: f"{error.__module__}.{error.__name__}")
    def test_have_a_code_and_a_status_the_edge_knows(self, error: type[DomainError]) -> None:
        assert re.fullmatch(r"[a-z_]+\.[a-z0-9-]+", error.code), error.code
        assert error.status in STATUSES

    def test_have_codes_of_their_own(self) -> None:
        """A subclass that only says more precisely where it came from may keep its parent's code."""
        own = Counter(error.code for error in ERRORS if "code" in vars(error))

        assert [code for code, times in own.items() if times > 1] == []


class TestTheBases:
    @pytest.mark.parametrize(("error", "status"), [(NotAllowed, 403), (NotFound, 404), (Conflict, 409)])
    def test_say_their_docstring_unless_told_otherwise(self, error: type[DomainError], status: int) -> None:
        assert str(error()) == error.__doc__
        assert str(error("Hãy thử lại.")) == "Hãy thử lại."
        assert error.status == status

    def test_require_refuses_what_is_not_allowed(self) -> None:
        require(True)
        with pytest.raises(NotAllowed, match="không có quyền"):
            require(False)
