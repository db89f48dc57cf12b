"""A file locked with a password that came from elsewhere: the clerk is told, and what he can do."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from tests import arrivals
from tests.web.conftest import SignIn
from tests.world import World
from vanthu.documents.states import FileKind


@pytest.fixture
def arrived(world: World) -> UUID:
    """A letter with one attachment that asks for a password and one that does not."""
    main = arrivals.main_file()
    attached = replace(main, kind=FileKind.ATTACHMENT, page_count=None)
    locked = replace(attached, name="luong.docx", position=1, is_locked=True)
    return arrivals.arrived(world, files=[main, locked, replace(attached, name="mo.docx", position=2)])


def test_is_told_beside_its_name_with_what_to_do(arrived: UUID, sign_in: SignIn) -> None:
    shown = sign_in("clerk").get(f"/van-ban-den/{arrived}/").content.decode()

    assert shown.count("đặt mật khẩu</span>") == 1
    assert "Hãy hỏi nơi gửi mật khẩu để mở, hoặc trả lại" in shown
