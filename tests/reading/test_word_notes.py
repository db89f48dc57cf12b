"""Footnotes stand under the sentence that calls them, whatever was taken out and however Word wrote them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.documents.word_files import docx, p, r
from tests.reading.settled import W, root_of, settled
from vanthu.reading.noted import OfficeUnread


def _called(number: int, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:footnoteReference w:id="{number}"/></w:r>'


def _taken_out(run: str) -> str:
    return f'<w:del w:id="9" w:author="a" w:date="2026-01-01T00:00:00Z">{run}</w:del>'


def _notes(*texts: str) -> str:
    lines = "".join(
        f'<w:footnote w:type="separator" w:id="{number}"><w:p/></w:footnote>' for number in (-1, 0)
    )
    return lines + "".join(
        f'<w:footnote w:id="{number}">{p(r(text))}</w:footnote>' for number, text in enumerate(texts, 1)
    )


def _notes_left(folder: Path) -> list[str]:
    """Each note that is called, in the order of the text, with its words."""
    root = root_of(folder / "b.docx", "word/footnotes.xml")
    notes = {
        each.get(f"{W}id"): "".join(str(text) for text in each.itertext())
        for each in root.iter(f"{W}footnote")
    }
    document = root_of(folder / "b.docx")
    called = [each.get(f"{W}id") for each in document.iter(f"{W}footnoteReference")]
    # A program that pairs them by their places finds the same.
    ordinary = [each.get(f"{W}id") for each in root.iter(f"{W}footnote") if each.get(f"{W}type") is None]
    assert called == ordinary
    return [notes[each] for each in called]


class TestNotes:
    @pytest.mark.parametrize(
        ("body", "left"),
        [
            pytest.param(_called(1) + _called(2) + _called(3), ["MOT", "HAI", "BA"], id="as they are"),
            pytest.param(_called(3) + _called(1) + _called(2), ["BA", "MOT", "HAI"], id="in another order"),
            pytest.param(
                f"{_taken_out(_called(1))}{_called(2)}{_called(3)}", ["HAI", "BA"], id="one was taken out"
            ),
            pytest.param(
                f"{_called(1, '<w:vanish/>')}{_called(2)}{_called(3)}", ["HAI", "BA"], id="one is hidden"
            ),
            pytest.param(_called(2), ["HAI"], id="two are called by nobody"),
        ],
    )
    def test_stand_under_the_sentence_that_calls_them(
        self, tmp_path: Path, body: str, left: list[str]
    ) -> None:
        settled(tmp_path, docx(p(r("x"), body), footnotes=_notes("MOT", "HAI", "BA")))

        assert _notes_left(tmp_path) == left

    @pytest.mark.parametrize(
        ("body", "parts"),
        [
            pytest.param(_called(1) + _called(1), {}, id="called twice"),
            pytest.param(_called(7), {}, id="not there"),
            pytest.param("", {"header1": p(_called(1))}, id="called from a header"),
        ],
    )
    def test_that_cannot_be_told_apart_are_refused(
        self, tmp_path: Path, body: str, parts: dict[str, str]
    ) -> None:
        with pytest.raises(OfficeUnread, match="Chú thích"):
            settled(tmp_path, docx(p(r("x"), body), footnotes=_notes("MOT"), **parts))
