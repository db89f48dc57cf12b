"""Whatever byte is changed in a signed file, and whatever is hung on behind it, it is never valid."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.pdfsign import tampering
from tests.pdfsign.documents import write
from tests.pdfsign.office import Office
from vanthu.pdfsign import UnreadablePdf, Verdict

_RELAXED = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _verdict(office: Office, data: bytes) -> Verdict | None:
    try:
        return office.judged(write(office.folder / "changed.pdf", data)).verdict
    except UnreadablePdf:
        return None


@pytest.mark.parametrize("stage", ["signed", "sealed", "archived"])
@_RELAXED
@given(where=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_a_flipped_byte_in_the_signed_ranges(
    office: Office, finished: Office, stage: str, where: float, flip: int
) -> None:
    data = bytearray((finished.folder / f"{stage}.pdf").read_bytes())
    _, first, start, length = tampering.byte_ranges(bytes(data))[-1]
    signed = [*range(first), *range(start, start + length)]
    data[signed[int(where * len(signed))]] ^= flip

    assert _verdict(office, bytes(data)) in (Verdict.INVALID, Verdict.UNSIGNED, None)


@pytest.mark.parametrize("stage", ["signed", "sealed", "archived"])
@_RELAXED
@given(tail=st.binary(min_size=1, max_size=3000))
def test_anything_appended(office: Office, finished: Office, stage: str, tail: bytes) -> None:
    """Blanks apart: ISO 32000-2 7.2.3."""
    assume(tail.strip(b"\0\t\n\f\r "))
    data = (finished.folder / f"{stage}.pdf").read_bytes()

    assert _verdict(office, data + tail) in (Verdict.INVALID, Verdict.INDETERMINATE)


@_RELAXED
@given(cut=st.floats(0.02, 1, exclude_max=True))
def test_a_file_cut_short_is_never_sealed(office: Office, finished: Office, cut: float) -> None:
    data = (finished.folder / "sealed.pdf").read_bytes()
    shortened = data[: int(cut * len(data))]
    verdict = _verdict(office, shortened)

    if verdict is Verdict.VALID:
        report = office.judged(Path(office.folder / "changed.pdf"))
        assert report.agency is None
