"""Our verdict beside the library's own on every kind of file; where they differ, a line says why."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import ValidationContext

from tests.pdfsign import disguises, every_kind
from tests.pdfsign.aftermath import Kind
from tests.pdfsign.office import Office
from tests.pdfsign.pki import Pki
from vanthu.pdfsign import Verdict

#: Where the two differ, and why ours is right.
REASONS: dict[str, str] = {
    "honest: linearized, signed twice": (
        "Annex F: the two tables of a linearized file are one revision, and the first signature covers both; "
        "the library takes the second table for a later one."
    ),
    "honest: SHA-1": "A weak digest (NIST SP 800-131A) is neither good nor altered; the library takes it.",
    "honest: certified, then signed": (
        "12.8.2.2.2, table 257: DocMDP 2 permits signing; the library refuses a visible field of one's own."
    ),
    "honest: fields locked, then signed": (
        "12.8.2.4: FieldMDP is about the values of the fields there are; a later field has none to change."
    ),
    "honest: more under an existing key, signed": (
        "12.8.4.3: evidence is judged by what it proves; the library wants every entry of /VRI as it was."
    ),
    "attack: closed, then a field": (
        "12.8.2.2.2, table 257: DocMDP 1 permits no changes but evidence and time stamps."
    ),
    "unclear: a comment at the end": (
        "7.5.5: nothing is foreseen after the end of the file, and nobody signed it."
    ),
    "attack: an object at the end": (
        "7.5.6: readers that rebuild the table take the object in; the library does not look behind the end."
    ),
    "attack: draw_unsigned_seal": "12.7.5.5: an empty field that shows a seal deceives; nobody signed it.",
    "attack: before the seal, draw_unsigned_seal": "As above; the seal after it does not own the picture.",
    "honest: a field, told to readers aloud": (
        "14.7.5.3: the element of a new empty field changes nothing signed; the library wants none more."
    ),
    "unclear: page_with_two_contents": (
        "7.3.7: no entry twice; PDFium draws the last, the library reads the first alone."
    ),
    "unclear: trailer_with_two_roots": "As above; of two roots PDFium shows the last.",
    "unclear: object_in_no_table": (
        "7.5.4: an object stands in a table; what mends files takes it in, the library reads tables alone."
    ),
    "unclear: object_behind_a_comment": "As above; a comment (7.2.4) parts tokens like a blank.",
    "unclear: trailer_in_no_table": "As above, of a trailer (7.5.5).",
    "unclear: table_that_names_twice": "7.5.4: an object is named once; programs differ in which they take.",
    "unclear: two_tables_that_differ": (
        "7.5.8.4: the stream is for objects the table hides; it leads new readers to another page here."
    ),
    "unclear: a picture over the text": (
        "12.5.5: the picture is the later signer's, the text under it is not; the library looks at no page."
    ),
    "unclear: packed twice, shown by place": (
        "7.5.7: programs look an object up by its number or by its place; the library does by the one alone."
    ),
}
for _change in disguises.FIELDS:
    for _when in ("attack: ", "attack: before the seal, "):
        REASONS[f"{_when}{_change.__name__}"] = (
            "12.5.6.19: a field's widget is nothing else and does nothing; the library asks /FT alone."
        )
for _change in disguises.UNCLEAR_FIELDS:
    REASONS[f"unclear: {_change.__name__}"] = "12.5.6.19: a viewer may draw from these entries, or show them."


def _theirs(path: Path, pki: Pki) -> str:
    """`valid` when every signature is, as the library judges it by itself."""
    context = ValidationContext(trust_roots=[pki.root], allow_fetching=False, weak_hash_algos=frozenset())
    try:
        with path.open("rb") as stream:
            signatures = PdfFileReader(stream, strict=False).embedded_signatures
            found = [_is_valid(one, context) for one in signatures]
    except Exception as error:
        return f"cannot: {type(error).__name__}"
    return "valid" if found and all(found) else "invalid"


def _is_valid(signature: EmbeddedPdfSignature, context: ValidationContext) -> bool:
    if signature.sig_object_type == "/DocTimeStamp":
        status = validate_pdf_timestamp(signature, context)
        return bool(status.valid and status.intact and status.trusted)
    return bool(validate_pdf_signature(signature, context).bottom_line)


@pytest.fixture(scope="module")
def judged(
    finished: Office, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[Kind, Verdict, str, str]]:
    """Every kind by its name: what we say, our sentence, what the library says."""
    folder = tmp_path_factory.mktemp("kinds")
    office = Office(folder, finished.pki)
    for stage in ("signed", "sealed", "archived"):
        (folder / f"{stage}.pdf").write_bytes((finished.folder / f"{stage}.pdf").read_bytes())
    found = {}
    for kind, path in every_kind.paths(office, tmp_path_factory.mktemp("files")):
        report = office.judged(path)
        found[kind.name] = (kind, report.verdict, report.message, _theirs(path, office.pki))
    return found


def test_every_verdict_is_true(judged: dict[str, tuple[Kind, Verdict, str, str]]) -> None:
    wrong = {
        name: (verdict, message)
        for name, (kind, verdict, message, _) in judged.items()
        if verdict is not kind.verdict
    }

    assert wrong == {}


def test_no_honest_file_is_called_altered(judged: dict[str, tuple[Kind, Verdict, str, str]]) -> None:
    said = [message for name, (_, _, message, _) in judged.items() if not name.startswith("attack")]

    assert not [message for message in said if "bị sửa" in message]


def test_an_attack_is_told_with_what_was_done(
    judged: dict[str, tuple[Kind, Verdict, str, str]],
) -> None:
    attacks = {name: one[2] for name, one in judged.items() if name.startswith("attack")}

    assert len(attacks) > 20
    assert {name: said for name, said in attacks.items() if not said.startswith("Đã bị sửa sau khi ký")} == {}


def test_where_the_library_differs_a_line_says_why(
    judged: dict[str, tuple[Kind, Verdict, str, str]],
) -> None:
    differing = {
        name: theirs
        for name, (_, ours, _, theirs) in judged.items()
        if (ours is Verdict.VALID) != (theirs == "valid")
    }

    assert differing.keys() == REASONS.keys(), f"{differing}"
