"""What the clerk is told of a document neither good nor altered, or not to be read, and what he may do."""

from __future__ import annotations

import io
from uuid import UUID

import pytest

from tests import arrivals
from tests.path import true_time
from tests.pdfsign import hostile, outside
from tests.pdfsign.documents import typeset
from tests.seeing import now_seen
from tests.world import NOW, World
from vanthu.documents.operations import NewFile
from vanthu.documents.states import FileKind
from vanthu.incoming import actions, queries
from vanthu.incoming.models import IncomingDocument
from vanthu.kernel import blobs
from vanthu.signing import operations as signing
from vanthu.signing import rules
from vanthu.signing.queries import VerdictView
from vanthu.signing.rules import Reader

pytestmark = pytest.mark.usefixtures("signers")


def _received(world: World, content: bytes) -> UUID:
    blob = blobs.put(io.BytesIO(content))
    with blobs.as_path(blob.sha256) as pdf:
        examination = signing.examine(pdf, now=true_time())
    file = NewFile(kind=FileKind.MAIN, name="a.pdf", media_type="application/pdf", blob=blob)
    return arrivals.arrived(world, files=[file], examinations={blob.sha256: examination}, now=true_time())


def _view(world: World, document: UUID) -> VerdictView:
    view = queries.get_incoming(world.clerk, document_id=document, now=NOW).verdict
    assert view is not None
    return view


class TestAWeakDigest:
    def test_may_be_accepted_at_entry_and_stays_what_it_is(self, world: World) -> None:
        document = _received(world, hostile.signed(typeset(), digest="sha1"))

        view = _view(world, document)
        assert (view.verdict, view.title) == ("indeterminate", "Nguyên vẹn, thuật toán ký đã yếu")
        assert "SHA-1" in view.message
        assert "sửa" not in view.message
        assert "có thể tiếp nhận" in view.next_step
        assert ("open", "Thuật toán băm SHA-1 đã yếu") in view.signatures[0]["facts"]

        number = actions.register_document(
            actor=world.clerk, document_id=document, seen=now_seen(document), now=true_time()
        )

        kept = IncomingDocument.objects.get(pk=document)
        assert (kept.arrival_number, kept.verdict) == (number, "indeterminate")


class TestAFileThatCannotBeRead:
    @pytest.mark.parametrize(
        ("content", "title", "said", "step"),
        [
            pytest.param(
                outside.encrypted(typeset()),
                "Tệp đặt mật khẩu",
                "đặt mật khẩu",
                "Hãy đề nghị bên gửi bỏ mật khẩu rồi gửi lại.",
                id="a password",
            ),
            pytest.param(
                b"%PDF-1.7\n" + b"x" * 500,
                "Không đọc được tệp",
                "bị hỏng",
                "Hãy trả lại bên gửi và đề nghị gửi lại tệp đọc được.",
                id="broken",
            ),
        ],
    )
    def test_is_called_what_it_is_with_advice_for_the_clerk(
        self, world: World, content: bytes, title: str, said: str, step: str
    ) -> None:
        view = _view(world, _received(world, content))

        assert (view.title, view.next_step) == (title, step)
        assert said in view.message
        assert view.message.endswith("; chưa kiểm tra được chữ ký số.")
        assert "tải lên" not in view.message + view.next_step
        assert "soạn thảo" not in view.message + view.next_step


@pytest.mark.parametrize("reader", Reader)
@pytest.mark.parametrize(
    "problem", ["changed_after", "weak_digest", "pdfsign.broken", "pdfsign.password_protected"]
)
def test_whoever_reads_a_verdict_is_told_what_he_can_do(reader: Reader, problem: str) -> None:
    step = rules.next_step("invalid", problem, reader)

    assert step.startswith(("Hãy", "Văn thư"))
    assert ("bên gửi" in step) is (reader is Reader.CLERK)


def test_a_weak_digest_does_not_hide_somebody_elses_seal() -> None:
    seal = {"kind": "agency", "signer": "Sở Y tế tỉnh An Bình", "verdict": "indeterminate"}
    signatures = [seal | {"details": {"problem": "weak_digest"}}]

    verdict, message = rules.conclude_names(
        ("indeterminate", "Nội dung còn nguyên."),
        signatures,
        issuer_name="Sở Nội vụ tỉnh An Bình",
        signer_name="",
    )

    assert verdict == "indeterminate"
    assert message.startswith("Dấu là của Sở Y tế tỉnh An Bình")
    assert message.endswith("; Nội dung còn nguyên.")
