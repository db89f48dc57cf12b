"""Whoever decides about a draft is told what its file holds besides what the page shows, where he decides."""

from __future__ import annotations

import pytest

from tests import path
from tests.web.conftest import SignIn
from tests.web.outgoing_desk import text_of
from tests.world import World
from vanthu.outgoing.models import OutgoingDocument

pytestmark = pytest.mark.django_db

_FOUND = {"counts": {"change": 1}, "named": {"change": [["xóa «không»", "đoạn"]]}, "choice": "accept"}


@pytest.mark.parametrize("where", ["", "xem-nhanh/", "duyet/"], ids=["page", "beside the list", "dialog"])
def test_the_reviewer_reads_which_change_was_accepted(sign_in: SignIn, world: World, where: str) -> None:
    document = path.submitted(world)
    OutgoingDocument.objects.filter(pk=document).update(findings=_FOUND)

    page = text_of(sign_in("head"), f"/van-ban-di/{document}/{where}")

    assert "data-findings" in page
    assert "xóa «không»" in page


def test_the_author_reads_it_before_he_submits(sign_in: SignIn, world: World) -> None:
    document = path.drafted(world)
    OutgoingDocument.objects.filter(pk=document).update(findings=_FOUND)

    assert "xóa «không»" in text_of(sign_in("officer"), f"/van-ban-di/{document}/trinh/")
