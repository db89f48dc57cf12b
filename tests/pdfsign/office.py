"""An office at work: the same document, prepared, signed by the person, sealed by the agency, archived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.pdfsign.documents import handwriting, round_seal, typeset, write
from tests.pdfsign.pki import Pki
from vanthu.pdfsign import (
    Report,
    RevocationPolicy,
    Signer,
    extend_to_lta,
    find_places,
    prepare,
    seal,
    sign_person,
    sign_with_text,
    verify,
)

COPY_LINES = ("SAO Y; UBND xã An Hòa", "22/11/2026; 08:30:15 +07:00")
NAME, TITLE = "Nguyễn Văn Ước", "GIÁM ĐỐC"


@dataclass(frozen=True)
class Office:
    """Steps of the law's order, each writing a file named after itself into `folder`."""

    folder: Path
    pki: Pki

    @property
    def now(self) -> datetime:
        """The test PKI answers in real time, so the office works in real time too."""
        return datetime.now(UTC)

    def draft(self, **layout: Any) -> Path:
        return write(self.folder / "draft.pdf", typeset(**layout))

    def prepared(self, draft: Path | None = None) -> Path:
        source, target = draft or self.draft(), self.folder / "prepared.pdf"
        prepare(source, target, find_places(source, signer_name=NAME, signer_title=TITLE))
        return target

    def signed(self, source: Path | None = None, *, signer: Signer | None = None, **options: Any) -> Path:
        target = self.folder / "signed.pdf"
        sign_person(
            source or self.prepared(),
            target,
            signer=signer or self.pki.signer("person"),
            image=handwriting(),
            now=self.now,
            **options,
        )
        return target

    def sealed(self, source: Path | None = None, *, signer: Signer | None = None, **options: Any) -> Path:
        target = self.folder / "sealed.pdf"
        seal(
            source or self.signed(),
            target,
            signer=signer or self.pki.signer("agency"),
            image=round_seal(),
            now=self.now,
            **{"number": "125", "day": "22", "month": "11"} | options,
        )
        return target

    def archived(self, source: Path | None = None) -> Path:
        target = self.folder / "archived.pdf"
        extend_to_lta(
            source or self.sealed(),
            target,
            trust=[self.pki.root],
            timestamper=self.pki.timestamper,
            now=self.now,
        )
        return target

    def copied(self, source: Path, *, lines: Sequence[str] = COPY_LINES, name: str | None = None) -> Path:
        target = self.folder / (name or f"copy-of-{source.name}")
        sign_with_text(source, target, lines=lines, signer=self.pki.signer("agency"), now=self.now)
        return target

    def judged(self, file: Path, **options: Any) -> Report:
        """What `verify` says with the test root trusted, revocation left aside unless asked for."""
        defaults: dict[str, Any] = {"revocation": RevocationPolicy.IGNORE, "now": self.now}
        return verify(file, **{"trust": [self.pki.root]} | defaults | options)
