"""The demo PKI, checked by OpenSSL and by the tokens themselves."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pkcs11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from PIL import Image

from vanthu.interfaces.cli.demo import pki, pki_service, tokens
from vanthu.interfaces.cli.demo.pki import AgencySubject, DemoCredential, DemoPki, PersonSubject

LEADER = PersonSubject(
    id="lanhdao.snv",
    name="Nguyễn Văn Ước",
    title="Giám đốc",
    unit="Ban Giám đốc",
    agency="Sở Nội vụ",
    province="Tỉnh Hồng Lam",
    email="lanhdao@snv.example",
)
AGENCY = AgencySubject(
    id="H99.01", name="Sở Nội vụ", parent="UBND tỉnh", province="Tỉnh Hồng Lam", email="vt@snv.example"
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoPki]:
    """The PKI of one leader and one agency, with its service answering on the port its certificates name."""
    var = tmp_path_factory.mktemp("var")
    with pki_service.server(var / "pki", 0) as running:
        # The service came first and had no address yet; the authority is made again with the true one.
        for file in (var / "pki" / "ca").iterdir():
            file.unlink()
        made = pki.ensure(var, [LEADER], [AGENCY], f"http://localhost:{running.server_port}")
    with pki_service.server(var / "pki", running.server_port) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield made
        running.shutdown()
        thread.join()


def _openssl(*arguments: str | Path, given: bytes = b"") -> str:
    done = subprocess.run(["openssl", *map(str, arguments)], input=given, capture_output=True, check=False)
    return (done.stdout + done.stderr).decode(errors="replace")


def _certificate(credential: DemoCredential) -> x509.Certificate:
    return x509.load_pem_x509_certificate(credential.certificate.read_bytes())


def _ask_ocsp(demo: DemoPki, certificate: Path) -> str:
    issuing = demo.credential(LEADER.id).chain[0]
    return _openssl(
        *("ocsp", "-issuer", issuing, "-cert", certificate, "-CAfile", demo.root),
        *("-url", f"{demo.base_url}/ocsp"),
    )


class TestCertificates:
    def test_name_the_person_as_agencies_do(self, demo: DemoPki) -> None:
        subject = _certificate(demo.credential(LEADER.id)).subject

        assert [(part.oid, part.value) for part in subject] == [
            (NameOID.COUNTRY_NAME, "VN"),
            (NameOID.LOCALITY_NAME, "Tỉnh Hồng Lam"),
            (NameOID.ORGANIZATION_NAME, "Sở Nội vụ"),
            (NameOID.ORGANIZATIONAL_UNIT_NAME, "Ban Giám đốc"),
            (NameOID.TITLE, "Giám đốc"),
            (NameOID.COMMON_NAME, "Nguyễn Văn Ước"),
        ]

    def test_lead_to_the_trusted_root(self, demo: DemoPki) -> None:
        credential = demo.credential(AGENCY.id)

        said = _openssl(
            *("verify", "-CAfile", demo.root, "-untrusted", credential.chain[0], credential.certificate)
        )

        assert said.strip().endswith("OK")

    def test_of_the_expired_person_have_ended(self, demo: DemoPki) -> None:
        credential = demo.credential("expired")

        said = _openssl(
            *("verify", "-CAfile", demo.root, "-untrusted", credential.chain[0], credential.certificate)
        )

        assert "certificate has expired" in said


class TestKeys:
    @pytest.mark.parametrize("subject", [LEADER.id, AGENCY.id, "revoked", "expired"])
    def test_sign_in_their_token_for_their_certificate(
        self, demo: DemoPki, subject: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SOFTHSM2_CONF", str(demo.softhsm_conf))
        credential = demo.credential(subject)
        library = pkcs11.lib(tokens.MODULE)
        library.reinitialize()

        with library.get_token(token_label=credential.token_label).open(user_pin=credential.pin) as session:
            # What a key can do is mixed in when it is found, out of sight of the type checker.
            key: Any = session.get_key(pkcs11.ObjectClass.PRIVATE_KEY, label=credential.key_label)
            value = key.sign(b"V/v", mechanism=pkcs11.Mechanism.SHA256_RSA_PKCS)

        public = _certificate(credential).public_key()
        assert isinstance(public, rsa.RSAPublicKey)
        public.verify(value, b"V/v", padding.PKCS1v15(), hashes.SHA256())

    def test_lie_in_no_file_outside_the_authority(self, demo: DemoPki) -> None:
        holding = {path.parent.name for path in demo.folder.rglob("*.pem") if b"PRIVATE" in path.read_bytes()}

        assert holding == {"ca"}

    def test_of_the_authority_are_closed_to_others(self, demo: DemoPki) -> None:
        assert {path.stat().st_mode & 0o077 for path in (demo.folder / "ca").glob("*.key.pem")} == {0}


class TestRevocation:
    def test_is_denied_for_a_current_certificate(self, demo: DemoPki) -> None:
        assert ": good" in _ask_ocsp(demo, demo.credential(LEADER.id).certificate)

    def test_is_told_with_its_time(self, demo: DemoPki) -> None:
        said = _ask_ocsp(demo, demo.credential("revoked").certificate)

        assert ": revoked" in said
        assert "Reason: keyCompromise" in said

    def test_is_unknown_for_a_stranger(self, demo: DemoPki, tmp_path: Path) -> None:
        other = pki.ensure(tmp_path, [], [], "http://localhost:1")

        assert ": unknown" in _ask_ocsp(demo, other.credential("expired").certificate)

    @pytest.mark.parametrize(("subject", "verdict"), [(LEADER.id, "OK"), ("revoked", "certificate revoked")])
    def test_is_in_the_list_too(self, demo: DemoPki, tmp_path: Path, subject: str, verdict: str) -> None:
        credential = demo.credential(subject)
        lists = tmp_path / "lists.pem"
        for issuer in ("root", "issuing"):
            found = httpx.get(f"{demo.base_url}/{issuer}.crl").content
            with lists.open("a", encoding="utf-8") as file:
                file.write(_openssl("crl", "-inform", "DER", given=found))

        said = _openssl(
            *("verify", "-crl_check_all", "-CRLfile", lists, "-CAfile", demo.root),
            *("-untrusted", credential.chain[0], credential.certificate),
        )

        assert verdict in said

    @pytest.mark.parametrize("path", ["/ocsp", "/tsa"])
    @pytest.mark.parametrize("content", [b"", b"\x30\x03\x02\x01", b"hello"])
    def test_questions_that_are_none_are_refused(self, demo: DemoPki, path: str, content: bytes) -> None:
        assert httpx.post(demo.base_url + path, content=content).status_code == 400


class TestTimestamps:
    def test_are_accepted_by_openssl(self, demo: DemoPki, tmp_path: Path) -> None:
        (tmp_path / "data").write_bytes(b"V/v")
        query, answer = tmp_path / "query.tsq", tmp_path / "answer.tsr"
        _openssl("ts", "-query", "-data", tmp_path / "data", "-sha256", "-cert", "-out", query)

        answer.write_bytes(httpx.post(demo.tsa_url, content=query.read_bytes()).content)

        said = _openssl("ts", "-verify", "-queryfile", query, "-in", answer, "-CAfile", demo.root)
        assert "Verification: OK" in said


class TestEnsure:
    def test_makes_nothing_twice(self, demo: DemoPki) -> None:
        before = {path: path.read_bytes() for path in demo.folder.rglob("*.pem")}

        pki.ensure(demo.folder.parent, [LEADER], [AGENCY], "http://localhost:2")

        assert {path: path.read_bytes() for path in demo.folder.rglob("*.pem")} == before
        assert not demo.base_url.endswith(":2")

    def test_may_be_called_by_two_at_once(self, tmp_path: Path) -> None:
        def make(index: int) -> DemoPki:
            subject = AgencySubject(id=f"H{index}", name="Xã", province="Tỉnh", email="x@x.example")
            return pki.ensure(tmp_path, [], [subject], "http://localhost:1")

        with ThreadPoolExecutor(2) as both:
            made = list(both.map(make, [1, 2]))

        assert {made[0].credential(code).certificate.exists() for code in ("H1", "H2")} == {True}

    def test_begins_a_token_anew_when_it_was_cut_short(self, tmp_path: Path) -> None:
        made = pki.ensure(tmp_path, [LEADER], [], "http://localhost:1")
        before = made.credential(LEADER.id).certificate.read_bytes()
        (made.folder / "credentials.json").unlink()

        again = pki.ensure(tmp_path, [LEADER], [], "http://localhost:1")

        assert again.credential(LEADER.id).certificate.read_bytes() != before

    def test_takes_codes_longer_than_a_token_label(self, tmp_path: Path) -> None:
        subject = AgencySubject(id="G" * 35, name="Cơ quan", province="Tỉnh", email="x@x.example")

        credential = pki.ensure(tmp_path, [], [subject], "http://localhost:1").credential(subject.id)

        assert len(credential.token_label.encode()) == 32

    def test_knows_no_other_subject(self, demo: DemoPki) -> None:
        with pytest.raises(KeyError):
            demo.credential("nobody")


class TestImages:
    @pytest.mark.parametrize(
        ("subject", "size", "colour"),
        [(LEADER.id, (567, 236), (18, 52, 166)), (AGENCY.id, (425, 425), (214, 28, 36))],
    )
    def test_are_transparent_and_of_true_size(
        self, demo: DemoPki, subject: str, size: tuple[int, int], colour: tuple[int, int, int]
    ) -> None:
        with Image.open(demo.credential(subject).image) as image:
            assert image.size == size
            assert [round(dots) for dots in image.info["dpi"]] == [300, 300]
            assert image.getchannel("A").getextrema() == (0, 255)
            assert image.getpixel((0, 0)) == (*colour, 0)


def test_the_environment_is_left_pointing_at_the_last_tokens_made(tmp_path: Path) -> None:
    made = pki.ensure(tmp_path, [], [], "http://localhost:1")

    assert os.environ["SOFTHSM2_CONF"] == str(made.softhsm_conf)
