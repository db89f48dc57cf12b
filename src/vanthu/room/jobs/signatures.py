"""Signatures on a PDF: the file prepared for one, all of them judged, the lasting evidence added.

No key and no PIN is ever here: what a key signs is formed where the key is, from the file's own bytes.
"""

from __future__ import annotations

import base64
import contextlib
import importlib
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image

from vanthu import pdfsign
from vanthu.pdfsign import AskedTimestamper, Certificate, FontMissing, PendingSignature, RevocationPolicy
from vanthu.room.jobs import Work, job
from vanthu.room.jobs.practice import practise

#: The sign by which the parent knows that its own time-stamp service is asked for.
TIMESTAMP = "timestamp:"
#: Modules that libraries import in the middle of their work; every child would do it again.
_LATE = (
    "encodings.utf_16_be",
    "encodings.utf_16_le",
    "pyhanko.pdf_utils.filters",
    "pyhanko.pdf_utils.metadata.xmp_xml",
)


def warm_up() -> None:
    """Have every library's first time behind it: see `room.jobs.practice`."""
    for module in _LATE:
        importlib.import_module(module)
    Image.preinit()
    with contextlib.suppress(FontMissing, OSError):
        pdfsign.build_fonts()
        practise()


@job
def verify(work: Work, parameters: dict[str, Any]) -> dict[str, Any]:
    """Judge every signature; `fetch` asks for revocation through the parent."""
    report = pdfsign.verify(
        work.inputs[0],
        trust=_certificates(parameters["trust"]),
        now=datetime.fromisoformat(parameters["now"]),
        fetch=parameters["fetch"],
        ask=work.ask,
        revocation=RevocationPolicy.REQUIRE,
    )
    return report.to_dict()


@job
def begin_person_signature(work: Work, parameters: dict[str, Any]) -> dict[str, Any]:
    """Reserve the fields of number, date and seal, draw the handwriting and keep room for the signature."""
    draft, image = work.inputs
    ready, pending = work.folder / "ready.pdf", work.folder / "pending.pdf"
    pdfsign.prepare(draft, ready, pdfsign.Places.from_dict(parameters["places"]))
    return _begun(
        work,
        pending,
        pdfsign.begin_person_signature(
            ready,
            pending,
            image=image,
            signer_name=parameters["name"],
            **_signature(parameters),
        ),
    )


@job
def begin_seal(work: Work, parameters: dict[str, Any]) -> dict[str, Any]:
    """Fill number and date, draw the seal and keep room for the agency's signature, in one revision."""
    signed, image = work.inputs
    pending = work.folder / "pending.pdf"
    return _begun(
        work,
        pending,
        pdfsign.begin_seal(
            signed,
            pending,
            image=image,
            agency_name=parameters["name"],
            number=parameters["number"],
            day=parameters["day"],
            month=parameters["month"],
            **_signature(parameters),
        ),
    )


@job
def judge_reserved(work: Work, parameters: dict[str, Any]) -> None:
    """Whether a begun person's signature is on the draft and nothing else. Raises AddedOtherwise."""
    draft, pending, image = work.inputs
    places = pdfsign.Places.from_dict(parameters["places"])
    pdfsign.require_only_reserved(draft, pending, places=places, image=image)


@job
def judge_issued(work: Work, parameters: dict[str, Any]) -> None:
    """Whether a begun seal is on the signed file, with this number and date. Raises AddedOtherwise."""
    signed, pending, image = work.inputs
    pdfsign.require_only_issued(
        signed,
        pending,
        number=parameters["number"],
        day=parameters["day"],
        month=parameters["month"],
        image=image,
    )


@job
def extend_to_lta(work: Work, parameters: dict[str, Any]) -> None:
    """Add the evidence all signatures will need years later, and a time-stamp over it."""
    lasting = work.folder / "lasting.pdf"
    pdfsign.extend_to_lta(
        work.inputs[0],
        lasting,
        trust=_certificates(parameters["trust"]),
        timestamper=AskedTimestamper(TIMESTAMP, partial(work.ask)),
        now=datetime.fromisoformat(parameters["now"]),
        ask=work.ask,
    )
    work.deliver(lasting)


def _signature(parameters: dict[str, Any]) -> dict[str, Any]:
    certificate, *chain = _certificates(parameters["certificates"])
    return {
        "certificate": certificate,
        "chain": chain,
        "now": datetime.fromisoformat(parameters["now"]),
        "reason": parameters["reason"],
        "location": parameters["location"],
        "pss": False,
    }


def _begun(work: Work, file: Path, pending: PendingSignature) -> dict[str, Any]:
    work.deliver(file)
    return {"field": pending.field, "region": [pending.region_start, pending.region_end]}


def _certificates(texts: list[str]) -> list[Certificate]:
    return [pdfsign.load_certificate(base64.b64decode(text)) for text in texts]
