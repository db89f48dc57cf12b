"""Nhận gói tin: stored once, given to every recipient once, or refused with nothing stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from tests.axis import packets
from tests.axis.caller import Caller
from tests.axis.world import (
    DEPARTMENT,
    DISTRICT,
    FINANCE,
    FINANCE_OLD,
    MINISTRY,
    NOW,
    OPERATOR,
    AxisWorld,
    send,
    taken_in,
)
from tests.kernel.storage import own_storage
from vanthu.axis import queries
from vanthu.axis.actions import directory, mail
from vanthu.axis.models import Agency, MailboxItem, Packet
from vanthu.axis.rules import Refusal, Refused
from vanthu.axis.states import PacketKind
from vanthu.edxml import BusinessType, StatusCode
from vanthu.kernel import blobs
from vanthu.kernel.models import AuditEntry, Blob

pytestmark = pytest.mark.django_db


def mailbox(code: str) -> list[UUID]:
    items = MailboxItem.objects.filter(recipient__code=code).order_by("created_at", "id")
    return list(items.values_list("packet_id", flat=True))


def bytes_left() -> list[Path]:
    """Every file of the storage and of the workroom, but for the marks of databases and of processes."""
    files = [path for path in Path(settings.VAR).rglob("*") if path.is_file()]
    return [path for path in files if path.parent.name != "owners" and path.suffix != ".lock"]


def refused_with(refusal: Refusal) -> AbstractContextManager[object]:
    return pytest.raises(Refused, check=lambda error: error.refusal is refusal)


class TestAcceptDocument:
    def test_reaches_every_recipient_once_and_is_audited(self, axis: AxisWorld) -> None:
        packet = packets.document(DEPARTMENT, [DISTRICT, MINISTRY])
        packet_id = send(axis.province, packet, DEPARTMENT)
        assert mailbox(DISTRICT) == mailbox(MINISTRY) == [packet_id]
        assert mailbox(DEPARTMENT) == []
        entry = AuditEntry.objects.get(action="axis.packet-accepted")
        sender = Agency.objects.get(code=DEPARTMENT)
        assert (entry.agency_id, entry.subject_id, entry.actor_label) == (
            sender.id,
            packet_id,
            "Hệ thống TINH.H29",
        )
        assert entry.data["recipients"] == [MINISTRY, DISTRICT]

    def test_bytes_are_kept_exactly(self, axis: AxisWorld) -> None:
        packet = packets.document(DEPARTMENT, [DISTRICT])
        row = Packet.objects.get(id=send(axis.province, packet, DEPARTMENT))
        with blobs.open_blob(row.content_id) as content:
            assert content.read() == packet

    def test_recipient_named_by_its_old_code_is_found(self, axis: AxisWorld) -> None:
        packet_id = send(axis.neighbour, packets.document(DISTRICT, [FINANCE_OLD]), DISTRICT)
        assert mailbox(FINANCE) == [packet_id]

    def test_recipient_named_by_both_codes_gets_it_once(self, axis: AxisWorld) -> None:
        packet_id = send(axis.neighbour, packets.document(DISTRICT, [FINANCE, FINANCE_OLD]), DISTRICT)
        assert mailbox(FINANCE) == [packet_id]

    def test_same_bytes_again_are_the_same_packet(self, axis: AxisWorld) -> None:
        packet = packets.document(DEPARTMENT, [DISTRICT])
        ids = {send(axis.province, packet, DEPARTMENT) for _ in range(3)}
        assert len(ids) == Packet.objects.count() == MailboxItem.objects.count() == 1
        assert AuditEntry.objects.filter(action="axis.packet-accepted").count() == 1

    def test_same_bytes_after_the_recipient_closed_are_still_the_same_packet(self, axis: AxisWorld) -> None:
        packet = packets.document(DEPARTMENT, [DISTRICT])
        packet_id = send(axis.province, packet, DEPARTMENT)
        directory.close_agency(actor=OPERATOR, code=DISTRICT, now=NOW)
        assert send(axis.province, packet, DEPARTMENT) == packet_id

    def test_recipients_can_be_narrowed_and_the_rest_added_later(self, axis: AxisWorld) -> None:
        packet = packets.document(DEPARTMENT, [DISTRICT, MINISTRY])
        first = send(axis.province, packet, DEPARTMENT, to=(DISTRICT,))
        assert mailbox(MINISTRY) == []
        assert send(axis.province, packet, DEPARTMENT, to=(MINISTRY,)) == first
        assert mailbox(DISTRICT) == mailbox(MINISTRY) == [first]

    @pytest.mark.parametrize(
        "business", [BusinessType.RECALL, BusinessType.UPDATE, BusinessType.REPLACE], ids=str
    )
    def test_recall_update_and_replacement_may_speak_of_a_document_sent(
        self, axis: AxisWorld, business: BusinessType
    ) -> None:
        send(axis.province, packets.document(DEPARTMENT, [DISTRICT]), DEPARTMENT)
        later = packets.document(DEPARTMENT, [DISTRICT], subject="Nội dung sau").replace(
            b"BussinessDocType>0<", b"BussinessDocType>%d<" % business
        )
        send(axis.province, later, DEPARTMENT)
        assert len(mailbox(DISTRICT)) == 2


@pytest.fixture
def nothing_is_stored(axis: AxisWorld, tmp_path: Path) -> Iterator[None]:
    """Whatever the test does, no row and no byte is left of it."""
    before = AuditEntry.objects.count()
    with own_storage(tmp_path):
        yield
        assert bytes_left() == []
    assert MailboxItem.objects.count() == 0
    assert Packet.objects.count() == Blob.objects.count() == 0
    assert AuditEntry.objects.count() == before


class TestRefuseAddresses:
    @pytest.fixture(autouse=True)
    def nobody_gets_anything(self, axis: AxisWorld, tmp_path: Path) -> Iterator[None]:
        """No row is left; the bytes of a packet that is one wait for the sweeper, spoken of by nobody."""
        before = AuditEntry.objects.count()
        with own_storage(tmp_path):
            yield
            assert len(bytes_left()) == 1
        assert MailboxItem.objects.count() == 0
        assert Packet.objects.count() == Blob.objects.count() == 0
        assert AuditEntry.objects.count() - before <= 1, "at most the closing of a code"

    def test_from_an_agency_nobody_registered(self, axis: AxisWorld) -> None:
        with refused_with(Refusal.UNKNOWN_SENDER):
            send(axis.province, packets.document("H29.99", [DISTRICT]), "H29.99")

    def test_from_an_agency_of_another_system(self, axis: AxisWorld) -> None:
        with refused_with(Refusal.UNKNOWN_SENDER):
            send(axis.outsider, packets.document(DEPARTMENT, [DISTRICT]), DEPARTMENT)

    def test_from_an_agency_whose_code_is_closed(self, axis: AxisWorld) -> None:
        directory.close_agency(actor=OPERATOR, code=DEPARTMENT, now=NOW)
        with refused_with(Refusal.UNKNOWN_SENDER):
            send(axis.province, packets.document(DEPARTMENT, [DISTRICT]), DEPARTMENT)

    def test_when_the_request_names_another_sender(self, axis: AxisWorld) -> None:
        with refused_with(Refusal.SENDER_MISMATCH):
            send(axis.province, packets.document(DEPARTMENT, [DISTRICT]), FINANCE)

    def test_to_an_unknown_recipient_even_beside_known_ones(self, axis: AxisWorld) -> None:
        with pytest.raises(Refused, match=r"H99\.01") as caught:
            send(axis.province, packets.document(DEPARTMENT, [DISTRICT, "H99.01"]), DEPARTMENT)
        assert caught.value.refusal is Refusal.UNKNOWN_RECIPIENT

    def test_to_a_closed_recipient_naming_the_successor(self, axis: AxisWorld) -> None:
        directory.close_agency(actor=OPERATOR, code=DISTRICT, successor_code=MINISTRY, now=NOW)
        with pytest.raises(Refused, match=f"{DISTRICT}.*{MINISTRY}") as caught:
            send(axis.province, packets.document(DEPARTMENT, [DISTRICT]), DEPARTMENT)
        assert caught.value.refusal is Refusal.CLOSED_RECIPIENT

    @pytest.mark.parametrize(
        ("to", "refusal"), [(MINISTRY, "RECIPIENT_MISMATCH"), ("H99", "UNKNOWN_RECIPIENT")]
    )
    def test_to_a_recipient_the_packet_does_not_name(self, axis: AxisWorld, to: str, refusal: str) -> None:
        with refused_with(Refusal[refusal]):
            send(axis.province, packets.document(DEPARTMENT, [DISTRICT]), DEPARTMENT, to=(to,))

    def test_when_the_request_calls_it_a_status(self, axis: AxisWorld) -> None:
        envelope, content = taken_in(packets.document(DEPARTMENT, [DISTRICT]))
        claim = mail.Claim(kind=PacketKind.STATUS, sender_code=DEPARTMENT)
        with refused_with(Refusal.NOT_CONFORMANT):
            mail.accept_packet(actor=axis.province, envelope=envelope, claim=claim, content=content, now=NOW)


@pytest.mark.usefixtures("nothing_is_stored")
class TestRefuseContent:
    @pytest.mark.parametrize(
        ("subject", "sphere"),
        [("V/v nhân sự", "Mật"), ("[TỐI MẬT] V/v nhân sự", "")],
        ids=["field", "subject"],
    )
    def test_that_says_it_is_secret(self, axis: AxisWorld, subject: str, sphere: str) -> None:
        packet = packets.document(DEPARTMENT, [DISTRICT], subject=subject, sphere=sphere)
        with refused_with(Refusal.SECRET_DOCUMENT):
            send(axis.province, packet, DEPARTMENT)

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (b"<edXML:To>", b"<edXML:Toward>"),
            (b"<edXML:From>", b"<edXML:Frm>"),
            (b"<edXML:DocumentId>", b"<edXML:Other>"),
        ],
        ids=["no To", "no From", "no DocumentId"],
    )
    def test_that_lacks_what_the_standard_requires(self, axis: AxisWorld, old: bytes, new: bytes) -> None:
        packet = packets.document(DEPARTMENT, [DISTRICT])
        broken = packet.replace(old, new).replace(old.replace(b"<", b"</"), new.replace(b"<", b"</"))
        with refused_with(Refusal.NOT_CONFORMANT):
            send(axis.province, broken, DEPARTMENT)

    def test_that_has_a_letter_with_a_megabyte_of_marks(self, axis: AxisWorld) -> None:
        marks = "\u0301\u0323".encode() * 15_000
        packet = packets.document(DEPARTMENT, [DISTRICT]).replace(b"V/v r", b"V/v e" + marks)
        with pytest.raises(Refused, match="mang quá nhiều dấu chồng lên nhau") as caught:
            send(axis.province, packet, DEPARTMENT)
        assert caught.value.refusal is Refusal.NOT_CONFORMANT

    @pytest.mark.parametrize(
        "content", [b"%PDF-1.7", b"<html/>", b"<!DOCTYPE x [<!ENTITY a 'b'>]><edXML/>", b"{}"], ids=str
    )
    def test_that_is_no_packet(self, axis: AxisWorld, content: bytes) -> None:
        with refused_with(Refusal.NOT_CONFORMANT):
            send(axis.province, content, DEPARTMENT)

    def test_cut_in_the_middle(self, axis: AxisWorld) -> None:
        packet = packets.document(DEPARTMENT, [DISTRICT])
        with refused_with(Refusal.NOT_CONFORMANT):
            send(axis.province, packet[: len(packet) // 2], DEPARTMENT)


class TestSendEdoc:
    """The same behind the axis's own address: what the endpoint may not take in, it does not keep."""

    @pytest.mark.parametrize(
        ("subject", "change", "refusal"),
        [
            ("[TỐI MẬT] V/v nhân sự", {}, Refusal.SECRET_DOCUMENT),
            ("V/v nhân sự", {"hash-file": "0" * 64}, Refusal.HASH_MISMATCH),
        ],
        ids=["secret", "other bytes"],
    )
    def test_leaves_no_byte_of_what_may_not_be_here(
        self, province: Caller, tmp_path: Path, subject: str, change: dict[str, str], refusal: Refusal
    ) -> None:
        packet = packets.document(DEPARTMENT, [DISTRICT], subject=subject)
        with own_storage(tmp_path):
            answer = province.send(packet, DEPARTMENT, change=change)
            assert bytes_left() == []
        assert answer["ErrorCode"] == refusal.code


