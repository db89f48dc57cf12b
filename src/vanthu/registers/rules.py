"""Which series of numbers may stand beside each other in an agency. Plain values in."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from vanthu.kernel.errors import Conflict, DomainError

#: By how much the clocks of two machines that give numbers may differ; a time so little ahead is waited out.
CLOCKS_MAY_DIFFER = timedelta(seconds=5)
REASON_LIMIT = 1000


class RegisterNameTaken(Conflict):
    """Cơ quan đã có sổ cùng loại với tên này. Hãy đặt tên khác."""

    code = "registers.name-taken"


class TypeCountedElsewhere(Conflict):
    """Loại văn bản này đã được ghi ở sổ khác."""

    code = "registers.type-counted-elsewhere"


class RegisterAhead(DomainError):
    """Số gần nhất của sổ ghi sau giờ hiện tại của máy, nên chưa cấp số."""

    code = "registers.ahead"


class NotAhead(Conflict):
    """Giờ của sổ không đi trước giờ của máy, không có gì phải xác nhận."""

    code = "registers.not-ahead"


class ReasonRefused(DomainError):
    """Hãy ghi rõ vì sao số gần nhất của sổ ghi sai giờ."""

    code = "registers.reason-refused"


def is_ahead(last_taken_at: datetime | None, now: datetime) -> bool:
    """Whether a register's last number is later than now, by more than clocks may differ."""
    return last_taken_at is not None and last_taken_at - now > CLOCKS_MAY_DIFFER


def time_of_next(last_taken_at: datetime | None, now: datetime, *, register_name: str) -> datetime:
    """The time the next number of a register gets: now, and never before the number before it.

    Numbers and dates run in order (NĐ 30/2020 Điều 15), so none is given while the register's last number is
    later than now: either the machine's clock is slow or it was fast then. Both times in Vietnam time. Raises
    RegisterAhead, which says what to do.
    """
    if is_ahead(last_taken_at, now):
        raise RegisterAhead(
            f"Số gần nhất của «{register_name}» ghi lúc {last_taken_at:%H:%M %d/%m/%Y}, sau giờ hiện tại của "
            f"máy ({now:%H:%M %d/%m/%Y}). Số và ngày phải theo thứ tự nên chưa cấp số. Hãy báo quản trị kiểm "
            "tra giờ của máy; nếu giờ máy đúng, hãy mở «Sổ đăng ký» để xác nhận giờ của sổ rồi làm lại."
        )
    return now if last_taken_at is None else max(now, last_taken_at)


def require_reason(reason: str) -> str:
    """Why a register's time was wrong, without the spaces around it. Raises ReasonRefused."""
    said = reason.strip()
    if not said:
        raise ReasonRefused
    if len(said) > REASON_LIMIT:
        raise ReasonRefused(f"Lý do dài quá {REASON_LIMIT} ký tự. Hãy ghi gọn hơn.")
    return said


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
