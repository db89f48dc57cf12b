"""Before a key signs, somebody who read the file with the least of parsers sees what was added to it.

The one who prepares may have been taken over by the very file: here he is, and does what he likes in the one
revision he writes. The honest ones pass, every kind of change is refused.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from tests.pdfsign import redrawing, tampering
from tests.pdfsign.documents import handwriting, round_seal, write
from tests.pdfsign.office import NAME, TITLE, Office
from tests.pdfsign.tampering import Change, append_revision
from vanthu.pdfsign import (
    AddedOtherwise,
    Box,
    Places,
    begin_person_signature,
    begin_seal,
    find_places,
    prepare,
    require_only_issued,
    require_only_reserved,
    sealing,
    signing,
)

#: The module, which the function of its name hides.
preparing = importlib.import_module("vanthu.pdfsign.prepare")
#: As `tests.pdfsign.office` numbers and dates.
GIVEN = {"number": "125", "day": "22", "month": "11"}


def _places(draft: Path) -> Places:
    return find_places(draft, signer_name=NAME, signer_title=TITLE)


def _opened_with_nulls(writer: IncrementalPdfFileWriter) -> None:
    where = [writer.find_page_for_modification(0)[0], pdf_name("/XYZ"), generic.NullObject()]
    writer.root[pdf_name("/OpenAction")] = generic.ArrayObject(
        [*where, generic.NullObject(), generic.NumberObject(0)]
    )
    writer.root.pop("/Version", None)
    writer.update_root()


def _as_libreoffice_writes(office: Office) -> Path:
    content = append_revision(office.draft(), _opened_with_nulls, "opened.pdf").read_bytes()
    # Of the same length, so that nothing moves.
    for written in (b"%PDF-1.", b"/Version /1."):
        content = content.replace(written + b"7", written + b"6")
    return write(office.folder / "libreoffice.pdf", content)


def _begun(office: Office, draft: Path, places: Places | None = None, image: bytes = b"") -> Path:
    """The draft with its fields and the person's signature begun."""
    ready, pending = office.folder / "ready.pdf", office.folder / "pending.pdf"
    prepare(draft, ready, places or _places(draft))
    return _signature_begun(office, ready, pending, image)


def _signature_begun(office: Office, ready: Path, pending: Path, image: bytes = b"") -> Path:
    signer = office.pki.signer("person")
    begin_person_signature(
        ready,
        pending,
        certificate=signer.certificate,
        chain=signer.chain,
        image=image or handwriting(),
        now=office.now,
    )
    return pending


def _seal_begun(office: Office, signed: Path, given: dict[str, str] = GIVEN, image: bytes = b"") -> Path:
    signer, pending, said = office.pki.signer("agency"), office.folder / "sealing.pdf", GIVEN | given
    begin_seal(
        signed,
        pending,
        certificate=signer.certificate,
        chain=signer.chain,
        image=image or round_seal(),
        now=office.now,
        number=said["number"],
        day=said["day"],
        month=said["month"],
    )
    return pending


def _taken_over(monkeypatch: pytest.MonkeyPatch, module: Any, change: Change) -> None:
    """From now on whoever writes a revision there makes this change in it too."""
    honest: Callable[[Path], contextlib.AbstractContextManager[IncrementalPdfFileWriter]] = module.open_writer

    @contextlib.contextmanager
    def writing(source: Path) -> Iterator[IncrementalPdfFileWriter]:
        with honest(source) as writer:
            finish: Any = writer.write

            def change_and_finish(stream: Any) -> None:
                change(writer)
                finish(stream)

            monkeypatch.setattr(writer, "write", change_and_finish)
            yield writer

    monkeypatch.setattr(module, "open_writer", writing)


#: No draft of these names what is not there.
_AT_THE_SEAL = {
    name: act
    for name, act in (redrawing.REDRAWINGS | redrawing.REDRAWN_FIELDS).items()
    if act is not redrawing.fill_the_gap
}


class TestWhatIsReserved:
    @pytest.mark.parametrize(
        "made",
        [
            tampering.nothing_useful,
            redrawing.with_list_of_its_own,
            redrawing.with_a_link_of_its_own,
            redrawing.with_a_form,
            redrawing.naming_what_is_not_there,
        ],
        ids=["plain", "links", "a link no object", "a form", "a dangling reference"],
    )
    def test_an_honest_preparation_passes(self, office: Office, made: Change) -> None:
        draft = append_revision(office.draft(), made, "made.pdf")

        require_only_reserved(draft, _begun(office, draft), places=_places(draft), image=handwriting())

    def test_so_does_that_of_a_file_from_libreoffice(self, office: Office) -> None:
        """Its version is 1.6, which a writer raises, and how it opens is said with nulls."""
        draft = _as_libreoffice_writes(office)

        require_only_reserved(draft, _begun(office, draft), places=_places(draft), image=handwriting())

    @pytest.mark.parametrize("version", ["/2.0", "/9.9"])
    def test_the_version_is_raised_to_that_of_the_fields_and_to_no_other(
        self, office: Office, monkeypatch: pytest.MonkeyPatch, version: str
    ) -> None:
        def other_version(writer: IncrementalPdfFileWriter) -> None:
            writer.root[pdf_name("/Version")] = pdf_name(version)
            writer.update_root()

        draft = _as_libreoffice_writes(office)
        _taken_over(monkeypatch, preparing, other_version)

        with pytest.raises(AddedOtherwise):
            require_only_reserved(draft, _begun(office, draft), places=_places(draft), image=handwriting())

    @pytest.mark.parametrize("change", redrawing.REDRAWINGS.values(), ids=redrawing.REDRAWINGS)
    def test_no_page_is_drawn_from_anything_else(
        self, office: Office, monkeypatch: pytest.MonkeyPatch, change: Change
    ) -> None:
        draft = append_revision(office.draft(), redrawing.naming_what_is_not_there, "made.pdf")
        _taken_over(monkeypatch, preparing, change)
        pending = _begun(office, draft)

        with pytest.raises(AddedOtherwise):
            require_only_reserved(draft, pending, places=_places(draft), image=handwriting())

    @pytest.mark.parametrize(
        ("made", "change"),
        [
            (redrawing.with_layers, redrawing.other_layers),
            (redrawing.opening_what_is_not_there, redrawing.an_action_there),
        ],
        ids=["another layer is shown", "an act when opened"],
    )
    def test_what_hangs_on_the_catalogue_is_not_redefined(
        self, office: Office, monkeypatch: pytest.MonkeyPatch, made: Change, change: Change
    ) -> None:
        draft = append_revision(office.draft(), made, "made.pdf")
        require_only_reserved(draft, _begun(office, draft), places=_places(draft), image=handwriting())
        _taken_over(monkeypatch, preparing, change)

        with pytest.raises(AddedOtherwise):
            require_only_reserved(draft, _begun(office, draft), places=_places(draft), image=handwriting())

    def test_no_holder_of_packed_objects_is_redefined(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        draft = redrawing.packed(office.draft())
        require_only_reserved(draft, _begun(office, draft), places=_places(draft), image=handwriting())
        _taken_over(monkeypatch, preparing, redrawing.redefine_a_holder)

        with pytest.raises(AddedOtherwise):
            require_only_reserved(draft, _begun(office, draft), places=_places(draft), image=handwriting())

    def test_a_field_stands_where_it_was_seen_and_nowhere_else(self, office: Office) -> None:
        draft = office.draft()
        seen = _places(draft)
        assert seen.signature is not None
        moved = replace(seen, signature=Box(page=1, x0=60, y0=300, x1=540, y1=700))

        with pytest.raises(AddedOtherwise):
            require_only_reserved(draft, _begun(office, draft, moved), places=seen, image=handwriting())

    def test_the_signature_shows_the_persons_own_hand(self, office: Office) -> None:
        draft = office.draft()

        with pytest.raises(AddedOtherwise):
            require_only_reserved(
                draft, _begun(office, draft, image=round_seal()), places=_places(draft), image=handwriting()
            )

    def test_the_file_has_grown_by_two_revisions_from_this_very_draft(self, office: Office) -> None:
        draft = office.draft()
        pending = _begun(office, draft)
        longer = append_revision(pending, tampering.nothing_useful, "longer.pdf")
        other = append_revision(draft, tampering.stamp_content, "other.pdf")

        for source, target in ((draft, longer), (draft, draft), (other, pending)):
            with pytest.raises(AddedOtherwise):
                require_only_reserved(source, target, places=_places(draft), image=handwriting())


class TestWhatIsIssued:
    def test_an_honest_seal_passes(self, office: Office, signed: Path) -> None:
        require_only_issued(signed, _seal_begun(office, signed), image=round_seal(), **GIVEN)

    @pytest.mark.parametrize("said", [{"number": "126"}, {"day": "21"}, {"month": "12"}])
    def test_another_number_or_date_is_not_sealed(
        self, office: Office, signed: Path, said: dict[str, str]
    ) -> None:
        with pytest.raises(AddedOtherwise):
            require_only_issued(signed, _seal_begun(office, signed, said), image=round_seal(), **GIVEN)

    def test_another_picture_is_not_sealed(self, office: Office, signed: Path) -> None:
        with pytest.raises(AddedOtherwise):
            require_only_issued(
                signed, _seal_begun(office, signed, image=handwriting()), image=round_seal(), **GIVEN
            )

    @pytest.mark.parametrize("change", _AT_THE_SEAL.values(), ids=_AT_THE_SEAL)
    def test_no_page_is_drawn_from_anything_else(
        self, office: Office, signed: Path, monkeypatch: pytest.MonkeyPatch, change: Change
    ) -> None:
        _taken_over(monkeypatch, sealing, change)
        pending = _seal_begun(office, signed)

        with pytest.raises(AddedOtherwise):
            require_only_issued(signed, pending, image=round_seal(), **GIVEN)


class TestTheOneWhoDrawsTheSignature:
    @pytest.mark.parametrize("change", redrawing.REDRAWN_FIELDS.values(), ids=redrawing.REDRAWN_FIELDS)
    def test_draws_nothing_else(
        self, office: Office, monkeypatch: pytest.MonkeyPatch, change: Change
    ) -> None:
        draft = office.draft()
        ready = office.prepared(draft)
        _taken_over(monkeypatch, signing, change)
        pending = _signature_begun(office, ready, office.folder / "pending.pdf")

        with pytest.raises(AddedOtherwise):
            require_only_reserved(draft, pending, places=_places(draft), image=handwriting())
