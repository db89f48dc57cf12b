"""What all forms share: fields drawn alike, and refusals shown where the person is writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from vanthu import plain_text
from vanthu.interfaces.web import kept
from vanthu.kernel.errors import DomainError

_CLASSES: dict[type[forms.Widget], str] = {
    forms.Select: "form-select",
    forms.CheckboxInput: "form-check-input",
    forms.RadioSelect: "",
    forms.CheckboxSelectMultiple: "",
    forms.ClearableFileInput: "",
}


#: What is said where a field says nothing of its own. Django's words are partly English, partly unlike ours.
_MESSAGES = {
    "required": "Hãy điền mục này.",
    "invalid": "Mục này chưa đúng. Hãy xem lại.",
    "invalid_choice": "Lựa chọn này không có trong danh sách. Hãy chọn lại.",
    "min_value": "Hãy nhập số từ %(limit_value)s trở lên.",
    "max_value": "Hãy nhập số từ %(limit_value)s trở xuống.",
    "min_length": "Quá ngắn: cần ít nhất %(limit_value)d ký tự, đang có %(show_value)d.",
    "max_length": "Quá dài: nhiều nhất %(limit_value)d ký tự, đang có %(show_value)d. Hãy viết gọn lại.",
    "null_characters_not_allowed": "Nội dung có ký tự không đọc được. Hãy gõ lại.",
}
#: Of a field that says no length of its own: a choice, a number, a date, an id.
_LONGEST_TYPED = 200
_OF_KIND: dict[type[forms.Field], dict[str, str]] = {
    forms.IntegerField: {"invalid": "Hãy nhập một số nguyên."},
    forms.FloatField: {"invalid": "Hãy nhập một số."},
    forms.DateField: {"invalid": "Ngày chưa đúng. Hãy ghi ngày/tháng/năm, ví dụ 05/03/2026."},
    forms.DateTimeField: {"invalid": "Ngày giờ chưa đúng. Hãy ghi ngày và giờ, ví dụ 05/03/2026 17:00."},
    forms.FileField: {
        "required": "Hãy chọn tệp.",
        "invalid": "Tệp chưa gửi lên được. Hãy chọn lại tệp.",
        "missing": "Tệp chưa gửi lên được. Hãy chọn lại tệp.",
        "empty": "Tệp rỗng. Hãy chọn lại tệp có nội dung.",
        "max_length": "Tên tệp quá dài: nhiều nhất %(max)d ký tự, đang có %(length)d.",
    },
}


def _speak_alike(field: forms.Field) -> None:
    """Give the field our messages wherever it has only Django's, or none."""
    ours = dict(_MESSAGES)
    for kind, messages in _OF_KIND.items():
        if isinstance(field, kind):
            ours |= messages
    said = field.error_messages
    # Django's own are translated when shown; those written in our forms are plain text.
    said.update({code: text for code, text in ours.items() if not isinstance(said.get(code), str)})


def _taken(field: forms.Field, typed: Any) -> Any:
    """What was typed into `field`, composed. Raises plain_text.UnfitText."""
    if not isinstance(typed, str):
        return typed
    longest = (getattr(field, "max_length", None) or _LONGEST_TYPED) * plain_text.DECOMPOSED_RATIO
    if isinstance(field.widget, forms.Textarea):
        return plain_text.take_passage(typed, longest=longest)
    return plain_text.take_line(typed, longest=longest)


class Form(forms.Form):
    """A form whose widgets carry the classes of the pages, and whose fields refuse in our words."""

    required_css_class = "required"
    #: Whether only what was changed is worth showing again to whoever comes too late, as of many numbers.
    is_kept_where_changed = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            name = next((css for kind, css in _CLASSES.items() if isinstance(field.widget, kind)), None)
            css = "form-control" if name is None else name
            if css:
                field.widget.attrs.setdefault("class", css)
            # A browser would cut what is pasted and say nothing; the field refuses it, and keeps it.
            most = field.widget.attrs.pop("maxlength", None)
            if most is not None and isinstance(field.widget, forms.Textarea):
                field.widget.attrs.setdefault("data-most", most)

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """What the field starts with: what was typed before and did not arrive, where there is such."""
        again, name = kept.words_again(), self.add_prefix(field_name)
        if again is not None and not self.is_bound and again.has(field, name):
            return field.widget.value_from_datadict(again.words, MultiValueDict(), name)
        return super().get_initial_for_field(field, field_name)

    @property
    def ticks(self) -> list[forms.BoundField]:
        """Statements to be confirmed one by one; most forms have none."""
        return []

    @property
    def others(self) -> list[forms.BoundField]:
        """What else is asked for."""
        names = {tick.name for tick in self.ticks}
        return [field for field in self.visible_fields() if field.name not in names]

    def full_clean(self) -> None:
        """Check every field, those added after the form was made as well.

        What was typed is composed (NFC) before it is looked at; what is no text of a person is refused at its
        field, and stays there to be mended.
        """
        for field in self.fields.values():
            _speak_alike(field)
        refused = self._compose_what_was_typed() if self.is_bound else {}
        super().full_clean()
        for name, sentence in refused.items():
            if name not in self.errors:
                self.add_error(name, sentence)

    def _compose_what_was_typed(self) -> dict[str, str]:
        """Put every text of `data` into NFC; what of which field is refused."""
        refused: dict[str, str] = {}
        data = (
            self.data.copy()
            if isinstance(self.data, MultiValueDict)
            else MultiValueDict(
                {key: value if isinstance(value, list) else [value] for key, value in self.data.items()}
            )
        )
        for name, field in self.fields.items():
            key = self.add_prefix(name)
            composed = []
            for typed in data.getlist(key):
                try:
                    composed.append(_taken(field, typed))
                except plain_text.UnfitText as unfit:
                    refused[name] = str(unfit)
                    composed.append(typed)
            if composed:
                data.setlist(key, composed)
        self.data = data
        return refused

    def add_error(self, field: str | None, error: Any) -> None:
        """Note what is wrong; the first field in question is where the person goes on writing."""
        super().add_error(field, error)
        wrong = next((name for name in self.fields if name in self.errors), None)
        if wrong is None:
            return
        for each in self.fields.values():
            each.widget.attrs.pop("autofocus", None)
        self.fields[wrong].widget.attrs["autofocus"] = True


@contextmanager
def refusals_into(form: forms.Form, *, field: str | None = None, of: str = "") -> Iterator[None]:
    """Turn a refusal of what was written (422) into an error of `form`; other refusals stay errors.

    The error stands at `field`, else at the field it is about, else over the whole form; `of` is the file it
    is about.
    """
    try:
        yield
    except DomainError as error:
        if error.status != 422:
            raise
        at = field or (error.about if error.about in form.fields else None)
        form.add_error(at, about_file(of, str(error)) if of else str(error))


def about_file(name: str, message: str) -> str:
    """`message` with the name of the file it is about, unless it has it: one form may bring ten files."""
    return message if name in message else f"«{name}»: {message}"
