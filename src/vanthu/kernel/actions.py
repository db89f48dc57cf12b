"""What happens to stored files, and to work put aside, as such: whatever they belong to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from vanthu.kernel import audit, blobs, custody
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import NotFound, require
from vanthu.kernel.models import Blob
from vanthu.kernel.states import BlobDamage
from vanthu.kernel.use_cases import use_case


@use_case
def note_blob_checked(*, actor: Actor, sha256: str, damage: BlobDamage | None, now: datetime) -> None:
    """Ghi kết quả kiểm tra tệp lưu trữ: when the bytes were read again, and what was wrong with them.

    Damage is recorded when it is first found and when the bytes are whole again (restored from a backup);
    nothing is repaired or removed here (QCVN 12:2026/BCA). Raises NotFound, NotAllowed.
    """
    blob = Blob.objects.select_for_update(no_key=True).filter(sha256=sha256).first()
    if blob is None:
        raise NotFound

    require(actor.is_system)

    before, after = blob.damage, damage.value if damage else ""

    blob.checked_at, blob.damage = now, after
    blob.damaged_at = (blob.damaged_at or now) if damage else None
    blob.save(update_fields=["checked_at", "damage", "damaged_at"])

    if after != before:
        audit.record(
            action="kernel.blob-damaged" if damage else "kernel.blob-whole-again",
            actor=actor,
            at=now,
            subject_type="kernel.blob",
            subject_id=_subject(sha256),
            data={
                "sha256": sha256,
                "damage": after,
                "before": before,
                "spoken_of_by": custody.speakers_of(sha256),
            },
        )


@use_case
def sweep_blob(*, actor: Actor, sha256: str, before: datetime, now: datetime) -> int | None:
    """Dọn tệp không ai dùng: remove bytes no row speaks of and nobody put since `before`; how many bytes.

    None when they are not to be removed, whatever is known of them elsewhere. That no row can lose its bytes
    is shown in the docstring of kernel.blobs. Raises NotAllowed.
    """
    size = blobs.claim_unspoken(sha256, before=before)

    require(actor.is_system)

    if size is None:
        return None

    audit.record(
        action="kernel.blob-swept",
        actor=actor,
        at=now,
        subject_type="kernel.blob",
        subject_id=_subject(sha256),
        data={"sha256": sha256, "size": size},
    )
    # Last: when the entry cannot be written, the bytes stay.
    blobs.discard(sha256)
    return size


def _subject(sha256: str) -> UUID:
    """The trail names its subjects by UUID; the first half of the hash is as good as any."""
    return UUID(hex=sha256[:32])
