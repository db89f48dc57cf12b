"""The list of agencies: those served here, and those the axis directory tells of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from vanthu import plain_text
from vanthu.kernel import audit
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import Conflict, DomainError, NotFound, require
from vanthu.kernel.folding import tidy
from vanthu.kernel.use_cases import use_case
from vanthu.organizations import permissions, rules
from vanthu.organizations.models import Agency

#: Rows read and written at a time when a whole directory (125,000 agencies) is learned.
_CHUNK = 2000
#: Of what a directory says of an agency; a longer text is none of those it holds.
_LONGEST_LISTED = 2000
_DESCRIBED = [
    "name",
    "abbreviation",
    "place",
    "old_code",
    "email",
    "parent",
    "is_hosted",
    "closed_at",
    "search_text",
]


class CodeRefused(DomainError):
    """Mã định danh cơ quan không đúng QĐ 20/2020/QĐ-TTg (ví dụ đúng: H99.02)."""

    code = "organizations.code-refused"


class CodeTaken(Conflict):
    """Mã định danh này đã thuộc một cơ quan của hệ thống."""

    code = "organizations.code-taken"


class AgencyClosed(Conflict):
    """Cơ quan này đã ngừng hoạt động."""

    code = "organizations.agency-closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryEntry:
    """One agency as the axis directory lists it."""

    code: str
    name: str
    old_code: str = ""
    email: str = ""
    #: The directory says the code is closed, and which code took its place, if any.
    is_closed: bool = False
    successor_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """How many agencies a listing added, changed and closed."""

    added: int = 0
    changed: int = 0
    closed: int = 0


@use_case
def open_agency(
    *,
    actor: Actor,
    code: str,
    name: str,
    abbreviation: str,
    place: str,
    old_code: str = "",
    email: str = "",
    parent_id: UUID | None = None,
    now: datetime,
) -> UUID:
    """Mở cơ quan: let this installation serve an agency; one known from the directory moves in.

    `code` follows QĐ 20/2020/QĐ-TTg Điều 4. Raises NotAllowed, CodeRefused, CodeTaken (served already).
    """
    known = Agency.objects.select_for_update(no_key=True).filter(code=code).first()
    require(permissions.may_open_agencies(actor))
    if not rules.is_agency_code(code):
        raise CodeRefused
    if known is not None and known.is_hosted:
        raise CodeTaken

    agency = known or Agency(code=code)
    agency.name, agency.abbreviation, agency.place = tidy(name), tidy(abbreviation), tidy(place)
    agency.old_code, agency.email, agency.parent_id = old_code, email, parent_id
    agency.is_hosted, agency.closed_at = True, None
    agency.search_text = _search_text(agency)
    if known is None:
        agency.save(force_insert=True)
    else:
        agency.save(update_fields=_DESCRIBED)

    audit.record(
        action="organizations.agency-opened",
        actor=actor,
        at=now,
        subject_type="organizations.agency",
        subject_id=agency.id,
        data={"code": agency.code, "name": agency.name},
        agency_id=agency.id,
    )
    return agency.id


@use_case
def close_agency(*, actor: Actor, agency_id: UUID, successor_id: UUID | None, now: datetime) -> None:
    """Đóng cơ quan: its code is never used again; letters to it belong to the successor, if it has one.

    Raises NotFound, NotAllowed, AgencyClosed (it, or the successor), Conflict (its own successor).
    """
    agency = Agency.objects.select_for_update(no_key=True).filter(id=agency_id).first()
    require(permissions.may_open_agencies(actor))
    if agency is None:
        raise NotFound
    if agency.closed_at is not None:
        raise AgencyClosed
    _require_open_successor(agency, successor_id)

    agency.closed_at, agency.successor_id = now, successor_id
    agency.save(update_fields=["closed_at", "successor"])

    audit.record(
        action="organizations.agency-closed",
        actor=actor,
        at=now,
        subject_type="organizations.agency",
        subject_id=agency.id,
        data={"code": agency.code, "successor_id": str(successor_id) if successor_id else None},
        agency_id=agency.id,
    )


@use_case
def learn_agencies(*, actor: Actor, entries: Sequence[DirectoryEntry], now: datetime) -> Learned:
    """Cập nhật danh bạ: take over agencies, new names and closings from the axis directory.

    Agencies served here are never touched: what they are called is decided here. An agency the listing
    leaves out stays as it was: a short listing is no proof that it is gone. An entry without a usable code
    or name is passed over. A listing that tells nothing new leaves no trace. Raises NotAllowed.
    """
    require(permissions.may_open_agencies(actor))
    listed = {entry.code: entry for entry in entries if _is_usable(entry)}

    counts = [_learn_chunk(chunk, now) for chunk in _chunks(list(listed.values()))]
    _name_successors(listed)
    learned = Learned(
        added=sum(count.added for count in counts),
        changed=sum(count.changed for count in counts),
        closed=sum(count.closed for count in counts),
    )

    if learned != Learned():
        audit.record(
            action="organizations.directory-learned",
            actor=actor,
            at=now,
            subject_type="organizations.directory",
            subject_id=actor.agency_id,
            data={"added": learned.added, "changed": learned.changed, "closed": learned.closed},
        )
    return learned


def _require_open_successor(agency: Agency, successor_id: UUID | None) -> None:
    if successor_id is None:
        return
    if successor_id == agency.id:
        raise Conflict("Một cơ quan không thể thay thế chính nó.")
    successor = Agency.objects.filter(id=successor_id).first()
    if successor is None:
        raise NotFound
    if successor.closed_at is not None:
        raise AgencyClosed("Cơ quan thay thế đã ngừng hoạt động. Hãy chọn cơ quan khác.")


def _chunks(entries: list[DirectoryEntry]) -> Iterator[list[DirectoryEntry]]:
    # One order for all: two listings learned at once wait for each other instead of locking each other out.
    source = iter(sorted(entries, key=lambda entry: entry.code))
    while chunk := list(islice(source, _CHUNK)):
        yield chunk


def _learn_chunk(entries: list[DirectoryEntry], now: datetime) -> Learned:
    codes = [entry.code for entry in entries]
    known = {agency.code: agency for agency in Agency.objects.filter(code__in=codes)}
    added = [_describe(Agency(code=entry.code), entry, now) for entry in entries if entry.code not in known]
    Agency.objects.bulk_create(added, ignore_conflicts=True)

    news = {entry.code: entry for entry in entries if _is_news(known.get(entry.code), entry)}
    changed = list(Agency.objects.select_for_update(no_key=True).filter(code__in=news).order_by("code"))
    for agency in changed:
        _describe(agency, news[agency.code], now)
    Agency.objects.bulk_update(changed, ["name", "old_code", "email", "closed_at", "search_text"])
    closed = sum(agency.closed_at == now for agency in changed)
    return Learned(added=len(added), changed=len(changed) - closed, closed=closed)


def _is_usable(entry: DirectoryEntry) -> bool:
    """Whether code and name can be kept: whatever else a directory lists must not stop the rest."""
    texts = (entry.code, entry.name, entry.old_code, entry.email)
    try:
        for text in texts:
            plain_text.take_line(text, longest=_LONGEST_LISTED)
    except plain_text.UnfitText:
        return False
    return 0 < len(entry.code) <= 35 and bool(entry.name.strip())


def _is_news(agency: Agency | None, entry: DirectoryEntry) -> bool:
    if agency is None or agency.is_hosted:
        return False
    known = (agency.name, agency.old_code, agency.email)
    return known != _written(entry) or (entry.is_closed and agency.closed_at is None)


def _written(entry: DirectoryEntry) -> tuple[str, str, str]:
    """Name, old code and mail as they fit into their columns."""
    return tidy(entry.name)[:200], entry.old_code[:35], entry.email[:100]


def _describe(agency: Agency, entry: DirectoryEntry, now: datetime) -> Agency:
    agency.name, agency.old_code, agency.email = _written(entry)
    if entry.is_closed and agency.closed_at is None:
        agency.closed_at = now
    agency.search_text = _search_text(agency)
    return agency


def _name_successors(listed: dict[str, DirectoryEntry]) -> None:
    named = {entry.code: entry.successor_code for entry in listed.values() if entry.successor_code}
    ids = dict(Agency.objects.filter(code__in=named.values()).values_list("code", "id"))
    closed = Agency.objects.filter(
        code__in=named, is_hosted=False, closed_at__isnull=False, successor__isnull=True
    )
    for agency in closed.order_by("code"):
        agency.successor_id = ids.get(named[agency.code])
        agency.save(update_fields=["successor"])


def _search_text(agency: Agency) -> str:
    return rules.agency_search_text(
        code=agency.code, old_code=agency.old_code, name=agency.name, abbreviation=agency.abbreviation
    )
