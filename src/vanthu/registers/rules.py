"""Which series of numbers may stand beside each other in an agency. Plain values in."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from vanthu.kernel.errors import Conflict


class RegisterNameTaken(Conflict):
    """Cơ quan đã có sổ cùng loại với tên này. Hãy đặt tên khác."""

    code = "registers.name-taken"


class TypeCountedElsewhere(Conflict):
    """Loại văn bản này đã được ghi ở sổ khác."""

    code = "registers.type-counted-elsewhere"


def require_free(
    *, name: str, document_types: Collection[str], beside: Iterable[tuple[str, Collection[str]]]
) -> None:
    """Refuse a register that would count what another one of its kind counts (NĐ 30/2020 Điều 15).

    `beside` are name and types of the agency's other registers of that kind; no types: all the rest. Raises
    RegisterNameTaken, TypeCountedElsewhere.
    """
    for other, counted in beside:
        if other == name:
            raise RegisterNameTaken
        shared = sorted(set(document_types) & set(counted))
        if shared:
            raise TypeCountedElsewhere(f"Loại văn bản {', '.join(shared)} đã được ghi ở «{other}».")
        if not document_types and not counted:
            raise TypeCountedElsewhere(f"«{other}» đã ghi mọi loại văn bản còn lại.")
