"""The receiving side checks every signature by itself, whichever way the document came."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.exchange import desk, jobs
from tests.exchange.axis_process import AxisProcess
from tests.exchange.far_system import CODE, FarSystem
from tests.pdfsign.office import NAME as SIGNER
from tests.pdfsign.office import Office
from tests.pdfsign.pki import running_pki
from tests.pdfsign.tampering import append_revision, change_number
from tests.world import World
from vanthu import edxml
from vanthu.incoming.models import IncomingDocument
from vanthu.organizations.models import Agency


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office with the test PKI at hand."""
    with running_pki(tmp_path_factory.mktemp("pki")) as pki:
        yield Office(tmp_path_factory.mktemp("office"), pki)


@pytest.fixture(scope="module")
def sealed(office: Office) -> Path:
    return office.sealed()


@pytest.fixture
def far(axis: AxisProcess, tmp_path: Path) -> Iterator[FarSystem]:
    system = FarSystem(axis, tmp_path)
    system.statuses()
    yield system
    system.client.close()


@pytest.fixture(autouse=True)
def _trusting(office: Office, settings: Settings, tmp_path: Path) -> None:
    """This installation trusts the test root."""
    folder = tmp_path / "goc"
    folder.mkdir()
    (folder / "root.pem").write_bytes(office.pki.root.dump())
    settings.TRUST = str(folder)


class TestSignaturesOnArrival:
    def test_untouched_over_the_axis_are_found_valid(
        self, committed: World, far: FarSystem, sealed: Path
    ) -> None:
        Agency.objects.filter(code=CODE).update(name="Sở Nội vụ tỉnh An Bình")
        packet = far.packet("H99.02", signer=edxml.Signer(full_name=SIGNER))
        far.send(packet, ("125.pdf", sealed.read_bytes()))

        jobs.run_until_still()

        arrived = IncomingDocument.objects.get()
        assert (arrived.verdict, bool(arrived.verdict_message)) == ("valid", True)

    def test_of_the_senders_namesake_in_another_province_are_not_concluded_on(
        self, committed: World, far: FarSystem, sealed: Path
    ) -> None:
        """The seal says «Sở Nội vụ» and only its certificate's O says of which province."""
        Agency.objects.filter(code=CODE).update(name="Sở Nội vụ tỉnh Phú Vinh")
        packet = far.packet("H99.02", signer=edxml.Signer(full_name=SIGNER))
        far.send(packet, ("125.pdf", sealed.read_bytes()))

        jobs.run_until_still()

        arrived = IncomingDocument.objects.get()
        assert (arrived.verdict, arrived.verdict_message) == (
            "indeterminate",
            "Dấu là của Sở Nội vụ (UBND tỉnh An Bình), không phải của cơ quan gửi Sở Nội vụ tỉnh Phú Vinh.",
        )

    def test_on_a_tampered_document_over_the_axis_are_found_invalid(
        self, committed: World, far: FarSystem, sealed: Path
    ) -> None:
        tampered = append_revision(sealed, change_number)
        far.send(far.packet("H99.02"), ("125.pdf", tampered.read_bytes()))

        jobs.run_until_still()

        arrived = IncomingDocument.objects.get()
        assert arrived.verdict == "invalid"
        desk.send_back(arrived, "Văn bản bị sửa sau khi ký.")
        jobs.run_until_still()
        assert {status.status_code for status in far.statuses()} >= {"01", "02"}

    def test_inside_the_installation_are_checked_as_well(self, committed: World, sealed: Path) -> None:
        document = desk.issue(committed, [committed.neighbour], main=sealed.read_bytes(), signer_name=SIGNER)

        jobs.run_all()

        (copy,) = desk.arrived(committed.neighbour, document)
        assert copy.verdict == "valid"
