"""The verdict at arrival, looked for again until it is settled, and what the clerk does about a bad one."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from tests import arrivals, path
from tests.arrivals import examined
from tests.keys import KeyRing
from tests.path import true_time
from tests.pdfsign import tampering
from tests.seeing import now_seen
from tests.traces import audited, jobs, nothing_changed
from tests.world import NOW, World
from vanthu.documents.operations import NewFile, current_file
from vanthu.documents.states import FileKind
from vanthu.incoming import actions, queries, tasks
from vanthu.incoming.models import IncomingDocument
from vanthu.kernel import blobs
from vanthu.kernel.errors import NotAllowed, NotFound
from vanthu.signing import operations as signing
from vanthu.signing.models import Verification
from vanthu.signing.operations import Examination
from vanthu.signing.rules import RETRY_MINUTES
from vanthu.signing.states import Verdict


def _received(world: World, content: bytes, **record: Any) -> UUID:
    """The department's PDF delivered and judged as the exchange does it."""
    blob = blobs.put(io.BytesIO(content))
    with blobs.as_path(blob.sha256) as pdf:
        examination = signing.examine(pdf, now=true_time())
    file = NewFile(kind=FileKind.MAIN, name="a.pdf", media_type="application/pdf", blob=blob)
    return arrivals.arrived(
        world,
        files=[file],
        examinations={blob.sha256: examination},
        now=true_time(),
        **{"issuer_name": world.department.name, "signer_name": "Phạm Văn Hùng"} | record,
    )


class TestTheVerdictAtArrival:
    def test_is_shown_in_one_sentence_with_its_facts(self, world: World, signers: KeyRing) -> None:
        document = _received(world, path.sealed_pdf(world, signers))

        view = queries.get_incoming(world.clerk, document_id=document, now=NOW).verdict
        assert view is not None
        assert (view.verdict, view.title) == ("valid", "Chữ ký hợp lệ")
        assert [one["signer"] for one in view.signatures][:2] == ["Phạm Văn Hùng", "Sở Nội vụ tỉnh An Bình"]
        assert isinstance(view.signatures[0]["signed_at"], datetime)
        assert jobs()[-1][0] == "exchange.report_progress"

    def test_does_not_conclude_on_the_seal_of_another_agency_and_a_check_again_agrees(
        self, world: World, signers: KeyRing
    ) -> None:
        """Waiting changes nobody's name, so no check is put down, and none is promised."""
        document = _received(world, path.sealed_pdf(world, signers), issuer_name=world.remote.name)
        expected = (
            "indeterminate",
            "Dấu là của Sở Nội vụ tỉnh An Bình, không phải của cơ quan gửi Ủy ban nhân dân tỉnh Phú Vinh.",
        )
        assert "incoming.check_again" not in [name for name, _ in jobs()]
        row = IncomingDocument.objects.get(pk=document)
        assert (row.verdict, row.verdict_message) == expected

        tasks.check_signatures(document_id=str(document), attempt=1)

        assert _scheduled() == []
        row.refresh_from_db()
        assert (row.verdict, row.verdict_message) == expected

    @pytest.mark.parametrize(
        "change", [tampering.change_number, tampering.stamp_content, tampering.add_page, tampering.annotate]
    )
    def test_shows_a_tampered_document_as_tampered_and_it_is_returned(
        self, world: World, signers: KeyRing, tmp_path: Path, change: Callable[..., None]
    ) -> None:
        original = tmp_path / "a.pdf"
        original.write_bytes(path.sealed_pdf(world, signers))
        document = _received(world, tampering.append_revision(original, change).read_bytes())

        page = queries.get_incoming(world.clerk, document_id=document, now=NOW)
        assert page.row.verdict == "invalid"
        assert "Đã bị sửa sau khi ký số" in page.row.verdict_message
        assert {"return", "register"} <= page.acts

        actions.return_document(
            actor=world.clerk,
            document_id=document,
            seen=now_seen(document),
            reason=page.row.verdict_message,
            now=true_time(),
        )

        row = queries.get_incoming(world.clerk, document_id=document, now=NOW).row
        assert (row.state, row.arrival_number) == ("returned", None)
        name, told = jobs()[-1]
        assert (name, told["progress"], told["note"]) == (
            "exchange.report_progress",
            "returned",
            page.row.verdict_message,
        )

    @pytest.mark.parametrize(
        ("main", "attached", "verdict", "message"),
        [
            (Verdict.VALID, Verdict.UNSIGNED, "valid", "chính"),
            (Verdict.VALID, Verdict.INVALID, "invalid", "Tài liệu kèm theo: kèm"),
            (Verdict.INVALID, Verdict.VALID, "invalid", "chính"),
            (Verdict.INDETERMINATE, Verdict.VALID, "indeterminate", "chính"),
            (Verdict.UNSIGNED, Verdict.VALID, "unsigned", "chính"),
        ],
    )
    def test_follows_main_file_and_spoiled_attachments(
        self, world: World, main: Verdict, attached: Verdict, verdict: str, message: str
    ) -> None:
        files, examinations = _two_files(main, attached)

        document = arrivals.arrived(world, files=files, examinations=examinations)

        row = IncomingDocument.objects.get(pk=document)
        promise = "; hệ thống sẽ tự kiểm tra lại." if verdict == "indeterminate" else ""
        assert (row.verdict, row.verdict_message) == (verdict, message + promise)
        asked = [name for name, _ in jobs() if name == "incoming.check_again"]
        assert bool(asked) is (verdict == "indeterminate")

    def test_is_unsigned_without_a_pdf(self, world: World) -> None:
        text = path.stored("Danh sách".encode(), "a.txt")
        file = NewFile(kind=FileKind.MAIN, name="a.txt", media_type="text/plain", blob=text.blob)

        document = arrivals.arrived(world, files=[file], examinations={})

        row = IncomingDocument.objects.get(pk=document)
        assert (row.verdict, row.verdict_message) == ("unsigned", "Văn bản không có tệp PDF ký số.")


