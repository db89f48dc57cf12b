"""An act the signing device refused is answered by a redirect to its page, which then says why.

A page that is the answer to a POST cannot be gone back to: the browser shows an error of its own instead. So
the reason waits in the session for the next visit of this page; the PIN never does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse

from vanthu.interfaces.web.http import SeeOther

_KEY = "again"
#: Longest form kept, in characters: five boxes of five numbers are a thousandth of it.
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Again:
    """What a page says and holds after its act was refused."""

    #: Sentences by field.
    errors: Mapping[str, list[str]]
    #: What was filled in, without secrets.
    filled: Mapping[str, str]

    def say_in(self, *shown: forms.Form) -> None:
        """Make the forms say why they were refused, and nothing else; each field's errors stand at it.

        What is wrong with a form as a whole stands over the last one.
        """
        for form in shown:
            form.errors.clear()
        for field, sentences in self.errors.items():
            owner = next((form for form in shown if field in form.fields), shown[-1])
            for sentence in sentences:
                owner.add_error(field if field in owner.fields else None, sentence)


def show_again(request: HttpRequest, *refused: forms.Form) -> HttpResponse:
    """Lead back to this page, to say what the `refused` forms say, with all that was filled in but a PIN."""
    errors = {field: [str(each) for each in said] for form in refused for field, said in form.errors.items()}
    filled = {
        form.add_prefix(name): _typed(form, name)
        for form in refused
        for name, field in form.fields.items()
        if not isinstance(field.widget, forms.PasswordInput)
    }
    if sum(map(len, filled.values())) > _LONGEST:
        filled = {}
    request.session[_KEY] = {"path": request.path, "errors": errors, "filled": filled}
    return SeeOther(request.get_full_path())


def take_again(request: HttpRequest) -> Again | None:
    """Why this page's act was refused a moment ago, said once; None when it was not."""
    kept = request.session.get(_KEY)
    if request.method == "POST" or kept is None:
        return None
    del request.session[_KEY]
    return Again(kept["errors"], kept["filled"]) if kept["path"] == request.path else None


def _typed(form: forms.Form, name: str) -> str:
    value = form[name].value()
    return "" if value is None else str(value)
