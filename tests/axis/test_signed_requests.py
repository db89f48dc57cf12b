"""Who calls is proven on every call, and a signed request changes a thing once."""

from __future__ import annotations

import hmac
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from pytest_django import Settings

from tests.axis import packets
from tests.axis.caller import Answer, Caller
from tests.axis.test_protocol import assert_refused
from tests.axis.world import DEPARTMENT, DISTRICT, FINANCE, NOW, OPERATOR, SECRETS, AxisWorld
from tests.traces import audited
from vanthu.axis.actions import directory, mail
from vanthu.axis.models import Agency, MailboxItem, Packet, System, UsedSignature
from vanthu.axis.rules import Refusal, Refused, operator
from vanthu.edxml import transport
from vanthu.kernel.errors import NotAllowed

pytestmark = pytest.mark.django_db

NEW_SECRET = "khoa-bi-mat-moi-cua-tinh-29"

CALLS = [
    "getAgenciesList",
    "getAgenciesListQD20",
    "getSynchronizeUnit",
    "registerAgency",
    "deleteAgency",
    "sendEdoc",
    "getReceivedEdocList",
    "getSentEdocList",
    "getEdoc",
    "downloadEdoc",
    "updateStatus",
    "countReceiveEdoc",
    "countReceiveStatus",
]
LIST = {"servicetype": "eDoc", "messagetype": "edoc"}
#: Whatever any call needs.
ALL = {**LIST, "from": DEPARTMENT, "hash-file": "0", "docId": "0", "status": "done", "AgencyCode": "H29"}


@pytest.mark.parametrize("call", CALLS)
class TestEveryCall:
    def test_is_refused_without_a_signature(self, province: Caller, call: str) -> None:
        answer = province.send_as(call, {"XroadVnpt-systemid": "TINH.H29"})
        assert_refused(answer, Refusal.BAD_PARAMETER)

    def test_is_refused_under_a_wrong_secret(self, province: Caller, call: str) -> None:
        answer = province.send_as(call, province.headers(ALL, secret="khoa-bi-mat-doan-mo"))
        assert_refused(answer, Refusal.NOT_AUTHENTIC)

    def test_is_refused_to_an_unknown_system_in_the_same_words(self, province: Caller, call: str) -> None:
        wrong = province.send_as(call, province.headers(ALL, secret="khoa-bi-mat-doan-mo"))
        stranger = Caller("TINH.H99").headers(ALL, secret="khoa-bi-mat-doan-mo")
        assert province.send_as(call, stranger) == wrong

    @pytest.mark.parametrize("days", [-1, 1], ids=["yesterday", "tomorrow"])
    def test_is_refused_outside_the_window(self, province: Caller, call: str, days: int) -> None:
        province.at = datetime.now(UTC) + timedelta(days=days)
        assert_refused(province.call(call, ALL), Refusal.STALE_REQUEST)

    def test_is_refused_when_a_signed_value_was_changed(self, province: Caller, call: str) -> None:
        headers = province.headers(ALL) | {"XroadVnpt-messagetype": "status"}
        assert_refused(province.send_as(call, headers), Refusal.NOT_AUTHENTIC)


class TestSigning:
    def test_header_names_are_known_in_any_case(self, province: Caller) -> None:
        headers = {name.lower(): value for name, value in province.headers(LIST).items()}
        assert province.send_as("getReceivedEdocList", headers)["status"] == "OK"

    def test_unsigned_optional_parameter_is_refused_not_ignored(self, province: Caller) -> None:
        """Ignored, an added `to` would deliver the packet to everyone it names."""
        headers = province.headers(LIST) | {"XroadVnpt-to": DISTRICT}
        assert_refused(province.send_as("getReceivedEdocList", headers), Refusal.NOT_AUTHENTIC)

    def test_unsigned_required_parameter_is_refused(self, province: Caller) -> None:
        headers = province.headers({}) | {f"XroadVnpt-{name}": value for name, value in LIST.items()}
        assert_refused(province.send_as("getReceivedEdocList", headers), Refusal.NOT_AUTHENTIC)

    def test_window_can_be_opened_for_clients_that_keep_one_timestamp(
        self, province: Caller, settings: Settings
    ) -> None:
        province.at = datetime.now(UTC) - timedelta(days=30)
        settings.AXIS_REPLAY_SECONDS = 0
        assert province.call("getAgenciesList")["status"] == "OK"


