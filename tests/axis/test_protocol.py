"""The calls of the national axis's protocol, as a connected system meets them."""

from __future__ import annotations

import base64
import hashlib
import json
from itertools import count
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import OperationalError
from pytest_django import Settings

from tests.axis import packets
from tests.axis.caller import Answer, Caller
from tests.axis.world import DEPARTMENT, DISTRICT, FINANCE, FINANCE_OLD, MINISTRY
from vanthu.axis.models import Agency, MailboxItem, Packet
from vanthu.axis.rules import Refusal
from vanthu.edxml import transport
from vanthu.kernel import blobs
from vanthu.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db


def assert_refused(answer: Answer, refusal: Refusal) -> None:
    assert (answer["status"], answer["ErrorCode"]) == ("FAIL", refusal.code), answer
    assert answer["ErrorDesc"].endswith((".", "»."))


class TestWholeWay:
    def test_document_goes_out_and_its_status_comes_back(self, province: Caller, neighbour: Caller) -> None:
        packet = packets.document(DEPARTMENT, [DISTRICT])
        sent = province.send(packet, DEPARTMENT)
        assert (sent["status"], sent["ErrorCode"]) == ("OK", "0")

        (row,) = neighbour.received()
        assert (row["from"], row["to"], row["serviceType"], row["messageType"], row["status"]) == (
            DEPARTMENT,
            DISTRICT,
            "eDoc",
            "edoc",
            "initial",
        )
        fetched = neighbour.call("getEdoc", {"docId": row["docId"]}, body=b"{}")
        assert base64.b64decode(fetched["data"]) == packet
        assert neighbour.report(row["docId"], "done")["status"] == "OK"
        assert neighbour.received() == []

        status = packets.status(DISTRICT, DEPARTMENT)
        assert neighbour.send(status, DISTRICT, "status")["status"] == "OK"
        assert province.received() == []
        (back,) = province.received("status")
        assert (back["from"], back["to"], back["messageType"]) == (DISTRICT, DEPARTMENT, "status")

        (line,) = province.call(
            "getSentEdocList", {"servicetype": "eDoc", "messagetype": "edoc", "docId": sent["DocId"]}
        )["data"]
        assert (line["senderDocId"], line["receiverDocId"]) == (sent["DocId"], row["docId"])
        assert (line["receiveStatus"], line["notation"]) == ("done", "1/UBND-NC")
        assert line["receivedTime"]


