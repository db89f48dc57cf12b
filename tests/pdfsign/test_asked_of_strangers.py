"""Who is asked for a file's sake: nobody a stranger names, as long as no root we trust vouches for him."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.pdfsign.office import Office
from vanthu.pdfsign import Certificate, Report, Verdict
from vanthu.room import signatures
from vanthu.room.fetching import Courier, FetchRules

_RULES = FetchRules(listed=frozenset({"127.0.0.1"}))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses the reader asks its parent for, answered or not."""
    addresses: list[str] = []
    answer = Courier.__call__

    def note(self: Courier, question: Any) -> dict[str, Any]:
        addresses.append(str(question["url"]))
        return answer(self, question)

    monkeypatch.setattr(Courier, "__call__", note)
    return addresses


def _judged(office: Office, file: Path, *trust: Certificate) -> Report:
    office.pki.requests.clear()
    return signatures.verify(file, trust=trust, now=office.now, rules=_RULES)


def test_certificates_under_a_root_we_trust_are_asked_about(
    office: Office, sealed: Path, asked: list[str]
) -> None:
    assert _judged(office, sealed, office.pki.root).verdict is Verdict.VALID
    assert any("/ocsp/" in address for address in asked)
    assert office.pki.requests


@pytest.mark.parametrize("trusted", [[], ["other-root"]], ids=["no root", "another root"])
def test_a_strangers_certificates_make_us_ask_nothing(
    office: Office, sealed: Path, asked: list[str], trusted: list[str]
) -> None:
    """The same certificates, with the same addresses in them."""
    report = _judged(office, sealed, *(office.pki.certificates[name] for name in trusted))

    assert report.verdict is Verdict.INDETERMINATE
    assert not any(one.trusted for one in report.signatures)
    assert (asked, office.pki.requests) == ([], [])
