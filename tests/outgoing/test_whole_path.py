"""One document from the officer's desk to its issue, signed by real keys, and the answer to it."""

from __future__ import annotations

from tests import path
from tests.keys import KeyRing
from tests.world import World
from vanthu import pdfsign
from vanthu.kernel import blobs
from vanthu.outgoing import queries
from vanthu.signing import operations as signing


class TestWholePath:
    def test_leads_from_draft_to_issue_with_every_signature_valid(
        self, world: World, signers: KeyRing
    ) -> None:
        document = path.issued(world)

        page = queries.get_outgoing(world.clerk, document_id=document, now=path.true_time())
        assert page.row.state == "issued"
        assert page.row.code == "01/SNV-CCVC"
        assert page.verdict is not None
        assert (page.verdict.verdict, page.verdict.message) == (
            "valid",
            "Chữ ký hợp lệ, văn bản nguyên vẹn; Phạm Văn Hùng ký, Sở Nội vụ tỉnh An Bình đóng dấu.",
        )
        assert page.main_file is not None
        with blobs.as_path(page.main_file.sha256) as pdf:
            report = pdfsign.verify(pdf, trust=signing.trusted_roots(), now=path.true_time())
        assert report.verdict == "valid"
        assert report.number == "01"
