"""Choosing several of very many: what the picker shows, asks for and posts, the same for every form.

A form holds what was chosen as one field of tokens, each `ref` or `role:ref`; nothing that was not chosen is
on the page or is posted. With scripts the tokens stand in one text field; without, every line is a field of
its own under the same name, and the button «Tìm» shows the form again with what was found (`look_up`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.datastructures import MultiValueDict

from vanthu.interfaces.web.http import page

#: Lines shown of what was found; the rest are counted.
SHOWN = 20
#: Letters of a token, more than any has.
_TOKEN = 64
#: Longer than any name; what is typed beyond is no question.
_LONGEST_QUESTION = 100
#: Names asked for at a time, for an address of usual length.
_NAMES_AT_ONCE = 40
_GONE = "không còn trong danh sách, hãy bỏ ra"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One line that may be chosen; `bar` says why it may not."""

    ref: str
    name: str
    note: str = ""
    role: str = ""
    bar: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Several at one press."""

    key: str
    name: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is shown under the field; `more` are those found and not shown."""

    asked: str = ""
    choices: Sequence[Choice] = ()
    groups: Sequence[Group] = ()
    more: int = 0


class Source(Protocol):
    """Where lines come from: for one actor, and only what he may choose."""

    #: What is said when nothing matches: what to try instead.
    advice: str

    def suggest(self) -> Found:
        """What is offered before a letter is typed: groups and what was chosen last time."""

    def find(self, text: str) -> Found:
        """The nearest lines for `text`, which is not empty."""

    def members(self, key: str) -> Sequence[Choice]:
        """The lines of the group of that key; none of a group that is unknown."""

    def named(self, refs: Sequence[str]) -> Sequence[Choice]:
        """The lines of `refs` that exist, in that order."""


@dataclass(frozen=True, slots=True)
class Picked:
    """One of those chosen, in its role if there are any."""

    ref: str
    role: str = ""

    @classmethod
    def parse(cls, token: str) -> Picked:
        """Read a token; what is none becomes a ref no source knows."""
        role, _, ref = token.rpartition(":")
        return cls(ref[:_TOKEN], role[:_TOKEN])

    def __str__(self) -> str:
        return f"{self.role}:{self.ref}" if self.role else self.ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """What each one chosen may be: values with labels; at most one has the role `single`."""

    choices: Sequence[tuple[str, str]]
    single: str = ""


class PickerField(forms.Field):
    """Several chosen of a source, in the order they were sent; so many of them at most."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {
        "too_many": "Chỉ chọn được nhiều nhất {most}, đang chọn {chosen}. Hãy bỏ bớt.",
        "gone": "Có {count} dòng đã chọn không còn trong danh sách. Hãy bỏ ra rồi gửi lại.",
        "barred": "{name}: {bar}",
        "twice": "{name} được chọn hai lần. Hãy giữ một vai trò.",
        "role": "{name}: hãy chọn vai trò.",
        "left": "Đã gõ «{typed}» nhưng chưa chọn dòng nào. Hãy chọn trong danh sách, hoặc xóa chữ đã gõ.",
    }
    #: Given by the form that is made for one actor.
    source: Source
    #: The address of the view that answers with `options`.
    url: str = ""

    def __init__(
        self, *args: Any, most: int, placeholder: str, roles: Roles | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.most = most
        self.placeholder = placeholder
        self.roles = roles or Roles(choices=())
        #: All tokens may come in one text.
        self.max_length = (most + 1) * (_TOKEN + 1)
        #: What a search without scripts found.
        self.found: Found | None = None

    def serve(self, source: Source, url: str) -> None:
        """Choose from `source`, which answers at `url`."""
        self.source, self.url = source, url

    def tokens(self, value: object) -> list[str]:
        """The tokens of whatever stands in the form: ids, tokens, or texts of tokens."""
        values = value if isinstance(value, list | tuple) else [value] if value else []
        return list(dict.fromkeys(token for each in values for token in str(each).split()))

    def picked(self, value: object) -> list[Picked]:
        """What is chosen, unread."""
        return [Picked.parse(token) for token in self.tokens(value)]

    def clean(self, value: Any) -> list[Picked]:
        """What is chosen, each once, and there to be chosen. Raises ValidationError."""
        picked = self.picked(value)
        if len(picked) > self.most:
            self._refuse("too_many", most=self.most, chosen=len(picked))
        if self.required and not picked:
            self._refuse("required")
        lines = {line.ref: line for line in self.source.named([each.ref for each in picked])}
        self._refuse_unfit(picked, lines)
        return picked

    def _refuse_unfit(self, picked: Sequence[Picked], lines: Mapping[str, Choice]) -> None:
        gone = [each.ref for each in picked if each.ref not in lines]
        if gone:
            self._refuse("gone", count=len(gone))
        allowed = {value for value, _ in self.roles.choices} or {""}
        told: set[str] = set()
        for each in picked:
            line = lines[each.ref]
            if line.bar:
                self._refuse("barred", name=line.name, bar=line.bar)
            if each.ref in told:
                self._refuse("twice", name=line.name)
            if each.role not in allowed:
                self._refuse("role", name=line.name)
            told.add(each.ref)

    def _refuse(self, code: str, **words: Any) -> None:
        raise forms.ValidationError(self.error_messages[code].format(**words), code=code)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether others are chosen, or in another order or role."""
        return self.tokens(initial) != self.tokens(data)

    def in_words(self, value: object) -> str:
        """What is chosen, by name, each with its role."""
        labels = dict(self.roles.choices)
        lines = self.lines(value)
        return "; ".join(
            f"{line.name} ({str(labels[line.role]).lower()})" if line.role in labels else line.name
            for line in lines
        )

    def lines(self, value: object) -> list[Choice]:
        """What is chosen, to be shown again; what is gone says so, in its place."""
        picked = self.picked(value)[: 2 * self.most]
        known = {line.ref: line for line in self.source.named([each.ref for each in picked])}
        return [
            replace(known.get(each.ref) or Choice(ref=each.ref, name="(không rõ)", bar=_GONE), role=each.role)
            for each in picked
        ]

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """As `components/picker.html` needs it."""
        return PickerBoundField(form, self, field_name)


