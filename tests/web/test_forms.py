"""What the forms say to junk: our words, never Django's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.urls import get_resolver
from django.utils import translation
from django.utils.datastructures import MultiValueDict

from vanthu.interfaces.web.accounts.forms import ChangePasswordForm, ChoosePostForm, SignInForm
from vanthu.interfaces.web.aside.views import PageForm
from vanthu.interfaces.web.forms import Form
from vanthu.interfaces.web.incoming import forms as incoming
from vanthu.interfaces.web.keeping.views import AgainForm
from vanthu.interfaces.web.outgoing import forms as outgoing
from vanthu.interfaces.web.outgoing.places import PlacesForm
from vanthu.interfaces.web.picking import Choice, Found
from vanthu.interfaces.web.registers.forms import BookForm, ConfirmTimeForm
from vanthu.outgoing.letter_rules import Matter
from vanthu.outgoing.queries import Doubt


class _Nobody:
    """A source with nothing to choose."""

    advice = ""

    def suggest(self) -> Found:
        return Found()

    def find(self, text: str) -> Found:
        return Found(asked=text)

    def members(self, key: str) -> list[Choice]:
        return []

    def named(self, refs: Sequence[str]) -> list[Choice]:
        return []


_DOUBT = Doubt(matter=Matter.SUBJECT_OTHER, words="Trích yếu khác trên văn bản.", is_confirmed=False)
#: Every form of the pages, and what it is made with.
FORMS: dict[type[Form], dict[str, Any]] = {
    SignInForm: {},
    ChangePasswordForm: {},
    ChoosePostForm: {},
    AgainForm: {},
    PageForm: {},
    BookForm: {},
    ConfirmTimeForm: {},
    incoming.FilterForm: {},
    incoming.RegisterForm: {"leaders": []},
    incoming.ReturnForm: {},
    incoming.ResultForm: {},
    incoming.PassOnForm: {"people": []},
    incoming.DirectForm: {"staff": _Nobody(), "url": "/"},
    outgoing.FilterForm: {},
    outgoing.DraftForm: {"signers": [], "limit": 1, "agencies": _Nobody()},
    outgoing.ConfirmingForm: {"doubts": [_DOUBT]},
    outgoing.CommentForm: {},
    outgoing.ChangesForm: {},
    outgoing.ReasonForm: {},
    outgoing.NoteReturnForm: {},
    outgoing.PinForm: {},
    PlacesForm: {"places": {}, "areas": [(0.0, 0.0, 595.0, 842.0)] * 2, "today": date(2026, 11, 22)},
}
JUNK = {"nothing": "", "control": "a\x00b", "long": "x" * 5000, "negative": "-1", "huge": "99999"}
ENGLISH = re.compile(r"\b(Enter|Ensure|valid|This|field|Select|submitted|characters?|value|allowed)\b")


def _refusals(kind: type[Form], junk: str) -> list[str]:
    """Everything the form says when every field of it, files too, holds `junk`."""
    names = list(kind(**FORMS[kind]).fields)
    data = QueryDict(mutable=True)
    data.update(dict.fromkeys(names, junk))
    empty = {name: SimpleUploadedFile("trong.pdf", b"") for name in names} if junk else {}
    form = kind(data, MultiValueDict({name: [file] for name, file in empty.items()}), **FORMS[kind])
    return [str(message) for messages in form.errors.values() for message in messages]


def test_every_form_is_asked() -> None:
    # Loads every module of views, and with it every form, whatever ran before.
    assert get_resolver("vanthu.config.urls").url_patterns
    assert {*Form.__subclasses__(), *outgoing.ConfirmingForm.__subclasses__()} == set(FORMS)


@pytest.mark.parametrize("junk", JUNK)
@pytest.mark.parametrize("kind", FORMS, ids=lambda kind: f"{kind.__module__.split('.')[-2]}-{kind.__name__}")
def test_junk_is_refused_in_vietnamese(kind: type[Form], junk: str) -> None:
    # Under English, whatever still comes from Django shows itself, translated or not.
    with translation.override("en"):
        said = _refusals(kind, JUNK[junk])

    assert [message for message in said if ENGLISH.search(message)] == []


def test_a_field_with_words_of_its_own_keeps_them() -> None:
    assert "Hãy nhập tên đăng nhập." in _refusals(SignInForm, "")
    assert "Hãy điền mục này." in _refusals(ChangePasswordForm, "")
    assert "Quá dài: nhiều nhất 60 ký tự, đang có 5000. Hãy viết gọn lại." in _refusals(
        SignInForm, "x" * 5000
    )


@pytest.mark.parametrize("kind", FORMS, ids=lambda kind: f"{kind.__module__.split('.')[-2]}-{kind.__name__}")
def test_a_browser_cuts_nothing_that_is_pasted(kind: type[Form]) -> None:
    """A text of 3,000 letters saved as its first 500 says nothing of the rest."""
    assert "maxlength" not in str(kind(**FORMS[kind]))
