"""A register whose last number is later than now says so, and the clerk answers for it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from tests.web.conftest import SignIn
from tests.world import World
from vanthu.kernel.models import AuditEntry
from vanthu.registers import operations
from vanthu.registers.models import Register
from vanthu.registers.states import RegisterKind


@pytest.fixture
def address(world: World) -> str:
    """Where to confirm the time of a register whose last number is of tomorrow."""
    with transaction.atomic():
        operations.take_number(
            agency_id=world.department.id,
            kind=RegisterKind.OUTGOING,
            document_type="",
            document_id=uuid4(),
            now=timezone.now() + timedelta(days=1),
        )
    return reverse("registers:confirm-time", args=[world.outgoing_register.id])


def _words(world: World, reason: str) -> dict[str, str]:
    """What the form sends: the reason, and what it was shown."""
    return {"reason": reason, "seen": str(Register.objects.get(id=world.outgoing_register.id).as_seen())}


class TestTheListOfRegisters:
    def test_says_which_one_is_ahead_and_offers_the_clerk_to_confirm(
        self, sign_in: SignIn, address: str
    ) -> None:
        page = sign_in("clerk").get(reverse("registers:list")).content.decode()

        assert page.count("chưa cấp số tiếp") == 1
        assert address in page

    def test_offers_it_to_nobody_else(self, sign_in: SignIn, address: str) -> None:
        page = sign_in("leader").get(reverse("registers:list")).content.decode()

        assert "chưa cấp số tiếp" in page
        assert address not in page


class TestConfirming:
    def test_is_done_with_a_reason(self, sign_in: SignIn, address: str, world: World) -> None:
        clerk = sign_in("clerk")
        assert "Chỉ xác nhận khi giờ của máy" in clerk.get(address).content.decode()

        answer = clerk.post(address, _words(world, "Đồng hồ máy chủ chạy nhanh một ngày"))

        assert (answer.status_code, answer["Location"]) == (303, reverse("registers:list"))
        register = Register.objects.get(id=world.outgoing_register.id)
        assert register.last_taken_at is not None
        assert register.last_taken_at <= timezone.now()
        assert AuditEntry.objects.filter(action="registers.time-confirmed").count() == 1

    def test_needs_the_reason(self, sign_in: SignIn, address: str, world: World) -> None:
        assert sign_in("clerk").post(address, _words(world, "")).status_code == 422

    def test_is_refused_to_others(self, sign_in: SignIn, address: str) -> None:
        assert sign_in("leader").get(address).status_code == 403
        assert sign_in("outsider").get(address).status_code == 404

    def test_is_over_once_done(self, sign_in: SignIn, address: str, world: World) -> None:
        clerk = sign_in("clerk")
        clerk.post(address, _words(world, "Đồng hồ chạy nhanh"))

        assert clerk.get(address).status_code == 409
