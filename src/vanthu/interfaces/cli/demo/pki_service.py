"""The demo PKI over HTTP: OCSP, revocation lists, issuer certificates, time stamps.

`/ocsp` (RFC 6960), `/root.crl` `/issuing.crl` `/root.cer` `/issuing.cer`, `/tsa` (RFC 3161). For one
machine and one demo: it listens on loopback only, and reads what is revoked at every question.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar, NoReturn
from urllib.parse import unquote, urlsplit

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from certomancer.services import TimeStamper
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp

from vanthu.interfaces.cli.command import CommandRefused
from vanthu.interfaces.cli.demo.authority import Authority, Identity
from vanthu.interfaces.cli.parser import port_number
from vanthu.kernel.errors import why

_ANSWERS_LAST = timedelta(days=1)
_LONGEST_REQUEST = 64 * 1024
#: Certificates are revoked for a lost key.
_REASON = x509.ReasonFlags.key_compromise


class BadRequest(Exception):
    """The bytes asked with are not what the protocol says."""


class PkiService:
    """Answers the questions of the three protocols from the authority's files."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._stamper = TimeStamper(
            tsa_cert=asn1_x509.Certificate.load(_der(authority.timestamper)),
            tsa_key=keys.PrivateKeyInfo.load(_private(authority.timestamper)),
            certs_to_embed=[asn1_x509.Certificate.load(_der(authority.root))],
        )

    def answer_ocsp(self, question: bytes) -> bytes:
        """Good, revoked or unknown, for one certificate. Raises BadRequest."""
        try:
            request = ocsp.load_der_ocsp_request(question)
            serial = request.serial_number
        except (ValueError, NotImplementedError) as error:
            raise BadRequest(str(error)) from error
        facts = self._authority.records().get(serial)
        status = ocsp.OCSPCertStatus.UNKNOWN if facts is None else ocsp.OCSPCertStatus.GOOD
        revoked_at = None
        if facts is not None and "revoked" in facts:
            status, revoked_at = ocsp.OCSPCertStatus.REVOKED, datetime.fromisoformat(facts["revoked"])
        now = datetime.now(UTC)
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response_by_hash(
                issuer_name_hash=request.issuer_name_hash,
                issuer_key_hash=request.issuer_key_hash,
                serial_number=serial,
                algorithm=request.hash_algorithm,
                cert_status=status,
                this_update=now - timedelta(minutes=1),
                next_update=now + _ANSWERS_LAST,
                revocation_time=revoked_at,
                revocation_reason=_REASON if revoked_at else None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, self._authority.responder.certificate)
            .certificates([self._authority.responder.certificate])
        )
        for extension in request.extensions:
            if isinstance(extension.value, x509.OCSPNonce):
                builder = builder.add_extension(extension.value, critical=False)
        response = builder.sign(self._authority.responder.key, hashes.SHA256())
        return response.public_bytes(serialization.Encoding.DER)

    def revocation_list(self, issuer: Identity) -> bytes:
        """The revocation list of the root (empty) or of the issuing CA, DER."""
        now = datetime.now(UTC)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(issuer.certificate.subject)
            .last_update(now - timedelta(minutes=1))
            .next_update(now + 7 * _ANSWERS_LAST)
            .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False
            )
        )
        records = self._authority.records() if issuer is self._authority.issuing else {}
        for serial, facts in records.items():
            if "revoked" in facts:
                builder = builder.add_revoked_certificate(
                    x509.RevokedCertificateBuilder()
                    .serial_number(serial)
                    .revocation_date(datetime.fromisoformat(facts["revoked"]))
                    .add_extension(x509.CRLReason(_REASON), critical=False)
                    .build()
                )
        return builder.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def stamp(self, question: bytes) -> bytes:
        """A time stamp of the digest in the question. Raises BadRequest."""
        try:
            request = tsp.TimeStampReq.load(question, strict=True)
            request.native  # noqa: B018 - asn1crypto parses lazily; this reads it all
        except (ValueError, TypeError) as error:
            raise BadRequest(str(error)) from error
        return bytes(self._stamper.request_tsa_response(request).dump())

    def files(self) -> dict[str, tuple[str, Callable[[], bytes]]]:
        """What is served for GET: path → content type and content."""
        authority = self._authority
        return {
            "/": ("text/plain; charset=utf-8", lambda: b"ok\n"),
            "/root.crl": ("application/pkix-crl", lambda: self.revocation_list(authority.root)),
            "/issuing.crl": ("application/pkix-crl", lambda: self.revocation_list(authority.issuing)),
            "/root.cer": ("application/pkix-cert", lambda: _der(authority.root)),
            "/issuing.cer": ("application/pkix-cert", lambda: _der(authority.issuing)),
        }


