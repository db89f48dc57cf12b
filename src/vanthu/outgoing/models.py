"""Văn bản đi: a document an agency drafts, signs, numbers, seals and issues."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date

from django.db import models
from django.db.models import Q

from vanthu.documents import rules as document_rules
from vanthu.documents.states import ChangesChoice
from vanthu.kernel.seen import Seen
from vanthu.outgoing import letters
from vanthu.outgoing.letter_rules import Told
from vanthu.outgoing.letters import Chosen, LetterRead
from vanthu.outgoing.states import BEFORE_SIGNATURE, State, UploadState
from vanthu.pdfsign import Places

_NUMBERED = [State.NUMBERED, State.SEALED, State.ISSUED]


class OutgoingDocument(models.Model):
    """An outgoing document; its key is the key of its record."""

    document = models.OneToOneField(
        "documents.Document", on_delete=models.PROTECT, primary_key=True, related_name="outgoing"
    )
    agency = models.ForeignKey("organizations.Agency", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    #: Raised by every act that changes the document; see kernel.seen.
    version = models.PositiveIntegerField("lần thay đổi", default=1)
    author = models.ForeignKey("organizations.User", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("organizations.Unit", on_delete=models.PROTECT, null=True, related_name="+")
    #: Who is to sign, at which post; the title in the signature block is the record's.
    signer = models.ForeignKey("organizations.User", on_delete=models.PROTECT, related_name="+")
    #: Where number, date, signature and seal stand on the pages, in PDF points; see pdfsign.Places.
    places = models.JSONField(default=dict)
    #: What the file of the draft was found to hold that its PDF does not show; see documents.findings.
    findings = models.JSONField(default=dict)
    #: What the head of the PDF itself says, as far as it can be read; see pdfsign.Heading.
    written_notation = models.CharField(
        "ký hiệu trên văn bản", max_length=document_rules.NOTATION_LIMIT, blank=True
    )
    written_year = models.PositiveSmallIntegerField("năm trên văn bản", null=True)
    #: What else it says there, and what each place lies on; see outgoing.letters.LetterRead. Empty: not read.
    letter = models.JSONField(default=dict)
    #: What its author answered for by name when he submitted it, and later hands: words by matter.
    confirmed = models.JSONField(default=dict)
    #: The incoming document (this agency's copy) it replies to.
    replies_to = models.ForeignKey(
        "documents.Document", on_delete=models.PROTECT, null=True, related_name="replies"
    )
    round = models.PositiveSmallIntegerField("lần trình", default=0)
    returned_reason = models.CharField("lý do trả lại", max_length=2000, blank=True)
    number = models.PositiveIntegerField("số", null=True)
    number_year = models.PositiveSmallIntegerField(null=True)
    #: Số và ký hiệu as given, e.g. `05/SNV-CCVC`; registers of other types may have come to the same number.
    given_code = models.CharField(max_length=120, null=True)
    drafted_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    numbered_at = models.DateTimeField(null=True)
    sealed_at = models.DateTimeField(null=True)
    issued_at = models.DateTimeField(null=True)
    #: When it came to the state it is in; queues and «since when» follow it.
    moved_at = models.DateTimeField()
    urgency = models.PositiveSmallIntegerField(default=0)
    #: Chosen at random by the form it was drafted in, so that one form sent twice makes one draft.
    draft_key = models.UUIDField(null=True, editable=False)
    #: As it stood when a use case locked it; no column.
    acted_on: Seen

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author", "draft_key"], name="outgoing_drafted_once"),
            models.UniqueConstraint(
                fields=["agency", "number_year", "given_code"], name="outgoing_code_once_a_year"
            ),
            models.CheckConstraint(
                name="outgoing_numbered_has_number",
                condition=Q(state__in=_NUMBERED, number__isnull=False, numbered_at__isnull=False)
                | ~Q(state__in=_NUMBERED) & Q(number__isnull=True),
            ),
            models.CheckConstraint(
                name="outgoing_sealed_has_signature",
                condition=~Q(state__in=[State.SEALED, State.ISSUED])
                | Q(signed_at__isnull=False, sealed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="outgoing_issued_has_time",
                condition=~Q(state=State.ISSUED) | Q(issued_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "state", "-moved_at"], name="outgoing_queue"),
            models.Index(fields=["agency", "-moved_at"], name="outgoing_all"),
            models.Index(fields=["author", "-moved_at"], name="outgoing_author"),
            models.Index(fields=["replies_to"], name="outgoing_replies_to"),
        ]

    def as_seen(self, sha256: str) -> Seen:
        """What is shown of it; `sha256` is the hash of the version of its PDF in force."""
        return Seen(subject=self.pk, state=self.state, version=self.version, sha256=sha256)

    @property
    def usual_notation(self) -> str:
        """Ký hiệu by type, agency and unit of the author; reads the record, the agency and the unit."""
        return document_rules.notation(
            type_code=self.document.type_code,
            agency=self.agency.abbreviation,
            unit=self.unit.abbreviation if self.unit else "",
        )

    @property
    def letter_read(self) -> LetterRead:
        """What the version in force says of itself."""
        return LetterRead.from_dict(self.letter)

    @property
    def marks(self) -> Places:
        """Where number, date, signature and seal stand; a month that is in print needs no box."""
        in_print = bool(self.letter_read.printed_month)
        placed = Places.from_dict({**self.places, "month_in_print": False})
        return replace(placed, month=None if in_print else placed.month, month_in_print=in_print)

    def told_of_letter(self, today: date) -> list[Told]:
        """All there is to say of its letter on this day; reads the record, the agency and the unit."""
        return letters.weigh_letter(self.letter_read, self.marks, self._chosen(today))

    def _chosen(self, today: date) -> Chosen:
        record = self.document
        return Chosen(
            signer_name=record.signer_name,
            signer_title=record.signer_title,
            notation=record.notation or self.usual_notation,
            place=record.place,
            subject=record.subject,
            day=record.issued_on or today,
            written_notation=self.written_notation,
            written_year=self.written_year,
            usual_notation=self.usual_notation,
            agency_abbreviation=self.agency.abbreviation,
            type_abbreviation=document_rules.type_in_notation(record.type_code),
            is_signed=State(self.state) not in BEFORE_SIGNATURE,
        )

    def __str__(self) -> str:
        return f"{self.number or '-'} {self.state}"


class Recipient(models.Model):
    """Nơi nhận: an agency the document is issued to, as it was named then."""

    document = models.ForeignKey(OutgoingDocument, on_delete=models.PROTECT, related_name="recipients")
    agency = models.ForeignKey("organizations.Agency", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "agency"], name="recipient_once")]

    def __str__(self) -> str:
        return str(self.agency_id)


class DraftUpload(models.Model):
    """Tệp dự thảo chờ chuyển: what was sent to become a draft, or a revision, once LibreOffice has read it.

    Its files are stored and no row of documents speaks of them: one that is refused leaves no byte behind.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.ForeignKey("organizations.User", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("organizations.Agency", on_delete=models.PROTECT, related_name="+")
    #: The post the author sent it from.
    post_id = models.UUIDField(null=True)
    state = models.CharField(max_length=12, choices=UploadState.choices, default=UploadState.WAITING)
    #: The document it revises; the one it became, once saved.
    document = models.ForeignKey(OutgoingDocument, on_delete=models.PROTECT, null=True, related_name="+")
    is_revision = models.BooleanField(default=False)
    #: What was filled in, and the files in their order; see outgoing.uploads.
    words = models.JSONField(default=dict)
    files = models.JSONField(default=list)
    #: As of the form: one form sent twice is one upload.
    draft_key = models.UUIDField(null=True, editable=False)
    #: How many of the files that need LibreOffice are read.
    read_files = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField("lý do", max_length=500, blank=True)
    #: What stands in the way of converting, and what its author chose; see documents.findings.
    findings = models.JSONField(default=dict)
    changes = models.CharField("cách xử lý thay đổi", max_length=6, choices=ChangesChoice.choices, blank=True)
    sent_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["author", "draft_key"], name="upload_sent_once")]
        indexes = [
            models.Index(
                fields=["sent_at"],
                condition=Q(state__in=[UploadState.WAITING, UploadState.CONVERTING]),
                name="upload_under_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.id}"
