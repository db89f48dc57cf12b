"""What is refused, and with which one error; whatever the reason, no file is left behind."""

from __future__ import annotations

import io
import itertools
import struct
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.edxml.dialects import (
    MESSAGE,
    PDF,
    UUID,
    Dialect,
    Enclosed,
    edoc,
    party,
    read_edoc,
    status,
    with_element,
    zip_of,
)
from vanthu import edxml

LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(12))
LONG_ATTRIBUTE = b"<edXML xmlns='%s' a='%s'/>" % (edxml.NAMESPACE.encode(), b"a" * 20_000_000)
TWO_GOOD = [Enclosed(), Enclosed(name="hai.pdf", content_id="2")]


def with_declaration(doctype: str) -> bytes:
    return edoc(declaration=f'<?xml version="1.0"?>{doctype}', enclosed=TWO_GOOD)


def named(name: str) -> bytes:
    return edoc(enclosed=[Enclosed(), Enclosed(name=name, content_id="2")])


def encoded(text: str) -> bytes:
    return edoc(enclosed=[Enclosed(), Enclosed(encoded=text, content_id="2")])


def carrying(data: bytes, name: str = "cong-van.pdf") -> bytes:
    return edoc(enclosed=[Enclosed(), Enclosed(name=name, data=data, content_id="2")])


def bomb() -> bytes:
    return zip_of((f"{UUID}.pdf", bytes(40 * 1024 * 1024)))


def with_wrong_checksum() -> bytes:
    whole = bytearray(zip_of((f"{UUID}.pdf", PDF * 20), compression=zipfile.ZIP_STORED))
    whole[whole.index(PDF) + 3] ^= 1
    return bytes(whole)


