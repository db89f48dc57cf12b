"""The facts behind a verdict, as the screens of both journeys show them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.template.loader import render_to_string

from vanthu.signing.queries import VerdictView


@pytest.mark.parametrize(
    ("signed_at", "shown"),
    [
        pytest.param(datetime(2026, 11, 22, 1, 43, 9, tzinfo=UTC), " · 22/11/2026 08:43</span>", id="known"),
        pytest.param(None, "Chữ ký số cá nhân</span>", id="unknown"),
    ],
)
def test_a_verdict_shows_when_each_signature_was_made(signed_at: datetime | None, shown: str) -> None:
    signature = {"kind": "person", "signer": "Phạm Văn Hùng", "signed_at": signed_at}
    verdict = VerdictView(verdict="valid", title="Chữ ký hợp lệ", message="", signatures=(signature,))

    assert shown in render_to_string("components/verdict.html", {"verdict": verdict})


def test_a_verdict_counts_time_stamps_apart_and_names_an_agency_once() -> None:
    signatures = (
        {"kind": "person", "signer": "Phạm Văn Hùng", "organization": "Sở Nội vụ"},
        {"kind": "agency", "signer": "Sở Nội vụ", "organization": "Sở Nội vụ"},
        {"kind": "timestamp", "signer": "Dịch vụ dấu thời gian", "organization": ""},
    )
    verdict = VerdictView(verdict="valid", title="Chữ ký hợp lệ", message="", signatures=signatures)

    page = render_to_string("components/verdict.html", {"verdict": verdict})

    assert "<summary>2 chữ ký, 1 dấu thời gian · xem chi tiết</summary>" in page
    assert re.findall(r'<b class="notice-inline">(.*?)</b>(.*?)<br>', page) == [
        ("Phạm Văn Hùng", " · Sở Nội vụ"),
        ("Sở Nội vụ", ""),
        ("Dịch vụ dấu thời gian", ""),
    ]
