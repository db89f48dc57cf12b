"""Soạn, sửa, đặt vị trí: the author's acts (NĐ 30/2020 Điều 10)."""

from __future__ import annotations

import unicodedata
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests import arrivals
from tests.at_once import at_once
from tests.outgoing.steps import moved
from tests.path import content, drafted, paper, stored
from tests.seeing import now_seen
from tests.traces import audited, jobs, nothing_changed
from tests.world import NOW, World
from vanthu.documents.intake import AcceptedDraft, SecretRefused
from vanthu.documents.models import Document, DocumentFile, DocumentRelation
from vanthu.incoming.states import State as IncomingState
from vanthu.kernel import audit
from vanthu.kernel.errors import NotAllowed, NotFound
from vanthu.organizations.operations import NotASigner, UnknownRecipient
from vanthu.outgoing import actions, queries
from vanthu.outgoing.actions.drafting import DraftRefused
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.rules import SECRECY
from vanthu.workflow.rules import Assignee


class TestDraftDocument:
    def test_makes_a_record_with_everything_filled_in(self, world: World) -> None:
        draft = paper()
        document = drafted(
            world,
            draft=draft,
            subject=unicodedata.normalize("NFD", "  V/v  rà soát\tvị trí "),
            urgency=1,
            sphere="Nội vụ",
            attachments=[stored(b"%PDF-1 a", "a.pdf"), stored(b"%PDF-1 b", "b.pdf")],
        )

        page = queries.get_outgoing(world.officer, document_id=document, now=NOW)
        assert (page.row.code, page.row.state, page.row.urgency_label) == ("SNV-CCVC", "draft", "Khẩn")
        assert (page.row.subject, page.sphere) == ("V/v rà soát vị trí", "Nội vụ")
        assert [row.agency_id for row in page.recipients] == [world.neighbour.id, world.remote.id]
        assert page.to_places == ("Lưu: VT, CCVC",)
        assert (page.row.signer_name, page.signer_title) == ("Phạm Văn Hùng", "GIÁM ĐỐC")
        assert page.missing_places == ()
        assert [(file.kind, file.name, file.note) for file in page.files] == [
            ("main", "du-thao.pdf", "Dự thảo lần đầu"),
            ("attachment", "a.pdf", ""),
            ("attachment", "b.pdf", ""),
        ]
        record = Document.objects.get(id=document)
        assert (record.issuer_code, record.issuer_name, record.place, record.page_count) == (
            "H99.02",
            "Sở Nội vụ tỉnh An Bình",
            "An Bình",
            1,
        )
        assert audited(document) == [
            (
                "outgoing.drafted",
                world.officer.label,
                {"subject": "V/v rà soát vị trí", "type": "CV", "pdf": draft.pdf.blob.sha256},
            )
        ]
        assert jobs() == []

    @pytest.mark.parametrize("who", ["administrator", "outsider_administrator"])
    def test_is_refused_to(self, world: World, who: str) -> None:
        with nothing_changed(), pytest.raises(NotAllowed):
            drafted(world, by=world.actor(who))

    @pytest.mark.parametrize("who", ["archivist", "clerk", "officer", "head", "leader"])
    def test_is_open_to(self, world: World, who: str) -> None:
        assert OutgoingDocument.objects.get(pk=drafted(world, by=world.actor(who))).state == "draft"

    def test_takes_the_symbol_its_paper_bears(self, world: World) -> None:
        """The paper is the original: the record never says another symbol than the one people read."""
        document = drafted(world, draft=paper(notation="BCĐ389-CCVC", year=2026))

        page = queries.get_outgoing(world.officer, document_id=document, now=NOW)
        assert page.row.code == "BCĐ389-CCVC"
        assert [doubt.words for doubt in page.unanswered] == [
            "Văn bản ghi ký hiệu «BCĐ389-CCVC», không có «SNV» của cơ quan; thường là «SNV-CCVC». "
            "Nếu ghi nhầm, hãy sửa tệp dự thảo.",
        ]

    def test_points_nothing_out_in_an_ordinary_letter(self, world: World) -> None:
        document = drafted(world, draft=paper(year=2026))

        page = queries.get_outgoing(world.officer, document_id=document, now=NOW)
        assert (page.row.code, page.remarks) == ("SNV-CCVC", ())

    @pytest.mark.parametrize(
        ("who", "type_code", "usual"),
        [("officer", "QĐ", "QĐ-SNV"), ("officer", "CV", "SNV-CCVC"), ("leader", "CV", "SNV")],
    )
    def test_is_named_by_type_and_unit_where_the_paper_cannot_be_read(
        self, world: World, who: str, type_code: str, usual: str
    ) -> None:
        unread = paper(number_blank="h(0pt)", notation="", year=2026)
        document = drafted(world, by=world.actor(who), type_code=type_code, draft=unread)

        page = queries.get_outgoing(world.actor(who), document_id=document, now=NOW)
        assert page.row.code == usual
        assert page.remarks == (
            f"Không đọc được ký hiệu trên văn bản, hệ thống ghi «{usual}». Hãy so với bản PDF.",
        )

    def test_of_too_long_a_symbol_is_as_one_that_cannot_be_read(self, world: World) -> None:
        document = drafted(world, draft=paper(number_blank="h(14pt)", notation="SNV-" + "C" * 60))

        assert Document.objects.get(id=document).notation == "SNV-CCVC"

    @pytest.mark.parametrize("secrecy", [key for key in SECRECY if key != "normal"])
    def test_is_refused_for_a_secret(self, world: World, secrecy: str) -> None:
        with nothing_changed(), pytest.raises(SecretRefused):
            drafted(world, secrecy=secrecy)

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"subject": "x" * 501}, "Trích yếu dài 501 ký tự, nhiều nhất 500"),
            ({"type_code": "?"}, "Hãy chọn loại văn bản."),
            ({"to_places": ["x" * 201]}, "không quá 200 ký tự"),
        ],
    )
    def test_is_refused_without_what_the_law_asks(
        self, world: World, changes: dict[str, Any], sentence: str
    ) -> None:
        with nothing_changed(), pytest.raises(DraftRefused, match=sentence):
            drafted(world, **changes)

    def test_is_refused_for_whom_nobody_knows(self, world: World) -> None:
        with nothing_changed(), pytest.raises(UnknownRecipient):
            drafted(world, recipient_ids=[uuid4()])

    @pytest.mark.parametrize("who", ["officer", "clerk", "outsider_leader"])
    def test_is_refused_for_who_may_not_sign(self, world: World, who: str) -> None:
        with nothing_changed(), pytest.raises(NotASigner):
            drafted(world, signer_id=world.actor(who).user_id)

    def test_is_refused_for_a_signer_nobody_knows(self, world: World) -> None:
        with nothing_changed(), pytest.raises(NotASigner):
            drafted(world, signer_id=uuid4())

    def test_with_one_key_makes_one_draft_of_each_author(self, world: World) -> None:
        key = uuid4()
        document = drafted(world, draft_key=key)

        with nothing_changed():
            assert drafted(world, draft_key=key) == document
        assert drafted(world, by=world.head, draft_key=key) != document
        assert drafted(world) != drafted(world)

    @pytest.mark.django_db(transaction=True)
    def test_with_one_key_at_once_makes_one_draft(self, world: World) -> None:
        done, refused = at_once([partial(drafted, world, draft_key=uuid4(), draft=paper())] * 3)

        assert (len(done), len(set(done)), refused) == (3, 1, [])
        assert Document.objects.count() == 1

    def test_counts_each_recipient_once(self, world: World) -> None:
        document = drafted(world, recipient_ids=[world.remote.id, world.neighbour.id, world.remote.id])

        recipients = queries.get_outgoing(world.officer, document_id=document, now=NOW).recipients
        assert [row.agency_id for row in recipients] == [world.remote.id, world.neighbour.id]

    def test_leaves_no_trace_when_it_fails_half_way(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupt(**_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(audit, "record", interrupt)
        with nothing_changed(), pytest.raises(KeyboardInterrupt):
            drafted(world)


class TestAnAnswer:
    def test_is_linked_to_what_it_answers(self, world: World) -> None:
        asked = arrivals.processing(world)
        document = drafted(world, replies_to=asked)

        [relation] = DocumentRelation.objects.all()
        assert (relation.source_id, relation.target_id, relation.kind) == (document, asked, "replies_to")
        link = queries.get_outgoing(world.officer, document_id=document, now=NOW).replies_to
        assert link is not None
        assert (link.id, link.label) == (asked, "15/UBND-NC của Ủy ban nhân dân tỉnh Phú Vinh")

    @pytest.mark.parametrize("who", ["colleague", "archivist", "outsider_leader", "outsider"])
    def test_is_refused_to_whom_it_is_no_business(self, world: World, who: str) -> None:
        """Not even that there is such a document is told."""
        asked = arrivals.directed(world)

        with nothing_changed(), pytest.raises(NotFound):
            drafted(world, by=world.actor(who), replies_to=asked)

    @pytest.mark.parametrize("who", ["officer", "head", "clerk", "leader"])
    def test_is_open_to(self, world: World, who: str) -> None:
        unit = Assignee(kind="unit", id=world.civil_service.id)
        asked = arrivals.TO_STATE[IncomingState.DIRECTED](world, support=[unit])

        answer = drafted(world, by=world.actor(who), replies_to=asked)

        assert OutgoingDocument.objects.get(pk=answer).replies_to_id == asked

    @pytest.mark.parametrize("who", ["clerk", "leader"])
    @pytest.mark.parametrize("state", [IncomingState.ARRIVED, IncomingState.RETURNED])
    def test_is_refused_before_it_is_registered(self, world: World, state: IncomingState, who: str) -> None:
        asked = arrivals.TO_STATE[state](world)

        with nothing_changed(), pytest.raises(NotFound):
            drafted(world, by=world.actor(who), replies_to=asked)

    def test_is_refused_to_an_outgoing_document(self, world: World) -> None:
        own = drafted(world, by=world.leader)

        with nothing_changed(), pytest.raises(NotFound):
            drafted(world, by=world.leader, replies_to=own)

    def test_is_refused_for_what_does_not_exist(self, world: World) -> None:
        with nothing_changed(), pytest.raises(NotFound):
            drafted(world, by=world.leader, replies_to=uuid4())


class TestReviseDraft:
    def test_keeps_every_version(self, world: World) -> None:
        document = drafted(world, attachments=[stored(b"%PDF-1 a", "a.pdf"), stored(b"%PDF-1 b", "b.pdf")])
        second = paper(page_breaks=1, notation="TB-SNV")
        out = _attached(document)["a.pdf"]

        actions.revise_draft(
            actor=world.officer,
            document_id=document,
            seen=now_seen(document),
            content=content(world, subject="V/v khác", type_code="TB", recipient_ids=[world.remote.id]),
            draft=second,
            attachments=[stored(b"%PDF-1 c", "c.pdf")],
            removed=[out],
            now=NOW,
        )

        page = queries.get_outgoing(world.officer, document_id=document, now=NOW)
        assert (page.row.subject, page.row.code, page.row.type_name) == ("V/v khác", "TB-SNV", "Thông báo")
        assert [file.name for file in page.files] == ["du-thao.pdf", "b.pdf", "c.pdf"]
        assert [(one.version, one.is_current, one.note) for one in page.versions] == [
            (2, True, "Sửa dự thảo"),
            (1, False, "Dự thảo lần đầu"),
        ]
        assert [row.agency_id for row in page.recipients] == [world.remote.id]
        kept = DocumentFile.objects.filter(document_id=document, kind="attachment").order_by(
            "position", "version"
        )
        assert [(one.name, one.version, one.superseded_at) for one in kept] == [
            ("a.pdf", 1, NOW),
            ("b.pdf", 1, None),
            ("c.pdf", 1, None),
        ]
        assert audited(document)[-1] == (
            "outgoing.draft-revised",
            world.officer.label,
            {
                "subject": "V/v khác",
                "pdf": second.pdf.blob.sha256,
                "removed": [str(out)],
                "changed": {
                    "subject": ["V/v rà soát vị trí việc làm", "V/v khác"],
                    "type_code": ["Công văn", "Thông báo"],
                    "recipients": ["Ủy ban nhân dân xã Hòa Bình", ""],
                    "attachments": ["a.pdf", "c.pdf"],
                },
            },
        )
        assert page.row.id in {row.id for row in queries.list_outgoing(world.officer, text="khac").items}

    def test_takes_out_no_file_of_another_document(self, world: World) -> None:
        other = drafted(world, attachments=[stored(b"%PDF-1 a", "a.pdf")])
        main = queries.get_outgoing(world.officer, document_id=other, now=NOW).main_file
        assert main is not None

        own = drafted(world)
        actions.revise_draft(
            actor=world.officer,
            document_id=own,
            seen=now_seen(own),
            content=content(world),
            draft=None,
            removed=[_attached(other)["a.pdf"], main.id],
            now=NOW,
        )

        files = queries.get_outgoing(world.officer, document_id=other, now=NOW).files
        assert [file.name for file in files] == ["du-thao.pdf", "a.pdf"]

    def test_keeps_the_source_of_a_word_draft(self, world: World) -> None:
        source = stored(b"word", "van-ban.docx", pages=None)
        from_word = AcceptedDraft(pdf=paper().pdf, source=source)
        document = drafted(world, draft=from_word)

        page = queries.get_outgoing(world.officer, document_id=document, now=NOW)
        assert [file.kind for file in page.files] == ["main"]
        assert [file.kind for file in page.versions] == ["main", "source"]

    def test_keeps_the_places_somebody_corrected(self, world: World) -> None:
        document = drafted(world)
        places = moved(document)
        actions.place_marks(
            actor=world.officer, document_id=document, seen=now_seen(document), places=places, now=NOW
        )

        _revise(world, document, subject="V/v khác")
        assert OutgoingDocument.objects.get(pk=document).places == places

        _revise(world, document, signer_id=world.deputy.user_id)
        assert OutgoingDocument.objects.get(pk=document).places != places

    def test_leaves_no_trace_when_it_is_refused(self, world: World) -> None:
        document = drafted(world)

        with nothing_changed(), pytest.raises(SecretRefused):
            _revise(world, document, secrecy="secret")
        with nothing_changed(), pytest.raises(NotASigner):
            _revise(world, document, signer_id=world.clerk.user_id)


def _revise(world: World, document: Any, **changes: Any) -> None:
    actions.revise_draft(
        actor=world.officer,
        document_id=document,
        seen=now_seen(document),
        content=content(world, **changes),
        draft=None,
        now=NOW,
    )


def _attached(document: UUID) -> dict[str, UUID]:
    files = DocumentFile.objects.filter(document_id=document, kind="attachment", superseded_at=None)
    return dict(files.values_list("name", "id"))