class TestSendEdoc:
    def test_returns_the_same_id_for_the_same_packet(self, province: Caller) -> None:
        packet = packets.document(DEPARTMENT, [DISTRICT])
        ids = {province.send(packet, DEPARTMENT)["DocId"] for _ in range(3)}
        assert len(ids) == 1
        assert MailboxItem.objects.count() == 1

    def test_works_without_the_line_end_of_the_national_client(self, province: Caller) -> None:
        packet = packets.document(DEPARTMENT, [DISTRICT])
        assert province.send(packet, DEPARTMENT, body=packet)["status"] == "OK"

    def test_takes_off_one_line_end_only(self, province: Caller) -> None:
        packet = packets.document(DEPARTMENT, [DISTRICT]) + b"\r\n"
        assert province.send(packet, DEPARTMENT)["status"] == "OK"
        assert Packet.objects.get().content_id == hashlib.sha256(packet).hexdigest()

    def test_takes_the_hash_with_its_zeros_dropped(self, province: Caller) -> None:
        for number in count(1):
            packet = packets.document(DEPARTMENT, [DISTRICT], number=number)
            right = hashlib.sha256(packet).hexdigest()
            dropped = transport.sdk_hash(right)
            if dropped != right:
                break
        assert len(dropped) < 64
        assert province.send(packet, DEPARTMENT, change={"hash-file": dropped})["status"] == "OK"

    def test_narrows_to_the_recipients_named(self, province: Caller) -> None:
        packet = packets.document(DEPARTMENT, [DISTRICT, MINISTRY])
        assert province.send(packet, DEPARTMENT, change={"to": json.dumps([MINISTRY])})["status"] == "OK"
        assert [item.recipient.code for item in MailboxItem.objects.all()] == [MINISTRY]

    @pytest.mark.parametrize(
        ("change", "refusal"),
        [
            ({"hash-file": "0" * 64}, Refusal.HASH_MISMATCH),
            ({"hash-file": "x"}, Refusal.HASH_MISMATCH),
            ({"from": FINANCE}, Refusal.SENDER_MISMATCH),
            ({"messagetype": "status"}, Refusal.NOT_CONFORMANT),
            ({"messagetype": "letter"}, Refusal.BAD_PARAMETER),
            ({"servicetype": "sms"}, Refusal.BAD_PARAMETER),
            ({"to": "H37.05"}, Refusal.BAD_PARAMETER),
            ({"to": "[1]"}, Refusal.BAD_PARAMETER),
            ({"to": '["H99.99"]'}, Refusal.UNKNOWN_RECIPIENT),
            ({"to": f'["{MINISTRY}"]'}, Refusal.RECIPIENT_MISMATCH),
        ],
        ids=str,
    )
    def test_refuses_what_does_not_fit_the_packet(
        self, province: Caller, change: dict[str, str], refusal: Refusal
    ) -> None:
        answer = province.send(packets.document(DEPARTMENT, [DISTRICT]), DEPARTMENT, change=change)
        assert_refused(answer, refusal)
        assert Packet.objects.count() == 0

    @pytest.mark.parametrize("missing", ["from", "hash-file", "messagetype", "servicetype"])
    def test_refuses_a_call_without_what_it_needs(self, province: Caller, missing: str) -> None:
        packet = packets.document(DEPARTMENT, [DISTRICT])
        parameters = {
            "servicetype": "eDoc",
            "messagetype": "edoc",
            "hash-file": hashlib.sha256(packet).hexdigest(),
            "from": DEPARTMENT,
        }
        del parameters[missing]
        assert_refused(province.call("sendEdoc", parameters, body=packet), Refusal.BAD_PARAMETER)

    @pytest.mark.parametrize("body", [b"", b"\r\n"], ids=["nothing", "line end only"])
    def test_refuses_an_empty_body(self, province: Caller, body: bytes) -> None:
        assert_refused(province.send(b"", DEPARTMENT, body=body), Refusal.EMPTY_FILE)

    def test_refuses_what_is_too_large(self, province: Caller, settings: Settings) -> None:
        packet = packets.document(DEPARTMENT, [DISTRICT])
        settings.AXIS_PACKET_LIMIT = len(packet) - 1
        assert_refused(province.send(packet, DEPARTMENT), Refusal.TOO_LARGE)
        settings.AXIS_PACKET_LIMIT = len(packet)
        assert province.send(packet, DEPARTMENT)["status"] == "OK"

    def test_refuses_what_is_no_packet(self, province: Caller) -> None:
        assert_refused(province.send(b"%PDF-1.7", DEPARTMENT), Refusal.NOT_CONFORMANT)

    def test_refuses_a_second_document_of_the_same_name(self, province: Caller) -> None:
        province.send(packets.document(DEPARTMENT, [DISTRICT]), DEPARTMENT)
        other = packets.document(DEPARTMENT, [DISTRICT], subject="Khác")
        assert_refused(province.send(other, DEPARTMENT), Refusal.DUPLICATE_DOCUMENT)

    def test_refuses_to_send_for_another_systems_agency(self, outsider: Caller) -> None:
        answer = outsider.send(packets.document(DEPARTMENT, [DISTRICT]), DEPARTMENT)
        assert_refused(answer, Refusal.UNKNOWN_SENDER)


