"""A world in which the head of Phòng Công chức, viên chức has two officers to choose from."""

from __future__ import annotations

import pytest

from tests.world import NOW, World
from vanthu.organizations.models import Post, User
from vanthu.organizations.states import Role


@pytest.fixture
def world(world: World) -> World:
    """The cast, and a second officer of the civil service unit."""
    user = User.objects.create(username="second.officer", full_name="Trịnh Thị Nga", password="!")
    world.users["second_officer"] = user
    world.posts["second_officer"] = Post.objects.create(
        user=user,
        agency=world.department,
        unit=world.civil_service,
        position=world.posts["officer"].position,
        roles=[Role.OFFICER],
        started_at=NOW,
    )
    return world