def server(folder: Path, port: int) -> ThreadingHTTPServer:
    """An HTTP server on 127.0.0.1:`port` (0: any free port) for the authority in `folder`."""
    service = PkiService(Authority(folder / "ca", f"http://localhost:{port}", now=datetime.now(UTC)))

    class Handler(_Handler):
        pki = service

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def configure(parser: argparse.ArgumentParser) -> None:
    """Where the PKI lies and which port its certificates name."""
    parser.add_argument(
        "--folder", type=Path, required=True, metavar="THƯ_MỤC", help="nơi giữ chứng thư và khóa mẫu"
    )
    parser.add_argument(
        "--port", type=port_number, required=True, metavar="CỔNG", help="cổng ghi trong các chứng thư mẫu"
    )


def run(args: argparse.Namespace) -> int:
    """Serve until SIGTERM."""
    if not (args.folder / "ca").is_dir():
        raise CommandRefused(f"Không có hệ thống chứng thực mẫu trong «{args.folder}».")
    signal.signal(signal.SIGTERM, _leave)
    try:
        with server(args.folder, args.port) as running:
            running.serve_forever(poll_interval=3600)
    except OSError as error:
        raise CommandRefused(
            f"Dịch vụ chứng thực mẫu không mở được cổng {args.port}: {why(error)}."
        ) from error
    return 0


class _Handler(BaseHTTPRequestHandler):
    pki: ClassVar[PkiService]
    protocol_version = "HTTP/1.1"
    #: Seconds a silent client may hold a thread.
    timeout = 30

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/ocsp/"):
            self._answer_ocsp_in_address(path.removeprefix("/ocsp/"))
        elif path in (files := self.pki.files()):
            content_type, content = files[path]
            self._reply(200, content_type, content())
        else:
            self._reply(404, "text/plain", b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > _LONGEST_REQUEST:
            self.close_connection = True
            self._reply(400, "text/plain", b"")
            return
        question = self.rfile.read(int(length))
        path = urlsplit(self.path).path.rstrip("/")
        if path == "/ocsp":
            self._answer("application/ocsp-response", self.pki.answer_ocsp, question)
        elif path == "/tsa":
            self._answer("application/timestamp-reply", self.pki.stamp, question)
        else:
            self._reply(404, "text/plain", b"")

    def _answer_ocsp_in_address(self, word: str) -> None:
        try:
            question = base64.b64decode(unquote(word), validate=True)
        except (binascii.Error, ValueError):
            self._reply(400, "text/plain", b"")
            return
        self._answer("application/ocsp-response", self.pki.answer_ocsp, question)

    def _answer(self, content_type: str, respond: Callable[[bytes], bytes], question: bytes) -> None:
        try:
            answer = respond(question)
        except BadRequest:
            self._reply(400, "text/plain", b"")
            return
        self._reply(200, content_type, answer)

    def _reply(self, status: int, content_type: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        print(f"{self.log_date_time_string()} {format % args}", flush=True)


def _leave(number: int, frame: object) -> NoReturn:
    raise SystemExit(0)


def _der(identity: Identity) -> bytes:
    return identity.certificate.public_bytes(serialization.Encoding.DER)


def _private(identity: Identity) -> bytes:
    return identity.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
