"""Every kind of thing done to a signed file, and of file that says two things."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.pdfsign import aftermath, disguises, doubles, outside
from tests.pdfsign.aftermath import Kind
from tests.pdfsign.documents import typeset
from tests.pdfsign.office import Office
from vanthu.pdfsign import Verdict


def twofold(office: Office) -> Iterator[Kind]:
    """What one program reads so and another otherwise, pictures over a text, and their honest likes."""
    good, bad, open_ = Verdict.VALID, Verdict.INVALID, Verdict.INDETERMINATE
    once = outside.signed(typeset(), office.pki)

    def over(box: doubles.Box, drawing: bytes) -> bytes:
        source = outside.saved(office.folder, once, "once.pdf")
        signer = office.pki.signer("person")
        return doubles.signed_over(source, signer, box=box, drawing=drawing).read_bytes()

    def kind(name: str, verdict: Verdict, make: Callable[[], bytes]) -> Kind:
        return Kind(name=name, make=make, verdict=verdict)

    for change in doubles.DOUBLES:
        yield kind(f"unclear: {change.__name__}", open_, partial(change, once))
    yield kind("honest: the same twice", good, partial(doubles.page_with_two_contents, once, same=True))
    yield kind("attack: freed_beside_a_stream", bad, partial(doubles.freed_beside_a_stream, once))
    white = b"1 1 1 rg 0 0 500 500 re f"
    yield kind("unclear: a picture over the text", open_, partial(over, doubles.OVER_TEXT, white))
    yield kind("honest: a picture on blank paper", good, partial(over, doubles.ON_PAPER, white))
    yield kind(
        "honest: signed with iText",
        good,
        lambda: outside.signed_in(once, office.pki, disguises.FIELD_AS_ITEXT_WRITES, field="Cho"),
    )
    measured = outside.signed(doubles.measured_apart(typeset()), office.pki)
    yield kind("honest: measured apart", good, partial(bytes, measured))
    yield kind("attack: measured anew", bad, partial(doubles.measured_anew, measured))
    draft, row = doubles.packed_twice(typeset())
    packed = outside.signed(draft, office.pki)
    yield kind("honest: packed twice", good, partial(bytes, packed))
    yield kind("unclear: packed twice, shown by place", open_, partial(doubles.shown_by_place, packed, row))
    yield kind("honest: padded", good, lambda: once + b"\0" * 511)
    yield kind("unclear: padded out of sight", open_, lambda: once + b"\0" * 2_000)


def paths(office: Office, folder: Path) -> Iterator[tuple[Kind, Path]]:
    """Every kind as a file."""
    for number, kind in enumerate([*aftermath.kinds(office), *aftermath.disguised(office), *twofold(office)]):
        yield kind, outside.saved(folder, kind.make(), f"kind-{number}.pdf")