class TestOneTimestampForAll:
    """The national client sets its timestamp once: equal calls carry equal signatures."""

    @pytest.fixture(autouse=True)
    def one_timestamp(self, province: Caller, neighbour: Caller) -> None:
        province.at = neighbour.at = datetime.now(UTC)

    def test_reading_may_be_repeated(self, province: Caller, neighbour: Caller) -> None:
        province.send(packets.document(DEPARTMENT, [DISTRICT]), DEPARTMENT)
        first, second = neighbour.received(), neighbour.received()
        assert first == second != []
        doc_id = {"docId": first[0]["docId"]}
        assert neighbour.call("getEdoc", doc_id) == neighbour.call("getEdoc", doc_id)

    def test_repeated_sending_and_acknowledging_change_nothing_more(
        self, province: Caller, neighbour: Caller
    ) -> None:
        packet = packets.document(DEPARTMENT, [DISTRICT])
        assert province.send(packet, DEPARTMENT) == province.send(packet, DEPARTMENT)
        doc_id = neighbour.received()[0]["docId"]
        assert neighbour.report(doc_id, "done") == neighbour.report(doc_id, "done")
        assert Packet.objects.count() == MailboxItem.objects.count() == UsedSignature.objects.count() == 1

    def test_two_agencies_are_changed_under_one_signature(self, province: Caller) -> None:
        for code in (DEPARTMENT, FINANCE):
            body = json.dumps({"code": code, "name": f"Sở {code}"}).encode()
            assert province.call("registerAgency", body=body)["status"] == "OK"


class TestReplay:
    def test_of_an_acknowledgement_cannot_undo_what_came_after(
        self, province: Caller, neighbour: Caller
    ) -> None:
        province.send(packets.document(DEPARTMENT, [DISTRICT]), DEPARTMENT)
        doc_id = neighbour.received()[0]["docId"]
        failure = neighbour.headers({"docId": doc_id, "status": "fail"})
        assert neighbour.send_as("updateStatus", failure)["status"] == "OK"
        assert neighbour.send_as("updateStatus", failure)["status"] == "OK"
        neighbour.report(doc_id, "processing")
        assert_refused(neighbour.send_as("updateStatus", failure), Refusal.REPEATED_SIGNATURE)
        assert [row["docId"] for row in neighbour.received()] == [doc_id]

    def test_of_a_registration_cannot_bring_the_old_name_back(self, province: Caller) -> None:
        old = json.dumps({"code": DEPARTMENT, "name": "Tên cũ"}).encode()
        headers = province.headers({})
        assert province.send_as("registerAgency", headers, body=old)["status"] == "OK"
        new = json.dumps({"code": DEPARTMENT, "name": "Tên mới"}).encode()
        assert province.call("registerAgency", body=new)["status"] == "OK"
        assert_refused(province.send_as("registerAgency", headers, body=old), Refusal.REPEATED_SIGNATURE)
        assert Agency.objects.get(code=DEPARTMENT).name == "Tên mới"

    def test_of_a_sending_delivers_nothing_again(self, province: Caller, neighbour: Caller) -> None:
        packet = packets.document(DEPARTMENT, [DISTRICT])
        province.send(packet, DEPARTMENT)
        neighbour.report(neighbour.received()[0]["docId"], "done")
        province.send(packet, DEPARTMENT)
        assert neighbour.received() == []


class TestForgetting:
    def test_drops_only_signatures_the_window_refuses_anyway(self, province: Caller) -> None:
        agency = Agency.objects.get(code=DEPARTMENT)
        for hours, signature in ((48, "a" * 64), (1, "b" * 64)):
            UsedSignature.objects.create(
                system=agency.system, signature=signature, subject="x", used_at=NOW - timedelta(hours=hours)
            )
        mail.forget_signatures(actor=operator("Dọn chữ ký cũ"), before=NOW - timedelta(hours=24), now=NOW)
        assert [used.signature for used in UsedSignature.objects.all()] == ["b" * 64]

    def test_operator_at_the_console_spends_none(self, province: Caller) -> None:
        directory.close_agency(actor=operator("Quản trị trục"), code=DISTRICT, now=NOW)
        assert UsedSignature.objects.count() == 0


