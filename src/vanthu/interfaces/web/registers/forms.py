"""What is asked of a register."""

from __future__ import annotations

from django import forms

from vanthu.interfaces.web.forms import Form


class BookForm(Form):
    """Which year, which page; nonsense is this year's first page."""

    nam = forms.IntegerField(required=False, min_value=1945, max_value=9999)
    page = forms.IntegerField(required=False, min_value=1)