class TestMailbox:
    @pytest.fixture
    def doc_id(self, province: Caller, neighbour: Caller) -> str:
        province.send(packets.document(DEPARTMENT, [DISTRICT]), DEPARTMENT)
        return str(neighbour.received()[0]["docId"])

    @pytest.mark.parametrize("who", ["outsider", "province"])
    @pytest.mark.parametrize("call", ["getEdoc", "downloadEdoc", "updateStatus"])
    def test_is_its_own_systems_only(
        self, doc_id: str, who: str, call: str, request: pytest.FixtureRequest
    ) -> None:
        """The same answer as for a packet that never was: nobody learns that it exists."""
        caller: Caller = request.getfixturevalue(who)
        real, invented = (
            caller.call(call, {"docId": name, "status": "done"}, body=b"{}")
            for name in (doc_id, str(uuid4()))
        )
        assert real == invented
        assert_refused(real, Refusal.NO_SUCH_PACKET)

    @pytest.mark.parametrize("doc_id_form", ["", "5bebcfeff858e3e0cc154762", "' OR 1=1 --"])
    def test_has_no_packet_under_an_id_of_another_form(self, neighbour: Caller, doc_id_form: str) -> None:
        answer = neighbour.call("getEdoc", {"docId": doc_id_form})
        assert answer["ErrorCode"] in (Refusal.NO_SUCH_PACKET.code, Refusal.BAD_PARAMETER.code)

    def test_gives_the_raw_packet_too(self, doc_id: str, neighbour: Caller) -> None:
        headers = neighbour.headers({"docId": doc_id})
        response = neighbour.client.get("/downloadEdoc", headers=headers)
        content = b"".join(response)
        assert content == packets.document(DEPARTMENT, [DISTRICT])
        assert response["Content-Length"] == str(len(content))

    def test_announces_the_length_of_base64_rightly(self, doc_id: str, neighbour: Caller) -> None:
        response = neighbour.client.post("/getEdoc", headers=neighbour.headers({"docId": doc_id}))
        assert response["Content-Length"] == str(len(b"".join(response)))

    def test_every_fetch_is_audited_and_the_first_is_noted(self, doc_id: str, neighbour: Caller) -> None:
        neighbour.call("getEdoc", {"docId": doc_id})
        first = MailboxItem.objects.get().fetched_at
        neighbour.call("getEdoc", {"docId": doc_id})
        assert MailboxItem.objects.get().fetched_at == first is not None
        assert AuditEntry.objects.filter(action="axis.packet-fetched").count() == 2

    def test_half_taken_packet_stays_on_the_list(self, doc_id: str, neighbour: Caller) -> None:
        neighbour.report(doc_id, "processing", description="dang luu")
        (row,) = neighbour.received()
        assert (row["status"], row["status_desc"]) == ("processing", "dang luu")

    def test_failed_packet_leaves_the_list_keeps_its_reason_and_can_come_back(
        self, doc_id: str, province: Caller, neighbour: Caller
    ) -> None:
        reason = "Không đọc được tệp đính kèm"
        neighbour.report(doc_id, "fail", description=transport.encode_text(reason))
        assert neighbour.received() == []
        (line,) = province.call("getSentEdocList", {"servicetype": "eDoc", "messagetype": "edoc"})["data"]
        assert (line["receiveStatus"], line["receiveStatusDesc"]) == ("fail", reason)
        assert neighbour.call("getEdoc", {"docId": doc_id})["status"] == "OK"
        neighbour.report(doc_id, "processing")
        assert [row["docId"] for row in neighbour.received()] == [doc_id]

    def test_done_twice_is_no_error_but_cannot_be_undone(self, doc_id: str, neighbour: Caller) -> None:
        assert neighbour.report(doc_id, "done")["status"] == "OK"
        assert neighbour.report(doc_id, "done")["status"] == "OK"
        assert_refused(neighbour.report(doc_id, "fail"), Refusal.ILLEGAL_STEP)
        assert_refused(neighbour.report(doc_id, "lost"), Refusal.BAD_PARAMETER)
        assert AuditEntry.objects.filter(action="axis.packet-reported").count() == 1

    def test_counts_what_waits(self, doc_id: str, neighbour: Caller) -> None:
        counts = [
            neighbour.call(name, method="GET")["count"] for name in ("countReceiveEdoc", "countReceiveStatus")
        ]
        assert counts == [1, 0]
        neighbour.report(doc_id, "done")
        assert neighbour.call("countReceiveEdoc", method="GET")["count"] == 0

    @pytest.mark.parametrize(
        ("dates", "found"),
        [
            ({"fromDate": "2020/01/01"}, 1),
            ({"toDate": "2020/01/01"}, 0),
            ({"fromDate": "01/01/2020", "toDate": "31/12/2999"}, 1),
            ({"fromDate": "2999-01-01"}, 0),
        ],
        ids=str,
    )
    def test_list_is_narrowed_by_date(
        self, doc_id: str, neighbour: Caller, dates: dict[str, str], found: int
    ) -> None:
        assert len(neighbour.received(**dates)) == found

    def test_list_refuses_what_is_no_date(self, neighbour: Caller) -> None:
        answer = neighbour.call(
            "getReceivedEdocList", {"servicetype": "eDoc", "messagetype": "edoc", "fromDate": "hom qua"}
        )
        assert_refused(answer, Refusal.BAD_PARAMETER)

    def test_list_is_bounded_and_new_ones_come_before_half_taken(
        self, doc_id: str, province: Caller, neighbour: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("vanthu.axis.queries.LIST_LIMIT", 2)
        neighbour.report(doc_id, "processing")
        for number in (2, 3):
            province.send(packets.document(DEPARTMENT, [DISTRICT], number=number), DEPARTMENT)
        rows = neighbour.received()
        assert [row["status"] for row in rows] == ["initial", "initial"]


class TestFaults:
    """What is the axis's own fault is said so, in the log too, and may be tried again (5xx)."""

    @pytest.mark.parametrize(
        ("error", "status"), [(OperationalError("server closed"), 503), (RuntimeError("bug"), 500)], ids=repr
    )
    def test_of_the_database_or_of_ours(
        self,
        province: Caller,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
        error: Exception,
        status: int,
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr("vanthu.axis.queries.count_received", fail)
        response = province.client.get("/countReceiveEdoc", headers=province.headers({}))
        assert response.status_code == status
        assert_refused(response.json(), Refusal.AXIS_FAULT)
        assert str(error) in caplog.text

    @pytest.mark.parametrize("call", ["getEdoc", "downloadEdoc"])
    @pytest.mark.parametrize("harm", ["changed", "gone"])
    def test_of_the_disk_never_gives_a_damaged_packet_whole(
        self, province: Caller, neighbour: Caller, call: str, harm: str
    ) -> None:
        province.send(packets.document(DEPARTMENT, [DISTRICT]), DEPARTMENT)
        doc_id = {"docId": neighbour.received()[0]["docId"]}
        sha256 = Packet.objects.get().content_id
        path = settings.BLOBS / sha256[:2] / sha256[2:4] / sha256
        whole = path.read_bytes()
        path.unlink()
        try:
            if harm == "changed":
                path.write_bytes(whole.replace(b"B", b"C", 1))
            response = neighbour.client.post(f"/{call}", headers=neighbour.headers(doc_id))
            if harm == "gone":
                assert response.status_code == 500
                assert_refused(response.json(), Refusal.CONTENT_DAMAGED)
            else:
                pieces: list[bytes] = []
                with pytest.raises(blobs.BlobDamaged):
                    pieces.extend(response)
                assert sum(map(len, pieces)) < int(response["Content-Length"])
        finally:
            path.write_bytes(whole)


class TestDirectory:
    def test_lists_every_open_agency(self, outsider: Caller) -> None:
        rows = outsider.call("getAgenciesList")["data"]
        assert [row["code"] for row in rows] == [MINISTRY, DEPARTMENT, FINANCE, DISTRICT]
        assert set(rows[0]) == {"code", "id", "mail", "name", "pid"}

    def test_gives_the_old_code_beside_the_new(self, outsider: Caller) -> None:
        rows = outsider.call("getAgenciesListQD20", {"level": "1"})["data"]
        assert {row["code"]: row["code102"] for row in rows}[FINANCE] == FINANCE_OLD

    def test_changes_the_systems_own_agency_and_leaves_its_old_code(self, province: Caller) -> None:
        entry = {"id": "x", "pcode": DEPARTMENT, "code": FINANCE, "name": "Sở TC", "mobile": None}
        assert province.call("registerAgency", body=json.dumps(entry).encode())["status"] == "OK"
        agency = Agency.objects.get(code=FINANCE)
        assert (agency.name, agency.parent and agency.parent.code) == ("Sở TC", DEPARTMENT)
        entry |= {"pcode": "00.22.W00", "code102": FINANCE_OLD}
        assert province.call("registerAgency", body=json.dumps(entry).encode())["status"] == "OK"
        agency.refresh_from_db()
        assert (agency.parent, agency.centre_code, agency.old_code) == (None, "00.22.W00", FINANCE_OLD)

    @pytest.mark.parametrize(
        ("entry", "refusal"),
        [
            ({"code": DEPARTMENT, "name": "Chiếm chỗ"}, Refusal.AGENCY_TAKEN),
            ({"code": FINANCE_OLD, "name": "Chiếm mã cũ"}, Refusal.AGENCY_TAKEN),
            ({"code": "G09.01", "code102": FINANCE, "name": "Chiếm mã"}, Refusal.AGENCY_TAKEN),
            ({"code": "G09.01", "name": "Tự thêm"}, Refusal.CODE_NOT_GRANTED),
            ({"code": MINISTRY, "code102": "000.00.09.G09", "name": "Bộ"}, Refusal.CODE_NOT_GRANTED),
            ({"code": "G09 01", "name": "Sai mã"}, Refusal.BAD_PARAMETER),
            ({"code": "G" * 36, "name": "Sai mã"}, Refusal.BAD_PARAMETER),
            ({"code": "G09.01", "name": ""}, Refusal.BAD_PARAMETER),
            ({"code": "G09.01", "name": "x" * 201}, Refusal.BAD_PARAMETER),
            ({"code": "G09.01", "name": "a\nb"}, Refusal.BAD_PARAMETER),
            ({"code": 5, "name": "Số"}, Refusal.BAD_PARAMETER),
            ([], Refusal.BAD_PARAMETER),
        ],
        ids=str,
    )
    def test_refuses_an_entry_that_cannot_stand(
        self, outsider: Caller, entry: object, refusal: Refusal
    ) -> None:
        before = list(Agency.objects.order_by("code").values())
        assert_refused(outsider.call("registerAgency", body=json.dumps(entry).encode()), refusal)
        assert list(Agency.objects.order_by("code").values()) == before

    @pytest.mark.parametrize(
        "body", [b"", b"{", b"\xff", b"[" * 100_000, b'"' + b"x" * 70_000 + b'"'], ids=len
    )
    def test_refuses_a_body_that_is_no_entry(self, outsider: Caller, body: bytes) -> None:
        assert_refused(outsider.call("registerAgency", body=body), Refusal.BAD_PARAMETER)

    def test_closing_a_code_stops_mail_to_it_and_keeps_what_waits(
        self, province: Caller, neighbour: Caller
    ) -> None:
        province.send(packets.document(DEPARTMENT, [DISTRICT]), DEPARTMENT)
        assert neighbour.call("deleteAgency", {"AgencyCode": DISTRICT})["status"] == "OK"
        assert neighbour.call("deleteAgency", {"AgencyCode": DISTRICT})["status"] == "OK"
        assert len(neighbour.received()) == 1
        answer = province.send(packets.document(DEPARTMENT, [DISTRICT], number=2), DEPARTMENT)
        assert_refused(answer, Refusal.CLOSED_RECIPIENT)
        assert DISTRICT not in {row["code"] for row in province.call("getAgenciesList")["data"]}
        units = {row["code"]: row["deleted"] for row in province.call("getSynchronizeUnit")["data"]}
        assert units[DISTRICT] is True

    def test_closed_code_is_never_used_again(self, neighbour: Caller) -> None:
        neighbour.call("deleteAgency", {"AgencyCode": DISTRICT})
        entry = json.dumps({"code": DISTRICT, "name": "UBND huyện Đông"}).encode()
        assert_refused(neighbour.call("registerAgency", body=entry), Refusal.AGENCY_CLOSED)

    @pytest.mark.parametrize("code", [DEPARTMENT, "H99.99"])
    def test_nobody_closes_anothers_code(self, outsider: Caller, code: str) -> None:
        assert_refused(outsider.call("deleteAgency", {"AgencyCode": code}), Refusal.UNKNOWN_AGENCY)
        assert Agency.objects.filter(closed_at__isnull=False).count() == 0


class TestOtherAddresses:
    def test_health_needs_no_signature(self, province: Caller) -> None:
        assert province.client.get("/suc-khoe").json()["status"] == "OK"

    def test_unknown_call_is_answered_in_the_same_form(self, province: Caller) -> None:
        response = province.client.get("/khong-co")
        assert response.status_code == 404
        assert_refused(response.json(), Refusal.NO_SUCH_CALL)

    def test_wrong_method_is_answered_in_the_same_form(self, province: Caller) -> None:
        response = province.client.get("/sendEdoc")
        assert response.status_code == 405
        assert_refused(response.json(), Refusal.NO_SUCH_CALL)
