"""Keys in PKCS#11 tokens and HSMs: they sign inside and never leave (NĐ 68/2024, NĐ 30/2020 Điều 32)."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pkcs11
from pkcs11 import MGF, KeyType, Mechanism, ObjectClass
from pkcs11.util.ec import encode_ecdsa_signature

from vanthu.pdfsign.certificates import Certificate
from vanthu.pdfsign.errors import TokenError, TokenKeyNotFound, TokenLocked, TokenNotFound, WrongPin
from vanthu.pdfsign.signers import UnsupportedKey, digest_for

#: PKCS#11 keeps one login state per token for the whole process: while one thread is logged in, another
#: thread's wrong PIN would pass unseen. So a token is used by one thread at a time, from login to logout.
_TOKEN_LOCKS: defaultdict[tuple[str, str], threading.Lock] = defaultdict(threading.Lock)
_LOCKS_GUARD = threading.Lock()

_WRONG_PIN = (pkcs11.exceptions.PinIncorrect, pkcs11.exceptions.PinInvalid, pkcs11.exceptions.PinLenRange)
_GONE = (
    pkcs11.exceptions.NoSuchToken,
    pkcs11.exceptions.TokenNotPresent,
    pkcs11.exceptions.TokenNotRecognised,
    pkcs11.exceptions.DeviceRemoved,
    pkcs11.exceptions.SlotIDInvalid,
)

_RSA = {"sha256": Mechanism.SHA256_RSA_PKCS, "sha384": Mechanism.SHA384_RSA_PKCS}
_RSA_PSS = {"sha256": Mechanism.SHA256_RSA_PKCS_PSS, "sha384": Mechanism.SHA384_RSA_PKCS_PSS}
_PSS_PARAMETERS = {
    "sha256": (Mechanism.SHA256, MGF.SHA256, 32),
    "sha384": (Mechanism.SHA384, MGF.SHA384, 48),
}


class Pkcs11Signer:
    """A key in a token: RSA (PKCS#1 v1.5 or PSS) or ECDSA.

    Each signature opens the token, logs in, signs and logs out, so the PIN is really asked for every time
    and an unplugged token is noticed at once. Safe for threads; they queue for the token.
    """

    def __init__(
        self,
        *,
        module: Path,
        token_label: str,
        key_label: str,
        pin: str,
        certificate: Certificate,
        chain: Sequence[Certificate],
        pss: bool = False,
    ) -> None:
        self._module, self._token_label, self._key_label = str(module), token_label, key_label
        self._pin = pin
        self._certificate, self._chain, self._pss = certificate, tuple(chain), pss

    @property
    def certificate(self) -> Certificate:
        return self._certificate

    @property
    def chain(self) -> Sequence[Certificate]:
        return self._chain

    @property
    def pss(self) -> bool:
        return self._pss

    def sign(self, to_be_signed: bytes) -> bytes:
        """Hash and sign inside the token; ECDSA values are turned into DER.

        Raises WrongPin, TokenLocked, TokenNotFound, TokenKeyNotFound, UnsupportedKey, TokenError.
        """
        with _token_lock(self._module, self._token_label), self._session() as session:
            try:
                key = session.get_key(ObjectClass.PRIVATE_KEY, label=self._key_label)
            except (pkcs11.exceptions.NoSuchKey, pkcs11.exceptions.MultipleObjectsReturned) as error:
                raise TokenKeyNotFound from error
            return self._sign_with(key, to_be_signed)

    def check(self) -> None:
        """Log in and find the key, without signing: is this PIN right, is the token there?

        Raises WrongPin, TokenLocked, TokenNotFound, TokenKeyNotFound, TokenError.
        """
        with _token_lock(self._module, self._token_label), self._session() as session:
            try:
                session.get_key(ObjectClass.PRIVATE_KEY, label=self._key_label)
            except (pkcs11.exceptions.NoSuchKey, pkcs11.exceptions.MultipleObjectsReturned) as error:
                raise TokenKeyNotFound from error

    def _sign_with(self, key: Any, to_be_signed: bytes) -> bytes:
        digest = digest_for(self._certificate)
        if key.key_type is KeyType.EC:
            # Tokens seldom hash for ECDSA themselves, so the digest is made here and signed as it is.
            raw = key.sign(hashlib.new(digest, to_be_signed).digest(), mechanism=Mechanism.ECDSA)
            return bytes(encode_ecdsa_signature(raw))
        if key.key_type is not KeyType.RSA:
            raise UnsupportedKey
        if self._pss:
            return bytes(
                key.sign(to_be_signed, mechanism=_RSA_PSS[digest], mechanism_param=_PSS_PARAMETERS[digest])
            )
        return bytes(key.sign(to_be_signed, mechanism=_RSA[digest]))

    @contextlib.contextmanager
    def _session(self) -> Iterator[pkcs11.Session]:
        try:
            token = _library(self._module).get_token(token_label=self._token_label)
            with token.open(user_pin=self._pin) as session:
                yield session
        except _WRONG_PIN as error:
            raise WrongPin from error
        except pkcs11.exceptions.PinLocked as error:
            raise TokenLocked from error
        except _GONE as error:
            raise TokenNotFound from error
        except pkcs11.exceptions.PKCS11Error as error:
            raise TokenError from error


def _library(module: str) -> Any:
    if not Path(module).is_file():
        raise TokenNotFound("Chưa cài trình điều khiển của thiết bị lưu khóa bí mật; hãy cài đặt.")
    try:
        return pkcs11.lib(module)
    except (RuntimeError, OSError) as error:
        raise TokenNotFound("Không nạp được trình điều khiển của thiết bị lưu khóa bí mật.") from error


def _token_lock(module: str, token_label: str) -> threading.Lock:
    with _LOCKS_GUARD:
        return _TOKEN_LOCKS[module, token_label]