class TestDuplicateDocument:
    def test_other_bytes_under_the_same_document_id_are_refused(self, axis: AxisWorld) -> None:
        send(axis.province, packets.document(DEPARTMENT, [DISTRICT]), DEPARTMENT)
        with refused_with(Refusal.DUPLICATE_DOCUMENT):
            send(axis.province, packets.document(DEPARTMENT, [DISTRICT], subject="Khác"), DEPARTMENT)
        assert Packet.objects.count() == MailboxItem.objects.count() == 1

    def test_two_senders_may_use_the_same_document_id(self, axis: AxisWorld) -> None:
        ours = packets.document(DEPARTMENT, [DISTRICT])
        theirs = ours.replace(f"OrganId>{DEPARTMENT}<".encode(), f"OrganId>{FINANCE}<".encode())
        send(axis.province, ours, DEPARTMENT)
        send(axis.province, theirs, FINANCE)
        assert len(mailbox(DISTRICT)) == 2

    def test_database_refuses_it_too(self, axis: AxisWorld) -> None:
        row = Packet.objects.get(id=send(axis.province, packets.document(DEPARTMENT, [DISTRICT]), DEPARTMENT))
        other = Blob.objects.create(sha256="0" * 64, size=1, kept_at=NOW)
        with pytest.raises(IntegrityError, match="axis_new_document_sent_once"), transaction.atomic():
            Packet.objects.create(
                kind=row.kind,
                sender=row.sender,
                content=other,
                document_id=row.document_id,
                business_type=0,
                received_at=NOW,
            )


