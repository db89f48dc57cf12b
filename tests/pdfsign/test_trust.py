"""Whether the certificate can be relied on: root, term, purpose, revocation, timestamps, archives."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.pdfsign.office import Office
from vanthu.pdfsign import (
    HttpTimestamper,
    LongTermFailed,
    PrivateKeySigner,
    Problem,
    Report,
    Revocation,
    RevocationPolicy,
    SignerKind,
    TimestampFailed,
    Verdict,
    extend_to_lta,
    load_certificate,
)

REQUIRE = RevocationPolicy.REQUIRE
YEAR = timedelta(days=365)


def _problem(report: Report) -> Problem | None:
    return report.signatures[0].details.problem


class TestRoot:
    def test_an_unknown_root_is_not_trusted(self, office: Office, prepared: Path) -> None:
        report = office.judged(office.signed(prepared, signer=office.pki.signer("untrusted")))

        assert report.verdict is Verdict.INDETERMINATE
        assert report.message.startswith("Không tin cậy")
        assert report.person is not None
        assert (report.person.intact, report.person.cryptographically_valid) == (True, True)
        assert not report.person.trusted

    def test_no_root_at_all_trusts_nobody(self, office: Office, sealed: Path) -> None:
        report = office.judged(sealed, trust=[])

        assert report.verdict is Verdict.INDETERMINATE
        assert not any(one.trusted for one in report.signatures)

    def test_one_untrusted_signature_is_enough(self, office: Office, signed: Path) -> None:
        report = office.judged(office.sealed(signed, signer=office.pki.signer("untrusted-agency")))

        assert report.verdict is Verdict.INDETERMINATE
        assert [one.trusted for one in report.signatures] == [True, False]

    def test_a_certificate_in_the_file_does_not_vouch_for_itself(
        self, office: Office, prepared: Path
    ) -> None:
        stranger = office.pki.signer("untrusted")
        root = office.pki.certificates["other-root"]
        signer = PrivateKeySigner(stranger.certificate, [root], office.pki.keys["person"])

        assert office.judged(office.signed(prepared, signer=signer)).verdict is Verdict.INDETERMINATE

    def test_the_path_is_told(self, office: Office, sealed: Path) -> None:
        report = office.judged(sealed)

        assert report.agency is not None
        assert report.agency.details.certificate_path == (
            "Sở Nội vụ",
            "CA cấp dưới thử nghiệm",
            "CA gốc thử nghiệm",
        )


class TestTerm:
    def test_expired_when_signing_is_invalid(self, office: Office, prepared: Path) -> None:
        report = office.judged(office.signed(prepared, signer=office.pki.signer("expired")))

        assert report.verdict is Verdict.INVALID
        assert _problem(report) is Problem.EXPIRED_WHEN_SIGNED
        assert "đã hết hạn ngày 01/01/2022" in report.message

    def test_expired_since_is_open_without_a_timestamp(self, office: Office, signed: Path) -> None:
        report = office.judged(signed, now=office.now + 10 * YEAR)

        assert report.verdict is Verdict.INDETERMINATE
        assert _problem(report) is Problem.EXPIRED_SINCE

    def test_expired_since_does_not_matter_with_one(self, office: Office, prepared: Path) -> None:
        file = office.signed(prepared, timestamper=office.pki.timestamper)
        report = office.judged(file, now=office.now + 10 * YEAR)

        assert report.verdict is Verdict.VALID

    def test_not_yet_valid_is_invalid(self, office: Office, signed: Path) -> None:
        report = office.judged(signed, now=office.now - 10 * YEAR)

        assert report.verdict is Verdict.INVALID
        assert _problem(report) is Problem.NOT_YET_VALID


class TestPurpose:
    def test_a_certificate_not_for_signing_is_invalid(self, office: Office, prepared: Path) -> None:
        """The intermediate authority's own certificate: it may sign certificates, not documents."""
        pki = office.pki
        signer = PrivateKeySigner(pki.certificates["ca"], [], pki.keys["ca"])
        report = office.judged(office.signed(prepared, signer=signer))

        assert report.verdict is Verdict.INVALID
        assert _problem(report) is Problem.WRONG_USAGE

    def test_person_and_agency_are_told_apart(self, office: Office, prepared: Path, signed: Path) -> None:
        by_agency = office.judged(office.signed(prepared, signer=office.pki.signer("agency")))
        by_person = office.judged(office.sealed(signed, signer=office.pki.signer("person-ec")))

        assert by_agency.verdict is Verdict.INVALID
        assert by_person.verdict is Verdict.INVALID
        assert _problem(by_agency) is Problem.WRONG_KIND
        assert by_person.signatures[1].details.problem is Problem.WRONG_KIND


