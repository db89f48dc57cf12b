"""Stored files are read again on a schedule; damage is said, recorded, and never hidden."""

from __future__ import annotations

import errno
import io
import logging
import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tests import arrivals
from tests.kernel.storage import own_storage
from tests.world import NOW, World
from vanthu.documents.models import DocumentFile
from vanthu.interfaces.cli.system import main
from vanthu.kernel import actions, blobs, custody, rules, tasks
from vanthu.kernel.actor import system
from vanthu.kernel.errors import NotAllowed, NotFound
from vanthu.kernel.models import AuditEntry, Blob
from vanthu.kernel.states import BlobDamage

pytestmark = pytest.mark.django_db
MACHINE = system("Kiểm tra tệp lưu trữ")
MONTH = timedelta(days=30)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path) -> Iterator[None]:
    with own_storage(tmp_path):
        yield


def kept(content: bytes, *, ago: timedelta = 2 * MONTH) -> str:
    stored = blobs.put(io.BytesIO(content))
    with transaction.atomic():
        blobs.keep(stored, now=timezone.now() - ago)
    return stored.sha256


def path_of(sha256: str) -> Path:
    with blobs.as_path(sha256) as path:
        return path


def harm(sha256: str, how: str) -> None:
    """Really damage the file on disk."""
    path = path_of(sha256)
    path.chmod(0o640)
    if how == "missing":
        path.unlink()
    elif how == "cut short":
        os.truncate(path, path.stat().st_size - 1)
    elif how == "unreadable":
        # To read a folder as a file is an OSError, as is a bad sector; no right of root helps against it.
        path.unlink()
        path.mkdir()
    else:
        path.write_bytes(b"\x00" + path.read_bytes()[1:])


def row(sha256: str) -> Blob:
    return Blob.objects.get(sha256=sha256)


def trail(sha256: str) -> list[tuple[str, str]]:
    entries = AuditEntry.objects.filter(data__sha256=sha256).order_by("sequence")
    return [(entry.action, entry.data["damage"]) for entry in entries]


