"""The whole way over a real axis process: packet out, document in, states back, reply linked."""

from __future__ import annotations

from tests.exchange import desk, jobs
from tests.exchange.axis_process import AxisProcess
from tests.world import World
from vanthu.exchange.models import Delivery, StatusReport
from vanthu.exchange.states import Channel
from vanthu.kernel import audit, blobs
from vanthu.organizations.models import Agency
from vanthu.outgoing.models import OutgoingDocument


def _issued_far(world: World, *recipients: Agency, **more: object) -> OutgoingDocument:
    """Issue to agencies beyond the axis, plan the deliveries, then serve those agencies here as well."""
    document = desk.issue(world, recipients, **more)  # type: ignore[arg-type]  # passed on as given
    for job in jobs.waiting("exchange.deliver_issued"):
        job.run()
        job.finish()
    assert set(Delivery.objects.filter(document=document).values_list("channel", flat=True)) == {Channel.AXIS}
    desk.settle_in(*recipients)
    return document


class TestOverTheAxis:
    def test_carries_the_document_byte_for_byte_and_every_state_back(
        self, committed: World, axis: AxisProcess
    ) -> None:
        far = desk.far_agency("H97.01", "Sở Nội vụ tỉnh Phú Vinh")
        main, table = desk.pdf(2), b"so,ten\n1,An\n"
        document = _issued_far(committed, far, main=main, attachments=[("Danh sách.txt", table)])

        jobs.run_until_still()

        (copy,) = desk.arrived(far, document)
        record = copy.document
        contents = []
        for file in record.files.order_by("position"):
            with blobs.open_blob(file.blob_id) as content:
                contents.append(content.read())
        assert contents == [main, table]
        assert record.code == document.document.code
        assert record.subject == document.document.subject
        assert record.signer_title == document.document.signer_title
        assert record.type_code == "CV"
        assert record.to_places == ["Như trên", "Lưu: VT, CCVC"]
        assert (record.issued_on, record.due_on, record.urgency, record.place, record.page_count) == (
            document.document.issued_on,
            document.document.due_on,
            1,
            "An Bình",
            2,
        )
        assert (copy.sender_name, copy.channel_label) == ("Sở Nội vụ tỉnh An Bình", "Trục liên thông")

        assert desk.register(copy) == 1
        jobs.run_until_still()
        (row,) = desk.deliveries(committed.clerk, document).rows
        assert [status.state for status in row.statuses][:2] == ["queued", "sent"]
        assert {status.code for status in row.statuses} == {"", "01", "03"}
        assert (row.state, row.progress) == ("03", 3)
        assert not StatusReport.objects.filter(sent_at__isnull=True).exists()
        assert [link for chain in audit.examine() for link in chain.broken] == []
