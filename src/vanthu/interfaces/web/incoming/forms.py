"""Forms of the screens «Văn bản đến»."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils import timezone

from vanthu.interfaces.web.dates import DateTimeField
from vanthu.interfaces.web.forms import Form
from vanthu.interfaces.web.incoming.choosing import ALL_ROLES, FURTHER_ROLES, chosen_as
from vanthu.interfaces.web.incoming.quick import QuickDeadline, quick_deadlines
from vanthu.interfaces.web.picking import PickerField, Source, refuse_what_was_left
from vanthu.organizations.queries import PersonRow
from vanthu.workflow.rules import Assignee
from vanthu.workflow.states import AssignmentRole

#: How many may be given parts of one document; an agency of thousands may inform all its people.
ASSIGNEES_LIMIT = 5000


class FilterForm(Form):
    """What the list is narrowed to; nonsense narrows nothing."""

    tab = forms.CharField(required=False, max_length=30)
    q = forms.CharField(required=False, max_length=200)
    page = forms.IntegerField(required=False, min_value=1)


class RegisterForm(Form):
    """Tiếp nhận, vào sổ: to which leader the document is submitted."""

    leader = forms.ChoiceField(label="Trình lãnh đạo", required=False)

    def __init__(self, *args: Any, leaders: Sequence[PersonRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(person.user_id), f"{person.full_name} – {person.position}") for person in leaders]
        field = self.fields["leader"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*choices, ("", "Chưa trình ai")]

    def clean_leader(self) -> UUID | None:
        """The account of the leader; None when nobody was chosen."""
        chosen = self.cleaned_data["leader"]
        return UUID(chosen) if chosen else None


class PresentForm(RegisterForm):
    """Trình lãnh đạo a document that is registered: to somebody, or to somebody else."""

    def clean_leader(self) -> UUID:
        """The account of the leader."""
        leader = super().clean_leader()
        if leader is None:
            raise forms.ValidationError("Hãy chọn lãnh đạo để trình.")
        return leader


class ReturnForm(Form):
    """Trả lại bên gửi."""

    reason = forms.CharField(
        label="Lý do trả lại",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Bên gửi sẽ đọc nguyên văn lý do này.",
        error_messages={"required": "Hãy ghi lý do để bên gửi biết phải sửa gì."},
    )


class ResultForm(Form):
    """Báo cáo kết quả, hoặc hoàn thành xử lý."""

    result = forms.CharField(
        label="Kết quả",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Hãy ghi kết quả xử lý."},
    )


class PassOnForm(Form):
    """Phân công tiếp: the unit's part to one of its people."""

    user_id = forms.ChoiceField(label="Giao cho", error_messages={"required": "Hãy chọn người xử lý."})
    instruction = forms.CharField(
        label="Ý kiến", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    due_at = DateTimeField(label="Hạn xử lý", required=False)

    def __init__(self, *args: Any, people: Sequence[PersonRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["user_id"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", "Chọn người xử lý"),
            *((str(person.user_id), f"{person.full_name} – {person.position}") for person in people),
        ]

    def clean_user_id(self) -> UUID:
        """The account of the person."""
        return UUID(self.cleaned_data["user_id"])


class DirectForm(Form):
    """Chỉ đạo, chuyển xử lý: who leads, who supports, who is to know; by when; in what words."""

    instruction = forms.CharField(
        label="Ý kiến chỉ đạo",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Hãy ghi ý kiến chỉ đạo."},
    )
    due_at = DateTimeField(
        label="Hạn xử lý",
        required=False,
        error_messages={"invalid": "Hạn xử lý chưa đúng; hãy ghi ngày và giờ, ví dụ 05/03/2026 17:00."},
    )

    assignees = PickerField(
        label="Giao cho",
        most=ASSIGNEES_LIMIT,
        placeholder="Tên, chức danh, đơn vị",
        help_text="Có dấu hay không dấu đều được. Bấm vào ô để giao như lần trước.",
        roles=ALL_ROLES,
        error_messages={
            "required": "Hãy chọn một đơn vị hoặc cá nhân chủ trì.",
            "too_many": "Giao được cho nhiều nhất {most} đơn vị, cá nhân, đang chọn {chosen}. Hãy bỏ bớt.",
            "gone": "Có {count} nơi đã chọn không còn làm việc tại cơ quan. Hãy bỏ ra rồi gửi lại.",
            "twice": "{name} được giao hai lần. Hãy giữ một vai trò.",
        },
    )

    def __init__(
        self, *args: Any, staff: Source, url: str, asked_by: date | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._asked_by = asked_by
        assignees = self.fields["assignees"]
        assert isinstance(assignees, PickerField)
        assignees.serve(staff, url)
        assignees.widget.attrs["autofocus"] = True

    @property
    def quick_deadlines(self) -> list[QuickDeadline]:
        """Deadlines at one press, on working days, as the field writes them."""
        return quick_deadlines(
            timezone.localtime(),
            settings.HOLIDAYS,
            asked_by=self._asked_by,
            written=lambda end: str(self.fields["due_at"].widget.format_value(end)),
        )

    @property
    def phrases(self) -> Sequence[str]:
        """Phrases of direction at one press."""
        return settings.DIRECTION_PHRASES

    def chosen(self, role: AssignmentRole) -> list[Assignee]:
        """Everyone given `role`."""
        return chosen_as(self.cleaned_data["assignees"], role)

    def clean(self) -> dict[str, Any]:
        """Nobody who was typed is missed; the rule of who leads."""
        refuse_what_was_left(self)
        if "assignees" in self.cleaned_data:
            self.check_roles()
        return super().clean() or self.cleaned_data

    def check_roles(self) -> None:
        """Exactly one leads."""
        leads = len(self.chosen(AssignmentRole.LEAD))
        if not leads:
            self.add_error("assignees", "Chưa có ai chủ trì. Hãy chọn «Chủ trì» cho một đơn vị hoặc cá nhân.")
        elif leads > 1:
            self.add_error(
                "assignees", f"Chỉ một nơi được chủ trì, đang chọn {leads}. Hãy đổi vai trò các nơi khác."
            )


class FurtherForm(DirectForm):
    """Bổ sung chỉ đạo: who else supports or is to know."""

    assignees = PickerField(
        label="Giao thêm cho",
        most=ASSIGNEES_LIMIT,
        placeholder="Tên, chức danh, đơn vị",
        help_text="Có dấu hay không dấu đều được. Ai đã được giao thì không giao lại.",
        roles=FURTHER_ROLES,
        error_messages=DirectForm.base_fields["assignees"].error_messages
        | {"required": "Hãy chọn ít nhất một đơn vị hoặc cá nhân."},
    )

    def check_roles(self) -> None:
        """Nobody leads, which the field sees to."""