class PickerBoundField(forms.BoundField):
    """A picker in its form."""

    field: PickerField

    @property
    def chosen(self) -> list[Choice]:
        """The lines chosen so far, also in a form that is refused."""
        return self.field.lines(self.value())

    @property
    def tokens(self) -> str:
        """The same as one text."""
        return " ".join(self.field.tokens(self.value()))

    @property
    def typed_name(self) -> str:
        """The name of the box where one types; what is left in it is asked about, never lost."""
        return typed_name(self.html_name)

    @property
    def typed_left(self) -> str:
        """What is left in the box of a form that is refused."""
        return self.form.data.get(self.typed_name, "").strip() if self.form.is_bound else ""


def typed_name(name: str) -> str:
    """The name of the box of the picker `name`."""
    return f"{name}-typed"


class PickingForm(Protocol):
    """A form with pickers."""

    fields: dict[str, forms.Field]
    data: Any

    def add_error(self, field: str | None, error: Any) -> None:
        """Note what is wrong."""


def refuse_what_was_left(form: PickingForm) -> None:
    """Refuse a form in whose picker something was typed and nothing chosen: somebody is meant by it."""
    for name, each in form.fields.items():
        typed = str(form.data.get(typed_name(name), "")).strip()
        if isinstance(each, PickerField) and typed:
            form.add_error(name, each.error_messages["left"].format(typed=typed[:_LONGEST_QUESTION]))


#: The button of a search without scripts; its value is the name of the field, and the key of a group to add.
FIND = "find"


def is_search(request: HttpRequest) -> bool:
    """Whether only a search was asked for (without scripts), and nothing is to be done."""
    return request.method == "POST" and FIND in request.POST


def typed_so_far(form: type[forms.Form], posted: QueryDict) -> dict[str, Any]:
    """What stood in a form of that kind when a search was asked for, to be typed in again."""
    files: MultiValueDict[str, Any] = MultiValueDict()
    widgets = {name: field.widget for name, field in form.base_fields.items()}
    return {
        name: widget.value_from_datadict(posted, files, name)
        for name, widget in widgets.items()
        if not widget.value_omitted_from_data(posted, files, name)
    }


def look_up(request: HttpRequest, form: forms.BaseForm) -> None:
    """Put what a search without scripts found, or the members of a group, into the form shown again."""
    if not is_search(request):
        return
    name, _, group = request.POST[FIND].partition(" ")
    found = form.fields.get(name)
    if not isinstance(found, PickerField):
        return
    if group:
        tokens = found.tokens(form.initial.get(name))
        have = {Picked.parse(token).ref for token in tokens}
        added = [_token(found, line) for line in found.source.members(group) if line.ref not in have]
        form.initial[name] = [*tokens, *added]
    else:
        found.found = _answer_to(found.source, request.POST.get(typed_name(name), ""))


def _token(picker: PickerField, line: Choice) -> str:
    roles = [value for value, _ in picker.roles.choices if value != picker.roles.single]
    return str(Picked(line.ref, line.role or (roles[0] if roles else "")))


def _answer_to(source: Source, text: str) -> Found:
    text = text[:_LONGEST_QUESTION].strip()
    return source.find(text) if text else source.suggest()


def options(request: HttpRequest, source: Source) -> HttpResponse:
    """What a picker asks for while it is used.

    The lines for what was typed («q»), all members of a group («nhom»), or the names of refs («ten»).
    """
    group, refs = request.GET.get("nhom"), request.GET.get("ten")
    if group is not None:
        found = Found(choices=source.members(group[:_TOKEN]))
    elif refs is not None:
        found = Found(choices=source.named(refs.split()[:_NAMES_AT_ONCE]))
    else:
        found = _answer_to(source, request.GET.get("q", ""))
    is_shown = group is None and refs is None
    context = {"found": found, "advice": source.advice, "is_shown": is_shown}
    return page(request, "components/picker_options.html", context)
