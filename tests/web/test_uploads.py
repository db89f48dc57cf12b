"""What of a form's files comes onto the disk before anything has looked at them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from tests.web.conftest import SignIn
from tests.web.outgoing_desk import filled
from tests.world import World

_LIMIT = 200_000


@pytest.fixture(autouse=True)
def work(tmp_path: Path, settings: Settings) -> Path:
    """Where files are worked on in this test."""
    settings.VAR = tmp_path
    settings.UPLOAD_LIMIT = _LIMIT
    return tmp_path / "work"


def _request(size: int, *, actor: object) -> HttpRequest:
    files = [SimpleUploadedFile("a.pdf", b"%" * size), SimpleUploadedFile("b.pdf", b"b")]
    request = RequestFactory().post("/", {"subject": "V/v", "files": files, "note": "sau tệp"})
    request.actor = actor  # type: ignore[attr-defined]  # as ActorMiddleware sets it
    return request


def test_a_person_signed_in_brings_files_onto_our_own_disk_until_the_request_ends(work: Path) -> None:
    request = _request(_LIMIT, actor="somebody")

    assert [(file.name, file.size) for file in request.FILES.getlist("files")] == [
        ("a.pdf", _LIMIT),
        ("b.pdf", 1),
    ]
    assert request.FILES.getlist("files")[0].read() == b"%" * _LIMIT
    on_disk = [os.fstat(file.fileno()) for file in request.FILES.getlist("files")]
    assert {each.st_dev for each in on_disk} == {work.stat().st_dev}
    # Without a name: when the process is killed, nothing is left.
    assert [each.st_nlink for each in on_disk] == [0, 0]
    request.close()
    assert [path for path in work.rglob("*") if path.suffix != ".lock" and path.is_file()] == []


def test_a_file_without_end_is_kept_just_past_the_limit_and_the_rest_of_the_form_whole(work: Path) -> None:
    request = _request(20 * _LIMIT, actor="somebody")

    large, small = request.FILES.getlist("files")
    assert _LIMIT < (large.size or 0) <= _LIMIT + 64 * 1024
    large.flush()
    assert os.fstat(large.fileno()).st_size <= _LIMIT + 64 * 1024
    assert (small.size, request.POST["note"]) == (1, "sau tệp")
    request.close()


def test_a_stranger_brings_nothing_onto_the_disk(work: Path) -> None:
    request = _request(1000, actor=None)

    assert (dict(request.FILES), request.POST["note"]) == ({}, "sau tệp")
    assert not work.exists()


def test_more_files_than_a_form_takes_are_refused_beside_their_field_and_the_words_are_kept(
    sign_in: SignIn, world: World
) -> None:
    many = [SimpleUploadedFile(f"phu-luc-{number}.pdf", b"%PDF") for number in range(101)]

    answer = sign_in("officer").post(
        "/van-ban-di/soan/", filled(world, subject="V/v giữ lại", attachments=many)
    )

    said = answer.content.decode()
    assert answer.status_code == 422
    assert "Nhiều nhất 100 tệp một lần, đang có 101. Hãy chọn ít tệp hơn" in said
    assert "V/v giữ lại" in said
