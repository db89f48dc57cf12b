"""Whether a certificate could be relied on when it signed: path, term, purpose, revocation."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    InsufficientRevinfoError,
    InvalidCertificateError,
    NotYetValidError,
    PathError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.path import ValidationPath

from vanthu.pdfsign.budget import CERTIFICATE_CHECKS, CERTIFICATES, Budget
from vanthu.pdfsign.certificates import Certificate, has_legible_names, is_signed_by, unique
from vanthu.pdfsign.errors import TooComplex
from vanthu.pdfsign.revocation import Evidence, Fetcher
from vanthu.pdfsign.verdict import Problem, Revocation

#: How far the clocks of signers, authorities and this machine may lie apart.
_CLOCK_TOLERANCE = timedelta(minutes=5)
#: Digests over which no certificate may be signed; and those that are told as weak.
_REFUSED_DIGESTS = frozenset({"md2", "md5"})
_WEAK_DIGESTS = frozenset({"sha1"})


class RevocationPolicy(enum.StrEnum):
    """How much must be known of revocation before a signature is called valid."""

    #: Every certificate of the path (the root apart) must be shown not to be revoked.
    REQUIRE = "require"
    #: A known revocation counts; silence does not hold the signature back.
    IF_AVAILABLE = "if_available"
    #: Not looked at all.
    IGNORE = "ignore"


class Purpose(enum.StrEnum):
    """What the certificate was used for."""

    SIGNING = "signing"
    TIMESTAMPING = "timestamping"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What was found about one certificate."""

    problem: Problem | None
    #: The certificate first, its trusted root last; () when no path was found.
    path: tuple[Certificate, ...] = ()
    revocation: Revocation = Revocation.NOT_CHECKED
    revocation_checked_by: tuple[str, ...] = ()
    revoked_at: datetime | None = None
    #: A certificate of the path, its root apart, is signed over a digest that is weak by now.
    weak: bool = False

    @property
    def trusted(self) -> bool:
        return self.problem is None


@dataclass(frozen=True, kw_only=True)
class Times:
    """The moments a certificate is judged at."""

    now: datetime
    #: What the signer says; proves nothing in his favour.
    claimed: datetime | None
    #: The earliest time the signature is proven to have existed (a timestamp over it or over the file).
    proven: datetime | None
    #: The time of the document timestamp that covers the evidence in the file.
    archived: datetime | None


@dataclass(frozen=True, kw_only=True)
class TrustSettings:
    """What a verification relies on."""

    roots: tuple[Certificate, ...]
    policy: RevocationPolicy
    #: None: nothing is asked over the network.
    fetcher: Fetcher | None


async def judge_certificate(
    certificate: Certificate,
    others: Sequence[Certificate],
    *,
    purpose: Purpose,
    times: Times,
    settings: TrustSettings,
    evidence: Evidence,
) -> Standing:
    """Judge the certificate of one signature.

    In force: at the proven time; without one, now. Revoked: before the proven time; without one, at all.
    Evidence that the network gives is added to `evidence`.
    """
    if not has_legible_names(certificate):
        return Standing(problem=Problem.NOT_JUDGED)
    (certificate,) = unique([certificate])
    try:
        intermediates = _vouched_for(unique([*others, *evidence.certificates]), settings.roots)
    except TooComplex:
        return Standing(problem=Problem.NOT_JUDGED)
    found = await _find_path(
        certificate, intermediates, purpose, moment=times.proven or times.now, roots=settings.roots
    )
    if isinstance(found, Problem):
        return Standing(problem=_with_term(found, certificate, times))
    standing = Standing(problem=None, path=found, weak=any(_is_weak(one) for one in found[:-1]))
    if settings.policy is RevocationPolicy.IGNORE:
        return standing
    if settings.fetcher is not None:
        evidence.add(await settings.fetcher.fetch(found))
    checked = await _check_revocation(certificate, intermediates, evidence, times, settings.roots)
    standing = replace(
        standing,
        revocation=checked.revocation,
        revoked_at=checked.revoked_at,
        revocation_checked_by=evidence.kinds if checked.revocation is not Revocation.UNKNOWN else (),
    )
    if checked.revocation is Revocation.REVOKED:
        return replace(standing, problem=Problem.REVOKED)
    if checked.revocation is Revocation.UNKNOWN and settings.policy is RevocationPolicy.REQUIRE:
        return replace(standing, problem=Problem.REVOCATION_UNKNOWN)
    return standing


