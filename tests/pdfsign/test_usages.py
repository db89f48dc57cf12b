"""The quick search for usages finds what the library's own finds, for every object of every revision."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

from tests.pdfsign import tampering
from tests.pdfsign.documents import typeset, write
from tests.pdfsign.office import Office
from vanthu.pdfsign.reader import MeasuredReader
from vanthu.pdfsign.usages import use_quick_resolvers


def _same_usages(file: Path) -> int:
    """Compare all; how many paths there are."""
    count = 0
    with file.open("rb") as plain, file.open("rb") as quick:
        original, ours = PdfFileReader(plain, strict=False), MeasuredReader(quick)
        use_quick_resolvers(ours)
        for revision in range(original.xrefs.total_revisions):
            expected = HistoricalResolver(original, revision)
            expected._load_reverse_xref_cache()
            found = ours.get_historical_resolver(revision)
            for later in range(original.xrefs.total_revisions):
                for reference in original.xrefs.explicit_refs_in_revision(later):
                    paths = expected._get_usages_of_ref(reference)
                    assert found._get_usages_of_ref(reference) == paths, (revision, reference)
                    count += len(paths)
    return count


@pytest.mark.parametrize("stage", ["draft", "prepared", "signed", "sealed", "archived"])
def test_through_the_life_of_a_document(finished: Office, stage: str) -> None:
    """The drafts are tagged: their structure trees hold most of the paths."""
    assert _same_usages(finished.folder / f"{stage}.pdf") > 100


def test_with_copies_and_several_pages(office: Office) -> None:
    draft = office.draft(page_breaks=3)
    sealed = office.sealed(office.signed(office.prepared(draft)))

    assert _same_usages(office.copied(office.copied(sealed))) > 100


@pytest.mark.parametrize(
    "change",
    [
        tampering.stamp_content,
        tampering.annotate,
        tampering.add_page,
        tampering.copy_signature_value,
        tampering.share_everything,
    ],
    ids=lambda change: change.__name__,
)
def test_with_what_attackers_do(office: Office, sealed: Path, change: tampering.Change) -> None:
    assert _same_usages(tampering.append_revision(sealed, change)) > 100


def test_without_tags(tmp_path: Path) -> None:
    assert _same_usages(write(tmp_path / "plain.pdf", typeset(tagged=False))) > 20
