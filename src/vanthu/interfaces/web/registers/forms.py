"""What is asked of a register."""

from __future__ import annotations

from django import forms

from vanthu.interfaces.web.forms import Form
from vanthu.registers.rules import REASON_LIMIT


class BookForm(Form):
    """Which year, which page; nonsense is this year's first page."""

    nam = forms.IntegerField(required=False, min_value=1945, max_value=9999)
    page = forms.IntegerField(required=False, min_value=1)


class ConfirmTimeForm(Form):
    """Why the last number of a register has a time that has not come yet."""

    reason = forms.CharField(
        label="Vì sao số gần nhất ghi sai giờ",
        max_length=REASON_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )
