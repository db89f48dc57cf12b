"""A form filled in again, and how long the session lasts."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST, require_safe

from vanthu.interfaces.web import kept, session
from vanthu.interfaces.web.forms import Form
from vanthu.interfaces.web.http import WebRequest, go, safe_next


class AgainForm(Form):
    """What was typed and did not arrive, and where: as a page in between carried it, or from the browser."""

    sealed = forms.CharField(max_length=kept.LONGEST_SEALED, required=False)
    words = forms.CharField(max_length=kept.LONGEST, required=False, widget=forms.Textarea)
    #: The fields that were changed, a space between them; without it, every field there is.
    names = forms.CharField(max_length=kept.LONGEST, required=False)
    #: The keeper of that form: what somebody else typed is not filled in.
    whose = forms.CharField(max_length=200, required=False)


@require_POST
def again(request: WebRequest) -> HttpResponse:
    """Điền lại: open the form at «next» with what was typed there before and did not arrive."""
    form, back = AgainForm(request.POST), safe_next(request, "home:home")
    if not form.is_valid():
        return go(request, back)
    sent, person = form.cleaned_data, request.actor.user_id
    if sent["sealed"]:
        kept.fill_in_again(request, back=back, words=kept.unsealed(sent["sealed"], person))
    elif kept.is_keeper(sent["whose"], person):
        kept.fill_in_again(request, back=back, words=sent["words"], names=sent["names"].split() or None)
    return go(request, back)


@require_safe
def session_left(request: WebRequest) -> HttpResponse:
    """How many seconds are left: of the idle hours, and in all. Asking attended begins the first anew."""
    idle, whole = session.seconds_left(request)
    return JsonResponse({"idle": idle, "whole": whole})