def _two_files(main: Verdict, attached: Verdict) -> tuple[list[NewFile], dict[str, Examination]]:
    first, second = arrivals.main_file(), path.stored(b"%PDF-1.7 x", "phu-luc.pdf")
    other = NewFile(
        kind=FileKind.ATTACHMENT,
        name=second.name,
        media_type=second.media_type,
        blob=second.blob,
        position=1,
    )
    return [first, other], {
        first.blob.sha256: examined(main, "chính"),
        second.blob.sha256: examined(attached, "kèm"),
    }


class TestSettleSignature:
    @pytest.mark.parametrize("who", ["outsider", "officer", "clerk", "leader"])
    def test_is_refused_to(self, world: World, who: str) -> None:
        """Nobody may argue a verdict; only the machine checks."""
        document = arrivals.directed(world, verdict=Verdict.INDETERMINATE)
        found = {sha256: examined() for sha256 in _hashes(world, document)}

        with nothing_changed(), pytest.raises(NotFound if who == "outsider" else NotAllowed):
            _settle(world, document, found, who)

    def test_writes_what_the_check_came_to(self, world: World) -> None:
        document = arrivals.arrived(world, verdict=Verdict.INDETERMINATE)
        [sha256] = _hashes(world, document)

        assert _settle(world, document, {sha256: examined(Verdict.VALID, "Tốt")}, None) is True

        row = IncomingDocument.objects.get(pk=document)
        assert (row.verdict, row.verdict_message) == ("valid", "Tốt")
        assert Verification.objects.get(blob_id=sha256).attempts == 2
        assert audited(document)[-1] == (
            "incoming.signature-checked",
            "Kiểm thử",
            {"verdict": "valid", "message": "Tốt"},
        )

    def test_stays_open_while_nobody_can_tell(self, world: World) -> None:
        document = arrivals.arrived(world, verdict=Verdict.INDETERMINATE)
        [sha256] = _hashes(world, document)

        assert _settle(world, document, {sha256: examined(Verdict.INDETERMINATE, "Chưa")}, None) is False

    @pytest.mark.parametrize(
        ("is_last", "said"),
        [
            (False, "Chưa rõ; hệ thống sẽ tự kiểm tra lại."),
            (True, "Chưa rõ; đã thử nhiều lần, hãy hỏi lại cơ quan gửi trước khi tiếp nhận."),
        ],
        ids=["another check follows", "the last check"],
    )
    def test_promises_another_check_only_where_one_follows(
        self, world: World, is_last: bool, said: str
    ) -> None:
        document = arrivals.arrived(world, verdict=Verdict.INDETERMINATE)
        [sha256] = _hashes(world, document)

        _settle(world, document, {sha256: examined(Verdict.INDETERMINATE, "Chưa rõ.")}, None, is_last=is_last)

        assert IncomingDocument.objects.get(pk=document).verdict_message == said

    def test_is_done_with_a_doubt_that_waiting_does_not_end(self, world: World) -> None:
        document = arrivals.arrived(world, verdict=Verdict.INDETERMINATE)
        [sha256] = _hashes(world, document)
        unsealed = examined(Verdict.INDETERMINATE, "Chưa có dấu.", problem=None)

        assert _settle(world, document, {sha256: unsealed}, None) is True

        row = IncomingDocument.objects.get(pk=document)
        assert (row.verdict, row.verdict_message) == ("indeterminate", "Chưa có dấu.")

    def test_does_not_take_a_settled_verdict_back(self, world: World) -> None:
        """The same job, run again after a crash, when the service is down."""
        document = arrivals.arrived(world, verdict=Verdict.VALID)
        [sha256] = _hashes(world, document)

        with nothing_changed():
            assert _settle(world, document, {sha256: examined(Verdict.INDETERMINATE, "Chưa")}, None) is True


