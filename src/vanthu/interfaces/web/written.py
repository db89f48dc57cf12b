"""What somebody wrote into a form, in words, to be shown to him again: never a PIN, a password or a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django import forms
from django.utils import timezone

from vanthu.interfaces.web import kept
from vanthu.interfaces.web.forms import Form
from vanthu.interfaces.web.picking import PickerField

#: Said of a choice that can no longer be made.
_GONE = "(không còn trong danh sách)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One thing that was written or chosen; `now` is what stands there otherwise, of a draft."""

    label: str
    text: str
    now: str = ""


def written_in(form: Form) -> Iterator[Written]:
    """Everything written into a bound form that is worth keeping, in its order."""
    for name, field in form.fields.items():
        if _is_worth_keeping(form, name, field):
            text = in_words(field, form[name].value())
            if text:
                yield Written(label=str(field.label or name), text=text)


def written_otherwise(form: Form) -> Iterator[Written]:
    """What was written into a bound form and differs from what it starts with, with both."""
    for name in form.changed_data:
        field = form.fields[name]
        if _is_worth_keeping(form, name, field):
            now = in_words(field, form.get_initial_for_field(field, name))
            yield Written(label=str(field.label or name), text=in_words(field, form[name].value()), now=now)


def in_words(field: forms.Field, value: Any) -> str:
    """What a field holds, as a person reads it: names for what was chosen, dates as they are written."""
    if value in (None, "", []):
        return ""
    if isinstance(field, PickerField):
        return field.in_words(value)
    if isinstance(field, forms.ChoiceField):
        choices = cast(Iterable[tuple[object, object]], field.choices)
        labels = {str(key): str(label) for key, label in choices}
        several = value if isinstance(value, list | tuple) else [value]
        return "; ".join(labels.get(str(each), _GONE) for each in several)
    if isinstance(field, forms.DateField | forms.DateTimeField):
        return _date_in_words(field, value)
    return str(value).strip()


def _is_worth_keeping(form: Form, name: str, field: forms.Field) -> bool:
    if not kept.may_be_kept(field):
        return False
    return name in form.changed_data or not form.is_kept_where_changed


def _date_in_words(field: forms.DateField | forms.DateTimeField, value: Any) -> str:
    try:
        found = field.to_python(value)
    except forms.ValidationError:
        return str(value)
    if isinstance(found, datetime):
        return f"{timezone.localtime(found):%d/%m/%Y %H:%M}"
    return f"{found:%d/%m/%Y}" if found else ""
