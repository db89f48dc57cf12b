"""Reading what exists in the wild: the packet is understood, and what was odd is said."""

from __future__ import annotations

import hashlib
import io
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.edxml.dialects import (
    BUSINESS,
    MESSAGE,
    PDF,
    STATUS,
    TRACE,
    UUID,
    Dialect,
    Enclosed,
    Tree,
    edoc,
    party,
    read_edoc,
    read_status,
    status,
    with_element,
    without,
    zip_of,
)
from vanthu import edxml

WRAPPED = zip_of((f"{UUID}.pdf", PDF))
SIGNATURE = (
    '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo><Reference URI="">'
    "<DigestValue>FwgI</DigestValue></Reference></SignedInfo></Signature>"
)
BARE_SIGNATURE = "<Signature><SignedInfo/></Signature>"

SAME_PACKET = {
    "the form of the national SDK": Dialect(enclosed=[Enclosed(data=WRAPPED)]),
    "no prefix anywhere": Dialect(prefix="", enclosed=[Enclosed()]),
    "another prefix": Dialect(prefix="e:", enclosed=[Enclosed()]),
    "a prefix on the attachments too": Dialect(body_prefix="edXML:", enclosed=[Enclosed()]),
    "children in reverse order": Dialect(message=MESSAGE[::-1], trace=TRACE[::-1], enclosed=[Enclosed()]),
    "attachments before the envelope": Dialect(attachments_first=True, enclosed=[Enclosed()]),
    "content before the name": Dialect(enclosed=[Enclosed(data=WRAPPED, content_first=True)]),
    "raw bytes under ContentType zip": Dialect(enclosed=[Enclosed(content_type="application/zip")]),
    "a zip under ContentType pdf": Dialect(enclosed=[Enclosed(data=WRAPPED)]),
    "a stored zip": Dialect(enclosed=[Enclosed(data=zip_of(("a.PDF", PDF), compression=0))]),
    "content id without cid:": Dialect(enclosed=[Enclosed(cid=False)]),
    "base64 in lines": Dialect(
        enclosed=[Enclosed(encoded="\r\n".join(Enclosed().text[i : i + 7] for i in range(0, 60, 7)))]
    ),
    "a proper signature": Dialect(after_trace=SIGNATURE, enclosed=[Enclosed()]),
    "a signature in the wrong namespace": Dialect(after_trace=BARE_SIGNATURE, enclosed=[Enclosed()]),
    "an empty digital signature": Dialect(after_trace="<edXML:DigitalSignature/>", enclosed=[Enclosed()]),
    "a byte order mark": Dialect(declaration="\ufeff<?xml version='1.0'?>", enclosed=[Enclosed()]),
    "no declaration": Dialect(declaration="", enclosed=[Enclosed()]),
    "utf-16 declared over UTF-8 bytes": Dialect(
        declaration='<?xml version="1.0" encoding="utf-16"?>', enclosed=[Enclosed()]
    ),
    "an empty ResponseFor": Dialect(message=[*MESSAGE, ("ResponseFor", [])], enclosed=[Enclosed()]),
    "white space around values": Dialect(
        message=with_element(MESSAGE, "Subject", "\n\t V/v rà soát vị trí việc làm \r\n"),
        enclosed=[Enclosed()],
    ),
}