MALFORMED: dict[str, tuple[Callable[[], bytes], type[edxml.PacketRefused]]] = {
    "nothing": (lambda: b"", edxml.NotXml),
    "white space": (lambda: b" \r\n", edxml.NotXml),
    "a PDF": (lambda: PDF, edxml.NotXml),
    "a zip": (lambda: zip_of(("a.edxml", edoc())), edxml.NotXml),
    "JSON": (lambda: b'{"From": {}}', edxml.NotXml),
    "HTML": (lambda: b"<html><body>502 Bad Gateway</body></html>", edxml.NotAPacket),
    "a SOAP envelope": (
        lambda: b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"/>',
        edxml.NotAPacket,
    ),
    "the namespace of 2016": (
        lambda: edoc(namespace="http://www.e-doc.vn/Schema/"),
        edxml.WrongNamespace,
    ),
    "no namespace": (lambda: b"<edXML/>", edxml.WrongNamespace),
    "a root only": (lambda: f'<edXML xmlns="{edxml.NAMESPACE}"/>'.encode(), edxml.NotAPacket),
    "no MessageHeader": (lambda: edoc().replace(b"MessageHeader", b"Message"), edxml.NotAPacket),
    "a header in another namespace": (
        lambda: edoc().replace(b"xmlns:edXML=", b'xmlns:edXML="x" xmlns:old='),
        edxml.NotAPacket,
    ),
    "cut in a tag": (lambda: edoc(enclosed=TWO_GOOD)[:-3], edxml.TruncatedPacket),
    "cut in an attachment": (lambda: edoc(enclosed=TWO_GOOD)[:-90], edxml.TruncatedPacket),
    "cut in the header": (lambda: edoc()[:300], edxml.TruncatedPacket),
    "cut in a letter": (lambda: edoc()[: edoc().index("ỉnh".encode()) + 1], edxml.TruncatedPacket),
    "cut in the declaration": (lambda: edoc()[:12], edxml.TruncatedPacket),
    "a tag closed by another": (
        lambda: edoc().replace(b"</edXML:Subject>", b"</Subject>"),
        edxml.MalformedXml,
    ),
    "something after the end": (lambda: edoc() + b"<edXML/>", edxml.MalformedXml),
    "a forbidden character": (lambda: edoc().replace(b"V/v", b"V\x01v"), edxml.MalformedXml),
    "an unknown entity": (lambda: edoc().replace(b"V/v", b"&file;"), edxml.MalformedXml),
    "another encoding": (lambda: edoc().decode().encode("utf-16"), edxml.InvalidEncoding),
    "a byte that is not UTF-8": (lambda: edoc().replace(b"V/v", b"V\xffv"), edxml.InvalidEncoding),
    "an overlong byte sequence": (lambda: edoc().replace(b"V/v", b"\xc0\xaf"), edxml.InvalidEncoding),
    "an empty DOCTYPE": (lambda: with_declaration("<!DOCTYPE edXML>"), edxml.DoctypeForbidden),
    "an external DTD": (
        lambda: with_declaration('<!DOCTYPE edXML SYSTEM "http://127.0.0.1:9/x.dtd">'),
        edxml.DoctypeForbidden,
    ),
    "an external entity": (
        lambda: with_declaration('<!DOCTYPE edXML [<!ENTITY f SYSTEM "file:///etc/passwd">]>').replace(
            b"V/v", b"&f;"
        ),
        edxml.DoctypeForbidden,
    ),
    "a billion laughs": (
        lambda: with_declaration(f'<!DOCTYPE edXML [<!ENTITY l0 "ha">{LAUGHS}]>').replace(b"V/v", b"&l12;"),
        edxml.DoctypeForbidden,
    ),
    "an attribute of 20 MB": (lambda: LONG_ATTRIBUTE, edxml.FieldTooLong),
    "a comment of 20 MB": (lambda: b"<!--" + b"a" * 20_000_000 + b"-->" + edoc(), edxml.FieldTooLong),
    "a subject of 100 KB": (
        lambda: edoc(message=with_element(MESSAGE, "Subject", "a" * 100_000)),
        edxml.FieldTooLong,
    ),
    "a letter with sixty thousand marks": (
        lambda: edoc(message=with_element(MESSAGE, "Subject", "e" + "\u0323\u0301" * 30_000)),
        edxml.UnfitField,
    ),
    "marks through many elements in one": (
        lambda: edoc(message=[*MESSAGE, ("Subject", "@")]).replace(
            b"@", b"<a/>".join(["\u0301".encode() * 60_000] * 200)
        ),
        edxml.FieldTooLong,
    ),
    "elements nested too deep": (
        lambda: edoc(message=[*MESSAGE, ("Subject", "@")]).replace(b"@", b"<a>" * 40 + b"</a>" * 40),
        edxml.TooDeep,
    ),
    "base64 with a stranger": (lambda: encoded("QUJD*A=="), edxml.MalformedBase64),
    "base64 for the web": (lambda: encoded("-_-_"), edxml.MalformedBase64),
    "base64 cut short": (lambda: encoded("QUJDR"), edxml.MalformedBase64),
    "base64 after its padding": (lambda: encoded("QQ==QUJD"), edxml.MalformedBase64),
    "base64 padded twice in pieces": (
        lambda: encoded("QQ==\n" + " " * 70_000 + "QQ=="),
        edxml.MalformedBase64,
    ),
    "base64 in Vietnamese": (lambda: encoded("Nội dung"), edxml.MalformedBase64),
    "elements in the content": (
        lambda: encoded("@").replace(b"@", b"<edXML:Part>QUJD</edXML:Part>"),
        edxml.NotAPacket,
    ),
    "two contents in one attachment": (
        lambda: encoded("QUJD").replace(
            b"QUJD", b"QUJD</ContentTransferEncoded><ContentTransferEncoded>QUJD"
        ),
        edxml.NotAPacket,
    ),
    "a zip bomb": (lambda: carrying(bomb()), edxml.ZipBomb),
    "a wrapper with a wrong checksum": (lambda: carrying(with_wrong_checksum()), edxml.DamagedAttachment),
    "a name that climbs": (lambda: named("../../etc/passwd"), edxml.UnsafeName),
    "a name that climbs in Windows": (lambda: named("..\\..\\boot.ini"), edxml.UnsafeName),
    "a name that climbs midway": (lambda: named("a/../../b.pdf"), edxml.UnsafeName),
    "a name that is the parent": (lambda: named(".."), edxml.UnsafeName),
    "a name from the root": (lambda: named("/etc/cron.d/x"), edxml.UnsafeName),
    "a name from a drive": (lambda: named("C:\\Windows\\x.dll"), edxml.UnsafeName),
    "a name on another machine": (lambda: named("\\\\may-chu\\x.pdf"), edxml.UnsafeName),
    "a wrapped name that climbs": (lambda: carrying(zip_of(("../../x.pdf", PDF))), edxml.UnsafeName),
}


