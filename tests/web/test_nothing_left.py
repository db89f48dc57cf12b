"""What is refused at drafting leaves no byte in the store (seed regulations: state secrets never enter)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import path
from tests.kernel.storage import own_storage
from tests.pdfsign.documents import typeset
from tests.web.conftest import SignIn
from tests.web.outgoing_desk import filled, pdf
from tests.world import World
from vanthu.documents.models import Document
from vanthu.kernel import blobs


@pytest.fixture(autouse=True)
def storage(tmp_path: Path) -> Iterator[None]:
    """A store of this test's own."""
    with own_storage(tmp_path):
        yield


def _marked() -> SimpleUploadedFile:
    return SimpleUploadedFile("phu-luc.txt", "MẬT\nnội dung".encode())


@pytest.mark.parametrize("degree", ["secret", "top_secret", "absolute_secret"])
def test_of_a_draft_declared_secret(sign_in: SignIn, world: World, degree: str) -> None:
    answer = sign_in("officer").post("/van-ban-di/soan/", filled(world, secrecy=degree))

    assert answer.status_code == 422
    assert "độ mật không được đưa vào" in answer.content.decode()
    assert list(blobs.names()) == []


def test_of_a_draft_with_an_attachment_marked_secret(sign_in: SignIn, world: World) -> None:
    """Neither the draft nor the attachment before it."""
    words = filled(world, attachments=[pdf(name="truoc.pdf"), _marked()])

    answer = sign_in("officer").post("/van-ban-di/soan/", words)

    assert answer.status_code == 422
    assert Document.objects.count() == 0
    assert list(blobs.names()) == []


def test_of_a_revision_refused_by_its_content(sign_in: SignIn, world: World) -> None:
    document = path.drafted(world)
    kept = set(blobs.names())
    other = pdf(typeset(name="Phạm Văn Hùng", title_lines=("GIÁM ĐỐC",), page_breaks=2))

    answer = sign_in("officer").post(
        f"/van-ban-di/{document}/sua/", filled(world, draft_file=other, attachments=[_marked()])
    )

    assert answer.status_code == 422
    assert set(blobs.names()) == kept


def test_but_what_another_document_holds_stays(sign_in: SignIn, world: World) -> None:
    """The same bytes were sent before, and a row speaks of them."""
    officer = sign_in("officer")
    assert officer.post("/van-ban-di/soan/", filled(world)).status_code == 303
    kept = set(blobs.names())

    assert officer.post("/van-ban-di/soan/", filled(world, attachments=[_marked()])).status_code == 422

    assert set(blobs.names()) == kept
    assert all(blobs.is_whole(name) for name in kept)
