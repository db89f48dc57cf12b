"""Forms of the screens «Văn bản đến»."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone

from vanthu.interfaces.web.forms import DateTimeInput, Form
from vanthu.organizations.queries import PersonRow, UnitRow
from vanthu.workflow.rules import Assignee
from vanthu.workflow.states import AssignmentRole

#: The end of the office day, for quick deadlines.
_CLOSING = time(17, 0)


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
    due_at = forms.DateTimeField(label="Hạn xử lý", required=False, widget=DateTimeInput())

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One line of the table of who does what."""

    field_name: str
    assignee: Assignee
    name: str
    note: str
    role: str


@dataclass(frozen=True, slots=True)
class QuickDeadline:
    """A deadline at one press."""

    label: str
    value: str


class DirectForm(Form):
    """Chỉ đạo, chuyển xử lý: who leads, who supports, who is to know; by when; in what words."""

    instruction = forms.CharField(
        label="Ý kiến chỉ đạo",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
        error_messages={"required": "Hãy ghi ý kiến chỉ đạo."},
    )
    due_at = forms.DateTimeField(
        label="Hạn xử lý",
        required=False,
        widget=DateTimeInput(),
        error_messages={"invalid": "Hạn xử lý chưa đúng; hãy chọn ngày và giờ."},
    )

    #: What may be chosen for each.
    roles: Sequence[AssignmentRole] = tuple(AssignmentRole)

    def __init__(
        self,
        *args: Any,
        units: Sequence[UnitRow],
        people: Sequence[PersonRow],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._units = units
        self._people = people
        for name, _, label, _ in self._everyone():
            choices = [("", "Không"), *self.role_choices]
            self.fields[name] = forms.ChoiceField(label=label, required=False, choices=choices)

    @property
    def role_choices(self) -> list[tuple[str, str]]:
        """The roles with their labels."""
        return [(role.value, str(role.label)) for role in self.roles]

    def _everyone(self) -> Iterator[tuple[str, Assignee, str, str]]:
        for unit in self._units:
            yield f"unit-{unit.id}", Assignee(kind="unit", id=unit.id), unit.name, unit.abbreviation
        for person in self._people:
            note = " · ".join(part for part in (person.position, person.unit_name) if part)
            yield f"user-{person.user_id}", Assignee(kind="user", id=person.user_id), person.full_name, note

    def _candidates(self, kind: str) -> list[Candidate]:
        return [
            Candidate(
                field_name=name, assignee=who, name=label, note=note, role=str(self[name].value() or "")
            )
            for name, who, label, note in self._everyone()
            if who.kind == kind
        ]

    @property
    def units(self) -> list[Candidate]:
        """The units of the agency."""
        return self._candidates("unit")

    @property
    def people(self) -> list[Candidate]:
        """The people of the agency."""
        return self._candidates("user")

    @property
    def quick_deadlines(self) -> list[QuickDeadline]:
        """Today, tomorrow, in three days, in a week: at the end of the office day, Vietnam time.

        Today's is offered while there is some of the day left.
        """
        now = timezone.localtime().replace(tzinfo=None)
        spans = (("Hôm nay", 0), ("Ngày mai", 1), ("3 ngày", 3), ("1 tuần", 7))
        ends = [
            (label, datetime.combine(now.date() + timedelta(days=days), _CLOSING)) for label, days in spans
        ]
        return [QuickDeadline(label, end.strftime("%Y-%m-%dT%H:%M")) for label, end in ends if end > now]

    def chosen(self, role: AssignmentRole) -> list[Assignee]:
        """Everyone given `role`."""
        return [who for name, who, _, _ in self._everyone() if self.cleaned_data.get(name) == role.value]

    def clean(self) -> dict[str, Any]:
        """Exactly one leads."""
        cleaned = super().clean() or {}
        leads = self.chosen(AssignmentRole.LEAD)
        if len(leads) != 1:
            message = (
                "Hãy chọn một đơn vị hoặc cá nhân chủ trì." if not leads else "Chỉ một nơi được chủ trì."
            )
            self.add_error(None, message)
        return cleaned


class FurtherForm(DirectForm):
    """Bổ sung chỉ đạo: who else supports or is to know."""

    roles = (AssignmentRole.SUPPORT, AssignmentRole.INFORM)

    def clean(self) -> dict[str, Any]:
        """At least one is named."""
        cleaned = Form.clean(self) or {}
        if not any(self.chosen(role) for role in self.roles):
            self.add_error(None, "Hãy chọn ít nhất một đơn vị hoặc cá nhân.")
        return cleaned
