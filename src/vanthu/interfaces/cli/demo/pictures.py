"""What the demo's people and agencies put on paper: a blue handwritten signature, a red round seal.

Transparent PNGs at true size for 300 dots per inch.
"""

from __future__ import annotations

import hashlib
import math
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from vanthu import plain_text

DOTS_PER_INCH = 300
#: Diameter of the seal of a state agency without the national emblem, millimetres.
SEAL_MILLIMETRES = 36.0
SIGNATURE_MILLIMETRES = (48.0, 20.0)

_LONGEST_NAME = 1000
_BLUE = (18, 52, 166)
_RED = (214, 28, 36)
_HANDWRITING = "/usr/share/fonts/opentype/dancingscript/DancingScript-Regular.otf"
_LETTERS = "/usr/share/fonts/truetype/liberation2/LiberationSerif-Bold.ttf"
#: Drawn this many times larger, then scaled down: Pillow's lines have no soft edges.
_OVERSAMPLING = 4


def draw_signature(full_name: str, path: Path) -> None:
    """The given name in a running hand with a stroke below; each name always has the same hand."""
    width, height = (_pixels(side) * _OVERSAMPLING for side in SIGNATURE_MILLIMETRES)
    ink = Image.new("L", (width, height), 0)
    pen = ImageDraw.Draw(ink)
    # The given name alone, and no Vietnamese marks, as in most signatures.
    text = _without_marks(full_name).split()[-1]
    font = _fitting(_HANDWRITING, text, 0.72 * width, 0.58 * height)
    pen.text((width / 2, 0.46 * height), text, fill=255, font=font, anchor="mm")
    seed = hashlib.sha256(full_name.encode()).digest()
    _flourish(pen, width, height, seed)
    ink = ink.rotate(3 + seed[0] % 6, resample=Image.Resampling.BICUBIC)
    _save(ink, _BLUE, path)


def draw_seal(agency_name: str, place: str, path: Path) -> None:
    """A double ring, the agency's name around it, the place below, a star in the middle."""
    side = _pixels(SEAL_MILLIMETRES) * _OVERSAMPLING
    ink = Image.new("L", (side, side), 0)
    pen = ImageDraw.Draw(ink)
    centre = side / 2
    for radius, line in ((0.495, 0.022), (0.465, 0.007), (0.285, 0.007)):
        edge = radius * side
        box = (centre - edge, centre - edge, centre + edge, centre + edge)
        pen.ellipse(box, outline=255, width=round(line * side))
    _around(ink, agency_name.upper(), radius=0.375 * side, height=0.088 * side, widest=262, top=True)
    _around(ink, place.upper(), radius=0.375 * side, height=0.066 * side, widest=80, top=False)
    _star(pen, centre, centre, 0.2 * side)
    _save(ink, _RED, path)


def _save(ink: Image.Image, colour: tuple[int, int, int], path: Path) -> None:
    ink = ink.resize(
        (ink.width // _OVERSAMPLING, ink.height // _OVERSAMPLING), resample=Image.Resampling.LANCZOS
    )
    image = Image.new("RGBA", ink.size, (*colour, 0))
    image.putalpha(ink)
    image.save(path, dpi=(DOTS_PER_INCH, DOTS_PER_INCH))


def _flourish(pen: ImageDraw.ImageDraw, width: int, height: int, seed: bytes) -> None:
    """One quick stroke under the name, thin at its ends."""
    start, end = 0.08 + seed[1] / 2550, 0.82 + seed[2] / 1700
    depth, wave = 0.74 + seed[3] / 2550, 0.05 + seed[4] / 5100
    for step in range(601):
        along = step / 600
        x = (start + (end - start) * along) * width
        y = (depth + wave * math.sin(2.4 * math.pi * along) - 0.1 * along) * height
        radius = _OVERSAMPLING * (0.9 + 1.9 * math.sin(math.pi * along))
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)


def _around(ink: Image.Image, text: str, *, radius: float, height: float, widest: float, top: bool) -> None:
    """Set `text` on a circle, over at most `widest` degrees; letters stand outwards above, inwards below."""
    text = plain_text.compose(text, longest=_LONGEST_NAME)
    font = ImageFont.truetype(_LETTERS, round(height))
    longest = math.radians(widest) * radius
    while font.getlength(text) > longest and font.size > 12:
        font = ImageFont.truetype(_LETTERS, font.size - 1)
    centre = ink.width / 2
    # Short names are spaced out, or they would huddle at the top.
    spread = min(1.5, max(1.0, 0.55 * longest / font.getlength(text)))
    angle = -spread * font.getlength(text) / radius / 2
    for letter in text:
        half = spread * font.getlength(letter) / radius / 2
        angle += half
        turn = math.degrees(angle)
        x, y = centre + radius * math.sin(angle), centre - radius * math.cos(angle)
        if not top:
            turn, y = -turn, centre + radius * math.cos(angle)
        _stamp(ink, letter, font, x, y, -turn)
        angle += half


def _stamp(
    ink: Image.Image, letter: str, font: ImageFont.FreeTypeFont, x: float, y: float, turn: float
) -> None:
    side = round(font.size * 2.4)
    tile = Image.new("L", (side, side), 0)
    # The middle of capitals on the circle: marks above and below must not move the letter.
    ImageDraw.Draw(tile).text(
        (side / 2, side / 2 + 0.33 * font.size), letter, fill=255, font=font, anchor="ms"
    )
    tile = tile.rotate(turn, resample=Image.Resampling.BICUBIC)
    ink.paste(255, (round(x - side / 2), round(y - side / 2)), tile)


def _star(pen: ImageDraw.ImageDraw, x: float, y: float, radius: float) -> None:
    points = []
    for corner in range(10):
        reach = radius if corner % 2 == 0 else radius * 0.382
        angle = math.pi * corner / 5
        points.append((x + reach * math.sin(angle), y - reach * math.cos(angle)))
    pen.polygon(points, fill=255)


def _fitting(path: str, text: str, width: float, height: float) -> ImageFont.FreeTypeFont:
    probe = ImageFont.truetype(path, 100)
    left, top, right, bottom = probe.getbbox(text)
    return ImageFont.truetype(path, int(100 * min(width / (right - left), height / (bottom - top))))


def _without_marks(text: str) -> str:
    plain = plain_text.decompose(text.replace("Đ", "D").replace("đ", "d"), longest=_LONGEST_NAME)
    return plain_text.without_marks(plain)


def _pixels(millimetres: float) -> int:
    return round(millimetres / 25.4 * DOTS_PER_INCH)
