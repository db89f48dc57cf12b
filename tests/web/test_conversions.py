"""A Word draft is read by a job: the page shows how far it is, and nothing is lost or left behind."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from pytest_django import Settings

from tests import path
from tests.documents import office_files, papers
from tests.exchange import jobs
from tests.offices import running_offices
from tests.web.outgoing_desk import filled, pdf, run_uploads, text_of
from tests.worker import WorkerProcess
from tests.world import PASSWORD, World
from vanthu.documents import conversion, intake
from vanthu.documents.intake import AcceptedDraft, AcceptedFile
from vanthu.kernel import blobs
from vanthu.kernel.slots import place_in
from vanthu.outgoing.models import DraftUpload, OutgoingDocument
from vanthu.outgoing.states import UploadState

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_files")]

_DRAFTING = "/van-ban-di/soan/"


def _word(*lines: str, name: str = "du-thao.docx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, papers.docx(*lines))


def _rtf(line: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("phu-luc.rtf", office_files.rtf(line))


def _sent(officer: Client, cast: World, **changes: object) -> str:
    """The page of progress of a form that was sent."""
    answer = officer.post(_DRAFTING, filled(cast, **changes))
    assert answer.status_code == 303, answer.content.decode()
    assert "/dang-chuyen/" in answer["Location"]
    return str(answer["Location"])


class TestAWordDraft:
    def test_is_stored_and_waits_while_its_page_shows_so(self, officer: Client, cast: World) -> None:
        page = _sent(officer, cast, draft_file=_word("Nội dung"))

        assert OutgoingDocument.objects.count() == 0
        shown = text_of(officer, page)
        assert "Đang chờ tới lượt chuyển sang PDF" in shown
        assert "Xem đã xong chưa" in shown
        assert page in text_of(officer, "/")

    def test_becomes_a_draft_by_itself_whoever_looks(self, officer: Client, cast: World) -> None:
        page = _sent(officer, cast, draft_file=_word("Nội dung"), attachments=[pdf(name="phu-luc.pdf")])

        run_uploads()

        document = OutgoingDocument.objects.get()
        answer = officer.get(page)
        assert (answer.status_code, answer["Location"]) == (303, f"/van-ban-di/{document.pk}/")
        draft = text_of(officer, answer["Location"])
        assert "phu-luc.pdf" in draft
        assert {file.name for file in document.document.files.all()} == {
            "du-thao.pdf",
            "du-thao.docx",
            "phu-luc.pdf",
        }

    def test_sent_twice_by_one_form_becomes_one(self, officer: Client, cast: World) -> None:
        key = str(uuid4())
        pages = {_sent(officer, cast, draft_file=_word("Nội dung"), draft_key=key) for _ in range(2)}

        run_uploads()

        assert len(pages) == 1
        assert OutgoingDocument.objects.count() == 1

    def test_converted_after_a_death_becomes_one(
        self, officer: Client, cast: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _sent(officer, cast, draft_file=_word("Nội dung"))
        (job,) = jobs.waiting("outgoing.convert_upload")
        with monkeypatch.context() as patch:
            patch.setattr(intake, "convert_draft", _die)
            with pytest.raises(SystemExit):
                job.run()

        job.run()
        job.run()

        assert OutgoingDocument.objects.count() == 1

    def test_that_revises_is_the_next_version(self, officer: Client, cast: World) -> None:
        document = path.drafted(cast)

        officer.post(
            f"/van-ban-di/{document}/sua/", filled(cast, draft_file=_word("Bản hai"), subject="V/v hai")
        )
        run_uploads()

        assert OutgoingDocument.objects.get().document.subject == "V/v hai"
        assert DraftUpload.objects.get().state == UploadState.SAVED

    def test_that_revises_a_draft_changed_meanwhile_is_refused_and_nothing_is_lost(
        self, officer: Client, cast: World
    ) -> None:
        document = path.drafted(cast)
        here = f"/van-ban-di/{document}/sua/"
        answer = officer.post(here, filled(cast, draft_file=_word("Bản hai"), subject="V/v bản hai"))
        officer.post(here, filled(cast, draft_file="", subject="V/v sửa chen vào"))

        run_uploads()

        assert OutgoingDocument.objects.get().document.subject == "V/v sửa chen vào"
        assert "Nội dung đã thay đổi" in text_of(officer, answer["Location"])
        assert "V/v bản hai" in text_of(
            officer, f"{here}?tu={DraftUpload.objects.get(state=UploadState.REFUSED).id}"
        )


def _die(*_: object, **__: object) -> None:
    raise SystemExit


class TestRefused:
    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"draft_file": _word("MẬT")}, id="the draft"),
            pytest.param({"attachments": [_rtf("MẬT")]}, id="an attachment"),
            pytest.param(
                {"draft_file": _word("Nội dung"), "attachments": [_rtf("MẬT")]}, id="an attachment of a text"
            ),
        ],
    )
    def test_for_a_secrecy_mark_leaves_no_byte(
        self, officer: Client, cast: World, changes: dict[str, object]
    ) -> None:
        answer = officer.post(_DRAFTING, filled(cast, **changes))
        run_uploads()

        assert OutgoingDocument.objects.count() == 0
        assert list(blobs.names()) == []
        if answer.status_code == 303:
            assert "độ mật" in text_of(officer, answer["Location"])
        else:
            assert "độ mật" in answer.content.decode()

    def test_says_why_and_keeps_what_was_filled_in(
        self, officer: Client, cast: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = _sent(officer, cast, draft_file=_word("Nội dung"), subject="V/v giữ lại chữ đã gõ")
        monkeypatch.setattr(intake, "convert_draft", _cannot)

        run_uploads()

        shown = text_of(officer, page)
        assert "Không chuyển được tệp Word sang PDF" in shown
        again = f"{_DRAFTING}?tu={DraftUpload.objects.get().id}"
        assert again in shown
        form = text_of(officer, again)
        assert "V/v giữ lại chữ đã gõ" in form
        assert f'value="{cast.neighbour.id}" checked' in form
        assert list(blobs.names()) == []

    def test_stands_on_his_pages_until_he_has_acted(
        self, officer: Client, cast: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """He was told that he may leave the page and lose nothing."""
        page = _sent(officer, cast, draft_file=_word("Nội dung"), subject="V/v chờ lâu")
        drafts = "/van-ban-di/?tab=my_drafts"
        assert "Chờ chuyển sang PDF" in text_of(officer, drafts)
        monkeypatch.setattr(intake, "convert_draft", _cannot)
        run_uploads()

        for where in ("/", drafts):
            shown = text_of(officer, where)
            assert "Chưa lưu được: " in shown
            assert page in shown
            assert "Không còn việc chờ xử lý" not in shown
            assert "Chưa có dự thảo nào" not in shown

        again = f"{_DRAFTING}?tu={DraftUpload.objects.get().id}"
        answer = officer.post(again, filled(cast, draft_file=pdf(), subject="V/v chờ lâu"))
        assert answer.status_code == 303
        assert "Chưa lưu được" not in text_of(officer, "/")

    def test_he_does_not_want_any_more_leaves_his_pages(
        self, officer: Client, cast: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = _sent(officer, cast, draft_file=_word("Nội dung"))
        monkeypatch.setattr(intake, "convert_draft", _cannot)
        run_uploads()

        assert "Hủy bỏ" in text_of(officer, page)
        assert officer.post(f"{page}thoi/").status_code == 303
        assert "Chưa lưu được" not in text_of(officer, "/")

    def test_when_it_kills_what_reads_it_again_and_again(
        self, officer: Client, cast: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = _sent(officer, cast, draft_file=_word("Nội dung"))
        monkeypatch.setattr(intake, "convert_draft", _trip)
        (job,) = jobs.waiting("outgoing.convert_upload")
        with pytest.raises(ZeroDivisionError):
            job.run()

        job.run()

        assert "xuất ra PDF rồi chọn tệp PDF" in text_of(officer, page)
        assert list(blobs.names()) == []

    def test_for_its_time(self, officer: Client, cast: World, settings: Settings) -> None:
        page = _sent(officer, cast, draft_file=_word("Nội dung"), attachments=[_rtf("Bảng kê")])
        settings.CONVERSION_SECONDS = 0

        run_uploads()

        assert "quá 0 giây, đã dừng ở «du-thao.docx»" in text_of(officer, page)


def _cannot(*_: object, **__: object) -> None:
    raise conversion.ConversionFailed


def _trip(*_: object, **__: object) -> None:
    raise ZeroDivisionError


def _slow_word(name: str = "rat-dai.docx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, papers.long_text(100_000))


class TestCancelling:
    def test_leaves_nothing_but_what_was_filled_in(self, officer: Client, cast: World) -> None:
        page = _sent(officer, cast, draft_file=_word("Nội dung"))

        assert officer.post(f"{page}thoi/").status_code == 303
        run_uploads()

        assert OutgoingDocument.objects.count() == 0
        assert list(blobs.names()) == []
        assert "Đã hủy chuyển" in text_of(officer, page)
        assert officer.post(f"{page}thoi/").status_code == 409

    def test_while_it_is_read_makes_no_draft(
        self, officer: Client, cast: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = _sent(officer, cast, draft_file=_word("Nội dung"))
        convert = intake.convert_draft

        def meanwhile(source: AcceptedFile, **bounds: Any) -> AcceptedDraft:
            made = convert(source, **bounds)
            officer.post(f"{page}thoi/")
            return made

        monkeypatch.setattr(intake, "convert_draft", meanwhile)
        run_uploads()

        assert OutgoingDocument.objects.count() == 0
        run_uploads()
        assert list(blobs.names()) == []

    def test_while_libreoffice_runs_ends_it(self, officer: Client, cast: World) -> None:
        """A text over which it would sit for minutes."""
        page = _sent(officer, cast, draft_file=_slow_word())
        (job,) = jobs.waiting("outgoing.convert_upload")
        seen = threading.Event()

        def call_off() -> None:
            try:
                limit = time.monotonic() + 60
                while not seen.is_set() and time.monotonic() < limit:
                    time.sleep(0.1)
                    if running_offices():
                        seen.set()
                officer.post(f"{page}thoi/")
            finally:
                connection.close()

        author = threading.Thread(target=call_off)
        author.start()
        began = time.monotonic()
        job.run()
        took = time.monotonic() - began
        author.join()

        assert seen.is_set()
        assert took < 60
        assert not running_offices()
        assert OutgoingDocument.objects.count() == 0
        job.finish()
        run_uploads()
        assert list(blobs.names()) == []

    def test_is_not_for_others_nor_is_looking(self, officer: Client, cast: World) -> None:
        page = _sent(officer, cast, draft_file=_word("Nội dung"))
        other = Client()
        other.post("/dang-nhap/", {"username": "head", "password": PASSWORD})

        assert other.get(page).status_code == 404
        assert other.post(f"{page}thoi/").status_code == 404
        assert DraftUpload.objects.get().state == UploadState.WAITING


class TestWithAWorker:
    def test_a_page_of_word_is_a_draft_when_the_form_is_answered(
        self, officer: Client, cast: World, settings: Settings, tmp_path: Path
    ) -> None:
        """How long that takes the benchmarks say; here the page only waits as long as it takes."""
        settings.CONVERSION_PATIENCE = 100
        worker = WorkerProcess(tmp_path / "worker.log", {"VANTHU_VAR": str(settings.VAR)})
        worker.start()
        try:
            answer = officer.post(_DRAFTING, filled(cast, draft_file=_word("Nội dung")))
        finally:
            worker.kill()

        document = OutgoingDocument.objects.get()
        assert (answer.status_code, answer["Location"]) == (303, f"/van-ban-di/{document.pk}/")


class TestFewAtATime:
    def test_one_of_a_person_the_second_waits_and_is_told_so(self, officer: Client, cast: World) -> None:
        _sent(officer, cast, draft_file=_word("Một"))
        second = _sent(officer, cast, draft_file=_word("Hai"))

        assert "Bạn còn 1 lượt gửi trước đó đang chuyển" in text_of(officer, second)

    def test_a_job_without_a_place_comes_back_later(self, officer: Client, cast: World) -> None:
        _sent(officer, cast, draft_file=_word("Nội dung"))
        (job,) = jobs.waiting("outgoing.convert_upload")
        held, done = threading.Event(), threading.Event()

        def hold() -> None:
            with place_in((f"convert:{cast.officer.user_id}", 1)) as is_free:
                assert is_free
                held.set()
                done.wait(30)
            connection.close()

        holder = threading.Thread(target=hold)
        holder.start()
        held.wait(30)
        job.run()
        job.finish()
        done.set()
        holder.join()

        assert OutgoingDocument.objects.count() == 0
        (later,) = jobs.waiting("outgoing.convert_upload")
        later.run()
        assert OutgoingDocument.objects.count() == 1