class TestRevocation:
    def test_unknown_is_said_to_be_unknown(self, office: Office, sealed: Path) -> None:
        report = office.judged(sealed, revocation=REQUIRE)

        assert report.verdict is Verdict.INDETERMINATE
        assert report.message.startswith("Chưa kiểm tra được thu hồi")
        assert all(one.details.revocation is Revocation.UNKNOWN for one in report.signatures)

    def test_asked_over_the_network_it_is_good(self, office: Office, sealed: Path) -> None:
        office.pki.requests.clear()
        report = office.judged(sealed, revocation=REQUIRE, fetch=True)

        assert report.verdict is Verdict.VALID
        assert all(one.details.revocation is Revocation.GOOD for one in report.signatures)
        assert {"/demo/ocsp/ca", "/demo/crls/root/latest.crl"} <= set(office.pki.requests)

    def test_a_revoked_certificate_is_invalid(self, office: Office, prepared: Path) -> None:
        file = office.signed(prepared, signer=office.pki.signer("revoked"))
        report = office.judged(file, revocation=REQUIRE, fetch=True)

        assert report.verdict is Verdict.INVALID
        assert "đã bị thu hồi từ ngày 01/03/2025" in report.message
        assert report.signatures[0].details.revocation is Revocation.REVOKED

    def test_also_when_silence_would_be_forgiven(self, office: Office, prepared: Path) -> None:
        file = office.signed(prepared, signer=office.pki.signer("revoked"))
        policy = RevocationPolicy.IF_AVAILABLE

        assert office.judged(file, revocation=policy, fetch=True).verdict is Verdict.INVALID
        assert office.judged(file, revocation=policy).verdict is Verdict.VALID

    def test_a_timestamp_after_the_revocation_does_not_help(self, office: Office, prepared: Path) -> None:
        signer = office.pki.signer("revoked")
        file = office.signed(prepared, signer=signer, timestamper=office.pki.timestamper)

        assert office.judged(file, revocation=REQUIRE, fetch=True).verdict is Verdict.INVALID

    def test_an_authority_that_does_not_answer_leaves_it_open(self, office: Office, sealed: Path) -> None:
        with office.pki.silent():
            report = office.judged(sealed, revocation=REQUIRE, fetch=True, fetch_timeout=0.5)

        assert report.verdict is Verdict.INDETERMINATE
        assert report.message.startswith("Chưa kiểm tra được thu hồi")


class TestTimestamps:
    def test_the_trusted_time_is_reported(self, office: Office, prepared: Path) -> None:
        before = office.now
        report = office.judged(office.signed(prepared, timestamper=office.pki.timestamper))

        assert report.person is not None
        assert report.person.details.timestamp_at is not None
        assert before - timedelta(seconds=2) <= report.person.details.timestamp_at <= office.now
        assert report.person.details.timestamp_authority == "TSA thử nghiệm"

    def test_one_from_an_unknown_authority_counts_for_nothing(self, office: Office, prepared: Path) -> None:
        file = office.signed(prepared, timestamper=office.pki.timestamper)
        report = office.judged(file, timestamp_trust=[office.pki.certificates["other-root"]])

        assert report.verdict is Verdict.VALID
        assert report.signatures[0].details.timestamp_at is None

    def test_an_unreachable_authority_is_a_clear_error(self, office: Office, prepared: Path) -> None:
        nowhere = HttpTimestamper("http://127.0.0.1:9/tsa", timeout=2)

        with pytest.raises(TimestampFailed):
            office.signed(prepared, timestamper=nowhere)
        assert not (office.folder / "signed.pdf").exists()


