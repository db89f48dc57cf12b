"""An official letter of the demo, signed and sealed as the law orders it; several benchmarks work on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.certificates import Root
from vanthu import pdfsign
from vanthu.interfaces.cli.demo import pictures
from vanthu.interfaces.cli.demo.cast import INSTALLATIONS
from vanthu.interfaces.cli.demo.letters import SAMPLE_BODY, typeset
from vanthu.pdfsign import Signer

_AGENCY = next(plan for plan in INSTALLATIONS["province"] if plan.abbreviation == "SNV")
_SIGNER = next(person for person in _AGENCY.people if person.signing_title)


@dataclass(frozen=True)
class Letter:
    """The letter at every step, each a file in `folder`."""

    folder: Path
    root: Root

    @property
    def now(self) -> datetime:
        """The time of the act."""
        return datetime.now(UTC)

    def prepare(self) -> Path:
        """Typeset, with the fields that are to be filled."""
        draft, prepared = self.folder / "draft.pdf", self.folder / "prepared.pdf"
        draft.write_bytes(
            typeset(
                agency=_AGENCY,
                unit="CCVC",
                signer=_SIGNER,
                notation="SNV-CCVC",
                subject="V/v rà soát vị trí việc làm",
                to=["Sở Nội vụ tỉnh Thuận Phước"],
                body=SAMPLE_BODY,
                year=self.now.year,
            )
        )
        pictures.draw_signature(_SIGNER.full_name, self.folder / "signature.png")
        pictures.draw_seal(_AGENCY.name, _AGENCY.place, self.folder / "seal.png")
        places = pdfsign.find_places(draft, signer_name=_SIGNER.full_name, signer_title=_SIGNER.signing_title)
        pdfsign.prepare(draft, prepared, places)
        return prepared

    def sign(self, signer: Signer) -> Path:
        """The person's signature; needs `prepare`."""
        target = self.folder / "signed.pdf"
        pdfsign.sign_person(
            self.folder / "prepared.pdf",
            target,
            signer=signer,
            image=self.folder / "signature.png",
            now=self.now,
        )
        return target

    def seal(self, signer: Signer) -> Path:
        """Number, date and seal; needs `sign`."""
        target = self.folder / "sealed.pdf"
        pdfsign.seal(
            self.folder / "signed.pdf",
            target,
            number="125",
            day="22",
            month="11",
            signer=signer,
            image=self.folder / "seal.png",
            now=self.now,
        )
        return target

    def copy(self, source: Path, signer: Signer, number: int) -> Path:
        """One signature more, as text; the file of so many copies."""
        target = self.folder / f"copy-{number}.pdf"
        lines = [f"SAO Y; UBND xã Hòa Bình; 22/11/2026; 08:3{number}:15 +07:00"]
        pdfsign.sign_with_text(source, target, lines=lines, signer=signer, now=self.now)
        return target

    def checker(self, file: Path, signatures: int) -> Callable[[], None]:
        """Checking every signature of `file`, offline: revocation lists are the network's time."""

        def check() -> None:
            report = pdfsign.verify(
                file,
                trust=[self.root.certificate],
                now=self.now,
                revocation=pdfsign.RevocationPolicy.IGNORE,
            )
            assert report.verdict == pdfsign.Verdict.VALID, report.message
            assert len(report.signatures) == signatures, "all of them are judged"

        return check
