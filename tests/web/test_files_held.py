"""Files a form brought are never lost unsaid: whatever became of the form, of another window, of others."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import path
from tests.documents.word_files import deleted, docx, inserted, p, r
from tests.pdfsign.documents import typeset
from tests.seeing import now_seen
from tests.web.outgoing_desk import filled, held_by, pdf, run_uploads, text_of
from tests.world import World
from vanthu.outgoing.models import DraftUpload, OutgoingDocument

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_files")]

_DRAFTING = "/van-ban-di/soan/"
_CHANGED = docx(p(r("Giao "), deleted("ông A"), inserted(r("ông B"))))


def _annex() -> SimpleUploadedFile:
    return SimpleUploadedFile("phu-luc.pdf", typeset(page_breaks=2))


def _word(text: str, name: str = "moi.docx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, docx(p(r(text))))


def _names() -> set[str]:
    return set(OutgoingDocument.objects.get().document.files.values_list("name", flat=True))


def _changed() -> SimpleUploadedFile:
    return SimpleUploadedFile("du-thao.docx", _CHANGED)


class TestAnAnnexThatIsHeld:
    def test_outlives_its_twin_dropped_from_another_form(self, officer: Client, cast: World) -> None:
        one, two = str(uuid4()), str(uuid4())
        first = officer.post(
            _DRAFTING, filled(cast, draft_key=one, subject=" ", type_code="", attachments=[_annex()])
        )
        second = officer.post(
            _DRAFTING, filled(cast, draft_key=two, subject=" ", type_code="", attachments=[_annex()])
        )
        (held,) = second.context["form"].held_attachments
        sha256 = held.file.blob.sha256
        officer.post(
            _DRAFTING,
            filled(cast, draft_key=two, type_code="", draft_file="", held=sha256, dropped=sha256),
        )

        shown = held_by(first)
        saved = officer.post(_DRAFTING, filled(cast, draft_key=one, draft_file="", held=shown))

        assert saved.status_code == 303
        assert "phu-luc.pdf" in _names()

    def test_that_is_gone_all_the_same_is_told_and_nothing_is_saved_without_it(
        self, officer: Client, cast: World, tmp_path: Path
    ) -> None:
        key = str(uuid4())
        first = officer.post(
            _DRAFTING, filled(cast, draft_key=key, subject=" ", type_code="", attachments=[_annex()])
        )
        shown = held_by(first)
        gone = first.context["form"].held_attachments[0].file.blob.sha256
        (stored,) = (tmp_path / "blobs").rglob(gone)
        stored.unlink()

        refused = officer.post(_DRAFTING, filled(cast, draft_key=key, draft_file="", held=shown))

        assert refused.status_code == 422
        assert "không còn ở nơi giữ tạm" in refused.content.decode()
        assert not OutgoingDocument.objects.exists()

    def test_goes_on_beside_another_text_when_the_first_could_not_be_read(
        self, officer: Client, cast: World
    ) -> None:
        key = str(uuid4())
        bad = SimpleUploadedFile("x.docx", docx('<w:altChunk xmlns:r="r" r:id="a"/>' + p(r("a"))))
        officer.post(_DRAFTING, filled(cast, draft_key=key, draft_file=bad, attachments=[_annex()]))
        run_uploads()
        upload = DraftUpload.objects.get(state="refused")

        again = text_of(officer, f"/van-ban-di/dang-chuyen/{upload.id}/")
        assert "các tệp đã gửi cũng vậy" in again
        page = officer.get(f"{_DRAFTING}?tu={upload.id}&ban={key}")
        shown = [each.file.blob.sha256 for each in page.context["form"].held_attachments]
        saved = officer.post(f"{_DRAFTING}?tu={upload.id}&ban={key}", filled(cast, draft_key=key, held=shown))

        assert saved.status_code == 303
        assert "phu-luc.pdf" in _names()

    def test_by_one_window_is_not_saved_by_another_that_never_showed_it(
        self, officer: Client, cast: World
    ) -> None:
        document = path.drafted(cast)
        address, seen = f"/van-ban-di/{document}/sua/", str(now_seen(document))
        officer.get(address)
        officer.post(
            address,
            filled(
                cast,
                seen=seen,
                subject=" ",
                type_code="",
                draft_file="",
                attachments=[pdf(name="cua-so-A.pdf")],
            ),
        )

        officer.post(address, filled(cast, seen=seen, subject="V/v cửa sổ B", draft_file=""))

        assert _subject(document) == "V/v cửa sổ B"
        assert "phu-luc.pdf" not in _names()


class TestAFormSentAgainOtherwise:
    def test_while_its_author_was_asked_about_changes_takes_the_place_of_the_first(
        self, officer: Client, cast: World
    ) -> None:
        key = str(uuid4())
        officer.post(_DRAFTING, filled(cast, draft_key=key, draft_file=_changed()))
        run_uploads()
        officer.post(
            _DRAFTING, filled(cast, draft_key=key, subject="V/v chữ mới", draft_file=_word("BẢN ĐÃ SỬA"))
        )
        run_uploads()

        document = OutgoingDocument.objects.get()
        assert document.document.subject == "V/v chữ mới"
        assert "moi.docx" in _names()
        states = set(DraftUpload.objects.values_list("state", flat=True))
        assert states <= {"saved", "cancelled", "used", "held"}

    def test_as_a_pdf_ends_the_question(self, officer: Client, cast: World) -> None:
        key = str(uuid4())
        page = officer.post(_DRAFTING, filled(cast, draft_key=key, draft_file=_changed()))["Location"]
        run_uploads()
        officer.post(_DRAFTING, filled(cast, draft_key=key, draft_file=pdf()))

        assert page not in text_of(officer, "/")
        answer = officer.post(f"{page}thay-doi/", {"changes": "accept"})
        assert answer.status_code == 409
        run_uploads()
        assert OutgoingDocument.objects.count() == 1
        assert not DraftUpload.objects.filter(state__in=["waiting", "converting", "choosing"]).exists()


def _subject(document: UUID) -> str:
    return OutgoingDocument.objects.get(pk=document).document.subject
