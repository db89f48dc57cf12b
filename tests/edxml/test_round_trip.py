"""What is written is read back the same, whatever a packet may lawfully say."""

from __future__ import annotations

import io
import json
import tempfile
import unicodedata
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.edxml.dialects import zip_of
from tests.edxml.samples import PACKET, STATUS, source
from vanthu import edxml

#: What turns the direction of writing is legal in XML and written by nobody; it may not leave.
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

# Composed and decomposed Vietnamese, markup, line ends, white space that is not XML's, letters beyond the
# first plane, writing from right to left: all of it legal in XML.
TRAPS = [
    "Quyết định",
    "Quyê\u0301t đi\u0323nh",
    "]]>",
    "<![CDATA[x]]>",
    "&amp;&#13;",
    "a\r\nb\tc",
    "\u2028\u00a0x",
    "𝒱 👩‍⚖️",
    "مرحبا",
    "\"'<>",
]


def text(longest: int) -> st.SearchStrategy[str]:
    """Anything XML can hold, without the white space readers take off at both ends."""
    legal = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff" + TURNING)
    loose = st.one_of(
        st.text(st.one_of(legal, st.sampled_from("\t\n\r")), max_size=longest), st.sampled_from(TRAPS)
    )
    fitting = loose.map(lambda value: unicodedata.normalize("NFC", value.strip(" \t\r\n"))[:longest])
    tidy = st.one_of(fitting, fitting.map(lambda value: unicodedata.normalize("NFD", value)))
    return tidy.map(lambda value: value.strip(" \t\r\n")).filter(lambda value: len_as_nfc(value) <= longest)


def len_as_nfc(value: str) -> int:
    return len(unicodedata.normalize("NFC", value))


def said(longest: int) -> st.SearchStrategy[str]:
    return text(longest).filter(lambda value: bool(value.strip()))


codes = st.one_of(
    st.from_regex(r"[A-Z][0-9]{2}(\.[0-9A-Z]{1,4}){0,6}", fullmatch=True),
    st.from_regex(r"[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}", fullmatch=True),
    st.from_regex(r"[0-9]{10}([0-9]{3})?", fullmatch=True),
)
days = st.dates(min_value=date(1, 1, 1), max_value=date(9999, 12, 31))
moments = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001  # hypothesis wants naive bounds, and adds the zone
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001  # likewise
    timezones=st.just(edxml.VIETNAM_TIME),
).map(lambda moment: moment.replace(microsecond=0))
shorts = st.none() | st.integers(0, 65_535)
mail = st.sampled_from(["", "vanthu@binhan.example", "phòng.tc@sở.example"])

parties = st.builds(
    edxml.Party,
    organ_id=codes,
    in_charge=text(200),
    name=said(200),
    address=text(250),
    email=mail,
    telephone=text(50),
    fax=text(50),
    website=text(100),
)
staff = st.builds(
    edxml.StaffInfo, department=text(200), staff=said(100), email=mail, mobile=text(50), staff_id=text(50)
)
answers = st.builds(
    edxml.ResponseFor,
    organ_id=codes,
    code=said(100),
    promulgation_date=st.none() | days,
    document_id=said(200),
)
businesses = st.one_of(
    st.builds(edxml.Business, document_id=text(200), reason=text(500), paper=shorts, staff=st.none() | staff),
    st.builds(
        edxml.Business,
        type=st.just(edxml.BusinessType.RECALL),
        document_id=said(200),
        reason=text(500),
    ),
    st.builds(
        edxml.Business,
        type=st.just(edxml.BusinessType.UPDATE),
        document_id=said(200),
        update=st.builds(
            edxml.UpdateInfo,
            document_changed=st.integers(0, 1),
            receivers_changed=st.integers(0, 1),
            receivers=st.lists(
                st.builds(edxml.Receiver, organ_id=codes, change=st.sampled_from(edxml.ReceiverChange)),
                max_size=4,
            ).map(tuple),
        ),
    ),
    st.builds(
        edxml.Business,
        type=st.just(edxml.BusinessType.REPLACE),
        replacements=st.lists(
            st.builds(
                edxml.Replacement,
                document_id=said(200),
                organ_ids=st.lists(codes, min_size=1, max_size=4).map(tuple),
            ),
            min_size=1,
            max_size=3,
        ).map(tuple),
    ),
)
packets = st.builds(
    edxml.Packet,
    sender=parties,
    recipients=st.lists(parties, min_size=1, max_size=6, unique_by=lambda party: party.organ_id).map(tuple),
    document_id=said(200),
    code=st.builds(
        edxml.DocumentCode,
        number=st.from_regex(r"[0-9]{1,11}", fullmatch=True),
        notation=said(30),
    ),
    promulgation=st.builds(edxml.Promulgation, place=text(50), promulgation_date=days),
    document_type=st.builds(edxml.DocumentType, type=st.integers(1, 2), detail=shorts, name=said(100)),
    subject=said(500),
    content=text(500),
    signer=st.none() | st.builds(edxml.Signer, competence=text(100), position=text(100), full_name=said(50)),
    due_date=st.none() | days,
    places=st.lists(said(150), max_size=4).map(tuple),
    other=st.none()
    | st.builds(
        edxml.OtherInfo,
        priority=st.sampled_from(edxml.Priority),
        sphere=text(100),
        typist=text(10),
        promulgation_amount=shorts,
        page_amount=shorts,
        direction=st.none() | st.booleans(),
        appendixes=st.lists(said(250), max_size=3).map(tuple),
    ),
    responses=st.lists(answers, max_size=3).map(tuple),
    steering_type=st.none() | st.integers(0, 3),
    task_codes=st.lists(said(100), max_size=2).map(tuple),
    application_type=text(100),
    trace=st.lists(
        st.builds(edxml.TraceHeader, organ_id=codes, timestamp=moments), min_size=1, max_size=3
    ).map(tuple),
    business=businesses,
)
statuses = st.builds(
    edxml.StatusPacket,
    sender=parties,
    response_for=answers,
    staff=st.none() | staff,
    status_code=st.sampled_from(edxml.StatusCode).map(str),
    description=said(1000),
    timestamp=moments,
)
stems = st.text(st.sampled_from("abcXYZđờ 0-_."), min_size=1, max_size=60).map(lambda stem: stem.strip(" ."))
names = st.builds(
    "{}{}".format, stems.filter(bool), st.sampled_from([".pdf", ".PDF", ".docx", ".zip", ".7z", ""])
)
contents = st.one_of(
    st.binary(max_size=2000),
    # Content that is itself a zip must not be taken for its wrapper.
    st.sampled_from(
        [zip_of(("a.pdf", b"x")), zip_of(("a.zip", b"x")), zip_of(("a.xml", b"x"), ("b.xml", b"y"))]
    ),
)