class TestAcceptStatus:
    def test_goes_to_the_sender_of_the_document(self, axis: AxisWorld) -> None:
        packet_id = send(axis.neighbour, packets.status(DISTRICT, DEPARTMENT), DISTRICT)
        assert mailbox(DEPARTMENT) == [packet_id]
        assert mailbox(DISTRICT) == []

    def test_identical_status_twice_is_delivered_once(self, axis: AxisWorld) -> None:
        status = packets.status(DISTRICT, DEPARTMENT)
        assert send(axis.neighbour, status, DISTRICT) == send(axis.neighbour, status, DISTRICT)
        assert len(mailbox(DEPARTMENT)) == 1

    def test_each_state_of_a_document_is_delivered(self, axis: AxisWorld) -> None:
        for code in (StatusCode.ARRIVED, StatusCode.ACCEPTED, StatusCode.FINISHED):
            send(axis.neighbour, packets.status(DISTRICT, DEPARTMENT, code=code), DISTRICT)
        assert len(mailbox(DEPARTMENT)) == 3

    def test_about_an_unknown_agencys_document_is_refused(self, axis: AxisWorld) -> None:
        with refused_with(Refusal.UNKNOWN_RECIPIENT):
            send(axis.neighbour, packets.status(DISTRICT, "H99.01"), DISTRICT)
        assert Packet.objects.count() == 0


class TestWhatOthersLearn:
    def test_outsider_sees_neither_side(self, axis: AxisWorld) -> None:
        packet_id = send(axis.province, packets.document(DEPARTMENT, [DISTRICT]), DEPARTMENT)
        kind = PacketKind.EDOC
        assert queries.list_received(axis.outsider, kind=kind) == []
        assert queries.list_sent(axis.outsider, kind=kind) == []
        assert queries.list_sent(axis.outsider, kind=kind, packet_id=packet_id) == []
        assert queries.count_received(axis.outsider, kind=kind) == 0
        assert [row.packet_id for row in queries.list_received(axis.neighbour, kind=kind)] == [packet_id]
        assert [row.packet_id for row in queries.list_sent(axis.province, kind=kind)] == [packet_id]
        assert queries.list_received(axis.province, kind=kind) == []
