"""What a form carries of what its page showed."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vanthu.kernel.seen import NotShown, Seen, Stale, require_seen

SEEN = Seen(
    subject=UUID("0f8b4e0c-5d0e-4c37-9a55-0a9f6f0a7b11"), state="reviewing", version=3, sha256="ab" * 32
)

seen = st.builds(
    Seen,
    subject=st.uuids(),
    state=st.from_regex(r"[a-z_]{1,20}", fullmatch=True),
    version=st.integers(0, 999_999_999),
    sha256=st.from_regex(r"[0-9a-f]{64}|", fullmatch=True),
)


class TestSeen:
    @given(seen)
    def test_comes_back_from_a_form_as_it_went_out(self, shown: Seen) -> None:
        assert Seen.parse(str(shown)) == shown

    @given(st.text(max_size=200))
    def test_is_nothing_else(self, text: str) -> None:
        with pytest.raises(NotShown):
            Seen.parse(text)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            str(SEEN) + " ",
            str(SEEN) + "\n",
            str(SEEN).upper(),
            str(SEEN)[:-1],
            str(SEEN).replace(".3.", ".-3."),
            str(SEEN).replace(".3.", ".٣."),
            str(SEEN).replace(".3.", "." + "9" * 10 + "."),
            str(SEEN).replace(".reviewing.", ".."),
            "x" * 1_000_000,
        ],
    )
    def test_is_refused_when_it_is_missing_or_garbled(self, text: str) -> None:
        with pytest.raises(NotShown, match="Hãy mở lại trang"):
            Seen.parse(text)

    def test_goes_on_with_an_own_step(self) -> None:
        later = SEEN.after("draft")

        assert (later.subject, later.state, later.version, later.sha256) == (
            SEEN.subject,
            "draft",
            4,
            SEEN.sha256,
        )


class TestRequireSeen:
    def test_lets_on_what_was_seen(self) -> None:
        require_seen(SEEN, Seen.parse(str(SEEN)))

    @given(seen)
    def test_refuses_everything_else(self, other: Seen) -> None:
        if other == SEEN:
            return
        with pytest.raises(Stale) as refusal:
            require_seen(other, SEEN)

        assert (refusal.value.seen, refusal.value.current, refusal.value.status) == (other, SEEN, 409)
