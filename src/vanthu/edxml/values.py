"""The document packet: what QCVN 102:2016/BTTTT (sửa đổi 1:2022) lets one agency send to others.

Every class is one element; the annotations give the element's name and the rule a value must keep
when it is sent. A received value may break those rules: then the packet has a warning. Absent text is
"", any other absent value is None, absent repetitions are ().
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum
from pathlib import Path
from typing import Annotated, ClassVar

from vanthu.edxml.leaves import Boolean, Choice, Day, Integer, Moment, OrganCode, Text
from vanthu.edxml.schema import Group, Many

_EMAIL = Text(
    name="Email", max_length=100, pattern=r"[^@\s]+@[^@\s]+\.[^@\s.]+", expected="địa chỉ thư điện tử"
)
_CODE_LENGTH = 100
_DOCUMENT_ID_LENGTH = 200


class BusinessType(IntEnum):
    """What the packet does with the document (BussinessDocType)."""

    NEW = 0
    RECALL = 1
    UPDATE = 2
    REPLACE = 3


class Priority(IntEnum):
    """Độ khẩn."""

    NORMAL = 0
    URGENT = 1
    VERY_URGENT = 2
    EXPRESS = 3
    TIMED_EXPRESS = 4


class ReceiverChange(IntEnum):
    """What an update does with one recipient (ReceiverType)."""

    REMOVED = 0
    ADDED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A body that sends or receives: `From` and `To`."""

    organ_id: Annotated[str, OrganCode(name="OrganId", required=True)] = ""
    in_charge: Annotated[str, Text(name="OrganizationInCharge", max_length=200)] = ""
    name: Annotated[str, Text(name="OrganName", required=True, max_length=200)] = ""
    address: Annotated[str, Text(name="OrganAdd", max_length=250)] = ""
    email: Annotated[str, _EMAIL] = ""
    telephone: Annotated[str, Text(name="Telephone", max_length=50)] = ""
    fax: Annotated[str, Text(name="Fax", max_length=50)] = ""
    website: Annotated[str, Text(name="Website", max_length=100)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCode:
    """Số và ký hiệu."""

    number: Annotated[
        str, Text(name="CodeNumber", required=True, max_length=11, pattern=r"[0-9]+", expected="chữ số")
    ] = ""
    notation: Annotated[str, Text(name="CodeNotation", required=True, max_length=30)] = ""

    @property
    def text(self) -> str:
        """`number/notation`, as a status packet refers to it."""
        return f"{self.number}/{self.notation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promulgation:
    """Nơi và ngày ban hành."""

    place: Annotated[str, Text(name="Place", max_length=50)] = ""
    promulgation_date: Annotated[date | None, Day(name="PromulgationDate", required=True)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentType:
    """Loại văn bản: only `name` can be relied on, peers disagree about the numbers."""

    type: Annotated[int | None, Integer(name="Type", required=True, low=1, high=2)] = None
    detail: Annotated[int | None, Integer(name="TypeDetail")] = None
    name: Annotated[str, Text(name="TypeName", required=True, max_length=100)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Người ký: `competence` is the capacity (TM., KT., TL. …), `position` the title."""

    competence: Annotated[str, Text(name="Competence", max_length=100)] = ""
    position: Annotated[str, Text(name="Position", max_length=100)] = ""
    full_name: Annotated[str, Text(name="FullName", max_length=50)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherInfo:
    """Thông tin khác."""

    priority: Annotated[Priority | None, Choice(name="Priority", options=Priority)] = None
    sphere: Annotated[str, Text(name="SphereOfPromulgation", max_length=100)] = ""
    typist: Annotated[str, Text(name="TyperNotation", max_length=10)] = ""
    promulgation_amount: Annotated[int | None, Integer(name="PromulgationAmount")] = None
    page_amount: Annotated[int | None, Integer(name="PageAmount")] = None
    direction: Annotated[bool | None, Boolean(name="Direction")] = None
    appendixes: Annotated[
        tuple[str, ...],
        Many("Appendix", inside="Appendixes", leaf=Text(name="Appendix", max_length=250)),
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseFor:
    """The document answered, or the one a status is about; `code` is `number/notation`."""

    organ_id: Annotated[str, OrganCode(name="OrganId", required=True, echoed=True)] = ""
    code: Annotated[str, Text(name="Code", required=True, max_length=_CODE_LENGTH)] = ""
    promulgation_date: Annotated[date | None, Day(name="PromulgationDate")] = None
    document_id: Annotated[str, Text(name="DocumentId", required=True, max_length=_DOCUMENT_ID_LENGTH)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffInfo:
    """The person in charge at the sender."""

    department: Annotated[str, Text(name="Department", max_length=200)] = ""
    staff: Annotated[str, Text(name="Staff", max_length=100)] = ""
    email: Annotated[str, _EMAIL] = ""
    mobile: Annotated[str, Text(name="Mobile", max_length=50)] = ""
    department_id: Annotated[str, Text(name="DepartmentId", max_length=50)] = ""
    staff_id: Annotated[str, Text(name="StaffId", max_length=50)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceHeader:
    """One hop: who handled the packet, and when (aware datetime, Vietnam time on the wire)."""

    organ_id: Annotated[str, OrganCode(name="OrganId", required=True, echoed=True)] = ""
    timestamp: Annotated[datetime | None, Moment(name="Timestamp", required=True)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A recipient added or removed by an update."""

    organ_id: Annotated[str, OrganCode(name="OrganId", required=True)] = ""
    change: Annotated[
        ReceiverChange | None, Choice(name="ReceiverType", required=True, options=ReceiverChange)
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateInfo:
    """What an update changes: 1 = the document's data, 1 = the recipients, and which recipients."""

    document_changed: Annotated[int | None, Integer(name="DocumentInfo", required=True, high=1)] = None
    receivers_changed: Annotated[int | None, Integer(name="DocumentReceiver", required=True, high=1)] = None
    receivers: Annotated[tuple[Receiver, ...], Many("Receiver", inside="ReceiverList")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A document that this one replaces, and at which bodies."""

    document_id: Annotated[str, Text(name="DocumentId", required=True, max_length=_DOCUMENT_ID_LENGTH)] = ""
    organ_ids: Annotated[
        tuple[str, ...],
        Many(
            "OrganId",
            inside="OrganIdList",
            required=True,
            leaf=OrganCode(name="OrganId", required=True),
        ),
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """Nghiệp vụ (`Bussiness` on the wire).

    `type` is None when the packet names a kind of business nobody knows: never take that for NEW.
    `document_id` is the document recalled or updated.
    """

    document_id: Annotated[str, Text(name="DocumentId", max_length=_DOCUMENT_ID_LENGTH)] = ""
    type: Annotated[
        BusinessType | None,
        Choice(name="BussinessDocType", required=True, options=BusinessType, blank=BusinessType.NEW),
    ] = BusinessType.NEW
    reason: Annotated[str, Text(name="BussinessDocReason", max_length=500)] = ""
    paper: Annotated[int | None, Integer(name="Paper")] = None
    update: Annotated[UpdateInfo | None, Group("BussinessDocumentInfo")] = None
    replacements: Annotated[
        tuple[Replacement, ...], Many("ReplacementInfo", inside="ReplacementInfoList")
    ] = ()
    staff: Annotated[StaffInfo | None, Group("StaffInfo")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A received attachment, after base64 and the SDK's one-entry zip are undone.

    `name` is safe to show and to save under; `declared_name` is what the packet said. `content_type`
    describes the unwrapped bytes as far as packet and name tell (nobody looked inside); the file at
    `path` has `size` bytes and the lowercase hexadecimal SHA-256 `sha256`, which is also its name.
    """

    name: str
    content_type: str
    size: int
    sha256: str
    path: Path = field(compare=False)
    content_id: str = field(default="", compare=False)
    declared_name: str = field(default="", compare=False)
    declared_type: str = field(default="", compare=False)
    description: str = ""
    #: Whether the bytes came inside a one-entry zip.
    wrapped: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentSource:
    """A file to be sent: where its bytes are, and the name the receiver shall see.

    `content_type` "" lets the writer name the type from the extension.
    """

    path: Path
    name: str
    content_type: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """A document packet (messagetype `edoc`), as read or to be written.

    `attachments` and `warnings` belong to what was read; the writer is given its files apart.
    """

    kind: ClassVar[str] = "edoc"

    sender: Annotated[Party, Group("From", required=True)] = field(default_factory=Party)
    recipients: Annotated[tuple[Party, ...], Many("To", required=True)] = ()
    document_id: Annotated[str, Text(name="DocumentId", required=True, max_length=_DOCUMENT_ID_LENGTH)] = ""
    code: Annotated[DocumentCode, Group("Code", required=True)] = field(default_factory=DocumentCode)
    promulgation: Annotated[Promulgation, Group("PromulgationInfo", required=True)] = field(
        default_factory=Promulgation
    )
    document_type: Annotated[DocumentType, Group("DocumentType", required=True)] = field(
        default_factory=DocumentType
    )
    subject: Annotated[str, Text(name="Subject", required=True, max_length=500)] = ""
    content: Annotated[str, Text(name="Content", max_length=500)] = ""
    signer: Annotated[Signer | None, Group("SignerInfo")] = None
    due_date: Annotated[date | None, Day(name="DueDate")] = None
    places: Annotated[
        tuple[str, ...], Many("Place", inside="ToPlaces", leaf=Text(name="Place", max_length=150))
    ] = ()
    other: Annotated[OtherInfo | None, Group("OtherInfo")] = None
    responses: Annotated[tuple[ResponseFor, ...], Many("ResponseFor")] = ()
    steering_type: Annotated[int | None, Integer(name="SteeringType", high=3)] = None
    task_codes: Annotated[
        tuple[str, ...],
        Many("TaskCode", inside="ResponseForTask", leaf=Text(name="TaskCode", max_length=100)),
    ] = ()
    application_type: Annotated[str, Text(name="ApplicationType", max_length=100)] = ""
    trace: Annotated[
        tuple[TraceHeader, ...], Many("TraceHeader", inside="TraceHeaderList", required=True)
    ] = ()
    business: Annotated[Business, Group("Bussiness", inside="TraceHeaderList")] = field(
        default_factory=Business
    )
    attachments: tuple[Attachment, ...] = ()
    warnings: tuple[str, ...] = field(default=(), compare=False)
