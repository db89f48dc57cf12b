"""Writing: one strict form, and nothing at all when a rule of the standard is broken."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.edxml.dialects import read_edoc
from tests.edxml.samples import NOW, PACKET, SENDER, STATUS, source, written, written_status
from vanthu import edxml
from vanthu.edxml import BusinessType, Rule

FULL = replace(
    PACKET,
    content="Nội dung",
    signer=edxml.Signer(competence="TM. ỦY BAN NHÂN DÂN", position="Chủ tịch", full_name="Nguyễn Văn A"),
    places=("Như trên", "Lưu: VT"),
    other=edxml.OtherInfo(priority=edxml.Priority.EXPRESS, direction=False, appendixes=("Phụ lục I",)),
    responses=(edxml.ResponseFor(organ_id="vxp.saas.03", code="9/SNV", document_id="X"),),
    steering_type=1,
    task_codes=("NV-1",),
    business=edxml.Business(staff=edxml.StaffInfo(staff="Lê Thị Chi")),
)

ORDER = """
edXML edXMLEnvelope edXMLHeader MessageHeader
From OrganId OrganName Email Telephone
To OrganId OrganName
To OrganId OrganName
DocumentId
Code CodeNumber CodeNotation
PromulgationInfo Place PromulgationDate
DocumentType Type TypeName
Subject
Content
SignerInfo Competence Position FullName
ToPlaces Place Place
OtherInfo Priority Direction Appendixes Appendix
ResponseFor OrganId Code DocumentId
SteeringType
ResponseForTask TaskCode
TraceHeaderList TraceHeader OrganId Timestamp
Bussiness BussinessDocType StaffInfo Staff
edXMLBody edXMLManifest
Reference ContentId ContentType Description AttachmentName
AttachmentEncoded
Attachment ContentId AttachmentName Description ContentType ContentTransferEncoded
"""


class TestForm:
    def test_keeps_the_order_of_the_standard(self, tmp_path: Path) -> None:
        root = etree.fromstring(written(FULL, [source(tmp_path)]))
        assert [etree.QName(element).localname for element in root.iter()] == ORDER.split()
        assert {etree.QName(element).namespace for element in root.iter()} == {edxml.NAMESPACE}

    def test_prefixes_inside_the_envelope_and_nowhere_else(self, tmp_path: Path) -> None:
        text = written(FULL, [source(tmp_path)]).decode()
        head, body = text.split("</edXML:edXMLEnvelope>")
        opened = re.findall(r"<([A-Za-z:]+)", head)
        assert opened[0] == "edXML"
        assert all(name.startswith("edXML:") for name in opened[1:])
        assert "edXML:" not in body
        assert text.count("xmlns") == 2

    def test_wraps_each_file_as_the_national_sdk_does(self, tmp_path: Path) -> None:
        root = etree.fromstring(written(PACKET, [source(tmp_path, "Công văn.PDF", b"%PDF" * 1000)]))
        text = root.findtext(".//{*}ContentTransferEncoded")
        assert text is not None
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(text, validate=True))) as archive:
            (entry,) = archive.infolist()
            assert re.fullmatch(r"[0-9a-f-]{36}\.pdf", entry.filename)
            assert archive.read(entry) == b"%PDF" * 1000
        assert root.findtext(".//{*}Attachment/{*}ContentId") == f"cid:{entry.filename[:-4]}"
        assert root.findtext(".//{*}Reference/{*}ContentId") == f"cid:{entry.filename[:-4]}"
        assert root.findtext(".//{*}Attachment/{*}ContentType") == "application/pdf"

    def test_same_input_same_bytes(self, tmp_path: Path) -> None:
        files = [source(tmp_path), source(tmp_path, "b.docx")]
        assert written(FULL, files) == written(FULL, files)

    def test_a_packet_without_files_has_no_body(self) -> None:
        assert b"edXMLBody" not in written(PACKET)
        assert b"AttachmentEncoded" not in written(PACKET)

    def test_a_status_has_neither_trace_nor_recipients(self) -> None:
        root = etree.fromstring(written_status(STATUS))
        names = [etree.QName(child).localname for child in root.iter("{*}MessageHeader").__next__()]
        assert names == ["From", "ResponseFor", "StaffInfo", "StatusCode", "Description", "Timestamp"]

    def test_times_are_vietnam_time(self) -> None:
        late = datetime(2026, 12, 31, 17, 30, tzinfo=UTC)
        assert b"<edXML:Timestamp>2027/01/01 00:30:00<" in written_status(replace(STATUS, timestamp=late))


class TestTarget:
    def test_a_path_appears_whole_with_ordinary_rights(self, tmp_path: Path) -> None:
        target = tmp_path / "goi.edxml"
        edxml.write(PACKET, [], target)
        assert target.read_bytes() == written(PACKET)
        assert target.stat().st_mode & 0o600 == 0o600
        (tmp_path / "khac").touch()
        assert target.stat().st_mode == (tmp_path / "khac").stat().st_mode

    def test_a_packet_that_may_not_leave_touches_nothing(self, tmp_path: Path) -> None:
        target = tmp_path / "goi.edxml"
        target.write_text("cũ")
        with pytest.raises(edxml.InvalidPacket):
            edxml.write(replace(PACKET, subject=""), [], target)
        assert [file.read_text() for file in tmp_path.iterdir()] == ["cũ"]

    def test_a_file_lost_half_way_leaves_the_old_packet(self, tmp_path: Path) -> None:
        files = [source(tmp_path)]

        class Vanishing(type(tmp_path)):  # type: ignore[misc]  # the concrete class of Path differs by system
            def open(self, *args: Any, **rest: Any) -> Any:
                raise OSError("đĩa hỏng")

        files.append(edxml.AttachmentSource(path=Vanishing(files[0].path), name="b.pdf"))
        (tmp_path / "goi.edxml").write_text("cũ")
        before = sorted(tmp_path.iterdir())
        with pytest.raises(OSError, match="đĩa hỏng"):
            edxml.write(PACKET, files, tmp_path / "goi.edxml")
        assert sorted(tmp_path.iterdir()) == before
        assert (tmp_path / "goi.edxml").read_text() == "cũ"


def recipient(**fields: Any) -> edxml.Packet:
    return replace(
        PACKET, recipients=(edxml.Party(**({"organ_id": "H37.02", "name": "Sở Nội vụ"} | fields)),)
    )


def sender(**fields: Any) -> edxml.Packet:
    return replace(PACKET, sender=replace(SENDER, **fields))


def business(**fields: Any) -> edxml.Packet:
    return replace(PACKET, business=edxml.Business(**fields))


UPDATE = edxml.UpdateInfo(document_changed=1, receivers_changed=0)
REPLACEMENT = edxml.Replacement(document_id="CŨ", organ_ids=("H37.02",))
BROKEN: dict[str, tuple[edxml.Packet, str, Rule]] = {
    "no sender": (replace(PACKET, sender=edxml.Party(name="UBND")), "From/OrganId", Rule.MISSING),
    "a sender without a name": (sender(name=" "), "From/OrganName", Rule.MISSING),
    "a code of a test system": (sender(organ_id="vxp.saas.03"), "From/OrganId", Rule.WRONG_FORMAT),
    "a centre as recipient": (recipient(organ_id="00.22.W00"), "To[1]/OrganId", Rule.WRONG_FORMAT),
    "a code in small letters": (recipient(organ_id="h37.02"), "To[1]/OrganId", Rule.WRONG_FORMAT),
    "a code of 36": (recipient(organ_id="H37." + "0" * 32), "To[1]/OrganId", Rule.WRONG_FORMAT),
    "a name of 201": (recipient(name="ở" * 201), "To[1]/OrganName", Rule.TOO_LONG),
    "an address of 251": (recipient(address="a" * 251), "To[1]/OrganAdd", Rule.TOO_LONG),
    "no address of mail": (recipient(email="van thu"), "To[1]/Email", Rule.WRONG_FORMAT),
    "a telephone of 51": (recipient(telephone="1" * 51), "To[1]/Telephone", Rule.TOO_LONG),
    "nobody to send to": (replace(PACKET, recipients=()), "To", Rule.MISSING),
    "the same body twice": (
        replace(PACKET, recipients=(*PACKET.recipients, PACKET.recipients[0])),
        "To[3]/OrganId",
        Rule.DUPLICATE,
    ),
    "no identifier": (replace(PACKET, document_id=""), "DocumentId", Rule.MISSING),
    "an identifier of 201": (replace(PACKET, document_id="x" * 201), "DocumentId", Rule.TOO_LONG),
    "no number": (
        replace(PACKET, code=edxml.DocumentCode(notation="UBND")),
        "Code/CodeNumber",
        Rule.MISSING,
    ),
    "a number with letters": (
        replace(PACKET, code=edxml.DocumentCode(number="12a", notation="UBND")),
        "Code/CodeNumber",
        Rule.WRONG_FORMAT,
    ),
    "a number of 12 digits": (
        replace(PACKET, code=edxml.DocumentCode(number="1" * 12, notation="UBND")),
        "Code/CodeNumber",
        Rule.TOO_LONG,
    ),
    "a symbol of 31": (
        replace(PACKET, code=edxml.DocumentCode(number="1", notation="U" * 31)),
        "Code/CodeNotation",
        Rule.TOO_LONG,
    ),
    "no date": (
        replace(PACKET, promulgation=edxml.Promulgation(place="Bình An")),
        "PromulgationInfo/PromulgationDate",
        Rule.MISSING,
    ),
    "type 3": (
        replace(PACKET, document_type=edxml.DocumentType(type=3, name="Công văn")),
        "DocumentType/Type",
        Rule.OUT_OF_RANGE,
    ),
    "no subject": (replace(PACKET, subject=""), "Subject", Rule.MISSING),
    "a subject of 501": (replace(PACKET, subject="a" * 501), "Subject", Rule.TOO_LONG),
    "a control character": (replace(PACKET, subject="a\x0bb"), "Subject", Rule.WRONG_FORMAT),
    "half a character": (replace(PACKET, content="a\ud800b"), "Content", Rule.WRONG_FORMAT),
    "a priority nobody knows": (
        replace(PACKET, other=edxml.OtherInfo(priority=9)),  # type: ignore[arg-type]  # what a careless caller does
        "OtherInfo/Priority",
        Rule.OUT_OF_RANGE,
    ),
    "70,000 pages": (
        replace(PACKET, other=edxml.OtherInfo(page_amount=70_000)),
        "OtherInfo/PageAmount",
        Rule.OUT_OF_RANGE,
    ),
    "an appendix of 251": (
        replace(PACKET, other=edxml.OtherInfo(appendixes=("I", "x" * 251))),
        "OtherInfo/Appendix[2]",
        Rule.TOO_LONG,
    ),
    "an empty place": (replace(PACKET, places=("Như trên", " ")), "Place[2]", Rule.MISSING),
    "steering type 4": (replace(PACKET, steering_type=4), "SteeringType", Rule.OUT_OF_RANGE),
    "no trace": (replace(PACKET, trace=()), "TraceHeader", Rule.MISSING),
    "a trace without zone": (
        replace(PACKET, trace=(edxml.TraceHeader(organ_id="H37", timestamp=NOW.replace(tzinfo=None)),)),
        "TraceHeader[1]/Timestamp",
        Rule.WRONG_FORMAT,
    ),
    "a business nobody knows": (business(type=None), "Bussiness/BussinessDocType", Rule.MISSING),
    "a recall of nothing": (business(type=BusinessType.RECALL), "Bussiness/DocumentId", Rule.MISSING),
    "an update of nothing": (
        business(type=BusinessType.UPDATE, update=UPDATE),
        "Bussiness/DocumentId",
        Rule.MISSING,
    ),
    "an update that says not what": (
        business(type=BusinessType.UPDATE, document_id="X"),
        "Bussiness/BussinessDocumentInfo",
        Rule.MISSING,
    ),
    "a replacement that says not what": (
        business(type=BusinessType.REPLACE),
        "Bussiness/ReplacementInfoList",
        Rule.MISSING,
    ),
    "a new document that updates": (
        business(update=UPDATE),
        "Bussiness/BussinessDocumentInfo",
        Rule.CONFLICT,
    ),
    "a new document that replaces": (
        business(replacements=(REPLACEMENT,)),
        "Bussiness/ReplacementInfoList",
        Rule.CONFLICT,
    ),
    "a replacement at no body": (
        business(type=BusinessType.REPLACE, replacements=(replace(REPLACEMENT, organ_ids=()),)),
        "Bussiness/ReplacementInfo[1]/OrganId",
        Rule.MISSING,
    ),
}


class TestRefuse:
    @pytest.mark.parametrize(("packet", "path", "rule"), BROKEN.values(), ids=BROKEN)
    def test_names_the_element_and_the_rule(self, packet: edxml.Packet, path: str, rule: Rule) -> None:
        target = io.BytesIO()
        with pytest.raises(edxml.InvalidPacket) as refused:
            edxml.write(packet, [], target)
        assert [(problem.path, problem.rule) for problem in refused.value.problems] == [(path, rule)]
        assert path in refused.value.message
        assert target.getvalue() == b""

    def test_names_every_problem_at_once(self) -> None:
        with pytest.raises(edxml.InvalidPacket) as refused:
            written(edxml.Packet())
        paths = {problem.path for problem in refused.value.problems}
        assert {"From", "To", "DocumentId", "Code", "Subject", "TraceHeader"} <= paths
        assert "lỗi khác" in refused.value.message

    @pytest.mark.parametrize(
        "name", ["", "..", "../a.pdf", "a\x01.pdf", "a/b.pdf", "a?.pdf", "a" * 201, "a."]
    )
    def test_refuses_a_name_the_receiver_could_not_save(self, name: str, tmp_path: Path) -> None:
        with pytest.raises(edxml.InvalidPacket) as refused:
            written(PACKET, [source(tmp_path), source(tmp_path, name)])
        assert {problem.path for problem in refused.value.problems} == {"Attachment[2]/AttachmentName"}

    def test_refuses_what_cannot_be_written_about_a_file(self, tmp_path: Path) -> None:
        odd = replace(source(tmp_path), content_type="pdf\n", description="a\x00")
        with pytest.raises(edxml.InvalidPacket) as refused:
            written(PACKET, [odd])
        assert [problem.path for problem in refused.value.problems] == [
            "Attachment[1]/ContentType",
            "Attachment[1]/Description",
        ]

    def test_refuses_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        lost = edxml.AttachmentSource(path=tmp_path / "mat.pdf", name="mat.pdf")
        with pytest.raises(edxml.InvalidPacket, match=r"Attachment\[1\]: không tìm thấy tệp"):
            written(PACKET, [lost])

    @pytest.mark.parametrize(
        ("status", "path", "rule"),
        [
            (replace(STATUS, status_code="07"), "StatusCode", Rule.OUT_OF_RANGE),
            (replace(STATUS, status_code="1"), "StatusCode", Rule.OUT_OF_RANGE),
            (replace(STATUS, status_code=""), "StatusCode", Rule.MISSING),
            (replace(STATUS, description=" "), "Description", Rule.MISSING),
            (replace(STATUS, status_code="13", description=""), "Description", Rule.MISSING),
            (replace(STATUS, description="a" * 1001), "Description", Rule.TOO_LONG),
            (replace(STATUS, timestamp=None), "Timestamp", Rule.MISSING),
            (
                replace(STATUS, response_for=replace(STATUS.response_for, code="")),
                "ResponseFor/Code",
                Rule.MISSING,
            ),
        ],
        ids=[
            "unknown",
            "a digit",
            "no code",
            "refusal without reason",
            "recall without reason",
            "reason of 1001",
            "no time",
            "about nothing",
        ],
    )
    def test_statuses_keep_their_rules(self, status: edxml.StatusPacket, path: str, rule: Rule) -> None:
        with pytest.raises(edxml.InvalidPacket) as refused:
            written_status(status)
        assert [(problem.path, problem.rule) for problem in refused.value.problems] == [(path, rule)]


class TestAllowed:
    def test_a_group_in_which_nothing_is_said_is_not_written(self) -> None:
        assert written(replace(PACKET, signer=edxml.Signer(), other=edxml.OtherInfo())) == written(PACKET)

    def test_a_code_of_the_axis_directory_may_be_sent_to(self, tmp_path: Path) -> None:
        target = io.BytesIO()
        edxml.write(recipient(organ_id="00.22.W00"), [], target, known_codes={"00.22.W00"})
        assert read_edoc(target.getvalue(), tmp_path).recipients[0].organ_id == "00.22.W00"

    def test_what_others_sent_is_echoed(self) -> None:
        about = replace(STATUS.response_for, organ_id="vxp.saas.03")
        assert b"vxp.saas.03" in written_status(replace(STATUS, response_for=about))

    def test_length_is_counted_as_a_person_counts(self) -> None:
        assert len("e\u0302\u0301" * 500) > 500
        assert written(replace(PACKET, subject="e\u0302\u0301" * 500))

    def test_an_update_may_name_its_document_in_response_for(self) -> None:
        packet = replace(
            business(type=BusinessType.RECALL),
            responses=(edxml.ResponseFor(organ_id="H37", code="1/A", document_id="X"),),
        )
        assert b"<edXML:BussinessDocType>1<" in written(packet)
