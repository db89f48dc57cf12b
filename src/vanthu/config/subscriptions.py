"""What happens after each event. The only such list in the system."""

from __future__ import annotations

from vanthu.exchange import tasks as exchange
from vanthu.exchange.events import (
    AttemptResumed,
    LocalDeliveryPlanned,
    PacketPlanned,
    PacketReopened,
    StatusPlanned,
)
from vanthu.incoming import tasks as incoming
from vanthu.incoming.events import IncomingProgressed, SignatureUnsettled
from vanthu.kernel.outbox import Subscriptions
from vanthu.outgoing import tasks as outgoing
from vanthu.outgoing.events import DraftUploadCancelled, DraftUploaded, OutgoingIssued

SUBSCRIPTIONS: Subscriptions = {
    OutgoingIssued: (exchange.deliver_issued, incoming.complete_answered),
    DraftUploaded: (outgoing.convert_upload,),
    DraftUploadCancelled: (outgoing.clear_upload,),
    IncomingProgressed: (exchange.report_progress,),
    SignatureUnsettled: (incoming.check_again,),
    LocalDeliveryPlanned: (exchange.deliver_here,),
    PacketPlanned: (exchange.send_packet,),
    StatusPlanned: (exchange.send_status,),
    PacketReopened: (exchange.reopen_packet,),
    AttemptResumed: (exchange.resume_attempt,),
}
