"""The JSON form: element names as keys, and one problem for every value that is not what it should be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.edxml.dialects import PDF, Enclosed, edoc, read_edoc
from tests.edxml.samples import PACKET, STATUS
from vanthu import edxml


def changed(**keys: Any) -> dict[str, Any]:
    return edxml.to_json(PACKET) | keys


class TestToJson:
    def test_has_the_elements_of_the_standard_as_keys(self) -> None:
        data = edxml.to_json(replace(PACKET, places=("Như trên",)))
        assert data == {
            "kind": "edoc",
            "From": {
                "OrganId": "000.00.00.H29",
                "OrganName": "UBND tỉnh Bình An",
                "Email": "vanthu@binhan.example",
                "Telephone": "0200 000000",
            },
            "To": [
                {"OrganId": "H37.02", "OrganName": "Sở Nội vụ"},
                {"OrganId": "0100109106", "OrganName": "Công ty Cấp nước"},
            ],
            "DocumentId": "000.00.00.H29,2026/11/20,125/UBND-NC",
            "Code": {"CodeNumber": "125", "CodeNotation": "UBND-NC"},
            "PromulgationInfo": {"Place": "Bình An", "PromulgationDate": "2026/11/20"},
            "DocumentType": {"Type": 2, "TypeName": "Công văn"},
            "Subject": "V/v rà soát vị trí việc làm",
            "ToPlaces": {"Place": ["Như trên"]},
            "ResponseFor": [],
            "TraceHeaderList": {
                "TraceHeader": [{"OrganId": "000.00.00.H29", "Timestamp": "2026/11/20 08:15:00"}],
                "Bussiness": {"BussinessDocType": 0},
            },
            "attachments": [],
            "warnings": [],
        }

    def test_lists_what_came_with_the_packet(self, tmp_path: Path) -> None:
        data = edxml.to_json(read_edoc(edoc(enclosed=[Enclosed()], manifest=False), tmp_path))
        (attachment,) = data["attachments"]
        assert attachment["name"] == "cong-van.pdf"
        assert attachment["content_type"] == "application/pdf"
        assert attachment["size"] == len(PDF)
        assert len(attachment["sha256"]) == 64
        assert data["warnings"] == ["Attachment[1]: không có trong edXMLManifest"]


WRONG = {
    "another kind": (changed(kind="thu"), "kind"),
    "a stranger": (changed(Sender={}), "Sender"),
    "a stranger inside": (changed(Code={"Number": "1"}), "Code/Number"),
    "a stranger in an enclosing element": (changed(ToPlaces={"Places": []}), "ToPlaces/Places"),
    "text for a group": (changed(From="UBND"), "From"),
    "a group for a list": (changed(To={"OrganId": "H37"}), "To"),
    "text for an item of a list": (changed(To=["H37"]), "To[1]"),
    "a list for an enclosing element": (changed(ToPlaces=["a"]), "ToPlaces"),
    "a list for text": (changed(Subject=["a"]), "Subject"),
    "yes for text": (changed(Subject=True), "Subject"),
    "a word for a number": (changed(SteeringType="một"), "SteeringType"),
    "a number out of the list": (changed(OtherInfo={"Priority": 9}), "OtherInfo/Priority"),
    "a day that is none": (changed(DueDate="2026/02/30"), "DueDate"),
    "text for yes": (changed(OtherInfo={"Direction": "có"}), "OtherInfo/Direction"),
    "a number for a place": (changed(ToPlaces={"Place": [None, 1.5]}), "Place[2]"),
}


class TestFromJson:
    @pytest.mark.parametrize(("data", "path"), WRONG.values(), ids=WRONG)
    def test_names_what_is_wrong(self, data: dict[str, Any], path: str) -> None:
        with pytest.raises(edxml.InvalidPacket) as refused:
            edxml.from_json(data)
        assert path in {problem.path for problem in refused.value.problems}

    def test_takes_numbers_where_people_write_them(self) -> None:
        packet = edxml.from_json(changed(Code={"CodeNumber": 125, "CodeNotation": "UBND-NC"}))
        assert packet == PACKET
        status = edxml.from_json(edxml.to_json(STATUS) | {"StatusCode": 2})
        assert status == STATUS

    def test_null_is_as_good_as_nothing(self) -> None:
        assert edxml.from_json(changed(Content=None, SignerInfo=None, ToPlaces=None)) == PACKET
