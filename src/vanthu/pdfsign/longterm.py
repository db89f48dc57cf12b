"""Long-term validity (PAdES B-LTA): evidence for all signatures inside the file, sealed by trusted time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from vanthu.pdfsign.certificates import Certificate, common_name
from vanthu.pdfsign.errors import LongTermFailed
from vanthu.pdfsign.objects import pick
from vanthu.pdfsign.opening import new_file, open_writer, parsing
from vanthu.pdfsign.pending import run
from vanthu.pdfsign.revocation import Ask, Evidence, Fetcher, embedded_evidence
from vanthu.pdfsign.timestamping import Timestamper, timestamp_client, timestamping
from vanthu.pdfsign.tokens_of_time import embedded_token, signature_token
from vanthu.pdfsign.trust import Purpose, RevocationPolicy, Times, TrustSettings, judge_certificate

#: Seconds to wait for one answer of a responder; nobody waits at a screen for this work.
FETCH_TIMEOUT = 30.0
_DIGEST = "sha256"
_TIMESTAMP_FIELD = "DauThoiGian"


@dataclass(frozen=True)
class _Used:
    """A certificate that some signature or timestamp of the file rests on."""

    certificate: Certificate
    others: tuple[Certificate, ...]
    purpose: Purpose


def extend_to_lta(
    sealed: Path,
    target: Path,
    *,
    trust: Sequence[Certificate],
    timestamper: Timestamper,
    now: datetime,
    timestamp_trust: Sequence[Certificate] | None = None,
    fetch_timeout: float = FETCH_TIMEOUT,
    ask: Ask | None = None,
) -> None:
    """Write `target`: `sealed` with validation data for ALL its signatures and a document timestamp.

    Paths, OCSP responses and revocation lists are fetched for the person's signature, the agency's, every
    timestamp's authority and the authority that stamps now, so that the whole verifies without a network,
    also after the certificates have expired. One revision. To be repeated before the last timestamp's
    authority expires. `ask` asks for this process where it has no network of its own.

    Raises LongTermFailed when evidence about any certificate is missing or bad (nothing is written then),
    TimestampFailed, BrokenPdf and its kin.
    """
    roots = tuple(trust)
    stamp_roots = roots if timestamp_trust is None else tuple(timestamp_trust)
    client = timestamp_client(timestamper)
    with open_writer(sealed) as writer:
        with parsing():
            used, evidence = list(_used_certificates(writer.prev)), embedded_evidence(writer.prev)
            field = f"{_TIMESTAMP_FIELD}{sum(1 for _ in enumerate_sig_fields(writer.prev))}"
        if not used:
            raise LongTermFailed("Văn bản chưa có chữ ký số nên không có gì để lưu trữ lâu dài.")
        with timestamping():
            used.append(run(_stamping_authority(client)))
        fetcher = Fetcher(timeout=fetch_timeout, ask=ask)
        paths = run(_collect(used, evidence, roots, stamp_roots, now=now, fetcher=fetcher))
        with parsing():
            _store(writer, paths, evidence)
        with timestamping(), new_file(target) as stream:
            run(PdfTimeStamper(client, field_name=field).async_timestamp_pdf(writer, _DIGEST, output=stream))


def _used_certificates(reader: PdfFileReader) -> Iterator[_Used]:
    for name, _, reference in enumerate_sig_fields(reader, filled_status=True):
        signature = EmbeddedPdfSignature(reader, reference.get_object(), name)
        if pick(signature.sig_object, "/SubFilter") == "/ETSI.RFC3161":
            token = embedded_token(signature.signed_data)
            yield _Used(token.certificate, token.others, Purpose.TIMESTAMPING)
            continue
        yield _Used(signature.signer_cert, tuple(signature.other_embedded_certs), Purpose.SIGNING)
        attached = signature_token(signature.signer_info)
        if attached is not None:
            yield _Used(attached.certificate, attached.others, Purpose.TIMESTAMPING)


async def _stamping_authority(client: TimeStamper) -> _Used:
    """Who will stamp: known only from an answer, so one is asked for first."""
    token = embedded_token((await client.async_dummy_response(_DIGEST))["content"])
    return _Used(token.certificate, token.others, Purpose.TIMESTAMPING)


async def _collect(
    used: Sequence[_Used],
    evidence: Evidence,
    roots: tuple[Certificate, ...],
    stamp_roots: tuple[Certificate, ...],
    *,
    now: datetime,
    fetcher: Fetcher,
) -> list[Certificate]:
    """Fill `evidence`; return every certificate of every path."""
    found: list[Certificate] = []
    for one in used:
        stamping = one.purpose is Purpose.TIMESTAMPING
        standing = await judge_certificate(
            one.certificate,
            one.others,
            purpose=one.purpose,
            times=Times(now=now, claimed=None, proven=None, archived=None),
            settings=TrustSettings(
                roots=stamp_roots if stamping else roots, policy=RevocationPolicy.REQUIRE, fetcher=fetcher
            ),
            evidence=evidence,
        )
        if standing.problem is not None:
            raise LongTermFailed(
                f"Chưa đủ dữ liệu chứng thực của {common_name(one.certificate)} để lưu trữ lâu dài; "
                "hãy thử lại sau."
            )
        found += standing.path
    return found


def _store(writer: IncrementalPdfFileWriter, certificates: Sequence[Certificate], evidence: Evidence) -> None:
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=[*certificates, *evidence.certificates],
        ocsps={answer.dump(): answer for answer in evidence.ocsps}.values(),
        crls={one.dump(): one for one in evidence.crls}.values(),
    )