class TestReadSamePacket:
    @pytest.mark.parametrize("dialect", SAME_PACKET.values(), ids=SAME_PACKET)
    def test_understands_every_dialect_alike(self, dialect: Dialect, tmp_path: Path) -> None:
        packet = read_edoc(dialect.bytes(), tmp_path)

        assert packet.sender == edxml.Party(organ_id="000.00.00.H29", name="UBND tỉnh Bình An")
        assert packet.recipients == (edxml.Party(organ_id="H37.02", name="Sở Nội vụ"),)
        assert packet.document_id == "000.00.00.H29,2026/11/20,125/UBND-NC"
        assert packet.code.text == "125/UBND-NC"
        assert packet.promulgation.promulgation_date == date(2026, 11, 20)
        assert packet.subject == "V/v rà soát vị trí việc làm"
        assert packet.other is not None
        assert packet.other.priority is edxml.Priority.URGENT
        assert packet.responses == ()
        assert packet.business.type is edxml.BusinessType.NEW
        assert packet.trace[0].timestamp == datetime(2026, 11, 20, 8, 15, tzinfo=edxml.VIETNAM_TIME)
        (attachment,) = packet.attachments
        assert attachment.name == "cong-van.pdf"
        assert attachment.path.read_bytes() == PDF
        assert (attachment.size, attachment.sha256) == (len(PDF), hashlib.sha256(PDF).hexdigest())
        assert packet.warnings == ()

    def test_leaves_the_files_under_their_hash_and_nothing_else(self, tmp_path: Path) -> None:
        folder = tmp_path / "new" / "folder"
        read_edoc(edoc(enclosed=[Enclosed(data=WRAPPED), Enclosed(name="b.pdf", content_id="2")]), folder)
        assert [file.name for file in folder.iterdir()] == [hashlib.sha256(PDF).hexdigest()]

    def test_reads_from_a_path(self, tmp_path: Path) -> None:
        file = tmp_path / "goi.edxml"
        file.write_bytes(edoc() + b"\r\n")
        assert edxml.read(file, attachments_dir=tmp_path).kind == "edoc"


def message(name: str, value: str | Tree) -> Dialect:
    return Dialect(message=with_element(MESSAGE, name, value))


def business(*elements: tuple[str, str | Tree]) -> Dialect:
    return Dialect(trace=with_element(TRACE, "Bussiness", elements))


def place_and_date(text: str) -> Tree:
    return [("Place", "Bình An"), ("PromulgationDate", text)]


ODD = {
    "no Bussiness": (Dialect(trace=without(TRACE, "Bussiness")), "Bussiness: thiếu"),
    "no TraceHeaderList": (Dialect(trace=None), "Bussiness: thiếu"),
    "an empty Bussiness": (business(("BussinessDocType", "")), "Bussiness: thiếu"),
    "no BussinessDocType": (business(("Paper", "0")), "Bussiness/BussinessDocType: thiếu, coi như 0"),
    "an empty BussinessDocType": (
        business(("BussinessDocType", ""), ("Paper", "0")),
        "Bussiness/BussinessDocType: thiếu, coi như 0",
    ),
    "OrganId null": (
        message("From", party("null", "UBND")),
        "From/OrganId: ghi «null», coi như không có",
    ),
    "a trace of nobody": (
        Dialect(trace=[*TRACE, ("TraceHeader", [("Timestamp", "2026/11/20 08:15:00")])]),
        "TraceHeader[2]/OrganId: thiếu",
    ),
    "a code with a dash": (message("To", party("0100109106-001", "Công ty")), "To[1]/OrganId"),
    "a code too long": (message("To", party("H37." + "1" * 40, "Sở")), "To[1]/OrganId"),
    "a subject too long": (message("Subject", "ă" * 501), "Subject: dài 501 ký tự, quy định tối đa 500"),
    "a number with letters": (
        message("Code", [("CodeNumber", "12a"), ("CodeNotation", "UBND")]),
        "Code/CodeNumber: «12a» không phải là chữ số",
    ),
    "an unknown priority": (message("OtherInfo", [("Priority", "9")]), "OtherInfo/Priority: không hiểu"),
    "a number in words": (
        message("DocumentType", [("Type", "hai"), ("TypeName", "Công văn")]),
        "Type: «hai»",
    ),
    "a number out of range": (
        message("DocumentType", [("Type", "7"), ("TypeName", "Công văn")]),
        "DocumentType/Type: giá trị 7",
    ),
    "a date that is none": (
        message("PromulgationInfo", place_and_date("2026/02/30")),
        "PromulgationDate: «2026/02/30» không phải ngày",
    ),
    "no sender": (Dialect(message=without(MESSAGE, "From")), "From: thiếu"),
    "no recipient": (Dialect(message=without(MESSAGE, "To")), "To: thiếu"),
    "two subjects": (
        Dialect(message=[*MESSAGE, ("Subject", "khác")]),
        "Subject: có 2 lần, chỉ dùng lần đầu",
    ),
    "a stranger": (Dialect(message=[*MESSAGE, ("Confidential", "1")]), "Confidential: phần tử lạ"),
    "not in the manifest": (
        Dialect(enclosed=[Enclosed()], manifest=False),
        "Attachment[1]: không có trong edXMLManifest",
    ),
}


