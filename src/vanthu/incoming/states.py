"""Life cycle of an incoming document (văn bản đến): NĐ 30/2020 Điều 21–24."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.db.models import TextChoices

from vanthu.kernel.errors import DomainError


class IllegalStep(DomainError):
    """Bước này không thực hiện được ở trạng thái hiện tại của văn bản đến."""

    code = "incoming.illegal-step"
    status = 409


class State(TextChoices):
    """Where an incoming document stands."""

    ARRIVED = "arrived", "Chờ tiếp nhận"
    RETURNED = "returned", "Đã trả lại"
    REGISTERED = "registered", "Đã vào sổ"
    DIRECTED = "directed", "Đã chuyển xử lý"
    PROCESSING = "processing", "Đang xử lý"
    COMPLETED = "completed", "Đã hoàn thành"


class Step(TextChoices):
    """What can be done with an incoming document."""

    RETURN = "return", "Trả lại"
    REGISTER = "register", "Tiếp nhận, vào sổ"
    PRESENT = "present", "Trình lãnh đạo"
    DIRECT = "direct", "Chỉ đạo, chuyển xử lý"
    DIRECT_FURTHER = "direct_further", "Bổ sung chỉ đạo"
    ASSIGN = "assign", "Phân công tiếp"
    START = "start", "Bắt đầu xử lý"
    COMPLETE = "complete", "Hoàn thành"


TRANSITIONS: Mapping[tuple[State, Step], State] = MappingProxyType(
    {
        (State.ARRIVED, Step.RETURN): State.RETURNED,
        (State.ARRIVED, Step.REGISTER): State.REGISTERED,
        # To another leader, or to one at all: who was named at registering may be away.
        (State.REGISTERED, Step.PRESENT): State.REGISTERED,
        (State.REGISTERED, Step.DIRECT): State.DIRECTED,
        # Giving further parts, or passing one on, changes who works, not where the document stands.
        (State.DIRECTED, Step.DIRECT_FURTHER): State.DIRECTED,
        (State.PROCESSING, Step.DIRECT_FURTHER): State.PROCESSING,
        (State.DIRECTED, Step.ASSIGN): State.DIRECTED,
        (State.PROCESSING, Step.ASSIGN): State.PROCESSING,
        (State.DIRECTED, Step.START): State.PROCESSING,
        # A second person starting his part of a document already in progress.
        (State.PROCESSING, Step.START): State.PROCESSING,
        (State.REGISTERED, Step.COMPLETE): State.COMPLETED,
        (State.DIRECTED, Step.COMPLETE): State.COMPLETED,
        (State.PROCESSING, Step.COMPLETE): State.COMPLETED,
    }
)


def next_state(state: State, step: Step) -> State:
    """The state after `step`. Raises IllegalStep."""
    try:
        return TRANSITIONS[state, step]
    except KeyError:
        raise IllegalStep(
            f"Không thể «{step.label}» văn bản đến đang ở trạng thái «{state.label}»."
        ) from None
