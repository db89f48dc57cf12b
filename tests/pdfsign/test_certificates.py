"""Reading certificates and telling a person's from an agency's."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID, ObjectIdentifier

from vanthu.pdfsign import (
    BadCertificate,
    Certificate,
    SignerKind,
    common_name,
    kind_of,
    load_certificate,
    load_certificates,
    organization_name,
    read_certificates,
)
from vanthu.pdfsign.revocation import Evidence
from vanthu.pdfsign.trust import Purpose, RevocationPolicy, Times, TrustSettings, judge_certificate
from vanthu.pdfsign.verdict import Problem

_KEY = ec.generate_private_key(ec.SECP256R1())


def _pem(
    common: str, *, o: str = "", ou: str = "", extra: tuple[tuple[ObjectIdentifier, str], ...] = ()
) -> bytes:
    attributes = [(NameOID.COMMON_NAME, common), (NameOID.ORGANIZATION_NAME, o), *extra]
    attributes.append((NameOID.ORGANIZATIONAL_UNIT_NAME, ou))
    name = x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes if value])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(_KEY.public_key())
        .serial_number(7)
        .not_valid_before(datetime(2025, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2030, 1, 1, tzinfo=UTC))
    )
    return builder.sign(_KEY, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _certificate(common: str, **options: Any) -> Certificate:
    return load_certificate(_pem(common, **options))


class TestKind:
    @pytest.mark.parametrize(
        "name",
        [
            "Nguyễn Văn Ước",
            "TRẦN THỊ BA",
            "Lê Minh",
            "Y Thị Bích Ngọc",
            "Hồ Sở Nguyên",
            "Vũ Bộ",
            "Tôn Nữ Thị Ninh",
        ],
    )
    def test_a_name_of_a_person(self, name: str) -> None:
        assert kind_of(_certificate(name, o="UBND tỉnh An Bình")) is SignerKind.PERSON

    @pytest.mark.parametrize(
        "name",
        [
            "Sở Nội vụ",
            "Ủy ban nhân dân xã An Hòa",
            "Uỷ ban nhân dân tỉnh An Bình",
            "UBND xã An Hòa",
            "VĂN PHÒNG UBND TỈNH",
            "Văn phòng HĐND và UBND xã An Hòa",
            "Chi cục Thuế khu vực I",
            "Trường THPT An Bình",
            "Trung tâm Phục vụ hành chính công",
        ],
    )
    def test_a_name_of_an_agency(self, name: str) -> None:
        assert kind_of(_certificate(name, o="UBND tỉnh An Bình")) is SignerKind.AGENCY

    def test_the_same_name_and_organization_is_an_agency(self) -> None:
        assert kind_of(_certificate("Hợp tác xã An Hòa", o="HỢP TÁC XÃ AN HÒA")) is SignerKind.AGENCY

    @pytest.mark.parametrize(
        ("extra", "expected"),
        [
            ((NameOID.USER_ID, "MST:0100109106"), SignerKind.AGENCY),
            ((NameOID.USER_ID, "CCCD:001080012345"), SignerKind.PERSON),
            ((NameOID.USER_ID, "CMND:012345678"), SignerKind.PERSON),
            ((NameOID.SURNAME, "Nguyễn"), SignerKind.PERSON),
            ((NameOID.ORGANIZATION_IDENTIFIER, "VATVN-0100109106"), SignerKind.AGENCY),
        ],
    )
    def test_what_the_certificate_states_comes_first(
        self, extra: tuple[ObjectIdentifier, str], expected: SignerKind
    ) -> None:
        assert kind_of(_certificate("An Bình 123", extra=(extra,))) is expected

    @pytest.mark.parametrize("name", ["An", "may-chu-01", "a b c d e f g h", "Máy chủ 2"])
    def test_anything_else_is_unknown(self, name: str) -> None:
        assert kind_of(_certificate(name)) is SignerKind.UNKNOWN


class TestNames:
    def test_an_agency_is_its_own_organization(self) -> None:
        assert organization_name(_certificate("Sở Nội vụ", o="UBND tỉnh An Bình")) == "Sở Nội vụ"

    def test_a_person_s_is_the_one_named(self) -> None:
        person = _certificate("Lê Thị Bốn", o="UBND tỉnh An Bình", ou="Sở Nội vụ")

        assert organization_name(person) == "UBND tỉnh An Bình"
        assert organization_name(_certificate("Lê Thị Bốn", ou="Sở Nội vụ")) == "Sở Nội vụ"
        assert common_name(person) == "Lê Thị Bốn"


class TestReading:
    def test_pem_der_and_bundles(self, tmp_path: Path) -> None:
        pem = _pem("Lê Thị Bốn") + _pem("Sở Nội vụ")
        der = load_certificate(_pem("Lê Thị Bốn")).dump()
        file = tmp_path / "bundle.pem"
        file.write_bytes(pem)

        assert [common_name(one) for one in read_certificates(file)] == ["Lê Thị Bốn", "Sở Nội vụ"]
        assert common_name(load_certificates(der)[0]) == "Lê Thị Bốn"

    @pytest.mark.parametrize(
        "data",
        [b"", b"khong phai", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", b"0\x03abc"],
    )
    def test_anything_else_is_refused(self, data: bytes) -> None:
        with pytest.raises(BadCertificate):
            load_certificates(data)

    def test_a_key_is_no_certificate_and_a_missing_file_is_said(self, tmp_path: Path) -> None:
        key = _KEY.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

        with pytest.raises(BadCertificate):
            load_certificates(key)
        with pytest.raises(BadCertificate, match=r"khong-co\.pem"):
            read_certificates(tmp_path / "khong-co.pem")


class TestHostileNames:
    MARKS = "Sở " + "\u0301\u0323" * 100_000

    @pytest.mark.parametrize("name", [MARKS, "\u202eSở Nội vụ", "Sở\x00Nội vụ", "x" * 1001], ids=ascii)
    def test_are_shown_as_no_names(self, name: str) -> None:
        assert organization_name(_certificate("Lê Minh", o=name)) == "(tên không đọc được)"

    def test_are_not_compared_which_would_take_minutes(self) -> None:
        hostile = _certificate("Lê Minh", o=self.MARKS)

        standing = asyncio.run(
            judge_certificate(
                hostile,
                [hostile],
                purpose=Purpose.SIGNING,
                times=Times(now=datetime.now(UTC), claimed=None, proven=None, archived=None),
                settings=TrustSettings(roots=(), policy=RevocationPolicy.IGNORE, fetcher=None),
                evidence=Evidence(),
            )
        )

        assert standing.problem is Problem.NOT_JUDGED
