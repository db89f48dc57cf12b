"""The person signs: blue handwriting between title and name (NĐ 30/2020 PL I II.7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import FieldMDPSpec, SigFieldSpec, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from vanthu.pdfsign.appearance import picture_appearance
from vanthu.pdfsign.certificates import Certificate, common_name
from vanthu.pdfsign.errors import FieldTaken, NotPrepared
from vanthu.pdfsign.images import load_picture
from vanthu.pdfsign.opening import new_file, open_writer, parsing
from vanthu.pdfsign.pending import PendingSignature, finish_signature, pend
from vanthu.pdfsign.prepare import PERSON_FIELD
from vanthu.pdfsign.signers import Signer, digest_for
from vanthu.pdfsign.timestamping import Timestamper

#: Room for a signature container besides its certificates: attributes, value, and a timestamp with its chain.
_CONTAINER_BYTES = 2_000
_TIMESTAMP_BYTES = 10_000

Draw = Callable[[IncrementalPdfFileWriter, float, float], generic.StreamObject]


def begin_person_signature(
    prepared: Path,
    target: Path,
    *,
    certificate: Certificate,
    chain: Sequence[Certificate],
    image: Path | bytes,
    now: datetime,
    signer_name: str = "",
    reason: str = "",
    location: str = "",
    pss: bool = False,
) -> PendingSignature:
    """Write the person's signature to the pending file `target`, all but the value itself.

    `now` is the claimed signing time; `signer_name` defaults to the certificate's. PAdES, an approval
    signature, no lock: number, date and seal come after it.

    Raises NotPrepared, FieldTaken, BadImage, BrokenPdf.
    """
    picture = load_picture(image)
    with open_writer(prepared) as writer:
        return begin_in_field(
            writer,
            target,
            field=PERSON_FIELD,
            draw=lambda w, width, height: picture_appearance(w, picture, width=width, height=height),
            certificate=certificate,
            chain=chain,
            now=now,
            name=signer_name or common_name(certificate),
            reason=reason,
            location=location,
            pss=pss,
        )


def sign_person(
    prepared: Path,
    target: Path,
    *,
    signer: Signer,
    image: Path | bytes,
    now: datetime,
    signer_name: str = "",
    reason: str = "",
    location: str = "",
    timestamper: Timestamper | None = None,
) -> None:
    """Sign as the person in one go: `begin_person_signature`, the signer, `finish_signature`.

    Raises what these raise, and what the signer raises.
    """
    pending = begin_person_signature(
        prepared,
        target,
        certificate=signer.certificate,
        chain=signer.chain,
        image=image,
        now=now,
        signer_name=signer_name,
        reason=reason,
        location=location,
        pss=signer.pss,
    )
    complete(pending, target, signer, timestamper)


def complete(
    pending: PendingSignature, target: Path, signer: Signer, timestamper: Timestamper | None
) -> None:
    """Finish a signature begun in `target` at once; nothing half-signed is left behind on failure."""
    try:
        finish_signature(pending, target, signer.sign(pending.to_be_signed), target, timestamper=timestamper)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def begin_in_field(
    writer: IncrementalPdfFileWriter,
    target: Path,
    *,
    field: str,
    draw: Draw,
    certificate: Certificate,
    chain: Sequence[Certificate],
    now: datetime,
    name: str,
    reason: str,
    location: str,
    pss: bool,
    new_field: SigFieldSpec | None = None,
) -> PendingSignature:
    """Draw a signature field, reserve the room for its value, and hash the file. One revision.

    A lock written in the field at preparation becomes the signature's own lock.

    Raises NotPrepared when the field does not exist (and `new_field` is not given), FieldTaken, BrokenPdf.
    """
    if new_field is None:
        with parsing():
            _require_empty(writer, field)
    digest = digest_for(certificate)
    with parsing():
        embedding = PdfCMSEmbedder(new_field_spec=new_field).write_cms(
            field, writer, existing_fields_only=new_field is None
        )
        widget = next(embedding).get_object()
        x0, y0, x1, y1 = (float(number) for number in widget["/Rect"])
        widget[pdf_name("/AP")] = generic.DictionaryObject(
            {pdf_name("/N"): writer.add_object(draw(writer, x1 - x0, y1 - y0))}
        )
        room = _CONTAINER_BYTES + _TIMESTAMP_BYTES + sum(len(c.dump()) for c in (certificate, *chain))
        placeholder = SignatureObject(
            timestamp=now,
            subfilter=SigSeedSubFilter.PADES,
            name=name,
            location=location or None,
            reason=reason or None,
            bytes_reserved=2 * room,
        )
        lock = FieldMDPSpec.from_pdf_object(widget["/Lock"]) if "/Lock" in widget else None
        embedding.send(SigObjSetup(placeholder, mdp_setup=SigMDPSetup(md_algorithm=digest, field_lock=lock)))
        with new_file(target) as stream:
            prepared, _ = embedding.send(SigIOSetup(md_algorithm=digest, output=stream))
    return pend(field=field, prepared=prepared, certificate=certificate, chain=chain, pss=pss)


def _require_empty(writer: IncrementalPdfFileWriter, field: str) -> None:
    if "/AcroForm" not in writer.root:
        raise NotPrepared
    for name, value, _ in enumerate_sig_fields(writer):
        if name == field:
            if value is not None:
                raise FieldTaken
            return
    raise NotPrepared
