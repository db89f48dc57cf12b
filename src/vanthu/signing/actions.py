"""Registering the certificates people and agencies sign with."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from vanthu import pdfsign
from vanthu.kernel import audit, blobs
from vanthu.kernel.actor import Actor
from vanthu.kernel.blobs import StoredBlob
from vanthu.kernel.errors import DomainError, NotFound, require
from vanthu.kernel.use_cases import use_case
from vanthu.organizations import operations as organizations
from vanthu.organizations.models import Agency
from vanthu.signing import permissions
from vanthu.signing.models import Credential
from vanthu.signing.states import Provider, SignatureKind


class CertificateRefused(DomainError):
    """Không đọc được chứng thư số. Hãy chọn lại tệp chứng thư (PEM)."""

    code = "signing.certificate-refused"


@use_case
def register_credential(
    *,
    actor: Actor,
    agency_id: UUID,
    user_id: UUID | None,
    token_label: str,
    key_label: str,
    certificate_pem: str,
    chain_pem: str,
    image: StoredBlob,
    now: datetime,
) -> UUID:
    """Đăng ký chứng thư số of a person (`user_id`) or, without one, of the agency itself.

    The one in force until now is withdrawn; signatures made with it stay what they are. `image` is the
    handwriting or the seal, a transparent PNG. Raises NotFound, NotAllowed, UnknownPerson,
    CertificateRefused.
    """
    agency = Agency.objects.select_for_update(no_key=True).filter(id=agency_id, is_hosted=True).first()
    if agency is None:
        raise NotFound

    require(permissions.may_register_credential(actor, agency.id))

    if user_id:
        organizations.assert_works_here(agency_id=agency.id, user_ids=[user_id], unit_ids=[])
    try:
        certificate = pdfsign.load_certificate(certificate_pem.encode())
        pdfsign.load_certificates(chain_pem.encode())
    except pdfsign.PdfSignError as error:
        raise CertificateRefused from error

    kind = SignatureKind.PERSON if user_id else SignatureKind.AGENCY
    current = Credential.objects.filter(agency=agency, kind=kind, withdrawn_at__isnull=True)
    if user_id:
        current = current.filter(user_id=user_id)
    current.update(withdrawn_at=now)
    blobs.keep(image, now=now)
    credential = Credential.objects.create(
        kind=kind,
        agency=agency,
        user_id=user_id,
        provider=Provider.PKCS11,
        token_label=token_label,
        key_label=key_label,
        certificate_pem=certificate_pem,
        chain_pem=chain_pem,
        image_id=image.sha256,
        subject=pdfsign.holder(certificate)[:300],
        valid_from=certificate.not_valid_before,
        valid_until=certificate.not_valid_after,
    )

    audit.record(
        action="signing.credential-registered",
        actor=actor,
        at=now,
        agency_id=agency.id,
        subject_type="signing.credential",
        subject_id=credential.id,
        data={"subject": credential.subject, "fingerprint": pdfsign.fingerprint(certificate).hex()},
    )
    return credential.id