class TestCheckBlobs:
    def test_notes_when_a_file_was_last_found_whole(self) -> None:
        sha256 = kept(b"nguyen ven")

        tasks.check_blobs()

        assert timezone.now() - (row(sha256).checked_at or NOW) < timedelta(minutes=1)
        assert row(sha256).damage == ""
        assert trail(sha256) == []

    def test_leaves_what_was_read_lately(self) -> None:
        sha256 = kept(b"moi den", ago=timedelta(days=1))

        tasks.check_blobs()

        assert row(sha256).checked_at is None

    @pytest.mark.parametrize(
        ("how", "damage"),
        [
            ("one byte changed", BlobDamage.CHANGED),
            ("cut short", BlobDamage.CHANGED),
            ("missing", BlobDamage.MISSING),
            ("unreadable", BlobDamage.UNREADABLE),
        ],
        ids=lambda value: str(value),
    )
    def test_damage_is_logged_and_recorded_once_and_the_file_is_left_alone(
        self, how: str, damage: BlobDamage, caplog: pytest.LogCaptureFixture
    ) -> None:
        sha256, other = kept(b"se hong"), kept(b"khong sao")
        harm(sha256, how)
        before = sorted(path.name for path in Path(settings.VAR).rglob("*"))

        for _ in range(2):
            Blob.objects.update(checked_at=timezone.now() - 2 * MONTH)
            tasks.check_blobs()

            assert row(sha256).damage == damage
        assert trail(sha256) == [("kernel.blob-damaged", damage.value)]
        assert f"sha256={sha256} damage={damage.value}" in caplog.text
        assert {record.levelno for record in caplog.records if sha256 in record.message} == {logging.ERROR}
        assert row(other).damage == ""
        after = sorted(path.name for path in Path(settings.VAR).rglob("*") if path.parent.name != "owners")
        assert [name for name in before if name not in after and "-" not in name] == []

    def test_what_comes_back_from_a_backup_is_whole_again_and_that_is_recorded(self) -> None:
        sha256 = kept(b"phuc hoi")
        path = path_of(sha256)
        aside = path.with_suffix(".bak")
        path.rename(aside)
        tasks.check_blobs()
        aside.rename(path)
        Blob.objects.update(checked_at=timezone.now() - MONTH)

        tasks.check_blobs()

        assert (row(sha256).damage, row(sha256).damaged_at) == ("", None)
        assert [action for action, _ in trail(sha256)] == ["kernel.blob-damaged", "kernel.blob-whole-again"]

    def test_names_the_rows_the_damage_hits(self, world: World) -> None:
        file = DocumentFile.objects.get(document__incoming=arrivals.arrived(world))
        sha256 = file.blob_id
        harm(sha256, "missing")

        actions.note_blob_checked(actor=MACHINE, sha256=sha256, damage=blobs.examine(sha256), now=NOW)

        (entry,) = AuditEntry.objects.filter(action="kernel.blob-damaged")
        assert entry.data["spoken_of_by"]["documents.documentfile"] == [str(file.pk)]

    def test_cut_off_in_the_middle_loses_nothing_and_goes_on_where_it_ended(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        files = [kept(bytes([number]) * 10, ago=(5 - number) * MONTH) for number in range(4)]
        harm(files[1], "missing")
        monkeypatch.setattr(rules, "_SHARE_OF_TIME", 0.0)
        whole = blobs.examine

        def cut_off(sha256: str) -> BlobDamage | None:
            if sha256 == files[2]:
                raise KeyboardInterrupt
            return whole(sha256)

        monkeypatch.setattr(blobs, "examine", cut_off)
        with pytest.raises(KeyboardInterrupt):
            tasks.check_blobs()
        assert [row(sha256).checked_at is not None for sha256 in files] == [True, True, False, False]
        assert row(files[1]).damage == BlobDamage.MISSING
        read: list[str] = []

        def watched(sha256: str) -> BlobDamage | None:
            read.append(sha256)
            return whole(sha256)

        monkeypatch.setattr(blobs, "examine", watched)
        tasks.check_blobs()

        assert read == files[2:]

    def test_reads_the_longest_unread_first_and_a_bounded_number_at_once(self) -> None:
        files = [kept(bytes([number]) * 10, ago=(9 - number) * MONTH) for number in range(5)]

        tasks.check_blobs()

        assert [row(sha256).checked_at is not None for sha256 in files] == [True, False, False, False, False]

    def test_a_storage_that_is_not_there_is_no_damage_of_files(self) -> None:
        sha256 = kept(b"o dia chua gan")
        shutil.rmtree(Path(settings.VAR) / "blobs")

        with pytest.raises(custody.StorageAway):
            custody.list_due(before=timezone.now(), limit=1)

        assert row(sha256).damage == ""

    def test_says_when_it_cannot_keep_pace(self, caplog: pytest.LogCaptureFixture) -> None:
        kept(b"cho lau", ago=3 * MONTH)

        tasks.check_blobs()

        assert "chậm" in caplog.text


class TestNoteBlobChecked:
    def test_is_refused_to_people(self, world: World) -> None:
        sha256 = kept(b"cua nguoi")

        with pytest.raises(NotAllowed):
            actions.note_blob_checked(actor=world.clerk, sha256=sha256, damage=None, now=NOW)

        assert row(sha256).checked_at is None

    def test_is_refused_for_what_is_not_kept(self) -> None:
        with pytest.raises(NotFound):
            actions.note_blob_checked(actor=MACHINE, sha256="0" * 64, damage=None, now=NOW)


class TestPace:
    @pytest.mark.parametrize("files", [1, 10, 5_000, 3_000_000])
    @pytest.mark.parametrize("days", [1, 30, 365])
    def test_brings_every_file_its_turn_in_time(self, files: int, days: int) -> None:
        within = timedelta(days=days)

        runs = -(-files // rules.checks_in_a_run(files, within=within))

        assert runs * rules.CHECK_RUN_EVERY < within

    def test_reads_nothing_of_nothing(self) -> None:
        assert rules.checks_in_a_run(0, within=MONTH) == 0


class TestBlobsCommand:
    def test_says_that_all_is_whole(self, capsys: pytest.CaptureFixture[str]) -> None:
        kept(b"lanh lan")

        assert main(["blobs", "check", "--all"]) == 0
        assert capsys.readouterr().out.startswith("1 tệp, 0 hỏng hoặc mất")

    def test_prints_what_is_known_to_be_damaged(self, capsys: pytest.CaptureFixture[str]) -> None:
        sha256 = kept(b"da hong")
        harm(sha256, "missing")
        tasks.check_blobs()

        assert main(["blobs", "check"]) == 1

        out = capsys.readouterr().out.splitlines()
        assert out[0].startswith(f"{sha256}\tMất tệp\tbiết từ ")
        assert out[1].startswith("1 tệp, 1 hỏng hoặc mất")

    def test_finds_with_all_what_nobody_knew(self, capsys: pytest.CaptureFixture[str]) -> None:
        sha256 = kept(b"chua ai biet", ago=timedelta(0))
        harm(sha256, "one byte changed")

        assert main(["blobs", "check"]) == 0
        assert main(["blobs", "check", "--all"]) == 1
        assert f"{sha256}\tNội dung đã bị thay đổi" in capsys.readouterr().out

    def test_misses_every_absent_or_shortened_file_without_reading_the_rest(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        all_of_them = [kept(f"tệp {number}".encode()) for number in range(12)]
        for sha256 in all_of_them[4:-1]:
            harm(sha256, "missing")
        harm(all_of_them[-1], "cut short")
        read: list[str] = []
        examine = blobs.examine

        def note(sha256: str) -> BlobDamage | None:
            read.append(sha256)
            return examine(sha256)

        monkeypatch.setattr(blobs, "examine", note)

        assert main(["blobs", "check"]) == 1

        said = capsys.readouterr().out.splitlines()[-1]
        assert said.startswith("12 tệp, 8 hỏng hoặc mất; đã xem 12 tệp còn và đúng kích thước không, đọc lại")
        assert sorted(read) == sorted(all_of_them[4:])
        assert Blob.objects.filter(damage="").count() == 4

    def test_is_content_again_after_the_file_came_back(self) -> None:
        sha256 = kept(b"tro ve")
        path = path_of(sha256)
        aside = path.rename(path.with_suffix(".bak"))
        assert main(["blobs", "check", "--all"]) == 1
        aside.rename(path)

        assert main(["blobs", "check"]) == 0
        assert row(sha256).damage == ""

    def test_says_in_one_line_that_there_is_no_storage(self, capsys: pytest.CaptureFixture[str]) -> None:
        kept(b"mat o dia")
        shutil.rmtree(Path(settings.VAR) / "blobs")

        assert main(["blobs", "check", "--all"]) == 2
        assert capsys.readouterr().err.count("\n") == 1

    def test_says_in_vietnamese_why_the_disk_cannot_be_read(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail() -> NoReturn:
            raise OSError(errno.EIO, "Input/output error")

        monkeypatch.setattr(blobs, "names", fail)

        assert main(["blobs", "unspoken"]) == 2
        assert capsys.readouterr().err == (
            "Không đọc được nơi lưu trữ tệp: không đọc hoặc ghi được, ổ đĩa hoặc tệp có lỗi.\n"
        )

    def test_lists_what_nobody_speaks_of_and_removes_nothing(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        kept(uuid4().bytes)
        stray = blobs.put(io.BytesIO(b"bo roi")).sha256

        assert main(["blobs", "unspoken"]) == 0

        assert [line.split("\t")[0] for line in capsys.readouterr().out.splitlines()] == [
            stray,
            "1 tệp không ai dùng.",
        ]
        assert blobs.is_whole(stray)