class TestLongTerm:
    def test_all_verify_offline(self, office: Office, archived: Path) -> None:
        office.pki.requests.clear()
        report = office.judged(archived, revocation=REQUIRE)

        assert report.verdict is Verdict.VALID
        assert [one.kind for one in report.signatures] == [
            SignerKind.PERSON,
            SignerKind.AGENCY,
            SignerKind.TIMESTAMP,
        ]
        assert all(one.details.revocation is Revocation.GOOD for one in report.signatures)
        assert set(report.signatures[0].details.revocation_checked_by) == {"ocsp", "crl"}
        assert office.pki.requests == []

    @pytest.mark.parametrize("years", [1, 11])
    def test_also_after_the_certificates_have_expired(
        self, office: Office, archived: Path, years: int
    ) -> None:
        report = office.judged(archived, revocation=REQUIRE, now=office.now + years * YEAR)

        assert report.verdict is Verdict.VALID

    def test_but_not_after_the_timestamp_s_own_authority(self, office: Office, archived: Path) -> None:
        report = office.judged(archived, revocation=REQUIRE, now=office.now + 20 * YEAR)

        assert report.verdict is Verdict.INDETERMINATE
        assert "không có dấu thời gian" in report.message

    def test_a_second_timestamp_renews_it(self, office: Office, archived: Path) -> None:
        again = office.folder / "again.pdf"
        extend_to_lta(
            archived,
            again,
            trust=[office.pki.root],
            timestamper=office.pki.timestamper,
            now=office.now,
        )
        report = office.judged(again, revocation=REQUIRE)

        assert report.verdict is Verdict.VALID
        assert len(report.signatures) == 4

    def test_is_refused_without_an_answer(self, office: Office, sealed: Path) -> None:
        with office.pki.silent(but="/demo/tsa/tsa"), pytest.raises(LongTermFailed):
            office.archived(sealed)
        assert not (office.folder / "archived.pdf").exists()

    def test_is_refused_for_a_revoked_signer(self, office: Office, prepared: Path) -> None:
        signed = office.signed(prepared, signer=office.pki.signer("revoked"))

        with pytest.raises(LongTermFailed, match="Nguyễn Văn Ước"):
            office.archived(office.sealed(signed))

    def test_is_refused_for_an_unsigned_file(self, office: Office, prepared: Path) -> None:
        with pytest.raises(LongTermFailed):
            office.archived(prepared)


def test_a_report_keeps_the_contract(office: Office, archived: Path) -> None:
    plain = office.judged(archived).to_dict()
    keys = {
        "field",
        "kind",
        "signer",
        "organization",
        "signed_at",
        "intact",
        "cryptographically_valid",
        "trusted",
        "covers_whole_file",
        "changes_after",
        "message",
    }

    assert {"verdict", "message", "signatures"} <= plain.keys()
    assert all(keys <= signature.keys() for signature in plain["signatures"])
    assert plain["signatures"][0]["signer"] == "Nguyễn Văn Ước"
    assert plain["signatures"][0]["organization"] == "UBND tỉnh An Bình"
    assert plain["signatures"][1]["organization"] == "Sở Nội vụ"
    assert plain["signatures"][0]["signed_at"].endswith("+07:00")


def test_certificates_are_read_back_whole(office: Office) -> None:
    for certificate in office.pki.certificates.values():
        assert load_certificate(certificate.dump()).sha256 == certificate.sha256
