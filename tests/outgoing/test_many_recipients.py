"""A document to every agency of the country's provinces: 5,000 recipients, and a sentence beyond."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.outgoing.standing import in_state
from tests.web.conftest import sign_in as sign_in
from tests.web.outgoing_desk import filled
from tests.world import NOW, World
from vanthu.documents.models import Document
from vanthu.exchange import actions as exchange
from vanthu.exchange import courier
from vanthu.exchange.models import Delivery
from vanthu.kernel import blobs
from vanthu.kernel.actor import system
from vanthu.organizations import operations as organizations
from vanthu.organizations.models import Agency
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.rules import RECIPIENTS_LIMIT
from vanthu.outgoing.states import State

pytestmark = pytest.mark.django_db

#: Whatever the number of recipients, an act asks the database this often at most.
_QUESTIONS = 80


@pytest.fixture
def many(world: World) -> list[UUID]:
    """One more than a document may go to."""
    agencies = [
        Agency(code=f"H{number % 90 + 10}.{number}", name=f"Ủy ban nhân dân xã số {number}")
        for number in range(RECIPIENTS_LIMIT + 1)
    ]
    return [agency.id for agency in Agency.objects.bulk_create(agencies)]


class TestDraft:
    def test_to_five_thousand_is_saved_seen_and_saved_again(
        self, world: World, sign_in: object, many: list[UUID]
    ) -> None:
        assert callable(sign_in)
        browser: Client = sign_in("officer")
        recipients = [str(each) for each in many[:RECIPIENTS_LIMIT]]

        with CaptureQueriesContext(connection) as asked:
            answer = browser.post("/van-ban-di/soan/", filled(world, recipients=recipients))

        assert answer.status_code == 303, answer.content.decode()[:2000]
        assert len(asked) < _QUESTIONS
        document = OutgoingDocument.objects.get()
        assert (
            list(document.recipients.order_by("position").values_list("agency_id", flat=True))
            == (many[:RECIPIENTS_LIMIT])
        )
        with CaptureQueriesContext(connection) as asked:
            page = browser.get(f"/van-ban-di/{document.pk}/sua/")
        assert page.content.count(b'name="recipients" value="') - 1 == RECIPIENTS_LIMIT
        assert len(asked) < _QUESTIONS
        assert browser.get(f"/van-ban-di/{document.pk}/").status_code == 200
        assert browser.post(f"/van-ban-di/{document.pk}/trinh/").status_code < 500

    def test_to_one_more_is_refused_in_the_form_with_what_was_typed(
        self, world: World, sign_in: object, many: list[UUID]
    ) -> None:
        assert callable(sign_in)
        browser: Client = sign_in("officer")
        recipients = [str(each) for each in many]

        answer = browser.post(
            "/van-ban-di/soan/", filled(world, recipients=recipients, subject="V/v gửi cả nước")
        )

        page = answer.content.decode()
        assert answer.status_code == 422
        assert "gửi tới nhiều nhất 5000 nơi, đang chọn 5001. Hãy bỏ bớt nơi nhận." in page
        assert "V/v gửi cả nước" in page
        assert page.count('name="recipients" value="') - 1 == RECIPIENTS_LIMIT + 1
        assert not OutgoingDocument.objects.exists()

    def test_with_more_fields_than_any_form_is_refused_in_words(self, world: World, sign_in: object) -> None:
        assert callable(sign_in)
        browser: Client = sign_in("officer")

        answer = browser.post("/van-ban-di/soan/", filled(world, recipients=["x"] * 20_001))

        assert answer.status_code == 400
        assert "Biểu mẫu có quá nhiều mục" in answer.content.decode()


def issued(world: World, recipients: list[UUID]) -> UUID:
    document = in_state(world, State.ISSUED, recipient_ids=tuple(recipients))
    code = f"{world.department.code},2026/11/22,01/SNV-CCVC"
    Document.objects.filter(pk=document).update(document_code=code)
    return document


class TestDelivery:
    def test_of_five_thousand_is_planned_and_wrapped_at_once(self, world: World, many: list[UUID]) -> None:
        document = issued(world, many[:RECIPIENTS_LIMIT])

        with CaptureQueriesContext(connection) as asked:
            exchange.plan_deliveries(actor=system("Gửi nhận"), document_id=document, now=NOW)

        assert len(asked) < _QUESTIONS
        assert Delivery.objects.filter(document_id=document).count() == RECIPIENTS_LIMIT
        waiting = courier.parcel(document)
        assert waiting is not None
        with CaptureQueriesContext(connection) as asked:
            packet = courier.wrap(waiting)
        assert len(asked) < _QUESTIONS
        assert blobs.is_whole(packet.sha256)

    def test_names_nobody_in_the_call_when_the_packet_is_for_all_who_wait(
        self, world: World, many: list[UUID]
    ) -> None:
        document = issued(world, many[:600])
        exchange.plan_deliveries(actor=system("Gửi nhận"), document_id=document, now=NOW)
        waiting = courier.parcel(document)
        assert waiting is not None
        packet = exchange.keep_packet(
            actor=system("Gửi nhận"), document_id=document, packet=courier.wrap(waiting), now=NOW
        )

        # Signed headers hold 64 KB; five thousand codes are more than that.
        assert courier._is_everybody(waiting, packet)
        assert [len(group) for group in courier._groups(waiting, courier._NAMED_AT_ONCE)] == [500, 100]

    def test_to_those_here_is_found_without_asking_for_each(self, world: World, many: list[UUID]) -> None:
        codes = list(Agency.objects.values_list("code", flat=True))

        with CaptureQueriesContext(connection) as asked:
            found = organizations.hosted_among(codes)

        assert {each.id for each in found} == {world.department.id, world.neighbour.id}
        assert len(asked) <= 2
