"""A signature begun here and made elsewhere: what must be kept in between, and how it ends."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import shutil
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path
from typing import IO, Any, TypeVar

from asn1crypto import algos, cms
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.signers.pdf_cms import ExternalSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from vanthu.pdfsign.certificates import Certificate, load_certificate
from vanthu.pdfsign.errors import PendingMismatch, WrongSignatureValue
from vanthu.pdfsign.opening import new_file
from vanthu.pdfsign.signers import digest_for, hash_named, signature_matches
from vanthu.pdfsign.timestamping import Timestamper, timestamp_client, timestamping

T = TypeVar("T")
_CHUNK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class PendingSignature:
    """All that another process needs, with the pending file, to finish a signature. No secret in it."""

    #: The field that is being signed.
    field: str
    #: DER of the signed attributes: what the key signs after hashing with `digest_algorithm`.
    to_be_signed: bytes
    #: "sha256", "sha384".
    digest_algorithm: str
    #: RSASSA-PSS was promised in the container.
    pss: bool
    #: SHA of the file outside the reserved region; the pending file must still have it.
    document_digest: bytes
    #: The reserved region's offsets in the pending file.
    region_start: int
    region_end: int
    #: DER of the signer's certificate, and of its issuers.
    certificate: bytes
    chain: tuple[bytes, ...]

    def to_json(self) -> str:
        """Text that `from_json` reads back, in this process or another."""
        plain: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, bytes):
                value = base64.b64encode(value).decode()
            elif isinstance(value, tuple):
                value = [base64.b64encode(item).decode() for item in value]
            plain[field.name] = value
        return json.dumps(plain)

    @classmethod
    def from_json(cls, text: str) -> PendingSignature:
        """Read what `to_json` wrote.

        Raises PendingMismatch for anything else.
        """
        try:
            plain = json.loads(text)
            for name in ("to_be_signed", "document_digest", "certificate"):
                plain[name] = base64.b64decode(plain[name], validate=True)
            plain["chain"] = tuple(base64.b64decode(item, validate=True) for item in plain["chain"])
            return cls(**plain)
        except (ValueError, TypeError, KeyError) as error:
            raise PendingMismatch from error


def pend(
    *,
    field: str,
    prepared: PreparedByteRangeDigest,
    certificate: Certificate,
    chain: Sequence[Certificate],
    pss: bool,
) -> PendingSignature:
    """Form the signed attributes over a document digest (PAdES: signingCertificateV2, no signing time)."""
    digest_algorithm = digest_for(certificate)
    attributes = run(
        _container_maker(certificate, chain, pss=pss, value=b"").signed_attrs(
            prepared.document_digest, digest_algorithm, use_pades=True
        )
    )
    return PendingSignature(
        field=field,
        to_be_signed=attributes.dump(),
        digest_algorithm=digest_algorithm,
        pss=pss,
        document_digest=prepared.document_digest,
        region_start=prepared.reserved_region_start,
        region_end=prepared.reserved_region_end,
        certificate=certificate.dump(),
        chain=tuple(issuer.dump() for issuer in chain),
    )


def pend_file(
    file: Path,
    *,
    field: str,
    region: tuple[int, int],
    certificate: Certificate,
    chain: Sequence[Certificate],
    pss: bool = False,
) -> PendingSignature:
    """Form the signed attributes over a file that somebody else has prepared, by its bytes alone.

    `region` is the room kept for the signature, and must be empty. Whoever has the key asks for this himself:
    what he signs is then the very file before him, whatever the one who prepared it says of it. No PDF is
    read here. Raises PendingMismatch.
    """
    start, end = region
    digest_algorithm = digest_for(certificate)
    with file.open("rb") as stream:
        if not 0 < start < end <= stream.seek(0, os.SEEK_END):
            raise PendingMismatch
        digest = _digest_outside(stream, digest_algorithm, start, end)
        if not _is_empty(stream, start, end):
            raise PendingMismatch
    prepared = PreparedByteRangeDigest(
        document_digest=digest, reserved_region_start=start, reserved_region_end=end
    )
    return pend(field=field, prepared=prepared, certificate=certificate, chain=chain, pss=pss)


def finish_signature(
    pending: PendingSignature,
    pending_file: Path,
    signature_value: bytes,
    target: Path,
    *,
    timestamper: Timestamper | None = None,
) -> None:
    """Put the made signature into the pending file, and write the signed document to `target`.

    Works in any process that has `pending` and the file. The value is checked against the certificate
    first. With a `timestamper` the signature gets a trusted time (B-T); else it stays B-B.

    Raises WrongSignatureValue, PendingMismatch, TimestampFailed.
    """
    certificate = load_certificate(pending.certificate)
    if not signature_matches(
        certificate,
        to_be_signed=pending.to_be_signed,
        value=signature_value,
        digest_algorithm=pending.digest_algorithm,
        pss=pending.pss,
    ):
        raise WrongSignatureValue
    chain = [load_certificate(issuer) for issuer in pending.chain]
    maker = _container_maker(certificate, chain, pss=pending.pss, value=signature_value)
    with timestamping():
        container = run(
            maker.async_sign_prescribed_attributes(
                pending.digest_algorithm,
                signed_attrs=cms.CMSAttributes.load(pending.to_be_signed),
                timestamper=timestamp_client(timestamper) if timestamper else None,
            )
        )
    with new_file(target) as stream:
        try:
            source = pending_file.open("rb")
        except OSError as error:
            raise PendingMismatch from error
        with source:
            shutil.copyfileobj(source, stream, _CHUNK)
        _require_untouched(stream, pending)
        _fill(stream, pending, container.dump())


def _fill(stream: IO[bytes], pending: PendingSignature, container: bytes) -> None:
    prepared = PreparedByteRangeDigest(
        document_digest=pending.document_digest,
        reserved_region_start=pending.region_start,
        reserved_region_end=pending.region_end,
    )
    try:
        prepared.fill_with_cms(stream, container)
    except SigningError as error:
        raise PendingMismatch("Chữ ký cùng dấu thời gian dài hơn chỗ đã dành; hãy ký lại.") from error


def _require_untouched(stream: IO[bytes], pending: PendingSignature) -> None:
    """The file must still be the one that was hashed, with the reserved region still empty."""
    start, end = pending.region_start, pending.region_end
    digest = _digest_outside(stream, pending.digest_algorithm, start, end)
    if digest != pending.document_digest or not _is_empty(stream, start, end):
        raise PendingMismatch


def _digest_outside(stream: IO[bytes], algorithm: str, region_start: int, region_end: int) -> bytes:
    digest = hashlib.new(algorithm)
    size = stream.seek(0, os.SEEK_END)
    for start, end in ((0, region_start), (region_end, size)):
        stream.seek(start)
        while start < end and (chunk := stream.read(min(_CHUNK, end - start))):
            digest.update(chunk)
            start += len(chunk)
    return digest.digest()


def _is_empty(stream: IO[bytes], start: int, end: int) -> bool:
    stream.seek(start)
    region = stream.read(end - start)
    return region[:1] == b"<" and region[-1:] == b">" and not region[1:-1].strip(b"0")


def _container_maker(
    certificate: Certificate, chain: Sequence[Certificate], *, pss: bool, value: bytes
) -> ExternalSigner:
    store = SimpleCertificateStore()
    store.register_multiple(list(chain))
    return ExternalSigner(
        signing_cert=certificate,
        cert_registry=store,
        signature_value=value,
        signature_mechanism=_pss_mechanism(digest_for(certificate)) if pss else None,
        embed_roots=False,
    )


def _pss_mechanism(digest: str) -> algos.SignedDigestAlgorithm:
    """RSASSA-PSS with MGF1 and a salt as long as the digest: what tokens and openssl make by default."""
    algorithm = {"algorithm": digest}
    parameters = algos.RSASSAPSSParams(
        {
            "hash_algorithm": algorithm,
            "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": algorithm},
            "salt_length": hash_named(digest).digest_size,
        }
    )
    return algos.SignedDigestAlgorithm({"algorithm": "rsassa_pss", "parameters": parameters})


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine of the library underneath to its end, whatever thread this is.

    Where an event loop already runs (a browser test, an async server), the work goes to a thread of its
    own, because one thread cannot nest loops.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _run_here(coroutine)
    with ThreadPoolExecutor(max_workers=1) as other:
        return other.submit(_run_here, coroutine).result()


def _run_here(coroutine: Coroutine[Any, Any, T]) -> T:
    # Not asyncio.run: its handling of Ctrl-C prints the whole task, certificates and all, into a string that
    # nobody reads, which takes longer than the signature.
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
