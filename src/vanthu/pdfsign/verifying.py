"""Kiểm tra chữ ký số: every signature of a PDF judged, and one sentence for the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from vanthu.pdfsign.budget import FILE_STEPS, Budget
from vanthu.pdfsign.certificates import (
    Certificate,
    SignerKind,
    common_name,
    fingerprint,
    holder,
    kind_of,
    organization_name,
    owner_bodies,
    owner_places,
    unique,
)
from vanthu.pdfsign.clocks import odd_time
from vanthu.pdfsign.errors import BrokenPdf, TooComplex
from vanthu.pdfsign.examining import Examined, examine, look_at
from vanthu.pdfsign.issue_fields import LABELS
from vanthu.pdfsign.objects import form_fields, pick
from vanthu.pdfsign.opening import open_suspect, parsing
from vanthu.pdfsign.pending import run
from vanthu.pdfsign.prepare import (
    DAY_FIELD,
    MONTH_FIELD,
    NUMBER_FIELD,
    PERSON_FIELD,
    SEAL_FIELD,
)
from vanthu.pdfsign.reader import MeasuredReader
from vanthu.pdfsign.revocation import Ask, Evidence, Fetcher, embedded_evidence
from vanthu.pdfsign.tokens_of_time import TimeToken
from vanthu.pdfsign.trust import (
    Purpose,
    RevocationPolicy,
    Standing,
    Times,
    TrustSettings,
    judge_certificate,
)
from vanthu.pdfsign.verdict import (
    OPEN_QUESTIONS,
    Changes,
    Problem,
    Report,
    Revocation,
    SignatureDetails,
    SignatureReport,
    Verdict,
    sentence,
    sum_up,
)

_STRONG_DIGESTS = frozenset({"sha256", "sha384", "sha512", "sha512_256", "sha3_256", "sha3_384", "sha3_512"})
#: Weak, yet nobody can make a second document of the same digest as a given one: told, not refused.
_WEAK_DIGESTS = frozenset({"sha1", "sha224"})
#: Seconds to wait for one answer of a responder.
FETCH_TIMEOUT = 10.0


def verify(
    file: Path,
    *,
    trust: Sequence[Certificate],
    now: datetime,
    fetch: bool = False,
    fetch_timeout: float = FETCH_TIMEOUT,
    ask: Ask | None = None,
    revocation: RevocationPolicy = RevocationPolicy.REQUIRE,
    timestamp_trust: Sequence[Certificate] | None = None,
) -> Report:
    """Judge every signature of a PDF.

    `trust`: the root certificates relied on; `timestamp_trust`: those of time-stamping authorities, the same
    unless given. `fetch`: ask OCSP responders and revocation lists over HTTP, or through `ask` where there is
    no network; without it, only what the file carries counts. The document is valid only if all its
    signatures are, nothing but allowed changes followed each, and the last of them covers the file to its
    end (validation data may follow). What would cost more than one file may is not judged, and then nothing
    is valid.

    Raises NotAPdf, BrokenPdf, PasswordProtected, EmptyPdf, TooComplex: files nothing can be said about.
    """
    roots = tuple(unique(trust))
    fetcher = Fetcher(timeout=fetch_timeout, ask=ask) if fetch else None
    settings = TrustSettings(roots=roots, policy=revocation, fetcher=fetcher)
    stamp_roots = roots if timestamp_trust is None else tuple(unique(timestamp_trust))
    with open_suspect(file) as suspect, parsing():
        reader = suspect.reader
        examined, not_judged = examine(reader, suspect.beyond, cut=suspect.cut)
        if suspect.cut and not examined:
            raise BrokenPdf
        evidence = _evidence(reader)
        examined = look_at(file, reader, examined)
        values = _field_values(reader)
        signatures = run(_judge_all(examined, settings, replace(settings, roots=stamp_roots), evidence, now))
    verdict, message = sum_up(signatures, not_judged)
    return Report(
        verdict=verdict, message=message, signatures=tuple(signatures), not_judged=not_judged, **values
    )


def _evidence(reader: MeasuredReader) -> Evidence:
    reader.budget = Budget(FILE_STEPS)
    try:
        with parsing():
            return embedded_evidence(reader)
    except (BrokenPdf, TooComplex):
        # A broken store proves nothing; the signatures are then judged without it.
        return Evidence()


def _field_values(reader: MeasuredReader) -> dict[str, str]:
    wanted = {NUMBER_FIELD: "number", DAY_FIELD: "day", MONTH_FIELD: "month"}
    reader.budget = Budget(FILE_STEPS)
    found = form_fields(reader)
    return {key: str(pick(found[name], "/V", "")) if name in found else "" for name, key in wanted.items()}


async def _judge_all(
    examined: Sequence[Examined],
    settings: TrustSettings,
    stamp_settings: TrustSettings,
    evidence: Evidence,
    now: datetime,
) -> list[SignatureReport]:
    """Timestamps first, the latest before the earlier: each proves the time of what lies under it."""
    reports: dict[str, SignatureReport] = {}
    archived: datetime | None = None
    for one in reversed([one for one in examined if one.is_timestamp]):
        report = await _judge(one, _stamp_times(one.token, now, archived), stamp_settings, evidence)
        reports[one.field] = report
        if report.verdict is Verdict.VALID and one.token is not None:
            archived = one.token.time
    stamps = [
        (one.revision, one.token.time)
        for one in examined
        if one.is_timestamp and one.token and reports[one.field].verdict is Verdict.VALID
    ]
    for one in examined:
        if not one.is_timestamp:
            over = min((time for revision, time in stamps if revision > one.revision), default=None)
            own = await _own_time(one, stamp_settings, evidence, now, over)
            proven = min((time for time in (own, over) if time is not None), default=None)
            claimed = one.embedded.self_reported_timestamp if one.embedded else None
            times = Times(now=now, claimed=claimed, proven=proven, archived=over)
            reports[one.field] = await _judge(one, times, settings, evidence)
    return [reports[one.field] for one in examined]


def _stamp_times(token: TimeToken | None, now: datetime, over: datetime | None) -> Times:
    """A timestamp proves its own time for the evidence beneath it; only a later one proves it in turn."""
    own = token.time if token else None
    return Times(now=now, claimed=own, proven=over, archived=over or own)


async def _own_time(
    one: Examined, settings: TrustSettings, evidence: Evidence, now: datetime, over: datetime | None
) -> datetime | None:
    """The time of the timestamp attached to the signature, if it is over it and can be relied on."""
    token = _own_token(one)
    if token is None:
        return None
    try:
        with parsing():
            standing = await judge_certificate(
                token.certificate,
                token.others,
                purpose=Purpose.TIMESTAMPING,
                times=_stamp_times(token, now, over),
                # Who vouches for the time may not be reachable; a known revocation still counts against him.
                settings=replace(
                    settings,
                    policy=RevocationPolicy.IGNORE
                    if settings.policy is RevocationPolicy.IGNORE
                    else RevocationPolicy.IF_AVAILABLE,
                ),
                evidence=evidence,
            )
    except BrokenPdf:
        # A token whose certificate cannot be read proves no time.
        return None
    return token.time if standing.trusted else None


def _own_token(one: Examined) -> TimeToken | None:
    """The timestamp attached to the signature, if it is over it; whether it is trusted is asked elsewhere."""
    token = one.token
    if one.embedded is None or token is None or one.is_timestamp:
        return None
    value = one.embedded.signer_info["signature"].native
    return token if token.made_by_key and token.matches_value(value) else None


async def _judge(one: Examined, times: Times, settings: TrustSettings, evidence: Evidence) -> SignatureReport:
    certificate = one.certificate
    if one.embedded is None or certificate is None:
        return _unreadable(one)
    try:
        with parsing():
            return await _judge_by(certificate, one, times, settings, evidence)
    except BrokenPdf:
        # Certificates are parsed as they are asked; this one holds something that cannot be.
        return _unreadable(replace(one, unfinished=False))


async def _judge_by(
    certificate: Certificate, one: Examined, times: Times, settings: TrustSettings, evidence: Evidence
) -> SignatureReport:
    assert one.embedded is not None
    standing = await judge_certificate(
        certificate,
        one.embedded.other_embedded_certs,
        purpose=Purpose.TIMESTAMPING if one.is_timestamp else Purpose.SIGNING,
        times=times,
        settings=settings,
        evidence=evidence,
    )
    kind = SignerKind.TIMESTAMP if one.is_timestamp else kind_of(certificate)
    problem = _problem(one, kind, standing)
    details = _details(one, certificate, standing, times, problem)
    signer = common_name(certificate)
    return SignatureReport(
        field=one.field,
        kind=kind,
        signer=signer,
        organization=organization_name(certificate),
        signed_at=details.timestamp_at or details.stamped_at or details.claimed_at,
        intact=one.intact and one.coverage.sound,
        cryptographically_valid=one.made_by_key,
        trusted=standing.trusted,
        covers_whole_file=one.coverage.whole_file,
        changes_after=one.changes,
        verdict=_verdict(problem),
        message=sentence(
            problem, signer=signer, holder=holder(certificate), changes=one.changes, details=details
        ),
        details=details,
    )


def _problem(one: Examined, kind: SignerKind, standing: Standing) -> Problem | None:
    """The first reason, in order of weight, why the signature is not valid."""
    assert one.embedded is not None
    digest = one.embedded.md_algorithm
    found: list[Problem | None] = [
        problem
        for wrong, problem in (
            (not one.coverage.sound, Problem.ODD_RANGE),
            (not one.intact, Problem.ALTERED),
            (not one.made_by_key, Problem.FORGED),
            (one.changes is Changes.ILLEGAL, Problem.CHANGED_AFTER),
            (bool(one.shown_otherwise), Problem.SHOWN_OTHERWISE),
            (not _fits_field(one.field, kind), Problem.WRONG_KIND),
            (digest not in _STRONG_DIGESTS | _WEAK_DIGESTS, Problem.WEAK_ALGORITHM),
            (one.unfinished, Problem.NOT_JUDGED),
            (one.changes is Changes.UNKNOWN, Problem.CHANGED_UNCLEAR),
            (digest in _WEAK_DIGESTS or standing.weak, Problem.WEAK_DIGEST),
        )
        if wrong
    ]
    first = found[0] if found else None
    if standing.problem is not None and (first is None or first in OPEN_QUESTIONS):
        # What speaks against it goes before what leaves it open.
        return standing.problem if standing.problem not in OPEN_QUESTIONS or first is None else first
    return first


def _fits_field(field: str, kind: SignerKind) -> bool:
    """In the fields that `prepare` made, a person signs as the person and the agency as the agency."""
    if field == PERSON_FIELD:
        return kind is not SignerKind.AGENCY
    if field == SEAL_FIELD:
        return kind is not SignerKind.PERSON
    return True


def _verdict(problem: Problem | None) -> Verdict:
    if problem is None:
        return Verdict.VALID
    return Verdict.INDETERMINATE if problem in OPEN_QUESTIONS else Verdict.INVALID


def _details(
    one: Examined,
    certificate: Certificate,
    standing: Standing,
    times: Times,
    problem: Problem | None,
) -> SignatureDetails:
    assert one.embedded is not None
    dictionary = one.embedded.sig_object
    authority = one.token.certificate if one.token and times.proven else None
    token = one.token if one.is_timestamp else _own_token(one)
    claimed = _aware(times.claimed)
    return SignatureDetails(
        problem=problem,
        certificate_path=tuple(common_name(issuer) for issuer in standing.path),
        serial_number=format(certificate.serial_number, "x"),
        valid_from=certificate.not_valid_before,
        valid_to=certificate.not_valid_after,
        revocation=standing.revocation,
        revocation_checked_by=standing.revocation_checked_by,
        revoked_at=standing.revoked_at,
        claimed_at=claimed,
        stamped_at=token.time if token else None,
        odd_time=odd_time(claimed, stamped=token.time if token else None, now=times.now),
        alterations=tuple(dict.fromkeys(each.words for each in one.altered)),
        certificate_problem=str(standing.problem or "") if standing.problem is not problem else "",
        timestamp_at=one.token.time if one.is_timestamp and one.token else times.proven,
        timestamp_authority=common_name(authority) if authority else "",
        digest_algorithm=one.embedded.md_algorithm,
        reason=str(pick(dictionary, "/Reason", "")),
        location=str(pick(dictionary, "/Location", "")),
        certificate_sha256=fingerprint(certificate).hex(),
        shown_otherwise=tuple(LABELS[name] for name in one.shown_otherwise),
        owner_bodies=owner_bodies(certificate),
        owner_places=owner_places(certificate),
    )


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def _unreadable(one: Examined) -> SignatureReport:
    problem = Problem.NOT_JUDGED if one.unfinished else Problem.UNREADABLE
    details = SignatureDetails(problem=problem, revocation=Revocation.NOT_CHECKED)
    return SignatureReport(
        field=one.field,
        kind=SignerKind.UNKNOWN,
        signer="",
        organization="",
        signed_at=None,
        intact=False,
        cryptographically_valid=False,
        trusted=False,
        covers_whole_file=False,
        changes_after=one.changes,
        verdict=_verdict(problem),
        message=sentence(problem, signer="", changes=one.changes, details=details),
        details=details,
    )
