"""The signing desk: where a key is asked for a signature, between the beginning and the record of it.

Nothing here runs in a transaction: a token, a time-stamp service or a revocation service may take its time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

from vanthu import pdfsign
from vanthu.kernel import blobs
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import DomainError
from vanthu.room import signatures
from vanthu.signing import operations
from vanthu.signing.models import Credential
from vanthu.signing.operations import SignedFile
from vanthu.signing.states import SignatureKind


class SigningFailed(DomainError):
    """Không ký được. Hãy thử lại."""

    code = "signing.failed"


def sign_here(*, actor: Actor, session_id: UUID, kind: SignatureKind, pin: str, now: datetime) -> SignedFile:
    """Have the session's key sign, through PKCS#11 with the PIN just typed, and finish the file.

    The PIN is used once and kept nowhere. An agency's signature is time-stamped and gets what is needed to
    check every signature years later (B-LTA) where a time-stamp service is set. Raises SigningFailed with
    the token's or the service's own sentence, NotFound for a session that is not the actor's.
    """
    session = operations.session_of(session_id=session_id, actor=actor, kind=kind)
    with _said_plainly(), blobs.work_folder() as folder, blobs.as_path(session.prepared_id) as prepared:
        pending = pdfsign.PendingSignature.from_json(session.pending["text"])
        value = _signer(session.credential, pin).sign(pending.to_be_signed)
        signed = folder / "signed.pdf"
        pdfsign.finish_signature(pending, prepared, value, signed, timestamper=_timestamper())
        if kind is SignatureKind.AGENCY:
            signed = _lasting(signed, folder, now)
        examination = operations.examine_signing(signed, now=now)
        return SignedFile(session_id=session.id, blob=blobs.put_file(signed), examination=examination)


def check_pin(*, actor: Actor, kind: SignatureKind, pin: str, now: datetime) -> None:
    """Ask the key whether it would sign with this PIN, before anything is done that cannot be undone.

    Signs nothing. Raises NoCredential, and SigningFailed with the token's own sentence.
    """
    user_id = actor.user_id if kind is SignatureKind.PERSON else None
    credential = operations.credential(kind=kind, agency_id=actor.agency_id, user_id=user_id, now=now)
    with _said_plainly():
        _signer(credential, pin).check()


def _signer(credential: Credential, pin: str) -> pdfsign.Pkcs11Signer:
    return pdfsign.Pkcs11Signer(
        module=Path(settings.PKCS11_MODULE),
        token_label=credential.token_label,
        key_label=credential.key_label,
        pin=pin,
        certificate=pdfsign.load_certificate(credential.certificate_pem.encode()),
        chain=pdfsign.load_certificates(credential.chain_pem.encode()),
    )


def _timestamper() -> pdfsign.HttpTimestamper | None:
    return pdfsign.HttpTimestamper(settings.TSA_URL) if settings.TSA_URL else None


def _lasting(signed: Path, folder: Path, now: datetime) -> Path:
    timestamper = _timestamper()
    if timestamper is None:
        return signed
    lasting = folder / "lasting.pdf"
    signatures.extend_to_lta(
        signed,
        lasting,
        trust=operations.trusted_roots(),
        tsa_url=timestamper.url,
        now=now,
        rules=operations.fetch_rules(),
    )
    return lasting


@contextmanager
def _said_plainly() -> Iterator[None]:
    """The library's sentences, as errors the edge knows how to show."""
    try:
        yield
    except pdfsign.PdfSignError as error:
        raise SigningFailed(str(error)) from error