class TestReadOddPacket:
    @pytest.mark.parametrize(("dialect", "warning"), ODD.values(), ids=ODD)
    def test_reads_it_and_warns(self, dialect: Dialect, warning: str, tmp_path: Path) -> None:
        packet = read_edoc(dialect.bytes(), tmp_path)
        assert [line for line in packet.warnings if warning in line]

    @pytest.mark.parametrize("name", ["no Bussiness", "an empty Bussiness", "no BussinessDocType"])
    def test_takes_silence_about_the_business_for_a_new_document(self, name: str, tmp_path: Path) -> None:
        assert read_edoc(ODD[name][0].bytes(), tmp_path).business.type is edxml.BusinessType.NEW

    def test_never_takes_an_unknown_business_for_a_new_document(self, tmp_path: Path) -> None:
        packet = read_edoc(business(("BussinessDocType", "7")).bytes(), tmp_path)
        assert packet.business.type is None
        assert packet.warnings == ("Bussiness/BussinessDocType: không hiểu giá trị «7»",)

    def test_keeps_one_of_a_repeated_recipient(self, tmp_path: Path) -> None:
        again = [*MESSAGE, ("To", party("H37.02", "Sở Nội vụ lần hai")), ("To", party("H37.03", "Sở Y tế"))]
        packet = read_edoc(edoc(message=again), tmp_path)
        assert [p.name for p in packet.recipients] == ["Sở Nội vụ", "Sở Y tế"]
        assert packet.warnings == ("To[2]: nơi nhận H37.02 lặp lại, bỏ qua",)

    @pytest.mark.parametrize(
        "text",
        ["2026-11-20", "20/11/2026", "20-11-2026", "2026-11-20T00:00:00+07:00", "2026/11/20 00:00:00"],
    )
    def test_reads_dates_in_odd_forms(self, text: str, tmp_path: Path) -> None:
        packet = read_edoc(message("PromulgationInfo", place_and_date(text)).bytes(), tmp_path)
        assert packet.promulgation.promulgation_date == date(2026, 11, 20)
        assert len(packet.warnings) == 1

    @pytest.mark.parametrize(
        "text",
        [
            "2026-11-20T08:15:00",
            "2026-11-20 08:15:00.1234567",
            "20/11/2026 08:15",
            "2026-11-20T01:15:00Z",
            "2026-11-20T02:15:00.000+01:00",
        ],
    )
    def test_reads_moments_in_odd_forms(self, text: str, tmp_path: Path) -> None:
        packet = read_status(status(message=with_element(STATUS, "Timestamp", text)), tmp_path)
        assert packet.timestamp == datetime(2026, 11, 20, 8, 15, tzinfo=edxml.VIETNAM_TIME)
        assert len(packet.warnings) == 1

    def test_does_not_grow_a_million_warnings(self, tmp_path: Path) -> None:
        many = [*MESSAGE, *[("To", party("a b", "Sở"))] * 500]
        assert len(read_edoc(edoc(message=many), tmp_path).warnings) == 201

    def test_drops_an_attachment_without_content_and_says_so(self, tmp_path: Path) -> None:
        data = edoc(enclosed=[Enclosed()]).replace(b"ContentTransferEncoded", b"Nothing")
        packet = read_edoc(data, tmp_path)
        assert packet.attachments == ()
        assert "Attachment[1]: không có nội dung, bỏ qua" in packet.warnings

    def test_says_which_declared_file_did_not_come(self, tmp_path: Path) -> None:
        data = edoc(enclosed=[Enclosed()])
        start, end = data.index(b"<AttachmentEncoded>"), data.index(b"</AttachmentEncoded>")
        packet = read_edoc(data[:start] + data[end + len(b"</AttachmentEncoded>") :], tmp_path)
        assert "khai tệp «cong-van.pdf» nhưng gói tin không kèm nội dung" in packet.warnings[0]

    def test_keeps_text_as_composed_by_its_sender(self, tmp_path: Path) -> None:
        decomposed = "Quyê\u0301t đi\u0323nh"
        assert read_edoc(message("Subject", decomposed).bytes(), tmp_path).subject == decomposed


