"""What all forms share: fields drawn alike, and refusals shown where the person is writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms

from vanthu.kernel.errors import DomainError

_CLASSES: dict[type[forms.Widget], str] = {
    forms.Select: "form-select",
    forms.CheckboxInput: "form-check-input",
    forms.RadioSelect: "",
    forms.CheckboxSelectMultiple: "",
    forms.ClearableFileInput: "",
}


class Form(forms.Form):
    """A form whose widgets carry the classes of the pages."""

    required_css_class = "required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            name = next((css for kind, css in _CLASSES.items() if isinstance(field.widget, kind)), None)
            css = "form-control" if name is None else name
            if css:
                field.widget.attrs.setdefault("class", css)


@contextmanager
def refusals_into(form: forms.Form) -> Iterator[None]:
    """Turn a refusal of what was written (422) into an error of `form`; other refusals stay errors."""
    try:
        yield
    except DomainError as error:
        if error.status != 422:
            raise
        form.add_error(None, str(error))


class DateTimeInput(forms.DateTimeInput):
    """The browser's own date and time picker."""

    input_type = "datetime-local"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%dT%H:%M")
