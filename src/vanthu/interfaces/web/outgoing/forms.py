"""Forms of the screens «Văn bản đi»."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse

from vanthu.documents.intake import SecretRefused
from vanthu.documents.queries import FileRow
from vanthu.documents.rules import ALLOWED_FORMATS, DOCUMENT_TYPES, DRAFT_EXTENSIONS
from vanthu.documents.states import ChangesChoice, Urgency
from vanthu.interfaces.web.dates import DateField
from vanthu.interfaces.web.forms import Form, about_file
from vanthu.interfaces.web.picking import PickerField, Source, refuse_what_was_left
from vanthu.organizations.queries import SignerRow
from vanthu.outgoing.queries import Doubt
from vanthu.outgoing.rules import RECIPIENTS_LIMIT, SECRECY, SUBJECT_LIMIT, DraftContent
from vanthu.outgoing.uploads import SentFile


class FilterForm(Form):
    """What the list is narrowed to; nonsense narrows nothing."""

    tab = forms.CharField(required=False, max_length=30)
    q = forms.CharField(required=False, max_length=200)
    type_code = forms.CharField(required=False, max_length=10)
    page = forms.IntegerField(required=False, min_value=1)


#: Names of the ticks by which matters of a letter are confirmed begin so.
_CONFIRM = "confirm-"
_UNTICKED = "Hãy đánh dấu nếu điều này đúng; nếu không, hãy sửa văn bản."
#: Files under one name of a form.
MOST_FILES = 100


class SeveralFilesInput(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class NamedFile(forms.FileField):
    """A file; what is wrong with it is said by its name."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The file, when there is one and it may be read."""
        try:
            return super().clean(data, initial)
        except forms.ValidationError as error:
            if not isinstance(data, UploadedFile):
                raise
            raise forms.ValidationError(
                [about_file(data.name or "", said) for said in error.messages]
            ) from error


class SeveralFiles(NamedFile):
    """Several files under one name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", SeveralFilesInput())
        super().__init__(*args, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Each file checked as one; what is wrong is said of each."""
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if len(given) > MOST_FILES:
            raise forms.ValidationError(
                f"Nhiều nhất {MOST_FILES} tệp một lần, đang có {len(given)}. "
                "Hãy chọn ít tệp hơn, hoặc gộp các tệp lại rồi chọn lại."
            )
        cleaned, wrong = [], []
        for each in given:
            try:
                cleaned.append(super().clean(each, initial))
            except forms.ValidationError as error:
                wrong += error.messages
        if wrong:
            raise forms.ValidationError(wrong)
        return cleaned


def _endings(extensions: Sequence[str]) -> str:
    return ",".join(f".{extension}" for extension in extensions)


