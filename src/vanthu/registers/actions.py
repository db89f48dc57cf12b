"""Opening registers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from vanthu.kernel import audit
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import Conflict, NotFound, require
from vanthu.kernel.folding import tidy
from vanthu.organizations.models import Agency
from vanthu.registers import permissions
from vanthu.registers.models import Register
from vanthu.registers.states import RegisterKind


class RegisterNameTaken(Conflict):
    """Cơ quan đã có sổ cùng loại với tên này. Hãy đặt tên khác."""

    code = "registers.name-taken"


class TypeCountedElsewhere(Conflict):
    """Loại văn bản này đã được ghi ở sổ khác."""

    code = "registers.type-counted-elsewhere"


@transaction.atomic(durable=True)
def open_register(
    *,
    actor: Actor,
    kind: RegisterKind,
    name: str,
    document_types: Collection[str] = (),
    now: datetime,
) -> UUID:
    """Mở sổ: a series of numbers of the actor's agency, for some types of document or for all the others.

    A type is counted by one register of a kind, and one register of a kind counts the rest, so that a
    document's series never depends on chance (NĐ 30/2020 Điều 15). Raises NotFound, NotAllowed,
    RegisterNameTaken, TypeCountedElsewhere.
    """
    agency = Agency.objects.select_for_update().filter(id=actor.agency_id, is_hosted=True).first()
    require(permissions.may_open(actor))
    if agency is None:
        raise NotFound
    types = sorted(set(document_types))
    name = tidy(name)
    _require_free(agency, kind, name, types)

    register = Register.objects.create(agency=agency, kind=kind, name=name, document_types=types)

    audit.record(
        action="registers.opened",
        actor=actor,
        at=now,
        subject_type="registers.register",
        subject_id=register.id,
        data={"kind": kind, "name": name, "document_types": types},
    )
    return register.id


def _require_free(agency: Agency, kind: RegisterKind, name: str, types: list[str]) -> None:
    for other in Register.objects.filter(agency=agency, kind=kind).order_by("name", "id"):
        if other.name == name:
            raise RegisterNameTaken
        shared = sorted(set(types) & set(other.document_types))
        if shared:
            raise TypeCountedElsewhere(f"Loại văn bản {', '.join(shared)} đã được ghi ở «{other.name}».")
        if not types and not other.document_types:
            raise TypeCountedElsewhere(f"«{other.name}» đã ghi mọi loại văn bản còn lại.")
