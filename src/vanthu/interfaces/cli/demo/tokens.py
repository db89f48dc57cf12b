"""SoftHSM2 tokens of the demo: one per person or agency, each with a key made inside and never outside."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pkcs11
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pkcs11.util.rsa import encode_rsa_public_key

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
KEY_LABEL = "khoa-ky"
_KEY_ID = b"\x01"


class TokenRefused(Exception):
    """Không tạo được thiết bị ký mẫu (SoftHSM2). Hãy cài gói softhsm2 của Debian."""


class Tokens:
    """The tokens kept in `folder`, all with the same demo PINs."""

    def __init__(self, folder: Path, *, pin: str, security_officer_pin: str) -> None:
        self.folder = folder.absolute()
        self.configuration = self.folder / "softhsm2.conf"
        self._pin, self._officer_pin = pin, security_officer_pin
        (self.folder / "tokens").mkdir(parents=True, exist_ok=True)
        self.configuration.write_text(
            f"directories.tokendir = {self.folder / 'tokens'}\n"
            "objectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n",
            encoding="utf-8",
        )

    def create(self, labels: Sequence[str], *, bits: int) -> dict[str, rsa.RSAPublicKey]:
        """Make a token with a new RSA key for each label (1–32 bytes); the public keys by label.

        Raises TokenRefused.
        """
        for label in labels:
            self._initialise(label)
        # SoftHSM reads its configuration when it is initialised, and sees only tokens made before.
        os.environ["SOFTHSM2_CONF"] = str(self.configuration)
        library = pkcs11.lib(MODULE)
        library.reinitialize()
        keys = {}
        for label in labels:
            with library.get_token(token_label=label).open(rw=True, user_pin=self._pin) as session:
                public, _ = session.generate_keypair(
                    pkcs11.KeyType.RSA, bits, id=_KEY_ID, label=KEY_LABEL, store=True
                )
                loaded = serialization.load_der_public_key(encode_rsa_public_key(public))
                assert isinstance(loaded, rsa.RSAPublicKey), "asked for RSA"
                keys[label] = loaded
        return keys

    def _initialise(self, label: str) -> None:
        # A token left by an attempt that was cut short has no certificate; two of one label would be refused.
        self._run("--delete-token", "--token", label)
        done = self._run(
            *("--init-token", "--free", "--label", label, "--pin", self._pin, "--so-pin", self._officer_pin)
        )
        if done.returncode != 0:
            raise TokenRefused(f"{TokenRefused.__doc__} ({(done.stderr or done.stdout).strip()})")

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(  # noqa: S603 - a fixed program, labels of our own making
                ["/usr/bin/softhsm2-util", *arguments],
                env={**os.environ, "SOFTHSM2_CONF": str(self.configuration)},
                capture_output=True,
                text=True,
                check=False,
            )
        except OSError as error:
            raise TokenRefused(TokenRefused.__doc__) from error
