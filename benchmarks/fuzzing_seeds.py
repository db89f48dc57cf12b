"""The whole files the fuzzer begins with, made for each run, and what their signatures were made over."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tests.documents import office_files
from tests.edxml import samples
from tests.pdfsign import tampering
from tests.pdfsign.documents import handwriting, minimal_docx, round_seal
from tests.pdfsign.office import Office
from tests.pdfsign.pki import running_pki

_KNOWN = "known.json"


@dataclass(frozen=True)
class Seed:
    """One honest file."""

    name: str
    #: By which entrances it is read.
    kind: str
    data: bytes


def make_seeds(folder: Path) -> list[Seed]:
    """All seeds; beside them, in `folder`, the trusted root and the digests of everything that was signed."""
    seeds = [*_papers(folder), *_office(), *_pictures()]
    packets = folder / "packets"
    packets.mkdir()
    attachment = samples.source(packets, data=seeds[0].data)
    seeds.append(Seed("packet.edxml", "packet", samples.written(samples.PACKET, [attachment])))
    return seeds


def _papers(folder: Path) -> list[Seed]:
    work = folder / "papers"
    work.mkdir()
    with running_pki(folder) as pki:
        office = Office(work, pki)
        office.archived()
        (folder / "root.der").write_bytes(pki.root.dump())
        person = pki.certificates["person"].dump()
    names = ["draft", "prepared", "signed", "sealed", "archived"]
    seeds = [Seed(f"{name}.pdf", "pdf", (work / f"{name}.pdf").read_bytes()) for name in names]
    known = {digest for seed in seeds for digest in _signed_digests(seed.data)}
    (folder / _KNOWN).write_text(json.dumps(sorted(known)))
    return [*seeds, Seed("person.der", "certificate", person)]


def _office() -> list[Seed]:
    lines = ["SỞ NỘI VỤ", "Số: 12/SNV", "Nội dung"] * 20
    made = {
        "a.docx": _zipped(minimal_docx(name="Nguyễn Văn Ước", title="GIÁM ĐỐC")),
        "a.odt": office_files.odt(*lines, header="đầu trang"),
        "a.ods": office_files.ods(lines, header="đầu trang"),
        "a.xlsx": office_files.xlsx(lines, ["x"]),
        "a.xls": office_files.xls(*lines, header="đầu trang"),
        "a.rtf": office_files.rtf(*lines),
        "a.doc": office_files.doc("SỞ NỘI VỤ"),
        "a.txt": "\n".join(lines).encode(),
        "a.zip": _zipped({f"{number}.txt": "x" * number for number in range(40)}),
    }
    return [Seed(name, "office", data) for name, data in made.items()]


def _pictures() -> list[Seed]:
    return [Seed("hand.png", "picture", handwriting()), Seed("seal.png", "picture", round_seal())]


def _zipped(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def signed_ranges_hold(data: bytes, folder: Path) -> bool:
    """Whether every signed range in a file is one that was signed, byte for byte."""
    known = set(json.loads((folder / _KNOWN).read_text()))
    return all(digest in known for digest in _signed_digests(data))


def _signed_digests(data: bytes) -> list[str]:
    return [
        hashlib.sha256(data[a : a + b] + data[c : c + d]).hexdigest()
        for a, b, c, d in tampering.byte_ranges(data)
    ]
