"""Signing inside PKCS#11 tokens: a real SoftHSM2, with tokens of its own."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pkcs11
import pytest

from tests.pdfsign.office import Office
from tests.pdfsign.pki import Pki
from vanthu.pdfsign import (
    Pkcs11Signer,
    TokenKeyNotFound,
    TokenLocked,
    TokenNotFound,
    Verdict,
    WrongPin,
)

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN, LABEL = "482915", "so-noi-vu"


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory, pki: Pki) -> Iterator[None]:
    """A token with an RSA key «agency» and a P-256 key «person-ec», in a store of this module's own."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(
        f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(configuration))
        _softhsm("--init-token", "--free", "--label", LABEL, "--so-pin", "123456", "--pin", PIN)
        for index, key in enumerate(("agency", "person-ec"), start=1):
            pem = pki.folder / f"{key}.pem"
            _softhsm(
                "--import", str(pem), "--token", LABEL, "--label", key, "--id", f"0{index}", "--pin", PIN
            )
        # Whoever loaded the library before in this process read another configuration.
        pkcs11.lib(str(MODULE)).reinitialize()
        yield
    pkcs11.lib(str(MODULE)).reinitialize()


def _softhsm(*arguments: str) -> None:
    subprocess.run(["softhsm2-util", *arguments], check=True, capture_output=True)


def _signer(
    pki: Pki, name: str = "agency", *, pin: str = PIN, label: str = LABEL, key: str = "", pss: bool = False
) -> Pkcs11Signer:
    soft = pki.signer(name)
    return Pkcs11Signer(
        module=MODULE,
        token_label=label,
        key_label=key or name,
        pin=pin,
        certificate=soft.certificate,
        chain=soft.chain,
        pss=pss,
    )


@pytest.mark.usefixtures("token")
class TestToken:
    @pytest.mark.parametrize("pss", [False, True], ids=["PKCS#1 v1.5", "PSS"])
    def test_seals_with_rsa(self, office: Office, signed: Path, pss: bool) -> None:
        report = office.judged(office.sealed(signed, signer=_signer(office.pki, pss=pss)))

        assert report.verdict is Verdict.VALID

    def test_signs_with_ecdsa(self, office: Office, prepared: Path) -> None:
        report = office.judged(office.signed(prepared, signer=_signer(office.pki, "person-ec")))

        assert report.verdict is Verdict.VALID

    def test_a_wrong_pin_is_refused_and_leaves_no_file(self, office: Office, signed: Path) -> None:
        with pytest.raises(WrongPin, match="PIN không đúng"):
            office.sealed(signed, signer=_signer(office.pki, pin="000000"))
        assert not (office.folder / "sealed.pdf").exists()
        _signer(office.pki).check()

    def test_an_unknown_token_module_or_key_is_refused(self, pki: Pki) -> None:
        with pytest.raises(TokenNotFound):
            _signer(pki, label="khong-co").check()
        with pytest.raises(TokenKeyNotFound):
            _signer(pki, key="khong-co").check()
        missing = Pkcs11Signer(
            module=Path("/nowhere/lib.so"),
            token_label=LABEL,
            key_label="agency",
            pin=PIN,
            certificate=pki.certificates["agency"],
            chain=[],
        )
        with pytest.raises(TokenNotFound):
            missing.check()

    def test_a_login_in_another_thread_never_lets_a_wrong_pin_pass(self, pki: Pki) -> None:
        """PKCS#11 keeps one login per process: unguarded, the wrong PIN below would sign now and then."""
        right, wrong = _signer(pki), _signer(pki, pin="999999")
        made: list[bytes] = []
        refused: list[WrongPin] = []
        passed: list[bytes] = []

        def sign_often() -> None:
            made.extend(right.sign(b"van ban") for _ in range(15))

        def guess_often() -> None:
            for _ in range(15):
                try:
                    passed.append(wrong.sign(b"van ban"))
                except WrongPin as error:
                    refused.append(error)

        threads = [threading.Thread(target=work) for work in (sign_often, guess_often, sign_often)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert passed == []
        assert len(refused) == 15
        assert len(made) == 30

    def test_a_locked_token_says_so(self, pki: Pki, monkeypatch: pytest.MonkeyPatch) -> None:
        """SoftHSM never locks, so the token is broken on purpose."""

        def locked(*_: object, **__: object) -> None:
            raise pkcs11.exceptions.PinLocked

        monkeypatch.setattr("vanthu.pdfsign.tokens._library", locked)
        with pytest.raises(TokenLocked, match="bị khóa"):
            _signer(pki).check()
