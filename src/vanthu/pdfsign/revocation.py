"""Revocation evidence: what a file carries, what the authorities answer over HTTP."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from asn1crypto import crl, ocsp, pem
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko_certvalidator.authority import AuthorityWithCert
from pyhanko_certvalidator.errors import CRLFetchError, OCSPFetchError, OCSPValidationError
from pyhanko_certvalidator.fetchers import Fetchers
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend
from pyhanko_certvalidator.fetchers.common_utils import (
    enumerate_delivery_point_urls,
    format_ocsp_request,
    process_ocsp_response_data,
)
from pyhanko_certvalidator.util import get_ocsp_urls

from vanthu.pdfsign.certificates import Certificate, fingerprint

#: Answers of a kind taken from a file: 40 signatures with four certificates each have 160.
_MOST_ANSWERS = 400
_MOST_RESPONDERS = 8
_NO_ANSWER = (CRLFetchError, OCSPFetchError, OCSPValidationError, TimeoutError, OSError, ValueError)

#: Asks an address for this process: the address, and the request for a responder, None for a list. The
#: answer's bytes. Raises OSError when there is none.
Ask: TypeAlias = Callable[[str, bytes | None], bytes]


@dataclass
class Evidence:
    """Certificates, OCSP responses and revocation lists that were found or fetched."""

    certificates: list[Certificate] = field(default_factory=list)
    ocsps: list[ocsp.OCSPResponse] = field(default_factory=list)
    crls: list[crl.CertificateList] = field(default_factory=list)

    def add(self, other: Evidence) -> None:
        """Take over all of `other`."""
        self.certificates += other.certificates
        self.ocsps += other.ocsps
        self.crls += other.crls

    @property
    def kinds(self) -> tuple[str, ...]:
        """What there is: "ocsp", "crl"."""
        present = (("ocsp", self.ocsps), ("crl", self.crls))
        return tuple(name for name, items in present if items)


def embedded_evidence(reader: PdfFileReader) -> Evidence:
    """The evidence in the file's document security store; empty when there is none, or it is broken."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return Evidence()
    answers = (ocsp.OCSPResponse.load(data) for data in _streams(store.ocsps))
    return Evidence(
        certificates=list(store.load_certs()),
        ocsps=[answer for answer in answers if _is_usual(answer)],
        crls=[crl.CertificateList.load(data) for data in _streams(store.crls)],
    )


def _is_usual(answer: ocsp.OCSPResponse) -> bool:
    """Whether it brings no more certificates than its responder needs; a crowd is there to be lost in."""
    try:
        return len(answer.basic_ocsp_response["certs"]) <= _MOST_RESPONDERS
    except (ValueError, TypeError, KeyError):
        return True


def _streams(references: Iterable[generic.IndirectObject]) -> Iterator[bytes]:
    for reference in itertools.islice(references, _MOST_ANSWERS):
        yield cast(generic.StreamObject, reference.get_object()).data


class Fetcher:
    """Asks OCSP responders and revocation lists over HTTP; each certificate is asked about once.

    Not to be kept: one fetcher serves one verification, so that no answer gets old in it.
    """

    def __init__(self, *, timeout: float, ask: Ask | None = None) -> None:
        """`ask` is used where this process has no network of its own."""
        self._timeout, self._ask = timeout, ask
        self._asked: set[bytes] = set()

    async def fetch(self, path: Sequence[Certificate]) -> Evidence:
        """Evidence about every certificate of a path (signer first) but its root.

        OCSP first, the list where there is no answer. Silence is no error here: it means no evidence.
        """
        pairs = [
            (certificate, issuer)
            for certificate, issuer in itertools.pairwise(path)
            if fingerprint(certificate) not in self._asked
        ]
        if not pairs:
            return Evidence()
        self._asked |= {fingerprint(certificate) for certificate, _ in pairs}
        if self._ask is not None:
            evidence = Evidence()
            for certificate, issuer in pairs:
                evidence.add(_ask_through(self._ask, certificate, issuer))
            return evidence
        backend = AIOHttpFetcherBackend(per_request_timeout=self._timeout)
        try:
            fetchers = backend.get_fetchers()
            found = await asyncio.gather(*(_ask(fetchers, *pair) for pair in pairs))
        finally:
            await backend.close()
        evidence = Evidence()
        for one in found:
            evidence.add(one)
        return evidence


async def _ask(fetchers: Fetchers, certificate: Certificate, issuer: Certificate) -> Evidence:
    if get_ocsp_urls(certificate):
        try:
            answer = await fetchers.ocsp_fetcher.fetch(certificate, AuthorityWithCert(issuer))
            return Evidence(ocsps=[answer])
        except _NO_ANSWER:
            # The list may still answer.
            pass
    try:
        return Evidence(crls=list(await fetchers.crl_fetcher.fetch(certificate)))
    except _NO_ANSWER:
        return Evidence()


def _ask_through(ask: Ask, certificate: Certificate, issuer: Certificate) -> Evidence:
    request = format_ocsp_request(
        certificate, AuthorityWithCert(issuer), certid_hash_algo="sha1", request_nonces=True
    )
    for url in get_ocsp_urls(certificate):
        try:
            data = ask(url, request.dump())
            return Evidence(ocsps=[process_ocsp_response_data(data, ocsp_request=request, ocsp_url=url)])
        except _NO_ANSWER:
            # The next, or the list, may still answer.
            continue
    for point in certificate.crl_distribution_points:
        for url in enumerate_delivery_point_urls(point):
            try:
                return Evidence(crls=[_list_of(ask(url, None))])
            except _NO_ANSWER:
                continue
    return Evidence()


def _list_of(data: bytes) -> crl.CertificateList:
    if pem.detect(data):
        _, _, data = pem.unarmor(data)
    return crl.CertificateList.load(data)