def _settle(
    world: World,
    document: UUID,
    found: Mapping[str, Examination],
    who: str | None,
    *,
    is_last: bool = False,
) -> bool:
    return actions.settle_signature(
        actor=world.actor(who) if who else world.machine,
        document_id=document,
        examinations=found,
        is_last=is_last,
        now=NOW,
    )


def _hashes(world: World, document: UUID) -> list[str]:
    return queries.pdf_hashes(world.clerk, document_id=document)


class TestTheLadder:
    def test_is_climbed_until_the_service_answers(
        self, world: World, signers: KeyRing, settings: Settings
    ) -> None:
        """A document without long-term data, its OCSP responder down at arrival and once more, then up."""
        settings.TSA_URL = ""
        started, document = true_time(), path.sealed(world)
        content = _bytes_of(document)
        with signers.silenced():
            arrived = _received(world, content)
            row = IncomingDocument.objects.get(pk=arrived)
            assert row.verdict == "indeterminate"
            assert row.verdict_message.endswith("; hệ thống sẽ tự kiểm tra lại.")
            [(_, first)] = [job for job in jobs() if job[0] == "incoming.check_again"]
            tasks.check_again(**first)
            tasks.check_signatures(**_scheduled()[-1]["args"])

        assert IncomingDocument.objects.get(pk=arrived).verdict == "indeterminate"
        checks = _scheduled()
        assert [check["args"]["attempt"] for check in checks] == [1, 2]
        for check, minutes in zip(checks, RETRY_MINUTES, strict=False):
            assert check["scheduled_at"] - started >= timedelta(minutes=minutes)

        tasks.check_signatures(**checks[-1]["args"])

        assert IncomingDocument.objects.get(pk=arrived).verdict == "valid"
        assert len(_scheduled()) == 2
        assert [action for action, _, _ in audited(arrived)] == [
            "incoming.arrived",
            "incoming.signature-checked",
            "incoming.signature-checked",
        ]

    def test_ends_with_its_last_step(self, world: World) -> None:
        document = arrivals.arrived(world, verdict=Verdict.INDETERMINATE)

        with nothing_changed():
            tasks.check_again(document_id=str(document), attempt=len(RETRY_MINUTES) + 1)

    def test_says_at_its_last_step_that_nobody_answered(
        self, world: World, signers: KeyRing, settings: Settings
    ) -> None:
        settings.TSA_URL = ""
        content = _bytes_of(path.sealed(world))
        with signers.silenced():
            arrived = _received(world, content)
            tasks.check_signatures(document_id=str(arrived), attempt=len(RETRY_MINUTES))

        row = IncomingDocument.objects.get(pk=arrived)
        assert row.verdict_message.endswith(
            "; đã thử nhiều lần, hãy hỏi lại cơ quan gửi trước khi tiếp nhận."
        )
        assert _scheduled() == []


def _scheduled() -> list[dict[str, Any]]:
    rows = ProcrastinateJob.objects.filter(task_name="incoming.check_signatures").order_by("id")
    return list(rows.values("args", "scheduled_at"))


def _bytes_of(document: UUID) -> bytes:
    current = current_file(document, FileKind.MAIN)
    assert current is not None
    with blobs.open_blob(current.blob_id) as content:
        return bytes(content.read())
