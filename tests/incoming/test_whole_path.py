"""From the sender's issue to the handler's answer: signed by real keys, checked again at arrival."""

from __future__ import annotations

from django.db import transaction

from tests import arrivals, path
from tests.keys import KeyRing
from tests.seeing import assignment_seen, now_seen, part_seen
from tests.world import World
from vanthu.documents.operations import NewFile
from vanthu.documents.states import FileKind
from vanthu.incoming import actions, operations, queries
from vanthu.kernel import blobs
from vanthu.kernel.blobs import StoredBlob
from vanthu.outgoing import queries as outgoing
from vanthu.signing import operations as signing
from vanthu.workflow.rules import Assignee
from vanthu.workflow.states import AssignmentStep


class TestWholePath:
    def test_leads_from_arrival_to_the_answer(self, world: World, signers: KeyRing) -> None:
        """What the department issued comes in at the department; the same people play both sides."""
        sent = outgoing.get_outgoing(
            world.clerk, document_id=path.issued(world), now=path.true_time()
        ).main_file
        assert sent is not None
        with blobs.as_path(sent.sha256) as pdf:
            examination = signing.examine(pdf, now=path.true_time())
        file = NewFile(
            kind=FileKind.MAIN,
            name=sent.name,
            media_type=sent.media_type,
            blob=StoredBlob(sha256=sent.sha256, size=sent.size),
        )
        told = arrivals.arrival(
            world,
            files=[file],
            examinations={sent.sha256: examination},
            issuer_name=world.department.name,
            signer_name="Phạm Văn Hùng",
        )
        with transaction.atomic():
            received = operations.receive(actor=world.machine, arrival=told, now=path.true_time())
        document, now = received.document_id, path.true_time()

        actions.register_document(actor=world.clerk, document_id=document, seen=now_seen(document), now=now)
        unit = Assignee(kind="unit", id=world.civil_service.id)
        actions.direct_document(
            actor=world.leader, document_id=document, seen=now_seen(document), lead=unit, now=now
        )
        part = queries.get_incoming(world.head, document_id=document, now=now).assignments[0]
        actions.pass_on(
            actor=world.head,
            document_id=document,
            seen=assignment_seen(part.id),
            assignment_id=part.id,
            user_id=world.officer.user_id,
            now=now,
        )
        actions.start_work(
            actor=world.officer,
            document_id=document,
            seen=part_seen(document, world.officer, AssignmentStep.START),
            now=now,
        )
        actions.report_work(
            actor=world.officer,
            document_id=document,
            seen=part_seen(document, world.officer, AssignmentStep.FINISH),
            result="Đã tham mưu",
            now=now,
        )
        reply = path.issued(world, replies_to=document)
        actions.complete_answered(
            actor=world.machine,
            document_id=document,
            reply_id=reply,
            reply_code="02/SNV-CCVC",
            staff="Hoàng Thị Lan",
            now=path.true_time(),
        )

        page = queries.get_incoming(world.officer, document_id=document, now=path.true_time())
        assert (page.row.state, page.row.verdict, page.row.arrival_number) == ("completed", "valid", 1)
        assert [(link.id, link.label) for link in page.replies] == [(reply, "02/SNV-CCVC")]
        assert [line.text for line in page.history] == [
            "Hoàn thành, đã trả lời bằng văn bản 02/SNV-CCVC",
            "Báo cáo kết quả: Đã tham mưu",
            "Bắt đầu xử lý",
            "Phân công tiếp",
            "Chỉ đạo, chuyển xử lý",
            "Tiếp nhận, vào sổ, số đến 1",
            "Văn bản đến hệ thống",
        ]
