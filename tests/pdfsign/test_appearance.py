"""What the eye sees of number, date, signature and seal, as any reader program renders the page."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pypdfium2
from PIL import Image

from tests.pdfsign.documents import DOTS
from tests.pdfsign.office import NAME, TITLE, Office
from vanthu.pdfsign import Box, Places, find_places


def _places(file: Path) -> Places:
    return find_places(file, signer_name=NAME, signer_title=TITLE)


class TestWhatTheEyeSees:
    """Pixels of the rendered page, in PDF points, as any reader program shows them."""

    def _render(self, file: Path, folder: Path) -> Image.Image:
        subprocess.run(
            ["pdftoppm", "-r", "144", "-png", "-singlefile", str(file), str(folder / "page")], check=True
        )
        with Image.open(folder / "page.png") as image:
            return image.convert("RGB")

    def _colours(self, image: Image.Image, box: Box) -> set[str]:
        scale, height = 2, image.height
        area = image.crop(
            (
                int(box.x0 * scale),
                int(height - box.y1 * scale),
                int(box.x1 * scale),
                int(height - box.y0 * scale),
            )
        )
        seen = set()
        pixels = area.tobytes()
        for red, green, blue in zip(pixels[::3], pixels[1::3], pixels[2::3], strict=True):
            if red > 180 and green < 100 and blue < 110:
                seen.add("red")
            elif blue > 180 and red < 100 and green < 140:
                seen.add("blue")
            elif max(red, green, blue) < 90:
                seen.add("black")
        return seen

    def test_blue_handwriting_red_seal_black_number(self, office: Office) -> None:
        draft = office.draft()
        places = _places(draft)
        sealed = office.sealed(office.signed(office.prepared(draft)))
        image = self._render(sealed, office.folder)
        signature, number, stamp = places.signature, places.number, places.seal
        assert signature is not None
        assert number is not None
        assert stamp is not None
        third = signature.x0 + signature.width / 3

        assert self._colours(image, replace(signature, x0=third + 4)) == {"blue"}
        assert "red" in self._colours(image, replace(signature, x1=third))
        assert "red" in self._colours(image, replace(stamp, x1=stamp.x0 + 6))
        assert self._colours(image, number) == {"black"}

    def test_dots_do_not_show_behind_the_figures(self, office: Office) -> None:
        draft = office.draft(number_blank=DOTS)
        number = _places(draft).number
        assert number is not None
        free = replace(number, x1=number.x0 + number.width / 3)
        before = self._render(draft, office.folder)
        after = self._render(office.sealed(office.signed(office.prepared(draft))), office.folder)

        assert self._colours(before, free) == {"black"}
        assert self._colours(after, free) == set()

    def test_number_and_date_stand_on_the_line_in_the_right_face(self, office: Office) -> None:
        """Flattened and read back as text: what is between «Số:» and the stroke, upright; the date italic."""
        sealed = office.sealed(office.signed(office.prepared()))
        text = subprocess.run(
            ["pdftotext", "-layout", str(_flattened(sealed)), "-"], capture_output=True, text=True, check=True
        ).stdout
        fonts = subprocess.run(["pdffonts", str(sealed)], capture_output=True, text=True, check=True).stdout

        assert re.search(r"Số:\s+125/SNV-CCVC", text)
        assert re.search(r"ngày\s+22\s+tháng\s+11\s+năm 2026", text)
        assert "VTSERU+LiberationSerif" in fonts
        assert "VTSERI+LiberationSerif-Italic" in fonts


def _flattened(file: Path) -> Path:
    """Fields made part of the page, as a printer does."""
    document = pypdfium2.PdfDocument(file)
    try:
        document.init_forms()
        document[0].flatten()
        target = file.with_name("flattened.pdf")
        document.save(target)
        return target
    finally:
        document.close()
