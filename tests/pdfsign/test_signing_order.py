"""The order of law: prepare, the person signs, number, date and seal; in one go or interrupted."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from tests.pdfsign import tampering
from tests.pdfsign.documents import handwriting, round_seal, typeset, write
from tests.pdfsign.office import NAME, TITLE, Office
from tests.pdfsign.tampering import append_revision
from vanthu.pdfsign import (
    AlreadyPrepared,
    AlreadySigned,
    BadImage,
    BadIssueData,
    Box,
    FieldTaken,
    NotPrepared,
    PendingMismatch,
    PendingSignature,
    PersonNotSigned,
    PlaceOutside,
    Places,
    PlacesMissing,
    PrivateKeySigner,
    RotatedPage,
    SignerKind,
    TwofoldPdf,
    Verdict,
    WrongSignatureValue,
    begin_person_signature,
    begin_seal,
    find_places,
    finish_signature,
    inspect,
    prepare,
    write_afresh,
)
from vanthu.pdfsign.objects import form_fields, pick


def _places(file: Path) -> Places:
    return find_places(file, signer_name=NAME, signer_title=TITLE)


class TestPrepare:
    def test_reserves_the_five_fields_and_locks_number_and_date(self, prepared: Path) -> None:
        with prepared.open("rb") as stream:
            fields = form_fields(PdfFileReader(stream))
            lock = fields["DauCoQuan"]["/Lock"]

            assert list(fields) == ["so", "ngay", "thang", "NguoiKy", "DauCoQuan"]
            assert (lock["/Action"], list(lock["/Fields"])) == ("/Include", ["so", "ngay", "thang"])
            assert "/Lock" not in fields["NguoiKy"]
        assert inspect(prepared).signatures == 0

    def test_leaves_the_source_alone_and_appends_to_it(self, office: Office) -> None:
        draft = office.draft()
        before = draft.read_bytes()
        target = office.prepared(draft)

        assert draft.read_bytes() == before
        assert target.read_bytes().startswith(before)

    def test_keeps_annotations_and_fields_that_were_there(self, office: Office) -> None:
        def add_both(writer: IncrementalPdfFileWriter) -> None:
            tampering.add_text_field(writer, "GhiChu")
            tampering.annotate(writer)

        prepared = office.prepared(append_revision(office.draft(), add_both, "with-form.pdf"))
        with prepared.open("rb") as stream:
            reader = PdfFileReader(stream)
            annotations = [ref.get_object() for ref in reader.root["/Pages"]["/Kids"][0]["/Annots"]]

            assert "GhiChu" in form_fields(reader)
            assert "so" in form_fields(reader)
            assert any(pick(one, "/Subtype") == "/Stamp" for one in annotations)

    def test_is_refused_while_a_place_is_missing(self, office: Office) -> None:
        draft = office.draft()
        places = replace(_places(draft), seal=None)

        with pytest.raises(PlacesMissing, match="dấu cơ quan"):
            prepare(draft, office.folder / "out.pdf", places)
        assert not (office.folder / "out.pdf").exists()

    @pytest.mark.parametrize(
        "box",
        [
            Box(page=1, x0=560, y0=700, x1=620, y1=715),
            Box(page=1, x0=100, y0=-5, x1=130, y1=10),
            Box(page=2, x0=100, y0=100, x1=130, y1=115),
        ],
        ids=["over the edge", "below the page", "no such page"],
    )
    def test_is_refused_outside_the_page(self, office: Office, box: Box) -> None:
        draft = office.draft()

        with pytest.raises(PlaceOutside):
            prepare(draft, office.folder / "out.pdf", replace(_places(draft), number=box))

    def test_is_refused_twice_and_after_signing(self, office: Office, prepared: Path, signed: Path) -> None:
        with pytest.raises(AlreadyPrepared):
            prepare(prepared, office.folder / "out.pdf", _places(prepared))
        with pytest.raises(AlreadySigned):
            prepare(signed, office.folder / "out.pdf", _places(signed))

    def test_is_refused_on_a_turned_page(self, office: Office) -> None:
        draft = office.draft()
        places = _places(draft)

        def turn(writer: IncrementalPdfFileWriter) -> None:
            page = tampering.first_page(writer).get_object()
            page[pdf_name("/Rotate")] = generic.NumberObject(90)
            writer.update_container(page)

        with pytest.raises(RotatedPage):
            prepare(append_revision(draft, turn, "turned.pdf"), office.folder / "out.pdf", places)

    def test_a_file_with_two_cross_references_is_written_afresh_before_it_is_looked_at(
        self, office: Office
    ) -> None:
        """Word writes a classic table that points to a stream; what is seen and signed has one truth only."""
        draft = write(office.folder / "word.pdf", tampering.as_word_writes(typeset()))
        with draft.open("rb") as stream:
            assert PdfFileReader(stream, strict=False).xrefs.hybrid_xrefs_present
        assert inspect(draft).twofold
        with pytest.raises(TwofoldPdf):
            prepare(draft, office.folder / "out.pdf", _places(draft))
        afresh = office.folder / "afresh.pdf"
        write_afresh(draft, afresh)
        sealed = office.sealed(office.signed(office.prepared(afresh)))

        with sealed.open("rb") as stream:
            assert not PdfFileReader(stream).xrefs.hybrid_xrefs_present
        assert office.judged(sealed).verdict is Verdict.VALID


class TestPerson:
    @pytest.mark.parametrize(("who", "pss"), [("person", False), ("person", True), ("person-ec", False)])
    def test_signs_with_rsa_pss_and_ecdsa(self, office: Office, prepared: Path, who: str, pss: bool) -> None:
        report = office.judged(office.signed(prepared, signer=office.pki.signer(who, pss=pss)))

        assert report.verdict is Verdict.VALID
        assert report.person is not None
        assert report.person.kind is SignerKind.PERSON
        assert report.person.covers_whole_file

    def test_claims_reason_place_and_time(self, office: Office, prepared: Path) -> None:
        report = office.judged(office.signed(prepared, reason="Ký ban hành", location="An Bình"))

        assert report.person is not None
        assert report.person.details.reason == "Ký ban hành"
        assert report.person.details.location == "An Bình"
        assert report.person.signed_at == report.person.details.claimed_at
        assert report.person.details.timestamp_at is None

    def test_is_refused_on_a_file_not_prepared_or_signed_already(self, office: Office, signed: Path) -> None:
        with pytest.raises(NotPrepared):
            office.signed(office.draft())
        with pytest.raises(FieldTaken):
            office.signed(write(office.folder / "again.pdf", signed.read_bytes()))

    def test_a_bad_image_is_refused(self, office: Office, prepared: Path) -> None:
        signer = office.pki.signer("person")
        for image in (b"", b"GIF89a", Path("/nowhere.png"), handwriting()[:200]):
            with pytest.raises(BadImage):
                begin_person_signature(
                    prepared,
                    office.folder / "out.pdf",
                    certificate=signer.certificate,
                    chain=signer.chain,
                    image=image,
                    now=office.now,
                )


_OTHER_PROCESS = """
import sys
from pathlib import Path
from typing import Any
from vanthu.pdfsign import PendingSignature, finish_signature
state, pending_file, value, target = map(Path, sys.argv[1:])
finish_signature(PendingSignature.from_json(state.read_text()), pending_file, value.read_bytes(), target)
"""


class TestInterrupted:
    def _begin(self, office: Office, prepared: Path) -> tuple[PendingSignature, Path]:
        signer = office.pki.signer("person")
        target = office.folder / "pending.pdf"
        pending = begin_person_signature(
            prepared,
            target,
            certificate=signer.certificate,
            chain=signer.chain,
            image=handwriting(),
            now=office.now,
        )
        return pending, target

    def test_is_finished_by_another_process_with_a_value_made_elsewhere(
        self, office: Office, prepared: Path
    ) -> None:
        """openssl is the token: it sees the bytes to sign, nothing else."""
        pending, pending_file = self._begin(office, prepared)
        key = office.pki.folder / "person.pem"
        value = subprocess.run(
            ["openssl", "dgst", f"-{pending.digest_algorithm}", "-sign", str(key)],
            input=pending.to_be_signed,
            capture_output=True,
            check=True,
        ).stdout
        write(office.folder / "state.json", pending.to_json().encode())
        write(office.folder / "value.bin", value)
        names = ("state.json", "pending.pdf", "value.bin", "signed.pdf")
        subprocess.run(
            [sys.executable, "-c", _OTHER_PROCESS, *(str(office.folder / name) for name in names)],
            check=True,
        )

        assert office.judged(office.folder / "signed.pdf").verdict is Verdict.VALID
        assert office.judged(office.sealed(office.folder / "signed.pdf")).verdict is Verdict.VALID
        assert inspect(pending_file).signatures == 1

    def test_state_survives_json(self, office: Office, prepared: Path) -> None:
        pending, _ = self._begin(office, prepared)

        assert PendingSignature.from_json(pending.to_json()) == pending

    @pytest.mark.parametrize("text", ["", "{}", "[]", '{"field": "NguoiKy"}'])
    def test_other_text_is_no_state(self, text: str) -> None:
        with pytest.raises(PendingMismatch):
            PendingSignature.from_json(text)

    def test_a_value_by_another_key_is_refused(self, office: Office, prepared: Path) -> None:
        pending, pending_file = self._begin(office, prepared)
        value = office.pki.signer("agency").sign(pending.to_be_signed)

        with pytest.raises(WrongSignatureValue):
            finish_signature(pending, pending_file, value, office.folder / "out.pdf")
        assert not (office.folder / "out.pdf").exists()

    def test_a_pending_file_that_is_not_the_one_is_refused(self, office: Office, prepared: Path) -> None:
        pending, _ = self._begin(office, prepared)
        value = office.pki.signer("person").sign(pending.to_be_signed)

        for other in (prepared, office.folder / "gone.pdf"):
            with pytest.raises(PendingMismatch):
                finish_signature(pending, other, value, office.folder / "out.pdf")

    def test_a_pending_file_changed_in_between_is_refused(self, office: Office, prepared: Path) -> None:
        pending, pending_file = self._begin(office, prepared)
        data = bytearray(pending_file.read_bytes())
        data[400] ^= 1
        pending_file.write_bytes(bytes(data))
        value = office.pki.signer("person").sign(pending.to_be_signed)

        with pytest.raises(PendingMismatch):
            finish_signature(pending, pending_file, value, office.folder / "out.pdf")

    def test_holds_no_secret(self, office: Office, prepared: Path) -> None:
        pending, _ = self._begin(office, prepared)

        assert "PRIVATE" not in pending.to_json()
        assert set(json.loads(pending.to_json())) == set(PendingSignature.__dataclass_fields__)


class TestSeal:
    def test_fills_and_locks_in_one_revision(self, office: Office, signed: Path) -> None:
        sealed = office.sealed(signed)
        with sealed.open("rb") as stream:
            reader = PdfFileReader(stream)
            fields = form_fields(reader)
            revisions = reader.total_revisions

            assert [str(fields[name]["/V"]) for name in ("so", "ngay", "thang")] == ["125", "22", "11"]
            assert all(int(fields[name]["/Ff"]) & 1 for name in ("so", "ngay", "thang"))
        with signed.open("rb") as stream:
            assert revisions == PdfFileReader(stream).total_revisions + 1
        report = office.judged(sealed)
        assert report.verdict is Verdict.VALID
        assert (report.number, report.day, report.month) == ("125", "22", "11")
        assert [one.kind for one in report.signatures] == [SignerKind.PERSON, SignerKind.AGENCY]

    def test_is_refused_before_the_person_has_signed(self, office: Office, prepared: Path) -> None:
        with pytest.raises(PersonNotSigned):
            office.sealed(prepared)
        with pytest.raises(NotPrepared):
            office.sealed(office.draft())

    def test_is_refused_twice(self, office: Office, sealed: Path) -> None:
        with pytest.raises(FieldTaken):
            office.sealed(write(office.folder / "again.pdf", sealed.read_bytes()))

    @pytest.mark.parametrize(
        "wrong",
        [{"number": ""}, {"number": "12)"}, {"number": "12345678"}, {"day": "32"}, {"month": "13"}],
        ids=str,
    )
    def test_bad_number_or_date_is_refused(self, office: Office, signed: Path, wrong: dict[str, Any]) -> None:
        with pytest.raises(BadIssueData):
            office.sealed(signed, **wrong)

    def test_can_be_interrupted_too(self, office: Office, signed: Path) -> None:
        signer = office.pki.signer("agency")
        pending_file, target = office.folder / "pending.pdf", office.folder / "done.pdf"
        pending = begin_seal(
            signed,
            pending_file,
            number="07",
            day="05",
            month="01",
            certificate=signer.certificate,
            chain=signer.chain,
            image=round_seal(),
            now=office.now,
        )
        finish_signature(pending, pending_file, signer.sign(pending.to_be_signed), target)

        assert office.judged(target).verdict is Verdict.VALID

    def test_a_failing_signer_leaves_no_file_behind(self, office: Office, signed: Path) -> None:
        with pytest.raises(WrongSignatureValue):
            office.sealed(signed, signer=_Liar(office.pki.signer("agency")))

        assert not (office.folder / "sealed.pdf").exists()
        assert {file.name for file in office.folder.iterdir()} == {"signed.pdf"}


class _Liar:
    """A signer that hands out another key's value."""

    def __init__(self, honest: PrivateKeySigner) -> None:
        self.certificate, self.chain, self.pss = honest.certificate, honest.chain, honest.pss
        self._honest = honest

    def sign(self, to_be_signed: bytes) -> bytes:
        return bytes(self._honest.sign(to_be_signed + b"!"))
