"""The axis's signed headers: what a true client sends passes, everything an attacker alters does not."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vanthu import edxml
from vanthu.edxml import transport

NOW = datetime(2026, 11, 22, 1, 2, 3, 4_000, tzinfo=edxml.VIETNAM_TIME)
SYSTEM = "000.00.01.H29"
SECRET = "test-secret"
TIME = "22112026T010203+0004"
SECRETS = {SYSTEM: SECRET, "H37": "bí mật khác"}
CALL = {"servicetype": "eDoc", "messagetype": "edoc", "docId": "5bebcfeff858e3e0cc154762"}
SIGN = "XroadVnpt-sign-header"
KEYS = "XroadVnpt-sign-header-key"
HASH = "XroadVnpt-hash-header"
NAMES = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
VALUES = st.from_regex(r"[!-~]{0,20}", fullmatch=True)


def signed(call: Mapping[str, str] = CALL, changes: Mapping[str, str] | None = None) -> dict[str, str]:
    headers = transport.sign_headers(call, system_id=SYSTEM, secret=SECRET, now=NOW)
    return headers | dict(changes or {})


def by_hand(values: Mapping[str, str], *, keys: str | None = None, secret: str = SECRET) -> dict[str, str]:
    """A client that signs exactly these headers, in this order."""
    text = json.dumps({f"XroadVnpt-{k}": v for k, v in values.items()}, separators=(",", ":"))
    return {f"XroadVnpt-{k}": v for k, v in values.items()} | {
        KEYS: ";".join(values) if keys is None else keys,
        SIGN: text,
        HASH: hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest(),
    }


def secrets_of(system: str) -> tuple[str, ...]:
    return (SECRETS[system],) if system in SECRETS else ()


def verify(
    headers: Mapping[str, str],
    *required: str,
    now: datetime = NOW,
    max_age: timedelta | None = timedelta(minutes=5),
) -> transport.VerifiedHeaders:
    return transport.verify_headers(
        headers, secrets_of=secrets_of, required=required, now=now, max_age=max_age
    )


class TestSign:
    def test_gives_the_known_answer(self) -> None:
        headers = signed({"servicetype": "eDoc", "messagetype": "edoc"})
        assert headers[SIGN] == (
            '{"XroadVnpt-timestamp":"22112026T010203+0004","XroadVnpt-systemid":"000.00.01.H29",'
            '"XroadVnpt-Content-Type":"application/json","XroadVnpt-servicetype":"eDoc",'
            '"XroadVnpt-messagetype":"edoc"}'
        )
        assert headers[KEYS] == "timestamp;systemid;Content-Type;servicetype;messagetype"
        assert headers[HASH] == "e7202a90207b5d6f79cffcf4f2d7ac06d0b56c0645ee052a38588c9c03812888"
        assert headers["Content-Type"] == "application/json"
        assert headers["User-Agent"] == "JAVASDKAgent/1.0.0 XRoad/VPCP"
        assert headers["XroadVnpt-version"] == "3.0.201608"

    def test_tells_the_time_of_vietnam(self) -> None:
        headers = transport.sign_headers(
            {}, system_id=SYSTEM, secret=SECRET, now=datetime(2026, 12, 31, 17, 0, 0, 999_999, tzinfo=UTC)
        )
        assert headers["XroadVnpt-timestamp"] == "01012027T000000+0999"

    def test_takes_the_content_type_of_the_body(self) -> None:
        headers = signed({"Content-Type": "application/octet-stream"})
        assert headers["Content-Type"] == headers["XroadVnpt-Content-Type"] == "application/octet-stream"
        assert verify(headers)["content-type"] == "application/octet-stream"

    @pytest.mark.parametrize(
        ("name", "value"),
        [("to", "a\r\nX: y"), ("to", "Sở"), ("to", " a"), ("a b", "c"), ("a;b", "c"), ("", "c")],
    )
    def test_refuses_what_http_would_alter(self, name: str, value: str) -> None:
        with pytest.raises(transport.UnsendableHeader):
            signed({name: value})

    @given(
        st.dictionaries(
            st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.from_regex(r"[!-~]{0,20}", fullmatch=True)
        )
    )
    def test_what_is_signed_is_verified(self, call: dict[str, str]) -> None:
        call = {k: v for k, v in call.items() if k not in ("timestamp", "systemid")}
        verified = verify(signed(call), *call)
        assert {k: verified[k] for k in call} == call
        assert verified.system_id == SYSTEM
        assert verified.timestamp == NOW


class TestVerify:
    @pytest.mark.parametrize("case", [str, str.lower, str.upper])
    def test_disregards_case_of_names_as_http_does(self, case: type[str]) -> None:
        verified = verify({case(name): value for name, value in signed().items()}, "docId")
        assert verified["docid"] == verified["DocId"] == "5bebcfeff858e3e0cc154762"

    @pytest.mark.parametrize(
        "order",
        [
            "systemid;timestamp;Content-Type",
            "systemid;servicetype;messagetype;hash-file;from;timestamp;Content-Type",
            "systemid;docId;filePath;timestamp;Content-Type",
        ],
    )
    def test_accepts_any_order_of_keys(self, order: str) -> None:
        values = dict.fromkeys(order.split(";"), "x") | {
            "timestamp": TIME,
            "systemid": SYSTEM,
        }
        assert set(verify(by_hand(values))) == set(order.lower().split(";"))

    def test_hands_out_only_what_was_signed(self) -> None:
        verified = verify(signed(changes={"XroadVnpt-from": "H99", "X-Forwarded-For": "1.2.3.4"}))
        assert "from" not in verified
        assert set(verified) == {
            "timestamp",
            "systemid",
            "content-type",
            "servicetype",
            "messagetype",
            "docid",
        }

    def test_the_text_is_taken_as_it_came_and_not_written_anew(self) -> None:
        values = {"systemid": SYSTEM, "timestamp": TIME, "to": '["H37/1"]'}
        headers = by_hand(values)
        headers[SIGN] = headers[SIGN].replace(":", " : ").replace("/", "\\/")
        headers[HASH] = hmac.new(SECRET.encode(), headers[SIGN].encode(), hashlib.sha256).hexdigest()
        assert verify(headers, "to")["to"] == '["H37/1"]'

    def test_reads_utf8_as_web_servers_hand_it_over(self) -> None:
        values = {"systemid": "H37", "timestamp": TIME, "description": "Đã nhận"}
        text = json.dumps({f"XroadVnpt-{k}": v for k, v in values.items()}, ensure_ascii=False)
        headers = by_hand(values, secret=SECRETS["H37"]) | {
            SIGN: text,
            HASH: hmac.new(SECRETS["H37"].encode(), text.encode(), hashlib.sha256).hexdigest(),
        }
        as_latin = {name: value.encode().decode("latin-1") for name, value in headers.items()}
        assert verify(as_latin, "description")["description"] == "Đã nhận"

    def test_accepts_capital_letters_in_the_hash(self) -> None:
        headers = signed()
        assert verify(headers | {HASH: headers[HASH].upper()})


class TestAttack:
    def test_a_call_of_yesterday_is_refused(self) -> None:
        with pytest.raises(transport.StaleTimestamp):
            verify(signed(), now=NOW + timedelta(minutes=5, milliseconds=1))

    def test_a_call_of_tomorrow_is_refused(self) -> None:
        with pytest.raises(transport.StaleTimestamp):
            verify(signed(), now=NOW - timedelta(days=1))

    def test_the_window_is_closed_at_its_edge_and_can_be_left_open(self) -> None:
        assert verify(signed(), now=NOW + timedelta(minutes=5))
        assert verify(signed(), now=NOW + timedelta(days=400), max_age=None)

    def test_a_replay_shows_the_same_signature(self) -> None:
        assert verify(signed()).signature == verify(signed()).signature
        assert verify(signed()).signature != verify(signed({"docId": "khac"})).signature

    @pytest.mark.parametrize("name", ["docId", "systemid", "timestamp", "messagetype"])
    def test_a_changed_value_is_refused(self, name: str) -> None:
        value = "H37" if name == "systemid" else "22112026T010203+0005"
        with pytest.raises((transport.HeaderMismatch, transport.WrongSignature)):
            verify(signed(changes={f"XroadVnpt-{name}": value}))

    def test_a_changed_text_is_refused(self) -> None:
        headers = signed()
        with pytest.raises(transport.WrongSignature):
            verify(headers | {SIGN: headers[SIGN].replace("edoc", "status")})

    def test_a_removed_header_is_refused(self) -> None:
        headers = signed()
        del headers["XroadVnpt-docId"]
        with pytest.raises(transport.HeaderMismatch):
            verify(headers)

    def test_a_header_added_unsigned_does_not_authorise(self) -> None:
        headers = by_hand({"systemid": SYSTEM, "timestamp": TIME})
        with pytest.raises(transport.UnsignedHeader):
            verify(headers | {"XroadVnpt-docId": "1"}, "docId")

    def test_a_key_added_to_the_list_does_not_authorise(self) -> None:
        headers = by_hand({"systemid": SYSTEM, "timestamp": TIME})
        keys = headers[KEYS] + ";docId"
        with pytest.raises(transport.HeaderMismatch):
            verify(headers | {"XroadVnpt-docId": "1", KEYS: keys}, "docId")

    def test_a_key_taken_from_the_list_does_not_authorise(self) -> None:
        with pytest.raises(transport.UnsignedHeader):
            verify(signed(changes={KEYS: "systemid;timestamp"}), "docId")

    @pytest.mark.parametrize("missing", ["systemid", "timestamp"])
    def test_system_and_time_must_be_signed(self, missing: str) -> None:
        values = {"systemid": SYSTEM, "timestamp": TIME}
        headers = by_hand({k: v for k, v in values.items() if k != missing})
        with pytest.raises(transport.UnsignedHeader):
            verify(headers | {f"XroadVnpt-{missing}": values[missing]})

    def test_a_wrong_secret_and_an_unknown_system_look_alike(self) -> None:
        values = {"systemid": SYSTEM, "timestamp": TIME}
        with pytest.raises(transport.WrongSignature) as wrong:
            verify(by_hand(values, secret="khác"))
        with pytest.raises(transport.UnknownSystem) as unknown:
            verify(by_hand(values | {"systemid": "H00"}, secret="khác"))
        assert wrong.value.message == unknown.value.message

    def test_an_empty_secret_lets_nobody_in(self) -> None:
        headers = by_hand({"systemid": SYSTEM, "timestamp": TIME}, secret="")
        with pytest.raises(transport.UnknownSystem):
            transport.verify_headers(headers, secrets_of=lambda _: ("",), now=NOW, max_age=None)

    def test_another_systems_signature_is_not_ours(self) -> None:
        headers = by_hand({"systemid": "H37", "timestamp": TIME}, secret=SECRETS["H37"])
        with pytest.raises(transport.WrongSignature):
            verify(headers | {"XroadVnpt-systemid": SYSTEM})

    @pytest.mark.parametrize("name", [SIGN, KEYS, HASH, "XroadVnpt-systemid"])
    def test_a_call_without_its_signature_is_refused(self, name: str) -> None:
        headers = signed()
        del headers[name]
        with pytest.raises(transport.MissingHeader):
            verify(headers)

    def test_a_required_parameter_that_is_not_there_is_named(self) -> None:
        with pytest.raises(transport.MissingHeader, match="hash-file"):
            verify(signed(), "hash-file")

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "[]",
            "null",
            '"x"',
            "{",
            '{"XroadVnpt-systemid":1}',
            '{"XroadVnpt-systemid":"000.00.01.H29","XroadVnpt-systemid":"000.00.01.H29"}',
            '{"XroadVnpt-systemid":"000.00.01.H29","xroadvnpt-SYSTEMID":"000.00.01.H29"}',
            '{"XroadVnpt-systemid":{"a":"b"}}',
            "[" * 60_000,
            "x" * 70_000,
            "\udcff",
        ],
    )
    def test_a_text_that_is_no_list_of_headers_is_refused(self, text: str) -> None:
        raw = text.encode("utf-8", "surrogatepass")
        headers = signed(
            changes={SIGN: text, HASH: hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()}
        )
        with pytest.raises(transport.TransportRefused):
            verify(headers)

    def test_the_same_header_twice_in_other_case_is_refused(self) -> None:
        with pytest.raises(transport.UnreadableHeaders):
            verify(signed(changes={"xroadvnpt-docid": "1"}))

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "22112026T010203",
            "2026-11-22T01:02:03",
            "32112026T010203+0000",
            "22112026T010203+1000",
            "22112026T010203+0004x",
            "٢٢112026T010203+0004",
        ],
    )
    def test_a_timestamp_that_is_none_is_refused(self, text: str) -> None:
        with pytest.raises((transport.StaleTimestamp, transport.UnreadableHeaders)):
            verify(by_hand({"systemid": SYSTEM, "timestamp": text}), max_age=None)


class TestFileHash:
    def test_is_the_sha256_of_the_file(self, tmp_path: Path) -> None:
        file = tmp_path / "goi.edxml"
        file.write_bytes(b"edxml-11")
        assert transport.file_hash(file) == hashlib.sha256(b"edxml-11").hexdigest()

    def test_the_sdk_drops_a_zero_in_every_byte(self) -> None:
        real = hashlib.sha256(b"edxml-11").hexdigest()
        assert real.startswith("25159d60789c121ed93363c61cc7837431a1d0d20774c7")
        assert transport.sdk_hash(real).startswith("25159d60789c121ed93363c61cc7837431a1d0d2774c7")

    @given(st.binary(max_size=64))
    def test_both_forms_match_and_no_other(self, data: bytes) -> None:
        real = hashlib.sha256(data).hexdigest()
        other = hashlib.sha256(data + b"x").hexdigest()
        assert transport.hash_matches(real, real)
        assert transport.hash_matches(f" {real.upper()} ", real)
        assert transport.hash_matches(transport.sdk_hash(real), real)
        assert not transport.hash_matches(other, real)
        assert not transport.hash_matches(transport.sdk_hash(other), real)
        assert not transport.hash_matches("", real)
        assert not transport.hash_matches(real[:-1], real)
        assert not transport.hash_matches("ế", real)
