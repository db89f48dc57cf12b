"""What the tests of the screens «Văn bản đi» fill in and read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.exchange import jobs
from tests.pdfsign.documents import typeset
from tests.world import World
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.states import State


def pdf(content: bytes | None = None, name: str = "du-thao.pdf") -> SimpleUploadedFile:
    """An upload, a typeset letter unless told otherwise."""
    body = typeset(name="Phạm Văn Hùng", title_lines=("GIÁM ĐỐC",)) if content is None else content
    return SimpleUploadedFile(name, body, content_type="application/pdf")


def filled(world: World, **changes: object) -> dict[str, object]:
    """The form of a draft, filled in."""
    words: dict[str, object] = {
        "type_code": "CV",
        "subject": "V/v rà soát vị trí việc làm",
        "urgency": "1",
        "secrecy": "normal",
        "signer_id": str(world.leader.user_id),
        "recipients": [str(world.neighbour.id), str(world.remote.id)],
        "to_places": "Lưu: VT, CCVC",
        "draft_file": pdf(),
    }
    return words | changes


def state_of(document: UUID) -> State:
    """Where an outgoing document stands."""
    return State(OutgoingDocument.objects.values_list("state", flat=True).get(pk=document))


def text_of(browser: Client, address: str) -> str:
    """The page at an address this person may open."""
    answer = browser.get(address, follow=True)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def run_uploads() -> None:
    """Do what waits to be done with files that were sent."""
    for job in jobs.waiting("outgoing.convert_upload", "outgoing.clear_upload"):
        job.run()
        job.finish()


def held_by(answer: Any) -> list[str]:
    """What a form that came back shows as held: the hashes it would send again."""
    form = answer.context["form"]
    return [each.file.blob.sha256 for each in (*form.held_draft, *form.held_attachments)]
