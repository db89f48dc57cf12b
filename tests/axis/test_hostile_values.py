"""What no database can hold, in every parameter of every call: refused in words, and no fault of ours."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from tests.axis import packets
from tests.axis.caller import Answer, Caller
from tests.axis.test_protocol import assert_refused
from tests.axis.test_signed_requests import ALL, CALLS
from tests.axis.world import DEPARTMENT, DISTRICT, FINANCE, SECRETS
from vanthu.axis.models import Agency, MailboxItem, Packet
from vanthu.axis.rules import Refusal
from vanthu.edxml.transport import PREFIX, format_timestamp

pytestmark = pytest.mark.django_db

PARAMETERS = [*ALL, "to", "fromDate", "toDate", "description", "level"]
#: NUL, half a pair of UTF-16, a terminal's escape: bare, as RFC 8187 writes them, and as JSON does.
HOSTILE = [
    "\0",
    "\ud800",
    "H29\x1b[2J",
    "UTF-8''a%00b",
    "UTF-8''a%ED%A0%80b",
    r'["\u0000"]',
    r'["\ud800"]',
    r'["H29\u001b[2J"]',
]
FIELDS = ["code", "name", "mail", "mobile", "fax", "pcode", "code102"]


def signed(system: str, parameters: dict[str, str]) -> dict[str, str]:
    """Whatever a system might sign, also what the stock client would not send."""
    values = {"timestamp": format_timestamp(datetime.now(UTC)), "systemid": system} | parameters
    headers = {f"{PREFIX}{name}": value for name, value in values.items()}
    text = json.dumps(headers)
    secret = SECRETS.get(system, "khong-ai-co-khoa-nay")
    return {
        **headers,
        f"{PREFIX}sign-header": text,
        f"{PREFIX}sign-header-key": ";".join(values),
        f"{PREFIX}hash-header": hmac.new(secret.encode(), text.encode(), sha256).hexdigest(),
    }


def is_no_fault(answer: Answer) -> bool:
    return bool(answer["ErrorCode"] != Refusal.AXIS_FAULT.code)


def answer_to(caller: Caller, call: str, headers: dict[str, str], body: bytes) -> Answer:
    """As `Caller.send_as`; the packet itself, which `downloadEdoc` may give, is no refusal either."""
    response = caller.client.generic("POST", f"/{call}", data=body, headers=headers)
    content = b"".join(response)
    raw = response["Content-Type"] == "application/octet-stream"
    return {"ErrorCode": "0"} if raw else dict(json.loads(content))


@pytest.fixture(autouse=True)
def _no_traceback(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.fixture
def doc_id(province: Caller, neighbour: Caller) -> str:
    province.send(packets.document(DEPARTMENT, [DISTRICT]), DEPARTMENT)
    return str(neighbour.received()[0]["docId"])


class TestEveryParameter:
    @pytest.mark.parametrize("name", PARAMETERS)
    @pytest.mark.parametrize("call", CALLS)
    def test_is_refused_or_understood(self, neighbour: Caller, doc_id: str, call: str, name: str) -> None:
        packet = packets.document(DISTRICT, [DEPARTMENT])
        rest = {"from": DISTRICT, "hash-file": sha256(packet).hexdigest(), "docId": doc_id}
        for value in HOSTILE:
            headers = signed("TINH.H37", {**ALL, **rest, name: value})
            answer = answer_to(neighbour, call, headers, packet if call == "sendEdoc" else b"{}")
            assert is_no_fault(answer), (value, answer)

    @pytest.mark.parametrize("value", HOSTILE)
    def test_also_who_calls(self, neighbour: Caller, value: str) -> None:
        answer = neighbour.send_as("getAgenciesList", signed(value, {}))
        assert_refused(answer, Refusal.NOT_AUTHENTIC)

    @pytest.mark.parametrize("name", ["timestamp", "sign-header-key", "sign-header", "hash-header"])
    def test_also_what_proves_it(self, neighbour: Caller, name: str) -> None:
        for value in [*HOSTILE, "01010001T000000+0000", "31129999T235959+0999"]:
            changed = signed("TINH.H37", {name: value} if name == "timestamp" else {})
            answer = neighbour.send_as("getAgenciesList", changed | {f"{PREFIX}{name}": value})
            assert answer["status"] == "FAIL"
            assert is_no_fault(answer), (value, answer)


class TestAgencyBody:
    @pytest.mark.parametrize("field", FIELDS)
    @pytest.mark.parametrize("value", ["\0", "\ud800", "a\x1bb"], ids=ascii)
    def test_is_refused(self, province: Caller, field: str, value: str) -> None:
        before = list(Agency.objects.order_by("code").values())
        entry = json.dumps({"code": FINANCE, "name": "Sở Tài chính", field: value}).encode()
        assert_refused(province.call("registerAgency", body=entry), Refusal.BAD_PARAMETER)
        assert list(Agency.objects.order_by("code").values()) == before


class TestSendEdoc:
    @pytest.mark.parametrize("codes", [r'["\u0000"]', r'["\ud800"]', '["H37.05 x"]', '["H37/05"]'])
    def test_refuses_recipients_that_are_no_codes(self, province: Caller, codes: str) -> None:
        answer = province.send(packets.document(DEPARTMENT, [DISTRICT]), DEPARTMENT, change={"to": codes})
        assert_refused(answer, Refusal.BAD_PARAMETER)
        assert Packet.objects.count() == 0

    @pytest.mark.parametrize("harm", [b"&#0;", b"&#xD800;", b"\0", b"\xed\xa0\x80", b"&#27;"])
    @pytest.mark.parametrize("place", [b"UBND-NC<", b"H37.05", "soát".encode()])
    def test_refuses_a_packet_that_holds_them(self, province: Caller, place: bytes, harm: bytes) -> None:
        packet = packets.document(DEPARTMENT, [DISTRICT])
        assert place in packet
        answer = province.send(packet.replace(place, place + harm), DEPARTMENT)
        assert_refused(answer, Refusal.NOT_CONFORMANT)


class TestUpdateStatus:
    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            ("UTF-8''a%00b", "ab"),
            ("UTF-8''Kh%C3%B4ng%20%C4%91%E1%BB%8Dc%1B%5B2J%20%C4%91%C6%B0%E1%BB%A3c", "Không đọc[2J được"),
            ("UTF-8''d%C3%B2ng%20m%E1%BB%99t%0Ad%C3%B2ng%20hai", "dòng một\ndòng hai"),
            ("UTF-8''%00", ""),
        ],
    )
    def test_keeps_of_a_description_what_people_read(
        self, neighbour: Caller, doc_id: str, sent: str, kept: str
    ) -> None:
        assert neighbour.report(doc_id, "fail", description=sent)["status"] == "OK"
        assert MailboxItem.objects.get().description == kept


class TestDates:
    @pytest.mark.parametrize("name", ["fromDate", "toDate"])
    @pytest.mark.parametrize(
        "value",
        ["0001/01/01", "0001-01-01 00:00:00+14:00", "9999/12/31", "31/12/9999", "9999/12/31 23:59:59-12:00"],
    )
    def test_at_the_ends_of_time_are_dates_or_refused(self, neighbour: Caller, name: str, value: str) -> None:
        answer = neighbour.call(
            "getReceivedEdocList", {"servicetype": "eDoc", "messagetype": "edoc", name: value}
        )
        assert is_no_fault(answer), answer
