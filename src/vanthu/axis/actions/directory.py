"""What changes the directory. One function, one transaction, one audit entry."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from vanthu import edxml
from vanthu.axis import operations, permissions
from vanthu.axis.models import Agency, System
from vanthu.axis.rules import Refusal, Refused
from vanthu.edxml import transport
from vanthu.kernel import audit
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import require
from vanthu.kernel.use_cases import use_case


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyEntry:
    """A line of the directory, as its system declares it."""

    code: str
    name: str
    old_code: str = ""
    mail: str = ""
    mobile: str = ""
    fax: str = ""
    #: Code of the superior agency, or of the centre the agency is registered under.
    parent_code: str = ""


@use_case
def register_agency(
    *, actor: Actor, system_id: UUID, entry: AgencyEntry, signature: str, now: datetime
) -> None:
    """Đăng ký cơ quan: change a line the system holds; the operator also adds lines for a system.

    Codes are the operator's to grant, the old one too: mail follows the code, and the protocol leaves the
    body of a registration unsigned. A system that declares no old code leaves it as it is. Declaring again
    what already stands changes nothing. `signature` as in `report_packet`.
    Raises NotAllowed, Refused (BAD_PARAMETER, AGENCY_TAKEN, AGENCY_CLOSED, CODE_NOT_GRANTED,
    REPEATED_SIGNATURE).
    """
    named = Agency.objects.select_for_update(no_key=True).named([entry.code])
    agency = named.filter(code=entry.code).first()
    require(actor.agency_id == system_id or permissions.may_operate(actor))
    _refuse_bad_entry(entry)
    _refuse_taken(entry, agency, system_id)
    known = agency or Agency(system_id=system_id, code=entry.code)
    if not permissions.may_operate(actor):
        entry = _within_granted(entry, agency)
    changed = _apply(entry, known)
    if agency is not None and not changed:
        return
    operations.spend_signature(actor, signature, subject=entry.code, now=now)

    known.changed_at = now
    if agency is not None:
        known.save(update_fields=["changed_at", *changed])
    elif not _insert(known):
        raise Refused(Refusal.AGENCY_TAKEN)

    audit.record(
        action="axis.agency-registered",
        actor=actor,
        agency_id=known.id,
        at=now,
        subject_type="axis.agency",
        subject_id=known.id,
        data={"code": known.code, "name": known.name, "old_code": known.old_code, "changed": changed},
    )


@use_case
def close_agency(*, actor: Actor, code: str, successor_code: str = "", now: datetime) -> None:
    """Đóng mã cơ quan: nobody can send to it or from it any more; what waits in its mailbox stays.

    Closing what is closed changes nothing, but may name the successor.
    Raises Refused (UNKNOWN_AGENCY: no such code, another system's, or no such successor).
    """
    agency = Agency.objects.select_for_update(no_key=True).named([code]).first()
    if agency is None or not permissions.may_change(actor, agency):
        raise Refused(Refusal.UNKNOWN_AGENCY)
    successor = Agency.objects.named([successor_code]).first()
    if successor_code and successor in (None, agency):
        raise Refused(Refusal.UNKNOWN_AGENCY, f"Không có mã thay thế {successor_code} trong danh bạ.")
    if agency.closed_at is not None and successor in (None, agency.successor):
        return

    agency.closed_at, agency.changed_at = agency.closed_at or now, now
    agency.successor = successor
    agency.save(update_fields=["closed_at", "changed_at", "successor"])

    audit.record(
        action="axis.agency-closed",
        actor=actor,
        agency_id=agency.id,
        at=now,
        subject_type="axis.agency",
        subject_id=agency.id,
        data={"code": agency.code, "successor": successor.code if successor else ""},
    )


@use_case
def connect_system(*, actor: Actor, code: str, secret: str, now: datetime) -> bool:
    """Kết nối hệ thống: let a document system speak to the axis; False when it was connected already.

    Raises NotAllowed, Refused (BAD_PARAMETER, SYSTEM_TAKEN when the code has another secret).
    """
    system = _lock_system(code)
    require(permissions.may_operate(actor))
    _refuse_bad_system(code, secret)
    if system is not None and not _same(secret, system.secret):
        raise Refused(Refusal.SYSTEM_TAKEN)
    if system is not None:
        return False

    system = System.objects.create(code=code, secret=secret, opened_at=now)

    _record_of_system("axis.system-connected", actor, system, now)
    return True


@use_case
def change_secret(*, actor: Actor, code: str, secret: str, now: datetime) -> bool:
    """Đổi khóa bí mật: requests are signed with the new key from now on, or with the former one until it is
    ended (`end_former_secret`), so that the system can change over without a lost call.

    Giving the former key again, while it is accepted, makes it the present one: a change is taken back so.
    False when the key is the present one already.
    Raises NotAllowed, Refused (UNKNOWN_SYSTEM, BAD_PARAMETER, SECRET_CHANGING: a third key at once).
    """
    system = _lock_system(code)
    require(permissions.may_operate(actor))
    if system is None:
        raise Refused(Refusal.UNKNOWN_SYSTEM)
    _refuse_bad_system(code, secret)
    if _same(secret, system.secret):
        return False
    if system.former_secret and not _same(secret, system.former_secret):
        raise Refused(Refusal.SECRET_CHANGING)

    system.secret, system.former_secret, system.secret_changed_at = secret, system.secret, now
    system.save(update_fields=["secret", "former_secret", "secret_changed_at"])

    _record_of_system("axis.secret-changed", actor, system, now)
    return True


@use_case
def end_former_secret(*, actor: Actor, code: str, now: datetime) -> None:
    """Kết thúc khóa cũ: from now on only the present key is accepted.

    Raises NotAllowed, Refused (UNKNOWN_SYSTEM, NO_FORMER_SECRET).
    """
    system = _lock_system(code)
    require(permissions.may_operate(actor))
    if system is None:
        raise Refused(Refusal.UNKNOWN_SYSTEM)
    if not system.former_secret:
        raise Refused(Refusal.NO_FORMER_SECRET)

    system.former_secret = ""
    system.save(update_fields=["former_secret"])

    _record_of_system("axis.former-secret-ended", actor, system, now)


def _lock_system(code: str) -> System | None:
    # No system has a code that is not writable (`_refuse_bad_system`), and none can be looked up by it.
    systems = System.objects.select_for_update(no_key=True).filter(code=code)
    return systems.first() if transport.is_writable(code) else None


def _refuse_bad_entry(entry: AgencyEntry) -> None:
    for code in (entry.code, *([entry.old_code] if entry.old_code else [])):
        if not edxml.is_acceptable_organ_id(code):
            raise Refused(
                Refusal.BAD_PARAMETER,
                f"Mã cơ quan «{code}» không đúng dạng: chữ, số, cách nhau bằng dấu chấm, tối đa 35 ký tự.",
            )
    if not entry.name:
        raise Refused(Refusal.BAD_PARAMETER, "Thiếu tên cơ quan.")
    for name, value, limit in (
        ("Tên cơ quan", entry.name, 200),
        ("Thư điện tử", entry.mail, 100),
        ("Điện thoại", entry.mobile, 50),
        ("Fax", entry.fax, 50),
        ("Mã cấp trên", entry.parent_code, 35),
    ):
        if len(value) > limit or not value.isprintable():
            raise Refused(Refusal.BAD_PARAMETER, f"{name} dài quá {limit} ký tự, hoặc có ký tự điều khiển.")


def _refuse_taken(entry: AgencyEntry, agency: Agency | None, system_id: UUID) -> None:
    if agency is not None and agency.system_id != system_id:
        raise Refused(Refusal.AGENCY_TAKEN)
    if agency is not None and agency.closed_at is not None:
        raise Refused(Refusal.AGENCY_CLOSED)
    # A code must never name two agencies, one by its present and one by its old code.
    others = Agency.objects.named([entry.code, entry.old_code]).exclude(code=entry.code)
    if others.exists():
        raise Refused(Refusal.AGENCY_TAKEN)


def _within_granted(entry: AgencyEntry, agency: Agency | None) -> AgencyEntry:
    """The entry with the codes its agency already has. Raises Refused (CODE_NOT_GRANTED)."""
    if agency is None or entry.old_code not in ("", agency.old_code):
        raise Refused(Refusal.CODE_NOT_GRANTED)
    return replace(entry, old_code=agency.old_code)


def _apply(entry: AgencyEntry, agency: Agency) -> list[str]:
    """Write the entry onto the agency; the names of the fields that changed."""
    parent = Agency.objects.named([entry.parent_code]).exclude(code=entry.code).first()
    wanted = {
        "name": entry.name,
        "old_code": entry.old_code,
        "mail": entry.mail,
        "mobile": entry.mobile,
        "fax": entry.fax,
        "parent_id": parent.id if parent is not None else None,
        "centre_code": entry.parent_code if parent is None else "",
    }
    changed = [field for field, value in wanted.items() if getattr(agency, field) != value]
    for field in changed:
        setattr(agency, field, wanted[field])
    return changed


def _insert(agency: Agency) -> bool:
    """Add the agency; False when another request took the code, or the old code, a moment before."""
    Agency.objects.bulk_create([agency], ignore_conflicts=True)
    return Agency.objects.filter(id=agency.id).exists()


def _same(secret: str, known: str) -> bool:
    return secrets.compare_digest(secret.encode(), known.encode())


def _record_of_system(action: str, actor: Actor, system: System, now: datetime) -> None:
    audit.record(
        action=action,
        actor=actor,
        agency_id=system.id,
        at=now,
        subject_type="axis.system",
        subject_id=system.id,
        # Never a key, nor anything one could be guessed from.
        data={"code": system.code},
    )


def _refuse_bad_system(code: str, secret: str) -> None:
    if not 1 <= len(code) <= 100 or not code.isascii() or not code.isprintable() or " " in code:
        raise Refused(
            Refusal.BAD_PARAMETER,
            "Mã hệ thống gồm 1 đến 100 chữ, số, dấu không dấu cách, không dấu tiếng Việt.",
        )
    if not 16 <= len(secret) <= 200 or not transport.is_writable(secret):
        raise Refused(Refusal.BAD_PARAMETER, "Khóa bí mật phải gồm 16 đến 200 ký tự viết được, mã hóa UTF-8.")
