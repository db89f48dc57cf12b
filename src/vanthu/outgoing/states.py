"""Life cycle of an outgoing document (văn bản đi): NĐ 30/2020 Điều 10–19."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.db.models import TextChoices

from vanthu.kernel.errors import DomainError


class IllegalStep(DomainError):
    """Bước này không thực hiện được ở trạng thái hiện tại của văn bản đi."""

    code = "outgoing.illegal-step"
    status = 409


class State(TextChoices):
    """Where an outgoing document stands."""

    DRAFT = "draft", "Dự thảo"
    REVIEWING = "reviewing", "Chờ duyệt nội dung"
    AWAITING_SIGNATURE = "awaiting_signature", "Chờ ký"
    SIGNED = "signed", "Chờ cấp số"
    NUMBERED = "numbered", "Chờ đóng dấu"
    SEALED = "sealed", "Chờ phát hành"
    ISSUED = "issued", "Đã phát hành"


class Step(TextChoices):
    """What can be done with an outgoing document."""

    EDIT = "edit", "Sửa dự thảo"
    SUBMIT = "submit", "Trình duyệt"
    SUBMIT_TO_SIGN = "submit_to_sign", "Trình ký"
    APPROVE = "approve", "Duyệt nội dung"
    RETURN = "return", "Trả lại"
    SIGN = "sign", "Ký số"
    NUMBER = "number", "Cấp số, ngày"
    SEAL = "seal", "Đóng dấu cơ quan"
    ISSUE = "issue", "Phát hành"


TRANSITIONS: Mapping[tuple[State, Step], State] = MappingProxyType(
    {
        (State.DRAFT, Step.EDIT): State.DRAFT,
        (State.DRAFT, Step.SUBMIT): State.REVIEWING,
        # A unit head's own draft has nobody above it to review its content.
        (State.DRAFT, Step.SUBMIT_TO_SIGN): State.AWAITING_SIGNATURE,
        (State.REVIEWING, Step.APPROVE): State.AWAITING_SIGNATURE,
        (State.REVIEWING, Step.RETURN): State.DRAFT,
        (State.AWAITING_SIGNATURE, Step.RETURN): State.DRAFT,
        (State.AWAITING_SIGNATURE, Step.SIGN): State.SIGNED,
        (State.SIGNED, Step.NUMBER): State.NUMBERED,
        (State.NUMBERED, Step.SEAL): State.SEALED,
        (State.SEALED, Step.ISSUE): State.ISSUED,
    }
)


def next_state(state: State, step: Step) -> State:
    """The state after `step`. Raises IllegalStep."""
    try:
        return TRANSITIONS[state, step]
    except KeyError:
        raise IllegalStep(f"Không thể «{step.label}» văn bản đang ở trạng thái «{state.label}».") from None