class TestReadBusiness:
    def test_reads_an_update(self, tmp_path: Path) -> None:
        receivers: Tree = [("Receiver", [("OrganId", "H37.02"), ("ReceiverType", "0")])]
        info: Tree = [("DocumentInfo", "1"), ("DocumentReceiver", "1"), ("ReceiverList", receivers)]
        dialect = business(("BussinessDocType", "2"), ("BussinessDocumentInfo", info), ("DocumentId", "X"))
        found = read_edoc(dialect.bytes(), tmp_path).business
        assert found.type is edxml.BusinessType.UPDATE
        assert found.document_id == "X"
        assert found.update == edxml.UpdateInfo(
            document_changed=1,
            receivers_changed=1,
            receivers=(edxml.Receiver(organ_id="H37.02", change=edxml.ReceiverChange.REMOVED),),
        )

    def test_reads_a_replacement(self, tmp_path: Path) -> None:
        info: Tree = [("DocumentId", "CŨ"), ("OrganIdList", [("OrganId", "H37.02"), ("OrganId", "H37.03")])]
        dialect = business(
            ("ReplacementInfoList", [("ReplacementInfo", info)]),
            *with_element(BUSINESS, "BussinessDocType", "3"),
        )
        found = read_edoc(dialect.bytes(), tmp_path).business
        assert found.type is edxml.BusinessType.REPLACE
        assert found.replacements == (edxml.Replacement(document_id="CŨ", organ_ids=("H37.02", "H37.03")),)


class TestReadStatus:
    def test_reads_who_says_what_about_which_document(self, tmp_path: Path) -> None:
        packet = read_status(status(), tmp_path)
        assert packet.status is edxml.StatusCode.ACCEPTED
        assert packet.response_for.organ_id == "000.00.00.H29"
        assert packet.response_for.code == "125/UBND-NC"
        assert packet.sender.organ_id == "H37.02"
        assert packet.staff == edxml.StaffInfo(department="Văn thư", staff="Trần Thị Bình")
        assert packet.timestamp == datetime(2026, 11, 20, 9, tzinfo=edxml.VIETNAM_TIME)
        assert packet.warnings == ()

    def test_reads_a_code_sent_as_a_number(self, tmp_path: Path) -> None:
        packet = read_status(status(message=with_element(STATUS, "StatusCode", "3")), tmp_path)
        assert packet.status_code == "03"
        assert packet.warnings == ("StatusCode: ghi «3», hiểu là «03»",)

    def test_keeps_a_code_nobody_documented(self, tmp_path: Path) -> None:
        packet = read_status(status(message=with_element(STATUS, "StatusCode", "09")), tmp_path)
        assert (packet.status_code, packet.status) == ("09", None)
        assert packet.warnings == ("StatusCode: mã trạng thái «09» không có trong danh mục",)

    def test_reads_without_prefix_and_in_any_order(self, tmp_path: Path) -> None:
        packet = read_status(status(prefix="", message=STATUS[::-1]), tmp_path)
        assert packet == read_status(status(), tmp_path)


def test_a_source_that_hands_out_single_bytes_is_read_alike(tmp_path: Path) -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(1)

    data = edoc(enclosed=[Enclosed(data=WRAPPED)])
    assert edxml.read(Slow(data), attachments_dir=tmp_path) == read_edoc(data, tmp_path)
