"""The cast of the axis: three systems and their agencies."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from vanthu.axis.actions import directory, mail
from vanthu.axis.envelopes import Envelope, take_in
from vanthu.axis.models import System
from vanthu.axis.rules import operator
from vanthu.kernel import actor as actors
from vanthu.kernel.actor import Actor
from vanthu.kernel.blobs import StoredBlob

#: A working morning in Hà Nội: 22/11/2026, 09:00.
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
OPERATOR = operator("Quản trị trục")

#: Sở Nội vụ and Sở Tài chính of the province, on one system; the latter knows an old code too.
DEPARTMENT = "H29.01"
FINANCE, FINANCE_OLD = "H29.02", "000.00.02.H29"
#: UBND huyện of another province, on a second system.
DISTRICT = "H37.05"
#: A ministry, on a third system, which is nobody's business here.
MINISTRY = "G09"

SECRETS = {
    "TINH.H29": "khoa-bi-mat-cua-tinh-29",
    "TINH.H37": "khoa-bi-mat-cua-tinh-37",
    "BO.G09": "khoa-bi-mat-cua-bo-09",
}
AGENCIES = (
    (DEPARTMENT, "", "Sở Nội vụ", "TINH.H29"),
    (FINANCE, FINANCE_OLD, "Sở Tài chính", "TINH.H29"),
    (DISTRICT, "", "UBND huyện Đông", "TINH.H37"),
    (MINISTRY, "", "Bộ Nội vụ", "BO.G09"),
)


@dataclass(frozen=True, kw_only=True)
class AxisWorld:
    """The three systems as actors."""

    #: Holds DEPARTMENT and FINANCE.
    province: Actor
    #: Holds DISTRICT.
    neighbour: Actor
    #: Holds MINISTRY; may know nothing of what the other two send each other.
    outsider: Actor


def build_axis_world() -> AxisWorld:
    """Connect the systems and fill the directory."""
    for code, secret in SECRETS.items():
        directory.connect_system(actor=OPERATOR, code=code, secret=secret, now=NOW)
    held = dict(System.objects.values_list("code", "id"))
    for code, old_code, name, system in AGENCIES:
        directory.register_agency(
            actor=OPERATOR,
            system_id=held[system],
            entry=directory.AgencyEntry(code=code, old_code=old_code, name=name),
            signature="",
            now=NOW,
        )
    province, neighbour, outsider = (_actor(code, held[code]) for code in SECRETS)
    return AxisWorld(province=province, neighbour=neighbour, outsider=outsider)


def _actor(code: str, system_id: UUID) -> Actor:
    return actors.system(f"Hệ thống {code}", agency_id=system_id)


def send(actor: Actor, packet: bytes, sender: str, to: tuple[str, ...] = (), now: datetime = NOW) -> UUID:
    """Hand a packet to the axis as the endpoint does."""
    envelope, content = taken_in(packet)
    claim = mail.Claim(kind=envelope.kind, sender_code=sender, recipient_codes=to)
    return mail.accept_packet(actor=actor, envelope=envelope, claim=claim, content=content, now=now)


def taken_in(packet: bytes) -> tuple[Envelope, StoredBlob]:
    """A packet as it stands after it arrived: read, and stored."""
    return take_in(io.BytesIO(packet), stated_hash=sha256(packet).hexdigest(), limit=len(packet))
