"""Life of a packet in one recipient's mailbox. The values are the words of the axis's protocol."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.db.models import TextChoices

from vanthu.kernel.errors import DomainError


class PacketKind(TextChoices):
    """Loại gói tin (`messagetype`)."""

    EDOC = "edoc", "Văn bản"
    STATUS = "status", "Trạng thái"


class MailState(TextChoices):
    """Trạng thái của gói tin trong hộp của nơi nhận."""

    WAITING = "initial", "Chờ nhận"
    PROCESSING = "processing", "Đang nhận"
    DONE = "done", "Đã nhận"
    FAILED = "fail", "Nhận không thành công"


class MailStep(TextChoices):
    """Báo nhận (`updateStatus`): what a receiving system says of a packet."""

    PROCESS = "processing", "báo đang nhận"
    ACKNOWLEDGE = "done", "báo đã nhận"
    REPORT_FAILURE = "fail", "báo nhận không thành công"


#: Offered by `getReceivedEdocList`. A failure leaves the list, as on the national axis, so that one bad
#: packet does not come back for ever; its bytes stay, and PROCESS puts it back on the list.
PENDING = (MailState.WAITING, MailState.PROCESSING)

#: Repeating what was already said changes nothing: the receiver may not have heard the answer.
TRANSITIONS: Mapping[tuple[MailState, MailStep], MailState] = MappingProxyType(
    {
        (MailState.WAITING, MailStep.PROCESS): MailState.PROCESSING,
        (MailState.WAITING, MailStep.ACKNOWLEDGE): MailState.DONE,
        (MailState.WAITING, MailStep.REPORT_FAILURE): MailState.FAILED,
        (MailState.PROCESSING, MailStep.PROCESS): MailState.PROCESSING,
        (MailState.PROCESSING, MailStep.ACKNOWLEDGE): MailState.DONE,
        (MailState.PROCESSING, MailStep.REPORT_FAILURE): MailState.FAILED,
        (MailState.FAILED, MailStep.PROCESS): MailState.PROCESSING,
        (MailState.FAILED, MailStep.ACKNOWLEDGE): MailState.DONE,
        (MailState.FAILED, MailStep.REPORT_FAILURE): MailState.FAILED,
        (MailState.DONE, MailStep.ACKNOWLEDGE): MailState.DONE,
    }
)


class IllegalStep(DomainError):
    """Không thể chuyển trạng thái gói tin như yêu cầu."""

    code = "axis.illegal-step"


def next_state(state: MailState, step: MailStep) -> MailState:
    """The state after `step`. Raises IllegalStep where the table has none."""
    try:
        return TRANSITIONS[state, step]
    except KeyError:
        raise IllegalStep(f"Không thể {step.label} gói tin ở trạng thái «{state.label}».") from None
