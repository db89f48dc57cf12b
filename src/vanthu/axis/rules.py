"""What the axis takes in and what it refuses, with the one table of its error codes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from enum import Enum

from vanthu import plain_text
from vanthu.kernel.actor import SYSTEM_ID, Actor
from vanthu.kernel.errors import DomainError

#: Most packets one `getReceivedEdocList` or `getSentEdocList` offers; acknowledged ones make room.
LIST_LIMIT = 1000
#: A mailbox whose oldest packet waits longer than this is reported to the operator.
STALE_AFTER = timedelta(hours=24)
#: Longest `description` kept with an acknowledgement (the reason of a return has the same bound).
DESCRIPTION_LIMIT = 1000

#: The role of whoever stands at the axis's own console, the only one who may connect systems.
OPERATOR = "axis_operator"


def operator(label: str) -> Actor:
    """The axis's operator; `label` says in Vietnamese as what: the console, the gate, a job."""
    return Actor(user_id=SYSTEM_ID, agency_id=SYSTEM_ID, roles=frozenset({OPERATOR}), label=label)


class Refusal(Enum):
    """Every `ErrorCode` the axis answers: code, whether the same request may succeed later, sentence.

    Codes 10, 15 and 18–23 have the meaning the provincial connection guide v2.2 gives them (Lạng Sơn);
    the national list is not published. The rest are ours. Code 0 is success.
    """

    EMPTY_FILE = "10", False, "Gói tin rỗng. Hãy gửi tệp edXML trong thân yêu cầu."
    TOO_LARGE = "11", False, "Gói tin lớn hơn mức Trục liên thông nhận."
    HASH_MISMATCH = "12", False, "Mã băm không khớp với gói tin nhận được. Hãy gửi lại gói tin gốc."
    NOT_AUTHENTIC = "15", False, "Sai mã hệ thống, khóa bí mật hoặc chữ ký của yêu cầu."
    STALE_REQUEST = "16", True, "Thời điểm của yêu cầu lệch quá mức cho phép. Hãy chỉnh đồng hồ rồi gửi lại."
    REPEATED_SIGNATURE = "17", True, "Chữ ký của yêu cầu đã được dùng. Hãy tạo yêu cầu với thời điểm mới."
    UNKNOWN_RECIPIENT = "18", False, "Nơi nhận không có trong danh bạ của Trục liên thông."
    UNKNOWN_SENDER = "19", False, "Cơ quan gửi chưa đăng ký với Trục liên thông, hoặc thuộc hệ thống khác."
    AXIS_FAULT = "20", True, "Trục liên thông gặp sự cố. Hãy gửi lại sau ít phút."
    CONTENT_DAMAGED = (
        "21",
        True,
        "Gói tin lưu trên Trục liên thông bị hỏng. Hãy báo đơn vị vận hành Trục liên thông.",
    )
    NOT_CONFORMANT = "22", False, "Gói tin không đúng QCVN 102:2016/BTTTT."
    CLOSED_RECIPIENT = "23", False, "Nơi nhận đã đóng mã."
    DUPLICATE_DOCUMENT = "24", False, "Mã định danh văn bản này đã được gửi với nội dung khác."
    SECRET_DOCUMENT = (
        "25",
        False,
        "Văn bản mật không được gửi qua Trục liên thông (QCVN 102:2016/BTTTT; QĐ 28/2018/QĐ-TTg). "
        "Hãy gửi theo quy định về bảo vệ bí mật nhà nước.",
    )
    SENDER_MISMATCH = "26", False, "Cơ quan gửi nêu trong yêu cầu khác cơ quan gửi trong gói tin."
    RECIPIENT_MISMATCH = "27", False, "Nơi nhận nêu trong yêu cầu không có trong gói tin."
    NO_SUCH_PACKET = "28", False, "Không có gói tin này trong hộp của hệ thống."
    ILLEGAL_STEP = "29", False, "Không thể chuyển trạng thái gói tin như yêu cầu."
    BAD_PARAMETER = "30", False, "Tham số của yêu cầu thiếu hoặc không đúng."
    AGENCY_TAKEN = "31", False, "Mã cơ quan đã có chủ. Hãy liên hệ đơn vị vận hành Trục liên thông."
    AGENCY_CLOSED = "32", False, "Mã cơ quan đã đóng và không được dùng lại."
    UNKNOWN_AGENCY = "33", False, "Không có cơ quan này trong hệ thống của bạn."
    SYSTEM_TAKEN = "34", False, "Mã hệ thống này đã có, với khóa bí mật khác."
    UNKNOWN_SYSTEM = "35", False, "Không có hệ thống này. Hãy thêm bằng «vanthu-axis system add»."
    CODE_NOT_GRANTED = (
        "36",
        False,
        "Mã này chưa được cấp cho hệ thống của bạn. "
        "Hãy đề nghị đơn vị vận hành Trục liên thông ghi mã vào danh bạ.",
    )
    SECRET_CHANGING = (
        "37",
        False,
        "Hệ thống còn khóa cũ của lần đổi trước. Hãy kết thúc khóa cũ (--end-former) rồi đổi tiếp.",
    )
    NO_FORMER_SECRET = "38", False, "Hệ thống không có khóa cũ nào còn hiệu lực."
    NO_SUCH_CALL = "40", False, "Trục liên thông không có lời gọi này, hoặc sai phương thức HTTP."

    def __init__(self, code: str, transient: bool, sentence: str) -> None:
        self.code = code
        self.transient = transient
        self.sentence = sentence


class Refused(DomainError):
    """Trục liên thông từ chối yêu cầu."""

    def __init__(self, refusal: Refusal, message: str | None = None) -> None:
        super().__init__(message or refusal.sentence)
        self.refusal = refusal
        self.code = f"axis.{refusal.name.lower().replace('_', '-')}"


#: How a packet says that it is secret (Luật Bảo vệ bí mật nhà nước 2018 Điều 8). edXML has no element for
#: it, so only a label counts: the whole of a short field, or a mark before the subject. «Mật ong» is none.
_LABEL_LIMIT = 64 * 1024
_LABEL = r"(tuyệt mật|tối mật|mật)"
_WHOLE_FIELD = re.compile(rf"(độ mật\s*:?\s*)?[\[(]?{_LABEL}[\])]?")
_MARK_BEFORE = re.compile(rf"([\[(]\s*{_LABEL}\s*[\])]|(độ mật\s*:\s*)?{_LABEL}\s*[:–-]\s).*", re.DOTALL)


def is_marked_secret(*, subject: str, labels: Iterable[str]) -> bool:
    """Whether the subject opens with a secrecy mark, or one of the short fields is one."""
    return bool(_MARK_BEFORE.fullmatch(_plain(subject))) or any(
        _WHOLE_FIELD.fullmatch(_plain(label)) for label in labels
    )


def _plain(text: str) -> str:
    # A packet's texts were found fit when it was read.
    return plain_text.compose(text, longest=_LABEL_LIMIT).strip().lower()


def closed_recipient(code: str, *, name: str, successor: str | None) -> Refused:
    """The refusal of a closed code, naming whom to write to instead (QĐ 09/2025/QĐ-TTg closes codes)."""
    instead = f"Hãy gửi tới mã {successor}." if successor else "Hãy tra lại danh bạ của Trục liên thông."
    return Refused(Refusal.CLOSED_RECIPIENT, f"Nơi nhận {code} ({name}) đã đóng mã. {instead}")
