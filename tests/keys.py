"""The keys of the cast: real tokens (SoftHSM2), real certificates, and the service that vouches for them.

Made once per session. A test asks for the fixture `signers` (tests/conftest.py) and the people and agencies
of the cast can sign; it asks for `keys` when it needs the tokens without the database.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from pathlib import Path
from uuid import UUID

import pkcs11

from tests.world import World
from vanthu.interfaces.cli.demo import pki, pki_service, tokens
from vanthu.interfaces.cli.demo.cast import PIN
from vanthu.interfaces.cli.demo.pki import AgencySubject, DemoPki, PersonSubject
from vanthu.kernel import blobs
from vanthu.kernel.actor import system
from vanthu.signing import actions as signing

__all__ = ["PIN", "KeyRing", "register_credential", "register_credentials", "standing_keys"]

_PROVINCE = "Tỉnh An Bình"
#: Who of the cast signs, and as whom the certificate knows them.
_PEOPLE = {
    "leader": ("Phạm Văn Hùng", "Sở Nội vụ tỉnh An Bình"),
    "deputy": ("Đỗ Thị Mai", "Sở Nội vụ tỉnh An Bình"),
    "outsider_leader": ("Ngô Văn Sơn", "Ủy ban nhân dân xã Hòa Bình"),
}
_AGENCIES = {"H99.02": "Sở Nội vụ tỉnh An Bình", "H99.31": "Ủy ban nhân dân xã Hòa Bình"}


@dataclass
class KeyRing:
    """Tokens, certificates, and the service of OCSP, revocation lists and time stamps."""

    pki: DemoPki
    port: int
    #: Signed files the tests of a session share, by what they are; making one takes seconds.
    files: dict[str, bytes] = field(default_factory=dict)
    _server: ThreadingHTTPServer | None = None
    _thread: threading.Thread | None = None

    def plug_in(self) -> None:
        """Let PKCS#11 see these tokens, whatever other tests made it see before."""
        configuration = str(self.pki.softhsm_conf)
        if os.environ.get("SOFTHSM2_CONF") != configuration:
            os.environ["SOFTHSM2_CONF"] = configuration
            pkcs11.lib(tokens.MODULE).reinitialize()

    def start(self) -> None:
        """Answer questions on the port the certificates name."""
        self._server = pki_service.server(self.pki.folder, self.port)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        assert self._server, "started before"
        assert self._thread, "started before"
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @contextmanager
    def silenced(self) -> Iterator[None]:
        """A while in which nobody answers about certificates, nor stamps the time."""
        self.stop()
        try:
            yield
        finally:
            self.start()


@contextmanager
def standing_keys(folder: Path) -> Iterator[KeyRing]:
    """Make the tokens and certificates of the cast in `folder` and vouch for them until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    people = [
        PersonSubject(
            id=name, name=full_name, unit="", agency=agency, province=_PROVINCE, email=f"{name}@x.example"
        )
        for name, (full_name, agency) in _PEOPLE.items()
    ]
    agencies = [
        AgencySubject(id=code, name=name, province=_PROVINCE, email="vanthu@x.example")
        for code, name in _AGENCIES.items()
    ]
    ring = KeyRing(pki.ensure(folder, people, agencies, f"http://localhost:{port}"), port)
    ring.start()
    try:
        yield ring
    finally:
        ring.stop()


def register_credentials(world: World, ring: KeyRing) -> None:
    """Register the certificates of the cast's signers and agencies, as the machine that sets up does."""
    for name in _PEOPLE:
        post = world.posts[name]
        register_credential(ring, name, agency_id=post.agency_id, user_id=post.user_id)
    for agency in (world.department, world.neighbour):
        register_credential(ring, agency.code, agency_id=agency.id, user_id=None)


def register_credential(ring: KeyRing, subject: str, *, agency_id: UUID, user_id: UUID | None) -> UUID:
    """Register the certificate of `subject`: a name of the cast, `expired`, `revoked`, an agency's code."""
    credential = ring.pki.credential(subject)
    return signing.register_credential(
        actor=system("Cài đặt", agency_id=agency_id),
        agency_id=agency_id,
        user_id=user_id,
        token_label=credential.token_label,
        key_label=credential.key_label,
        certificate_pem=credential.certificate.read_text(encoding="utf-8"),
        chain_pem="".join(path.read_text(encoding="utf-8") for path in credential.chain),
        image=blobs.put_file(credential.image),
        now=datetime.now(UTC),
    )
