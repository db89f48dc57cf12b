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
    DISCARDED = "discarded", "Đã hủy dự thảo"


#: Where the paper can still be changed.
BEFORE_SIGNATURE = frozenset({State.DRAFT, State.REVIEWING, State.AWAITING_SIGNATURE})


class Step(TextChoices):
    """What can be done with an outgoing document."""

    EDIT = "edit", "Sửa dự thảo"
    SUBMIT = "submit", "Trình ký"
    SUBMIT_TO_SIGN = "submit_to_sign", "Trình thẳng người ký"
    APPROVE = "approve", "Duyệt nội dung"
    RETURN = "return", "Trả lại"
    WITHDRAW = "withdraw", "Rút lại"
    DISCARD = "discard", "Hủy dự thảo"
    SIGN = "sign", "Ký số"
    NUMBER = "number", "Cấp số, ngày"
    SEAL = "seal", "Đóng dấu cơ quan"
    ISSUE = "issue", "Phát hành"
    RETURN_SIGNED = "return_signed", "Trả lại để sửa"


TRANSITIONS: Mapping[tuple[State, Step], State] = MappingProxyType(
    {
        (State.DRAFT, Step.EDIT): State.DRAFT,
        (State.DRAFT, Step.SUBMIT): State.REVIEWING,
        # A unit head's own draft has nobody above it to review its content.
        (State.DRAFT, Step.SUBMIT_TO_SIGN): State.AWAITING_SIGNATURE,
        (State.DRAFT, Step.DISCARD): State.DISCARDED,
        (State.REVIEWING, Step.WITHDRAW): State.DRAFT,
        (State.AWAITING_SIGNATURE, Step.WITHDRAW): State.DRAFT,
        (State.REVIEWING, Step.APPROVE): State.AWAITING_SIGNATURE,
        (State.REVIEWING, Step.RETURN): State.DRAFT,
        (State.AWAITING_SIGNATURE, Step.RETURN): State.DRAFT,
        (State.AWAITING_SIGNATURE, Step.SIGN): State.SIGNED,
        (State.SIGNED, Step.NUMBER): State.NUMBERED,
        (State.NUMBERED, Step.SEAL): State.SEALED,
        (State.SEALED, Step.ISSUE): State.ISSUED,
        # Until it is issued nobody outside has it: a fault found by the clerk is mended and signed anew.
        (State.SIGNED, Step.RETURN_SIGNED): State.DRAFT,
        (State.NUMBERED, Step.RETURN_SIGNED): State.DRAFT,
        (State.SEALED, Step.RETURN_SIGNED): State.DRAFT,
    }
)


def next_state(state: State, step: Step) -> State:
    """The state after `step`. Raises IllegalStep."""
    try:
        return TRANSITIONS[state, step]
    except KeyError:
        raise IllegalStep(f"Không thể «{step.label}» văn bản đang ở trạng thái «{state.label}».") from None


class UploadState(TextChoices):
    """How far the files of a draft have come that LibreOffice must read first."""

    WAITING = "waiting", "Chờ chuyển sang PDF"
    CONVERTING = "converting", "Đang chuyển sang PDF"
    CHOOSING = "choosing", "Chờ bạn chọn cách xử lý thay đổi"
    SAVED = "saved", "Đã lưu dự thảo"
    REFUSED = "refused", "Tệp không dùng được"
    CANCELLED = "cancelled", "Đã hủy chuyển"
    HELD = "held", "Tệp giữ lại, chưa lưu"
    USED = "used", "Tệp giữ lại đã dùng"


class UploadStep(TextChoices):
    """What happens to them."""

    BEGIN = "begin", "Bắt đầu chuyển"
    ASK = "ask", "Hỏi cách xử lý thay đổi"
    CHOOSE = "choose", "Chọn cách xử lý thay đổi"
    SAVE = "save", "Lưu dự thảo"
    REFUSE = "refuse", "Từ chối tệp"
    CANCEL = "cancel", "Hủy chuyển"
    HOLD = "hold", "Giữ lại tệp"
    USE = "use", "Dùng tệp giữ lại"


#: Something may still come of the files: their bytes are not to be thrown away.
WAITED_FOR = frozenset({UploadState.WAITING, UploadState.CONVERTING, UploadState.CHOOSING, UploadState.HELD})

#: Nothing has come of them yet, and the same form sent again with something else takes their place.
REPLACEABLE = frozenset({UploadState.WAITING, UploadState.CONVERTING, UploadState.CHOOSING})

#: Work that broke off is begun again; what is over stays so.
UPLOAD_TRANSITIONS: Mapping[tuple[UploadState, UploadStep], UploadState] = MappingProxyType(
    {
        (UploadState.WAITING, UploadStep.BEGIN): UploadState.CONVERTING,
        (UploadState.CONVERTING, UploadStep.BEGIN): UploadState.CONVERTING,
        # Tracked changes are nobody's to settle but the author's.
        (UploadState.CONVERTING, UploadStep.ASK): UploadState.CHOOSING,
        (UploadState.CHOOSING, UploadStep.CHOOSE): UploadState.WAITING,
        (UploadState.CHOOSING, UploadStep.CANCEL): UploadState.CANCELLED,
        (UploadState.CONVERTING, UploadStep.SAVE): UploadState.SAVED,
        (UploadState.WAITING, UploadStep.REFUSE): UploadState.REFUSED,
        (UploadState.CONVERTING, UploadStep.REFUSE): UploadState.REFUSED,
        (UploadState.WAITING, UploadStep.CANCEL): UploadState.CANCELLED,
        (UploadState.CONVERTING, UploadStep.CANCEL): UploadState.CANCELLED,
        # Its author has heard why nothing came of it.
        (UploadState.REFUSED, UploadStep.CANCEL): UploadState.CANCELLED,
        # Files of a form that was refused wait for it to be sent again.
        (UploadState.HELD, UploadStep.HOLD): UploadState.HELD,
        (UploadState.USED, UploadStep.HOLD): UploadState.HELD,
        (UploadState.HELD, UploadStep.USE): UploadState.USED,
    }
)


class UploadOver(DomainError):
    """Các tệp này đã được chuyển xong hoặc đã hủy chuyển. Hãy xem ở danh sách văn bản đi."""

    code = "outgoing.upload-over"
    status = 409


def next_upload_state(state: UploadState, step: UploadStep) -> UploadState:
    """The state after `step`. Raises UploadOver where the table has none."""
    try:
        return UPLOAD_TRANSITIONS[state, step]
    except KeyError:
        raise UploadOver from None
