"""Fonts are cut once, kept, and embedded small; what they lack is refused loudly."""

from __future__ import annotations

from pathlib import Path

import pytest

from vanthu.pdfsign import FontMissing, build_fonts, fonts


@pytest.fixture
def _fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VANTHU_CACHE", str(tmp_path))
    for font in (fonts.number_font, fonts.date_font, fonts.stamp_font):
        font.cache_clear()


@pytest.mark.usefixtures("_fresh")
def test_are_cut_once_and_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_fonts()
    kept = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.ttf")}
    for font in (fonts.number_font, fonts.date_font, fonts.stamp_font):
        font.cache_clear()
    monkeypatch.setattr(fonts, "_cut", _must_not_run)
    build_fonts()

    assert len(kept) == 3
    assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*") if file.is_file()} == kept
    assert all(file.stat().st_size < 80_000 for file in kept)


@pytest.mark.usefixtures("_fresh")
def test_are_cut_again_where_somebody_emptied_the_folder_under_a_process_that_has_them(
    tmp_path: Path,
) -> None:
    """Readers of strangers' files cannot write there, and would sign nothing until the next restart."""
    build_fonts()
    for file in tmp_path.rglob("*.ttf"):
        file.unlink()

    build_fonts()

    assert len(list(tmp_path.rglob("*.ttf"))) == 3


def _must_not_run(*_: object) -> bytes:
    raise AssertionError("cut again")


@pytest.mark.usefixtures("_fresh")
def test_a_machine_without_the_font_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "SOURCE_DIRECTORY", tmp_path / "none")

    with pytest.raises(FontMissing, match="fonts-liberation2"):
        build_fonts()


def test_times_metrics() -> None:
    """Figures are half an em wide in Times and all that keeps its measures."""
    assert fonts.number_font().width("125", 13) == pytest.approx(3 * 6.5)
    assert fonts.date_font().width("22", 13.5) == pytest.approx(13.5)


def test_every_vietnamese_letter_is_there() -> None:
    letters = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵđ"

    assert set(letters + letters.upper()) <= fonts.stamp_font().glyphs.keys()
