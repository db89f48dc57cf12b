"""Chữ ký số trên PDF: a pure library on pyHanko; knows no Django and no database.

The order of law is: the person signs, then number and date are given, then the agency seals (NĐ 30/2020
Điều 13-17), and every signature must stay valid. So:

1. `read_letter` reads from the text where number, date, signature and seal belong, and what the letter says
   there; `beneath` looks at what boxes on a page would cover; `prepare` reserves a field for each.
2. `begin_person_signature` … `finish_signature` (or `sign_person` in one go).
3. `begin_seal` … `finish_signature` (or `seal`): number, date and seal in one revision.

`verify` answers for any signed PDF, from anywhere, in one Vietnamese sentence and the facts behind it.
"""

from __future__ import annotations

from vanthu.pdfsign.additions import require_only_issued, require_only_reserved
from vanthu.pdfsign.certificates import (
    Certificate,
    SignerKind,
    common_name,
    fingerprint,
    holder,
    kind_of,
    load_certificate,
    load_certificates,
    organization_name,
    read_certificates,
)
from vanthu.pdfsign.copying import TEXT_FIELD_PREFIX, begin_text_signature, sign_with_text
from vanthu.pdfsign.covering import Beneath, beneath
from vanthu.pdfsign.errors import (
    AddedOtherwise,
    AlreadyPrepared,
    AlreadySigned,
    BadCertificate,
    BadImage,
    BadIssueData,
    BrokenPdf,
    EmptyPdf,
    FieldTaken,
    FontMissing,
    IssueFieldsTouched,
    LongTermFailed,
    NotAPdf,
    NotPrepared,
    OddPage,
    PasswordProtected,
    PdfSignError,
    PendingMismatch,
    PersonNotSigned,
    PlaceOutside,
    PlacesMissing,
    RotatedPage,
    TimestampFailed,
    TokenError,
    TokenKeyNotFound,
    TokenLocked,
    TokenNotFound,
    TooComplex,
    TwofoldPdf,
    UnreadablePdf,
    WrongPin,
    WrongSignatureValue,
)
from vanthu.pdfsign.finding import find_places
from vanthu.pdfsign.fonts import build_fonts
from vanthu.pdfsign.heading import Heading, read_heading
from vanthu.pdfsign.letter import Component, Letter, Sayings, read_letter
from vanthu.pdfsign.longterm import extend_to_lta
from vanthu.pdfsign.opening import PdfFacts, inspect, is_locked, write_afresh
from vanthu.pdfsign.pending import PendingSignature, finish_signature, pend_file
from vanthu.pdfsign.places import ROUND_SEAL_MM, Box, Places, seal_box
from vanthu.pdfsign.prepare import (
    DAY_FIELD,
    ISSUE_FIELDS,
    MONTH_FIELD,
    NUMBER_FIELD,
    PERSON_FIELD,
    SEAL_FIELD,
    prepare,
)
from vanthu.pdfsign.sealing import begin_seal, seal
from vanthu.pdfsign.sheets import Area, page_areas
from vanthu.pdfsign.sights import Found, Sight
from vanthu.pdfsign.signers import PrivateKeySigner, Signer, UnsupportedKey, digest_for
from vanthu.pdfsign.signing import begin_person_signature, sign_person
from vanthu.pdfsign.straightening import make_ready
from vanthu.pdfsign.timestamping import AskedTimestamper, HttpTimestamper, Timestamper
from vanthu.pdfsign.tokens import Pkcs11Signer
from vanthu.pdfsign.trust import RevocationPolicy
from vanthu.pdfsign.verdict import (
    RULES_VERSION,
    Changes,
    Problem,
    Report,
    Revocation,
    SignatureDetails,
    SignatureReport,
    Verdict,
)
from vanthu.pdfsign.verifying import verify

__all__ = [
    "DAY_FIELD",
    "ISSUE_FIELDS",
    "MONTH_FIELD",
    "NUMBER_FIELD",
    "PERSON_FIELD",
    "ROUND_SEAL_MM",
    "RULES_VERSION",
    "SEAL_FIELD",
    "TEXT_FIELD_PREFIX",
    "AddedOtherwise",
    "AlreadyPrepared",
    "AlreadySigned",
    "Area",
    "AskedTimestamper",
    "BadCertificate",
    "BadImage",
    "BadIssueData",
    "Beneath",
    "Box",
    "BrokenPdf",
    "Certificate",
    "Changes",
    "Component",
    "EmptyPdf",
    "FieldTaken",
    "FontMissing",
    "Found",
    "Heading",
    "HttpTimestamper",
    "IssueFieldsTouched",
    "Letter",
    "LongTermFailed",
    "NotAPdf",
    "NotPrepared",
    "OddPage",
    "PasswordProtected",
    "PdfFacts",
    "PdfSignError",
    "PendingMismatch",
    "PendingSignature",
    "PersonNotSigned",
    "Pkcs11Signer",
    "PlaceOutside",
    "Places",
    "PlacesMissing",
    "PrivateKeySigner",
    "Problem",
    "Report",
    "Revocation",
    "RevocationPolicy",
    "RotatedPage",
    "Sayings",
    "Sight",
    "SignatureDetails",
    "SignatureReport",
    "Signer",
    "SignerKind",
    "TimestampFailed",
    "Timestamper",
    "TokenError",
    "TokenKeyNotFound",
    "TokenLocked",
    "TokenNotFound",
    "TooComplex",
    "TwofoldPdf",
    "UnreadablePdf",
    "UnsupportedKey",
    "Verdict",
    "WrongPin",
    "WrongSignatureValue",
    "begin_person_signature",
    "begin_seal",
    "begin_text_signature",
    "beneath",
    "build_fonts",
    "common_name",
    "digest_for",
    "extend_to_lta",
    "find_places",
    "fingerprint",
    "finish_signature",
    "holder",
    "inspect",
    "is_locked",
    "kind_of",
    "load_certificate",
    "load_certificates",
    "make_ready",
    "organization_name",
    "page_areas",
    "pend_file",
    "prepare",
    "read_certificates",
    "read_heading",
    "read_letter",
    "require_only_issued",
    "require_only_reserved",
    "seal",
    "seal_box",
    "sign_person",
    "sign_with_text",
    "verify",
    "write_afresh",
]