class DraftForm(Form):
    """Soạn, hoặc sửa, một dự thảo."""

    type_code = forms.ChoiceField(label="Loại văn bản", choices=list(DOCUMENT_TYPES.items()), initial="CV")
    subject = forms.CharField(
        label="Trích yếu nội dung",
        required=False,
        max_length=SUBJECT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Để trống thì lấy đúng dòng «V/v …» hoặc «Về việc …» trên văn bản.",
    )
    urgency = forms.TypedChoiceField(
        label="Độ khẩn", coerce=int, choices=Urgency.choices, initial=0, widget=forms.RadioSelect
    )
    secrecy = forms.ChoiceField(
        label="Độ mật",
        choices=list(SECRECY.items()),
        initial="normal",
        help_text="Văn bản mật không được đưa vào hệ thống này.",
    )
    signer_id = forms.ChoiceField(label="Người ký", error_messages={"required": "Hãy chọn người ký."})
    recipients = PickerField(
        label="Nơi nhận",
        required=False,
        most=RECIPIENTS_LIMIT,
        placeholder="Tên hoặc mã định danh",
        help_text="Có dấu hay không dấu đều được. Bấm vào ô để chọn cả nhóm.",
        error_messages={
            "too_many": "Một văn bản gửi tới nhiều nhất {most} nơi, đang chọn {chosen}. Hãy bỏ bớt nơi nhận.",
            "gone": "Có {count} nơi nhận không còn trong danh bạ. Hãy bỏ ra rồi lưu lại.",
        },
    )
    to_places = forms.CharField(
        label="Ghi thêm ở mục «Nơi nhận», không gửi",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Chỉ để ghi vào sổ, không gửi tới đâu; ví dụ «Lưu: VT, CCVC», mỗi dòng một nơi. "
        "Cơ quan cần nhận văn bản thì chọn ở mục «Nơi nhận» bên cạnh.",
    )
    due_on = DateField(
        label="Hạn trả lời",
        required=False,
        help_text="Chỉ ghi khi đề nghị nơi nhận trả lời; hạn gửi kèm văn bản.",
        error_messages={"invalid": "Hạn trả lời chưa đúng; hãy ghi ngày/tháng/năm, ví dụ 05/03/2026."},
    )
    draft_file = NamedFile(
        label="Tệp dự thảo",
        widget=forms.ClearableFileInput(attrs={"accept": _endings(DRAFT_EXTENSIONS), "autofocus": True}),
        error_messages={
            "required": "Hãy chọn tệp dự thảo (PDF hoặc Word).",
            "empty": "Tệp rỗng. Hãy chọn lại tệp có nội dung.",
        },
    )
    attachments = SeveralFiles(label="Tài liệu kèm theo", required=False)
    removed = forms.TypedMultipleChoiceField(
        label="Bỏ tài liệu đang kèm",
        coerce=UUID,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Có tài liệu không còn kèm theo. Hãy tải lại trang rồi chọn lại."},
    )
    #: Sent back as it was given, so that a form sent twice makes one draft.
    draft_key = forms.UUIDField(
        required=False,
        initial=uuid4,
        widget=forms.HiddenInput,
        error_messages={"invalid": "Trang soạn thảo đã cũ. Hãy mở lại trang rồi lưu dự thảo."},
    )

    def __init__(
        self,
        *args: Any,
        signers: Sequence[SignerRow],
        limit: int,
        agencies: Source,
        is_revision: bool = False,
        attached: Sequence[FileRow] = (),
        held: Sequence[SentFile] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        recipients = self.fields["recipients"]
        assert isinstance(recipients, PickerField)
        recipients.serve(agencies, reverse("agencies:search"))
        #: Whether a file of it is a state secret, or it says so itself: nothing of it stays.
        self.brings_secrets = False
        self._is_revision = is_revision
        self.hold(held)
        removed = self.fields["removed"]
        assert isinstance(removed, forms.TypedMultipleChoiceField)
        removed.choices = [(str(file.id), file.name) for file in attached]
        signer = self.fields["signer_id"]
        assert isinstance(signer, forms.ChoiceField)
        signer.choices = [
            (str(row.user_id), f"{row.full_name} – {row.signing_title or row.position}") for row in signers
        ]
        for name in ("draft_file", "attachments"):
            self.fields[name].widget.attrs["data-limit"] = str(limit)
        self.fields["attachments"].widget.attrs["accept"] = _endings(tuple(ALLOWED_FORMATS))

    def hold(self, files: Sequence[SentFile]) -> None:
        """Show `files` as those that came before with this form: they need not be chosen again."""
        self.held_draft = [each for each in files if each.is_draft]
        self.held_attachments = [each for each in files if not each.is_draft]
        is_needed = not (self._is_revision or self.held_draft)
        self.fields["draft_file"].required = is_needed
        self.fields["draft_file"].widget.is_required = is_needed

    def clean_secrecy(self) -> str:
        """A degree of secrecy is refused before its file is looked at, so that no byte of it is stored."""
        secrecy = str(self.cleaned_data["secrecy"])
        if secrecy != "normal":
            self.brings_secrets = True
            raise forms.ValidationError(str(SecretRefused()))
        return secrecy

    def clean_to_places(self) -> list[str]:
        """One place a line."""
        return [line.strip() for line in self.cleaned_data["to_places"].splitlines() if line.strip()]

    def clean(self) -> dict[str, Any]:
        """A recipient that was typed and not chosen would be missed in silence."""
        refuse_what_was_left(self)
        return super().clean() or self.cleaned_data

    @property
    def content(self) -> DraftContent:
        """What was filled in."""
        words = self.cleaned_data
        return DraftContent(
            type_code=words["type_code"],
            subject=" ".join(words["subject"].split()),
            signer_id=UUID(words["signer_id"]),
            recipient_ids=[UUID(each.ref) for each in words["recipients"]],
            to_places=words["to_places"],
            urgency=words["urgency"],
            due_on=words["due_on"],
            secrecy=words["secrecy"],
        )


class ConfirmingForm(Form):
    """An act over a letter with doubts: each must be ticked, in its own words."""

    def __init__(self, *args: Any, doubts: Sequence[Doubt] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._doubts = {f"{_CONFIRM}{doubt.matter}": doubt for doubt in doubts}
        for name, doubt in self._doubts.items():
            self.fields[name] = forms.BooleanField(
                label=doubt.words,
                widget=forms.CheckboxInput(attrs={"class": "form-check-input", "data-said": _UNTICKED}),
                error_messages={"required": _UNTICKED},
            )

    @property
    def ticks(self) -> list[forms.BoundField]:
        """The doubts to be ticked."""
        return [self[name] for name in self._doubts]

    @property
    def confirmed(self) -> frozenset[str]:
        """The matters that were ticked."""
        ticked = (name for name in self._doubts if self.cleaned_data.get(name))
        return frozenset(str(self._doubts[name].matter) for name in ticked)


class CommentForm(ConfirmingForm):
    """Duyệt nội dung, with a word if one is needed."""

    comment = forms.CharField(
        label="Ý kiến (nếu có)", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReasonForm(Form):
    """Trả lại người soạn."""

    reason = forms.CharField(
        label="Lý do trả lại",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Hãy ghi rõ lý do trả lại để người soạn biết cần sửa gì."},
    )


class NoteReturnForm(Form):
    """Đã biết, đã xử lý what came back, with a word if one is useful."""

    word = forms.CharField(
        label="Đã xử lý thế nào (nếu cần ghi)",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ví dụ: đã gọi nơi nhận, sẽ phát hành lại bằng văn bản khác.",
    )


class PinForm(ConfirmingForm):
    """The PIN of a signing token: used once, kept nowhere, never shown again."""

    pin = forms.CharField(
        label="Mã PIN của thiết bị ký",
        max_length=64,
        strip=False,
        widget=forms.PasswordInput(
            attrs={"autocomplete": "off", "inputmode": "text", "autofocus": True}, render_value=False
        ),
        error_messages={"required": "Hãy nhập mã PIN."},
    )


class ChangesForm(Form):
    """What becomes of the tracked changes of a text."""

    changes = forms.ChoiceField(label="Thay đổi", choices=ChangesChoice.choices)