def _vouched_for(others: Sequence[Certificate], roots: Sequence[Certificate]) -> list[Certificate]:
    """Those of `others` that a root vouches for, itself or through one of them.

    Anybody can make certificates of one name that seem to vouch for each other, and a path through eight of
    them can be laid in 40,320 ways. Those alone lead anywhere that a trusted key really signed.
    Raises TooComplex for more of them than come with honest signatures.
    """
    if len(others) > CERTIFICATES:
        raise TooComplex
    checks = Budget(CERTIFICATE_CHECKS)
    by_issuer: dict[str, list[Certificate]] = defaultdict(list)
    for certificate in others:
        by_issuer[certificate.issuer.hashable].append(certificate)
    found: dict[int, Certificate] = {}
    waiting = list(roots)
    while waiting:
        issuer = waiting.pop()
        for certificate in by_issuer.get(issuer.subject.hashable, ()):
            if id(certificate) in found:
                continue
            checks.spend()
            if is_signed_by(certificate, issuer):
                found[id(certificate)] = certificate
                waiting.append(certificate)
    return list(found.values())


def _with_term(problem: Problem, certificate: Certificate, times: Times) -> Problem:
    """An expired certificate was either expired when it signed, or has expired since: two answers."""
    if problem is not Problem.EXPIRED_SINCE:
        return problem
    if times.proven is not None:
        return Problem.EXPIRED_WHEN_SIGNED
    if times.claimed is None or times.claimed > certificate.not_valid_after:
        return Problem.EXPIRED_WHEN_SIGNED
    return Problem.EXPIRED_SINCE


async def _find_path(
    certificate: Certificate,
    others: Sequence[Certificate],
    purpose: Purpose,
    *,
    moment: datetime,
    roots: Sequence[Certificate],
) -> tuple[Certificate, ...] | Problem:
    context = _context(roots, others, moment=moment)
    validator = CertificateValidator(certificate, validation_context=context)
    try:
        path = await validator.async_validate_path()
        if purpose is Purpose.TIMESTAMPING:
            await validator.async_validate_usage(set(), {"time_stamping"})
        elif not _may_sign(certificate):
            return Problem.WRONG_USAGE
    except ExpiredError:
        return Problem.EXPIRED_SINCE
    except NotYetValidError:
        return Problem.NOT_YET_VALID
    except DisallowedAlgorithmError:
        return Problem.WEAK_ALGORITHM
    except InvalidCertificateError:
        return Problem.WRONG_USAGE
    except (PathError, ValidationError, ValueError):
        return Problem.UNTRUSTED
    return _signer_first(path)


def _may_sign(certificate: Certificate) -> bool:
    if certificate.ca:
        # An authority's own certificate signs certificates.
        return False
    usage = certificate.key_usage_value
    return usage is None or bool({"digital_signature", "non_repudiation"} & usage.native)


def _signer_first(path: ValidationPath) -> tuple[Certificate, ...]:
    return tuple(reversed(list(path.iter_certs(include_root=True))))


async def _check_revocation(
    certificate: Certificate,
    others: Sequence[Certificate],
    evidence: Evidence,
    times: Times,
    roots: Sequence[Certificate],
) -> Standing:
    """Good, revoked or unknown: as of now, else as of the time the file's own evidence was sealed in."""
    unknown = Standing(problem=None, revocation=Revocation.UNKNOWN)
    if not (evidence.ocsps or evidence.crls):
        return unknown
    for moment in (times.now, times.archived):
        if moment is None:
            continue
        context = _context(roots, others, moment=moment, evidence=evidence)
        try:
            await CertificateValidator(certificate, validation_context=context).async_validate_path()
        except RevokedError as revoked:
            if times.proven is not None and times.proven < revoked.revocation_dt:
                # Signed, provably, before the revocation: it stands (Luật GDĐT 2023, ETSI EN 319 102-1).
                return Standing(problem=None, revocation=Revocation.GOOD, revoked_at=revoked.revocation_dt)
            return Standing(problem=None, revocation=Revocation.REVOKED, revoked_at=revoked.revocation_dt)
        except (InsufficientRevinfoError, ExpiredError):
            continue
        except (PathError, ValidationError, ValueError):
            continue
        return Standing(problem=None, revocation=Revocation.GOOD)
    return unknown


def _context(
    roots: Sequence[Certificate],
    others: Sequence[Certificate],
    *,
    moment: datetime,
    evidence: Evidence | None = None,
) -> ValidationContext:
    return ValidationContext(
        trust_roots=list(roots),
        other_certs=list(others),
        moment=moment,
        allow_fetching=False,
        revocation_mode="require" if evidence else "soft-fail",
        ocsps=evidence.ocsps if evidence else None,
        crls=evidence.crls if evidence else None,
        time_tolerance=_CLOCK_TOLERANCE,
        weak_hash_algos=_REFUSED_DIGESTS,
    )


def _is_weak(certificate: Certificate) -> bool:
    try:
        return certificate["signature_algorithm"].hash_algo in _WEAK_DIGESTS
    except ValueError:
        # An algorithm that names no digest of its own, as EdDSA.
        return False
