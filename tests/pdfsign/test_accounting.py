"""No change that the document can come to is taken for harmless because no rule spoke of it."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from tests.pdfsign import disguises, outside, tampering
from tests.pdfsign.documents import typeset
from tests.pdfsign.office import Office
from tests.pdfsign.tampering import Change
from vanthu.pdfsign import Changes, Verdict
from vanthu.pdfsign.altering import Kind
from vanthu.pdfsign.errors import PdfSignError
from vanthu.pdfsign.sides import inside

#: What may be told of a change to a reachable object that is harmless all the same: each has a rule.
_MAY_BE_TOLD = {kind.words for kind in (Kind.METADATA, Kind.VALIDATION_DATA, Kind.REWRITTEN)}
_KEYS = (
    *(
        "/A",
        "/AA",
        "/AP",
        "/ActualText",
        "/Annots",
        "/AS",
        "/Contents",
        "/DA",
        "/F",
        "/Kids",
        "/K",
        "/M",
        "/MK",
    ),
    *("/Metadata", "/OpenAction", "/Resources", "/Rotate", "/StructParents", "/Subtype", "/Tabs", "/V", "/X"),
    *("/Extensions", "/XObject", "/Lang", "/DSS", "/LastModified", "/FT", "/Names"),
)


def _values() -> list[Any]:
    stamp = {"/Type": "/Annot", "/Subtype": "/Stamp"}
    return [
        generic.NumberObject(7),
        pdf_name("/Khac"),
        pdf_string("khác"),
        generic.NullObject(),
        generic.ArrayObject([generic.NumberObject(1)]),
        disguises.dictionary({"/S": pdf_name("/JavaScript"), "/JS": pdf_string("app.alert(1)")}),
        disguises.dictionary({key: pdf_name(value) for key, value in stamp.items()}),
        generic.StreamObject(stream_data=b"1 0 0 rg 60 300 400 300 re f"),
    ]


def _reachable(writer: IncrementalPdfFileWriter) -> list[Any]:
    """References to all objects of the document, in the order met."""
    found: dict[int, Any] = {}
    waiting = list(inside(writer.prev.trailer.flatten()))
    while waiting:
        reference = waiting.pop()
        if reference.idnum not in found:
            found[reference.idnum] = reference
            waiting += inside(writer.prev.get_object(reference.reference, transparent_decrypt=False))
    return [found[number] for number in sorted(found)]


def _quiet(data: bytes) -> IncrementalPdfFileWriter:
    """A writer that notes nothing in the metadata of its own accord."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data), strict=False)
    writer._update_meta = lambda: None  # type: ignore[method-assign]  # or every revision would have a rule
    return writer


def _revised(data: bytes, change: Change) -> bytes:
    writer = _quiet(data)
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _write(writer: IncrementalPdfFileWriter, value: Any) -> Any:
    return writer.add_object(value) if isinstance(value, generic.StreamObject) else value


def changed(data: bytes, *, which: int, how: int, key: str, value: int, indirect: bool) -> bytes:
    """The file with one more revision in which one object of the document is another."""
    writer = _quiet(data)
    references = _reachable(writer)
    reference = references[which % len(references)]
    new = _values()[value % len(_values())]
    found = writer.get_object(reference.reference)
    if how == 0:
        writer.objects[(0, reference.idnum)] = new
    else:
        placed = writer.add_object(new) if indirect else _write(writer, new)
        inner = _arrays(found)
        if how == 1 and isinstance(found, generic.DictionaryObject):
            found[pdf_name(key)] = placed
        elif inner:
            inner[value % len(inner)].append(placed)
        else:
            writer.objects[(0, reference.idnum)] = new
        writer.mark_update(reference.reference)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _arrays(value: Any) -> list[Any]:
    """The arrays in an object, those behind references not."""
    found, waiting = [], [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, generic.ArrayObject):
            found.append(one)
            waiting += list.__iter__(one)
        elif isinstance(one, generic.DictionaryObject):
            waiting += dict.values(one)
    return found


@cache
def _seen(data: bytes) -> tuple[bytes, ...]:
    """Every page as it looks."""
    document = pypdfium2.PdfDocument(data)
    try:
        document.init_forms()
        return tuple(bytes(page.render(scale=0.5).buffer) for page in document)
    finally:
        document.close()


class Kept:
    """An office, and honest signed files."""

    def __init__(self, office: Office, sources: tuple[bytes, ...]) -> None:
        self.office, self.sources = office, sources


@pytest.fixture(scope="module")
def kept(finished: Office, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """An office, and honest signed files: its own, sealed and archived, and another program's."""
    office = Office(tmp_path_factory.mktemp("accounting"), finished.pki)
    own = [(finished.folder / f"{name}.pdf").read_bytes() for name in ("sealed", "archived")]
    return Kept(office, (*own, outside.signed(typeset(), finished.pki)))


class TestAnyChange:
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        source=st.integers(0, 2),
        which=st.integers(0, 500),
        how=st.integers(0, 2),
        key=st.sampled_from(_KEYS),
        value=st.integers(0, 7),
        indirect=st.booleans(),
    )
    @example(source=0, which=0, how=1, key="/Tabs", value=5, indirect=False)
    def test_is_never_harmless_by_silence(
        self,
        kept: Kept,
        source: int,
        which: int,
        how: int,
        key: str,
        value: int,
        indirect: bool,
    ) -> None:
        office, sources = kept.office, kept.sources
        data = changed(sources[source], which=which, how=how, key=key, value=value, indirect=indirect)
        try:
            report = office.judged(outside.saved(office.folder, data, "changed.pdf"))
        except PdfSignError:
            # Refused as a whole, in a sentence: that is not «valid» either.
            return

        if report.verdict is Verdict.VALID:
            last = report.signatures[-1]
            assert last.changes_after is Changes.ALLOWED
            assert set(last.details.alterations) <= _MAY_BE_TOLD
            assert _seen(data) == _seen(sources[source])


class TestWhatIsNotUsed:
    def test_is_called_so(self, office: Office, sealed: Path) -> None:
        data = _revised(sealed.read_bytes(), tampering.nothing_useful)
        report = office.judged(outside.saved(office.folder, data))

        assert report.signatures[-1].details.alterations == (Kind.UNUSED.words,)

    def test_is_not_so_called_when_the_document_comes_to_it(self, office: Office, sealed: Path) -> None:
        data = _revised(sealed.read_bytes(), lambda writer: writer.update_root())
        report = office.judged(outside.saved(office.folder, data))

        assert report.verdict is Verdict.VALID
        assert report.signatures[-1].details.alterations == (Kind.REWRITTEN.words,)

    def test_but_a_signed_entry_leads_to_is_no_such_thing(self, office: Office, sealed: Path) -> None:
        """Nothing new refers to the object: what was signed does, and nothing was there."""
        draft = disguises.prepared(typeset(), _refer_to_nothing)
        signed = outside.saved(office.folder, outside.signed(draft, office.pki), "dangling.pdf")
        assert office.judged(signed).verdict is Verdict.VALID

        assert office.judged(tampering.append_revision(signed, _define_it)).verdict is Verdict.INVALID


def _refer_to_nothing(writer: IncrementalPdfFileWriter) -> None:
    writer.root[pdf_name("/OpenAction")] = generic.IndirectObject(900, 0, writer)
    writer.update_root()


def _define_it(writer: IncrementalPdfFileWriter) -> None:
    action = {"/S": pdf_name("/JavaScript"), "/JS": pdf_string("app.alert(1)")}
    writer.objects[(0, 900)] = disguises.dictionary(action)
