"""A Word text with tracked changes waits for its author's choice; what was found stands beside the draft."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.documents.word_files import comment, commented, deleted, docx, field, inserted, p, r
from tests.pdfsign import sheets
from tests.web.outgoing_desk import filled, run_uploads, text_of
from tests.world import PASSWORD, World
from vanthu.documents import intake
from vanthu.documents.operations import current_file
from vanthu.documents.states import FileKind
from vanthu.kernel import blobs
from vanthu.kernel.models import AuditEntry
from vanthu.outgoing.models import DraftUpload, OutgoingDocument
from vanthu.outgoing.states import UploadState
from vanthu.reading.first_page import pdf_lines

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_files")]

_DRAFTING = "/van-ban-di/soan/"
_CHANGED = docx(p(r("Giao "), deleted("ông A"), inserted(r("ông B"))))


def _sent(officer: Client, cast: World, content: bytes = _CHANGED, **changes: object) -> str:
    """The page of progress of a form with this text."""
    file = SimpleUploadedFile("du-thao.docx", content)
    answer = officer.post(_DRAFTING, filled(cast, draft_file=file, **changes))
    assert answer.status_code == 303, answer.content.decode()
    return str(answer["Location"])


def _drawn() -> str:
    main = current_file(OutgoingDocument.objects.get().pk, FileKind.MAIN)
    assert main is not None
    with blobs.as_path(main.blob_id) as pdf:
        return "\n".join(pdf_lines(pdf)).strip()


class TestTheAuthor:
    def test_is_shown_what_was_found_where_and_asked(self, officer: Client, cast: World) -> None:
        page = _sent(officer, cast)
        run_uploads()

        shown = text_of(officer, page)

        assert OutgoingDocument.objects.count() == 0
        assert "Tệp Word còn thay đổi chưa duyệt" in shown
        assert "xóa «ông A»" in shown
        assert "(đoạn «Giao ông Aông B»)" in shown
        assert "Chấp nhận tất cả thay đổi" in shown
        assert "Bỏ tất cả thay đổi" in shown
        assert page in text_of(officer, "/")

    @pytest.mark.parametrize(
        ("choice", "said", "told"),
        [
            ("accept", "Giao ông B", "đã chấp nhận tất cả"),
            ("reject", "Giao ông A", "đã bỏ tất cả"),
        ],
    )
    def test_has_the_text_drawn_as_he_chose_and_the_choice_is_kept(
        self, officer: Client, cast: World, choice: str, said: str, told: str
    ) -> None:
        page = _sent(officer, cast)
        run_uploads()

        assert officer.post(f"{page}thay-doi/", {"changes": choice}).status_code == 303
        run_uploads()

        assert _drawn() == said
        document = OutgoingDocument.objects.get()
        assert told in text_of(officer, f"/van-ban-di/{document.pk}/")
        chosen = AuditEntry.objects.get(action="outgoing.upload-changes-chosen")
        assert (chosen.actor_label, chosen.data["changes"]) == (cast.officer.label, choice)
        drafted = AuditEntry.objects.get(action="outgoing.drafted")
        assert drafted.data["found"]["choice"] == choice

    def test_chooses_once(self, officer: Client, cast: World) -> None:
        page = _sent(officer, cast)
        run_uploads()
        officer.post(f"{page}thay-doi/", {"changes": "accept"})

        assert officer.post(f"{page}thay-doi/", {"changes": "reject"}).status_code == 409
        assert DraftUpload.objects.get().changes == "accept"

    @pytest.mark.parametrize("words", [{}, {"changes": "tat-ca"}, {"changes": ""}])
    def test_who_chooses_nothing_is_asked_again(
        self, officer: Client, cast: World, words: dict[str, str]
    ) -> None:
        page = _sent(officer, cast)
        run_uploads()

        answer = officer.post(f"{page}thay-doi/", words)

        assert (answer.status_code, answer["Location"]) == (303, page)
        assert DraftUpload.objects.get().state == UploadState.CHOOSING

    def test_may_leave_it_and_no_byte_stays(self, officer: Client, cast: World) -> None:
        page = _sent(officer, cast)
        run_uploads()

        assert officer.post(f"{page}thoi/").status_code == 303
        run_uploads()

        assert list(blobs.names()) == []
        assert page not in text_of(officer, "/")

    def test_who_sends_another_file_is_not_asked_any_more(self, officer: Client, cast: World) -> None:
        page = _sent(officer, cast, subject="V/v giữ lại chữ đã gõ")
        run_uploads()
        again = f"{_DRAFTING}?tu={DraftUpload.objects.get().id}"
        assert "V/v giữ lại chữ đã gõ" in text_of(officer, again)

        officer.post(again, filled(cast, draft_file=SimpleUploadedFile("b.docx", docx(p(r("Sạch"))))))

        assert page not in text_of(officer, "/")
        assert UploadState.CANCELLED in DraftUpload.objects.values_list("state", flat=True)

    def test_who_chooses_when_the_file_is_gone_is_told_to_send_it_again(
        self, officer: Client, cast: World
    ) -> None:
        page = _sent(officer, cast, subject="V/v giữ lại chữ đã gõ")
        run_uploads()
        # A file nobody has come back to for so long waits no more, and is swept one night.
        long_ago = timezone.now() - timedelta(days=settings.BLOB_SWEEP_DAYS + 1)
        DraftUpload.objects.update(sent_at=long_ago)
        intake.discard_unspoken(list(blobs.names()))

        officer.post(f"{page}thay-doi/", {"changes": "accept"})
        run_uploads()

        assert "không còn nữa. Hãy mở lại trang soạn và chọn lại tệp" in text_of(officer, page)
        assert page in text_of(officer, "/")
        again = f"{_DRAFTING}?tu={DraftUpload.objects.get(state=UploadState.REFUSED).id}"
        assert "V/v giữ lại chữ đã gõ" in text_of(officer, again)
        assert OutgoingDocument.objects.count() == 0

    def test_alone_is_asked(self, officer: Client, cast: World) -> None:
        page = _sent(officer, cast)
        run_uploads()
        other = Client()
        other.post("/dang-nhap/", {"username": "head", "password": PASSWORD})

        assert other.get(page).status_code == 404
        assert other.post(f"{page}thay-doi/", {"changes": "accept"}).status_code == 404
        assert DraftUpload.objects.get().state == UploadState.CHOOSING


class TestWhoeverReadsTheDraft:
    def test_is_told_what_its_page_does_not_show(self, officer: Client, cast: World) -> None:
        body = p(r("Mức "), commented("10 triệu"), r(" kín", "<w:vanish/>"), field("DATE", r("02/03/2020")))
        _sent(officer, cast, docx(body, comments=comment("Hỏi lại kế toán")))
        run_uploads()

        shown = text_of(officer, f"/van-ban-di/{OutgoingDocument.objects.get().pk}/")

        assert "Tệp Word có 1 ghi chú bên lề" in shown
        assert "Lê Thị Bình: «Hỏi lại kế toán»" in shown
        assert "Tệp Word có 1 chỗ chữ ẩn" in shown
        assert "DATE giữ «02/03/2020»" in shown

    def test_of_another_version_hears_nothing_of_the_former(self, officer: Client, cast: World) -> None:
        _sent(officer, cast, docx(p(r("kín", "<w:vanish/>"), r("Nội dung"))))
        run_uploads()
        document = OutgoingDocument.objects.get().pk
        here = f"/van-ban-di/{document}/"
        assert "chỗ chữ ẩn" in text_of(officer, here)

        clean = SimpleUploadedFile("b.docx", docx(p(r("Nội dung hai"))))
        officer.post(f"{here}sua/", filled(cast, draft_file=clean))
        run_uploads()

        assert "chỗ chữ ẩn" not in text_of(officer, here)

    def test_is_told_of_turned_pages_also_beside_files_that_take_long(
        self, officer: Client, cast: World
    ) -> None:
        scan = SimpleUploadedFile("quet.pdf", sheets.turned(90))
        rich = SimpleUploadedFile("phu-luc.rtf", rb"{\rtf1\ansi Phu luc\par}")
        officer.post(_DRAFTING, filled(cast, draft_file=scan, attachments=[rich]))
        run_uploads()

        document = OutgoingDocument.objects.get()

        assert "1 trang PDF bị xoay đã được dựng thẳng" in text_of(officer, f"/van-ban-di/{document.pk}/")
        assert {file.kind for file in document.document.files.all()} == {"main", "source", "attachment"}
