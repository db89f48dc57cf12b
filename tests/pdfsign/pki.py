"""A certificate infrastructure that really answers: CA, OCSP, CRL and TSA over loopback HTTP."""

from __future__ import annotations

import contextlib
import socketserver
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from certomancer.integrations.animator import Animator, AnimatorArchStore
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig, PKIArchitecture
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from vanthu.pdfsign import Certificate, HttpTimestamper, PrivateKeySigner, load_certificate
from vanthu.pdfsign.signers import PrivateKey

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_KEYS = ("root", "ca", "ocsp", "tsa", "person", "agency", "other-root")


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """The tests' output is not a server log."""


class _ThreadingServer(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


@dataclass
class Pki:
    """The issued certificates and their keys, and the server that vouches for them."""

    #: Where the keys lie, NAME.pem each (PKCS#8).
    folder: Path
    keys: dict[str, PrivateKey]
    certificates: dict[str, Certificate]
    timestamper: HttpTimestamper
    #: Paths of the requests the server has answered, oldest first.
    requests: list[str]
    #: While not empty, only this path is answered; everything else gets 503.
    only: list[str]

    @property
    def root(self) -> Certificate:
        return self.certificates["root"]

    @contextlib.contextmanager
    def silent(self, *, but: str = "") -> Iterator[None]:
        """The authorities fall silent, save one path."""
        self.only.append(but)
        try:
            yield
        finally:
            self.only.clear()

    def signer(self, name: str, *, pss: bool = False) -> PrivateKeySigner:
        """The signer of a certificate by its name in pki.yml."""
        issuers = ["other-root"] if name.startswith("untrusted") else ["ca"]
        key = self.keys.get(name) or self.keys["agency" if name.endswith("agency") else "person"]
        chain = [self.certificates[issuer] for issuer in issuers]
        return PrivateKeySigner(self.certificates[name], chain, key, pss=pss)


@contextlib.contextmanager
def running_pki(directory: Path) -> Iterator[Pki]:
    """Make keys, issue every certificate once, and serve OCSP, CRL and time stamps until the block ends."""
    keys = _make_keys(directory)
    requests: list[str] = []
    only: list[str] = []
    server = make_server("127.0.0.1", 0, _refuse, _ThreadingServer, _QuietHandler)
    try:
        prefix = f"http://127.0.0.1:{server.server_port}"
        text = Path(__file__).with_name("pki.yml").read_text() % {"prefix": prefix, "keys": directory}
        config = CertomancerConfig.from_yaml(text, str(directory), str(directory))
        architecture = config.get_pki_arch(ArchLabel("demo"))
        server.set_app(_recording(architecture, requests, only))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield Pki(
                folder=directory,
                keys=keys,
                certificates=_issue(architecture),
                timestamper=HttpTimestamper(f"{prefix}/demo/tsa/tsa", timeout=20),
                requests=requests,
                only=only,
            )
        finally:
            server.shutdown()
            thread.join()
    finally:
        server.server_close()


def _refuse(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    start_response("503 Service Unavailable", [])
    return [b""]


def _recording(architecture: PKIArchitecture, requests: list[str], only: list[str]) -> WSGIApplication:
    inner = Animator(AnimatorArchStore({architecture.arch_label: architecture}), with_web_ui=False)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        requests.append(environ["PATH_INFO"])
        if only and environ["PATH_INFO"] != only[-1]:
            return _refuse(environ, start_response)
        return cast(Iterable[bytes], inner(environ, start_response))

    return application


def _make_keys(directory: Path) -> dict[str, PrivateKey]:
    keys: dict[str, PrivateKey] = {name: rsa.generate_private_key(65537, 2048) for name in _KEYS}
    keys["person-ec"] = ec.generate_private_key(ec.SECP256R1())
    for name, key in keys.items():
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        (directory / f"{name}.pem").write_bytes(pem)
    return keys


def _issue(architecture: PKIArchitecture) -> dict[str, Certificate]:
    names = (
        "root",
        "other-root",
        "ca",
        "tsa",
        "person",
        "person-ec",
        "agency",
        "revoked",
        "expired",
        "untrusted",
        "untrusted-agency",
    )
    # Read back from their bytes, as every certificate in the world arrives.
    return {name: load_certificate(architecture.get_cert(CertLabel(name)).dump()) for name in names}
