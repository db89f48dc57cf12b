"""Reading RFC 3161 time-stamp tokens: the time, over what, and by whose key."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms, tsp
from pyhanko.sign.general import extract_signer_info
from pyhanko.sign.validation.generic_cms import (
    extract_certs_for_validation,
    extract_tst_data_iter,
    validate_sig_integrity,
)

from vanthu.pdfsign.certificates import Certificate


@dataclass(frozen=True, kw_only=True)
class TimeToken:
    """One token; whether its authority is trusted is asked elsewhere."""

    time: datetime
    #: What was stamped, hashed with `algorithm`.
    imprint: bytes
    algorithm: str
    #: The authority's certificate, and what else came with it.
    certificate: Certificate
    others: tuple[Certificate, ...]
    #: The token's own signature verifies with that certificate.
    made_by_key: bool

    def matches(self, digest: bytes) -> bool:
        """The token is over data with this digest (in the token's algorithm)."""
        return self.imprint == digest

    def matches_value(self, value: bytes) -> bool:
        """The token is over this signature value."""
        return self.imprint == hashlib.new(self.algorithm, value).digest()


def embedded_token(signed_data: cms.SignedData) -> TimeToken:
    """Read a token.

    Raises ValueError or the library's own errors when it is not one.
    """
    content = signed_data["encap_content_info"]["content"]
    information = content.parsed
    if not isinstance(information, tsp.TSTInfo):
        raise ValueError("not a time-stamp token")
    signer_info = extract_signer_info(signed_data)
    certificates = extract_certs_for_validation(signed_data)
    algorithm = signer_info["digest_algorithm"]["algorithm"].native
    digest = hashlib.new(algorithm, bytes(content)).digest()
    intact, made = validate_sig_integrity(signer_info, certificates.signer_cert, "tst_info", digest)
    imprint = information["message_imprint"]
    return TimeToken(
        time=information["gen_time"].native,
        imprint=imprint["hashed_message"].native,
        algorithm=imprint["hash_algorithm"]["algorithm"].native,
        certificate=certificates.signer_cert,
        others=tuple(certificates.other_certs),
        made_by_key=intact and made,
    )


def signature_token(signer_info: cms.SignerInfo) -> TimeToken | None:
    """The first timestamp attached to a signature, if any."""
    for signed_data in extract_tst_data_iter(signer_info, signed=False):
        return embedded_token(signed_data)
    return None