class TestWhileASecretIsChanged:
    """Over the protocol, with signatures made as the stock client makes them."""

    @staticmethod
    def change(secret: str = NEW_SECRET) -> bool:
        return directory.change_secret(actor=OPERATOR, code="TINH.H29", secret=secret, now=NOW)

    @staticmethod
    def calls_with(caller: Caller, secret: str) -> Answer:
        return caller.send_as("getReceivedEdocList", caller.headers(LIST, secret=secret))

    def test_both_are_accepted_until_the_former_one_is_ended(
        self, province: Caller, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert_refused(self.calls_with(province, NEW_SECRET), Refusal.NOT_AUTHENTIC)
        self.change()

        assert self.calls_with(province, NEW_SECRET)["status"] == "OK"
        assert caplog.text == ""
        assert self.calls_with(province, SECRETS["TINH.H29"])["status"] == "OK"
        assert "TINH.H29 còn dùng khóa bí mật cũ" in caplog.text

        directory.end_former_secret(actor=OPERATOR, code="TINH.H29", now=NOW)

        assert self.calls_with(province, NEW_SECRET)["status"] == "OK"
        assert_refused(self.calls_with(province, SECRETS["TINH.H29"]), Refusal.NOT_AUTHENTIC)

    def test_a_packet_goes_the_whole_way_under_either(self, province: Caller, neighbour: Caller) -> None:
        self.change()
        packet = packets.document(DEPARTMENT, [DISTRICT])
        sent = province.send(packet, DEPARTMENT)
        again = {**LIST, "hash-file": sha256(packet).hexdigest(), "from": DEPARTMENT}

        repeated = province.send_as("sendEdoc", province.headers(again, secret=NEW_SECRET), body=packet)

        assert sent["status"] == "OK"
        assert repeated["DocId"] == sent["DocId"]
        assert len(neighbour.received()) == 1

    @pytest.mark.parametrize("secret", ["", "khoa-bi-mat-doan-mo", SECRETS["TINH.H37"]])
    def test_no_third_one_is_accepted(self, province: Caller, secret: str) -> None:
        self.change()
        headers = {
            **province.headers(LIST, secret=secret or "x"),
            **({} if secret else signed_with_nothing()),
        }

        assert_refused(province.send_as("getReceivedEdocList", headers), Refusal.NOT_AUTHENTIC)

    def test_a_third_one_is_not_taken_in(self, province: Caller) -> None:
        self.change()

        with pytest.raises(Refused) as refused:
            self.change("khoa-bi-mat-thu-ba-29")

        assert refused.value.refusal is Refusal.SECRET_CHANGING
        assert self.calls_with(province, SECRETS["TINH.H29"])["status"] == "OK"

    def test_a_change_is_taken_back_by_the_former_one(self, province: Caller) -> None:
        self.change()

        assert self.change(SECRETS["TINH.H29"])
        directory.end_former_secret(actor=OPERATOR, code="TINH.H29", now=NOW)

        assert self.calls_with(province, SECRETS["TINH.H29"])["status"] == "OK"
        assert_refused(self.calls_with(province, NEW_SECRET), Refusal.NOT_AUTHENTIC)

    def test_the_present_one_again_changes_nothing(self, axis: AxisWorld) -> None:
        assert self.change()
        assert not self.change()
        assert System.objects.get(code="TINH.H29").former_secret == SECRETS["TINH.H29"]

    def test_every_change_is_audited_and_no_secret_is(self, axis: AxisWorld) -> None:
        self.change()
        directory.end_former_secret(actor=OPERATOR, code="TINH.H29", now=NOW)

        system = System.objects.get(code="TINH.H29")
        told = audited(system.id)
        assert [action for action, _, _ in told][1:] == ["axis.secret-changed", "axis.former-secret-ended"]
        assert not any(NEW_SECRET in str(entry) or SECRETS["TINH.H29"] in str(entry) for entry in told)

    def test_is_refused_to_systems(self, axis: AxisWorld) -> None:
        with pytest.raises(NotAllowed):
            directory.change_secret(actor=axis.province, code="TINH.H29", secret=NEW_SECRET, now=NOW)
        with pytest.raises(NotAllowed):
            directory.end_former_secret(actor=axis.province, code="TINH.H29", now=NOW)

        assert System.objects.get(code="TINH.H29").secret == SECRETS["TINH.H29"]


def signed_with_nothing() -> dict[str, str]:
    """A signature under the empty key, which no system has."""
    text = transport.sign_headers(LIST, system_id="TINH.H29", secret="x", now=datetime.now(UTC))
    empty = hmac.new(b"", text["XroadVnpt-sign-header"].encode(), "sha256").hexdigest()
    return {**text, "XroadVnpt-hash-header": empty}
