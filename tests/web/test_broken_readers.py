"""A file that breaks its reader: the person is told what to do, nothing is kept, and the next one passes."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import path
from tests.pdfsign.documents import typeset
from tests.room.conftest import ROGUE
from tests.web.conftest import SignIn
from tests.web.outgoing_desk import filled, pdf
from tests.world import World
from vanthu.documents.intake import AcceptedDraft
from vanthu.kernel import blobs
from vanthu.kernel.models import Blob
from vanthu.outgoing.models import OutgoingDocument
from vanthu.room import pool
from vanthu.room.limits import Limits
from vanthu.room.pool import Room

_SHORT = Limits(seconds=1.5, processor=1, memory=600 * 1024 * 1024)
_SAID = {
    "raises": "làm hỏng trình đọc",
    "dies": "làm hỏng trình đọc",
    "hangs": "lâu quá mức cho phép",
    "swells": "quá lớn nên đã dừng đọc",
}


@pytest.fixture(scope="module", autouse=True)
def _room() -> Iterator[Room]:
    with pool.using(Room(ceiling=_SHORT, further_jobs=[ROGUE])) as room:
        yield room


def _going(deed: str) -> bytes:
    return typeset() + f"%GO:{deed}\n".encode()


class TestAFileThatBreaksItsReader:
    @pytest.mark.parametrize("deed", _SAID)
    def test_is_no_draft(self, sign_in: SignIn, world: World, deed: str) -> None:
        officer, before = sign_in("officer"), set(blobs.names())
        refused = officer.post("/van-ban-di/soan/", filled(world, draft_file=pdf(_going(deed))))

        assert (refused.status_code, _SAID[deed] in refused.content.decode()) == (422, True)
        assert (OutgoingDocument.objects.count(), Blob.objects.count()) == (0, 0)
        assert set(blobs.names()) <= before
        assert officer.post("/van-ban-di/soan/", filled(world)).status_code == 303

    @pytest.mark.parametrize("deed", _SAID)
    def test_is_no_attachment(self, sign_in: SignIn, world: World, deed: str) -> None:
        """The draft beside it becomes none either; it is held for its author."""
        officer = sign_in("officer")
        attached = SimpleUploadedFile("phu-luc.pdf", _going(deed))
        refused = officer.post("/van-ban-di/soan/", filled(world, attachments=[attached]))

        assert (refused.status_code, _SAID[deed] in refused.content.decode()) == (422, True)
        assert (OutgoingDocument.objects.count(), Blob.objects.count()) == (0, 0)
        assert sha256(_going(deed)).hexdigest() not in set(blobs.names())
        attached = SimpleUploadedFile("phu-luc.pdf", typeset())
        assert officer.post("/van-ban-di/soan/", filled(world, attachments=[attached])).status_code == 303

    def test_is_not_shown_for_placing_marks(self, sign_in: SignIn, world: World) -> None:
        """A version kept before its reader learned to fear it."""
        document: UUID = path.drafted(
            world, draft=AcceptedDraft(pdf=path.stored(_going("raises@page_areas")))
        )
        refused = sign_in("officer").get(f"/van-ban-di/{document}/vi-tri/")

        assert refused.status_code == 422
        assert "làm hỏng trình đọc" in refused.content.decode()