class TestRefuse:
    @pytest.mark.parametrize(("build", "error"), MALFORMED.values(), ids=MALFORMED)
    def test_is_refused_with_one_sentence_and_leaves_nothing(
        self, build: Callable[[], bytes], error: type[edxml.PacketRefused], tmp_path: Path
    ) -> None:
        with pytest.raises(edxml.PacketRefused) as refused:
            edxml.read(io.BytesIO(build()), attachments_dir=tmp_path)
        assert type(refused.value) is error
        assert refused.value.message.endswith((".", "."))
        assert "\n" not in refused.value.message
        assert list(tmp_path.iterdir()) == []

    def test_says_where_the_syntax_breaks(self, tmp_path: Path) -> None:
        with pytest.raises(edxml.MalformedXml, match=r"dòng 3, cột \d+"):
            read_edoc(b'<edXML xmlns="%s">\n\n<a></b>' % edxml.NAMESPACE.encode(), tmp_path)

    def test_cut_anywhere_it_is_refused(self, tmp_path: Path) -> None:
        whole = edoc(enclosed=TWO_GOOD)
        for length in range(len(whole)):
            with pytest.raises((edxml.TruncatedPacket, edxml.NotXml)):
                edxml.read(io.BytesIO(whole[:length]), attachments_dir=tmp_path)
        assert list(tmp_path.iterdir()) == []

    def test_a_missing_file_is_the_callers_error(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            edxml.read(tmp_path / "khong-co.edxml", attachments_dir=tmp_path)


class TestLimits:
    @pytest.mark.parametrize(
        ("limits", "error"),
        [
            (edxml.Limits(packet_bytes=1000), edxml.PacketTooLarge),
            (edxml.Limits(elements=20), edxml.TooManyElements),
            (edxml.Limits(depth=5), edxml.TooDeep),
            (edxml.Limits(header_characters=50), edxml.FieldTooLong),
            (edxml.Limits(attachments=1), edxml.TooManyAttachments),
            (edxml.Limits(attachment_bytes=len(PDF) - 1), edxml.AttachmentTooLarge),
            (edxml.Limits(attachments_bytes=2 * len(PDF) - 1), edxml.AttachmentTooLarge),
        ],
        ids=["bytes", "elements", "depth", "text", "attachments", "one attachment", "all attachments"],
    )
    def test_each_bound_has_its_own_error(
        self, limits: edxml.Limits, error: type[edxml.PacketRefused], tmp_path: Path
    ) -> None:
        with pytest.raises(error):
            read_edoc(edoc(enclosed=TWO_GOOD), tmp_path, limits)
        assert list(tmp_path.iterdir()) == []

    def test_exactly_at_the_bounds_it_is_read(self, tmp_path: Path) -> None:
        data = edoc(enclosed=TWO_GOOD)
        limits = edxml.Limits(
            packet_bytes=len(data),
            attachments=2,
            attachment_bytes=len(PDF),
            attachments_bytes=2 * len(PDF),
            depth=6,
        )
        assert len(read_edoc(data, tmp_path, limits).attachments) == 2

    def test_an_unwrapped_file_counts_at_its_full_size(self, tmp_path: Path) -> None:
        limits = edxml.Limits(attachment_bytes=1000)
        with pytest.raises(edxml.AttachmentTooLarge):
            read_edoc(carrying(zip_of(("a.pdf", bytes(2000)))), tmp_path, limits)

    def test_a_form_that_packs_well_is_no_bomb(self, tmp_path: Path) -> None:
        packet = read_edoc(carrying(zip_of(("a.pdf", bytes(10_000_000)))), tmp_path)
        assert packet.attachments[1].size == 10_000_000

    def test_many_recipients_are_read(self, tmp_path: Path) -> None:
        many = [("To", party(f"H37.{n}", f"Xã {n}")) for n in range(10_000)]
        assert len(read_edoc(edoc(message=[*MESSAGE, *many]), tmp_path).recipients) == 10_001


class TestStatusRefused:
    def test_status_packets_keep_to_the_same_rules(self, tmp_path: Path) -> None:
        with pytest.raises(edxml.DoctypeForbidden):
            edxml.read(io.BytesIO(status(declaration="<!DOCTYPE edXML>")), attachments_dir=tmp_path)


def lying_directories() -> dict[str, bytes]:
    """Zips whose end record is not to be believed; zipfile would read the whole of some into memory."""
    good = zip_of((f"{UUID}.pdf", PDF))
    end = good.rindex(b"PK\x05\x06")
    huge = bytearray(good)
    struct.pack_into("<L", huge, end + 12, 0xFFFFFFF0)
    locator = b"PK\x06\x07" + struct.pack("<LQL", 0, 0, 1)
    return {
        "no end record": good[:end],
        "a directory of 4 GB": bytes(huge),
        "a zip64 locator": good[:end] + locator + good[end:],
        "a directory that is not there": good[: good.index(b"PK\x01\x02")] + good[end:],
        "only a signature": b"PK\x03\x04",
        "an end record cut short": good[: end + 10],
    }


class TestZipThatIsNotAWrapper:
    @pytest.mark.parametrize("data", lying_directories().values(), ids=lying_directories())
    def test_is_kept_as_it_came(self, data: bytes, tmp_path: Path) -> None:
        packet = read_edoc(carrying(data), tmp_path)
        assert packet.attachments[1].path.read_bytes() == data

    def test_a_file_that_looks_like_the_private_folder_is_left_alone(self, tmp_path: Path) -> None:
        (tmp_path / ".edxml-khac").mkdir()
        with pytest.raises(edxml.NotXml):
            edxml.read(io.BytesIO(b"x"), attachments_dir=tmp_path)
        assert [item.name for item in tmp_path.iterdir()] == [".edxml-khac"]


def test_every_error_has_a_vietnamese_sentence() -> None:
    classes = [edxml.PacketRefused]
    for kind in itertools.chain(classes):
        classes.extend(kind.__subclasses__())
    assert len(classes) > 15
    for kind in classes:
        assert str(kind()).endswith("."), kind


def test_dialects_are_what_they_claim(tmp_path: Path) -> None:
    assert read_edoc(Dialect().bytes(), tmp_path).warnings == ()


class TestDamage:
    """Random damage is refused with one of our errors or read with warnings; nothing else comes out."""

    @settings(max_examples=300, deadline=None)
    @given(
        base=st.sampled_from([edoc(enclosed=TWO_GOOD), carrying(zip_of((f"{UUID}.pdf", PDF))), status()]),
        place=st.floats(0, 1, exclude_max=True),
        removed=st.integers(0, 40),
        inserted=st.one_of(
            st.binary(max_size=6),
            st.sampled_from(
                [b"<a/>", b"&#0;", b"<![CDATA[", b"<!DOCTYPE a>", b"</Attachment>", b"..", b"<!--"]
            ),
        ),
    )
    def test_a_damaged_packet_is_refused_or_read(
        self, base: bytes, place: float, removed: int, inserted: bytes
    ) -> None:
        at = int(place * len(base))
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            try:
                edxml.read(io.BytesIO(base[:at] + inserted + base[at + removed :]), attachments_dir=folder)
            except edxml.PacketRefused:
                assert list(folder.iterdir()) == []

    @settings(max_examples=300, deadline=None)
    @given(place=st.floats(0, 1, exclude_max=True), flips=st.binary(min_size=1, max_size=4))
    def test_a_damaged_zip_is_refused_or_kept(self, place: float, flips: bytes) -> None:
        data = bytearray(zip_of((f"{UUID}.pdf", PDF)))
        at = int(place * len(data))
        for number, flip in enumerate(flips):
            data[(at + number) % len(data)] ^= flip
        with tempfile.TemporaryDirectory() as name:
            try:
                packet = read_edoc(carrying(bytes(data)), Path(name))
            except (edxml.DamagedAttachment, edxml.UnsafeName):
                return
            assert packet.attachments[1].path.read_bytes() in (PDF, bytes(data))
