"""A connected system that calls the axis through Django's test client, signing as the stock client does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.test import Client

from tests.axis.world import SECRETS
from vanthu.edxml import transport

Answer = dict[str, Any]


@dataclass
class Caller:
    """One system. `at` is the time it signs with; None means the time of each call."""

    system: str
    at: datetime | None = None
    client: Client = field(default_factory=Client)

    def headers(self, parameters: Mapping[str, str], secret: str = "") -> dict[str, str]:
        return transport.sign_headers(
            parameters,
            system_id=self.system,
            secret=secret or SECRETS[self.system],
            now=self.at or datetime.now(UTC),
        )

    def call(
        self,
        path: str,
        parameters: Mapping[str, str] | None = None,
        *,
        body: bytes = b"",
        method: str = "POST",
    ) -> Answer:
        """Sign and send; the JSON answer."""
        return self.send_as(path, self.headers(parameters or {}), body=body, method=method)

    def send_as(
        self, path: str, headers: Mapping[str, str], *, body: bytes = b"", method: str = "POST"
    ) -> Answer:
        """Send exactly these headers; the JSON answer."""
        response = self.client.generic(
            method,
            f"/{path}",
            data=body,
            content_type=headers.get("Content-Type", "application/json"),
            headers=dict(headers),
        )
        return dict(json.loads(b"".join(response)))

    def send(
        self,
        packet: bytes,
        sender: str,
        kind: str = "edoc",
        *,
        body: bytes | None = None,
        change: Mapping[str, str] | None = None,
    ) -> Answer:
        """`sendEdoc`, with the CRLF the national client appends; `change` replaces parameters."""
        parameters = {
            "servicetype": "eDoc",
            "messagetype": kind,
            "hash-file": sha256(packet).hexdigest(),
            "from": sender,
            "Content-Type": "application/octet-stream",
            **(change or {}),
        }
        return self.call("sendEdoc", parameters, body=packet + b"\r\n" if body is None else body)

    def received(self, kind: str = "edoc", **more: str) -> list[Answer]:
        """The rows of `getReceivedEdocList`."""
        answer = self.call("getReceivedEdocList", {"servicetype": "eDoc", "messagetype": kind, **more})
        assert answer["status"] == "OK", answer
        return list(answer["data"])

    def report(self, doc_id: str, status: str, **more: str) -> Answer:
        """`updateStatus`, body `{}` as the national client sends it."""
        return self.call("updateStatus", {"docId": doc_id, "status": status, **more}, body=b"{}")
