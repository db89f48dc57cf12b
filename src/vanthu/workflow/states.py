"""Life cycles of assignments and approval steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from django.db.models import TextChoices

from vanthu.kernel.errors import DomainError


class IllegalStep(DomainError):
    """Bước này không thực hiện được ở trạng thái hiện tại."""

    code = "workflow.illegal-step"
    status = 409


class AssignmentRole(TextChoices):
    """Vai trò xử lý (NĐ 30/2020 Điều 24)."""

    LEAD = "lead", "Chủ trì"
    SUPPORT = "support", "Phối hợp"
    INFORM = "inform", "Để biết"


#: Whose part is work; who is to know has nothing to do.
WORKING = (AssignmentRole.LEAD, AssignmentRole.SUPPORT)


class AssignmentState(TextChoices):
    """Where an assignment stands."""

    GIVEN = "given", "Chưa xử lý"
    STARTED = "started", "Đang xử lý"
    DONE = "done", "Đã hoàn thành"


class AssignmentStep(TextChoices):
    """What can be done with an assignment."""

    START = "start", "Bắt đầu xử lý"
    FINISH = "finish", "Báo cáo kết quả"


ASSIGNMENT_TRANSITIONS: Mapping[tuple[AssignmentState, AssignmentStep], AssignmentState] = MappingProxyType(
    {
        (AssignmentState.GIVEN, AssignmentStep.START): AssignmentState.STARTED,
        (AssignmentState.GIVEN, AssignmentStep.FINISH): AssignmentState.DONE,
        (AssignmentState.STARTED, AssignmentStep.FINISH): AssignmentState.DONE,
    }
)


class ApprovalKind(TextChoices):
    """What an approval step asks of its person (NĐ 30/2020 Điều 12)."""

    REVIEW = "review", "Duyệt nội dung"
    SIGN = "sign", "Ký"


class ApprovalState(TextChoices):
    """Where an approval step stands."""

    WAITING = "waiting", "Chưa tới lượt"
    CURRENT = "current", "Đang chờ"
    APPROVED = "approved", "Đã duyệt"
    RETURNED = "returned", "Trả lại"
    DROPPED = "dropped", "Không còn hiệu lực"


def place_in_turn(
    state: AssignmentState, step: AssignmentStep, *, is_unit: bool, role: str, at: datetime
) -> tuple[bool, bool, bool, datetime]:
    """Where a part stands among the several of one person, of which the first is the one `step` is done with.

    What the step can be done with comes first; a personal part before that of the unit one heads, leading
    before supporting, what was given earlier (`at`) before what was given later.
    """
    return ((state, step) not in ASSIGNMENT_TRANSITIONS, is_unit, role != AssignmentRole.LEAD, at)


def next_assignment_state(state: AssignmentState, step: AssignmentStep) -> AssignmentState:
    """The state after `step`. Raises IllegalStep."""
    try:
        return ASSIGNMENT_TRANSITIONS[state, step]
    except KeyError:
        raise IllegalStep(
            f"Không thể «{step.label}» khi phần việc đang ở trạng thái «{state.label}»."
        ) from None