def read_back(data: bytes, folder: str) -> edxml.Packet | edxml.StatusPacket:
    return edxml.read(io.BytesIO(data), attachments_dir=Path(folder) / "den")


class TestRoundTrip:
    @settings(max_examples=150, deadline=None)
    @given(packet=packets)
    def test_a_document_packet_comes_back_equal_and_without_remarks(self, packet: edxml.Packet) -> None:
        target = io.BytesIO()
        edxml.write(packet, [], target)
        with tempfile.TemporaryDirectory() as folder:
            read = read_back(target.getvalue(), folder)
        assert read == packet
        assert read.warnings == ()

    @settings(max_examples=100, deadline=None)
    @given(status=statuses)
    def test_a_status_packet_comes_back_equal_and_without_remarks(self, status: edxml.StatusPacket) -> None:
        target = io.BytesIO()
        edxml.write_status(status, target)
        with tempfile.TemporaryDirectory() as folder:
            read = read_back(target.getvalue(), folder)
        assert read == status
        assert read.warnings == ()

    @settings(max_examples=100, deadline=None)
    @given(files=st.lists(st.tuples(names, contents), min_size=1, max_size=4))
    def test_every_file_comes_back_byte_for_byte_under_its_name(self, files: list[tuple[str, bytes]]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "di").mkdir()
            sources = [source(Path(folder) / "di", name, data) for name, data in files]
            target = io.BytesIO()
            edxml.write(PACKET, sources, target)
            read = read_back(target.getvalue(), folder)
            assert isinstance(read, edxml.Packet)
            back = [(attachment.name, attachment.path.read_bytes()) for attachment in read.attachments]
        assert back == [(unicodedata.normalize("NFC", name), data) for name, data in files]
        assert read.warnings == ()

    def test_ten_thousand_recipients_come_back(self, tmp_path: Path) -> None:
        many = tuple(edxml.Party(organ_id=f"H37.{n}", name=f"Xã {n}") for n in range(10_000))
        target = io.BytesIO()
        edxml.write(replace(PACKET, recipients=many), [], target)
        read = read_back(target.getvalue(), str(tmp_path))
        assert isinstance(read, edxml.Packet)
        assert read.recipients == many


class TestJsonRoundTrip:
    @settings(max_examples=150, deadline=None)
    @given(packet=packets | statuses)
    def test_json_says_all_that_the_packet_says(self, packet: edxml.Packet | edxml.StatusPacket) -> None:
        data = json.loads(json.dumps(edxml.to_json(packet), ensure_ascii=False))
        assert edxml.from_json(data) == packet

    def test_an_unknown_business_stays_unknown(self) -> None:
        packet = replace(PACKET, business=edxml.Business(type=None))
        data = edxml.to_json(packet)
        assert data["TraceHeaderList"]["Bussiness"]["BussinessDocType"] is None
        assert edxml.from_json(data) == packet

    def test_status_is_its_own_kind(self) -> None:
        assert edxml.to_json(STATUS)["kind"] == "status"
        assert edxml.from_json(edxml.to_json(STATUS)) == STATUS
