"""Vietnamese text made comparable: without diacritics, without case, whatever way it was typed."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """`text` lower-cased, without diacritics, with single spaces and without NUL, which no database holds.

    NFC and NFD, old and new tone placement (hoà, hòa), upper and lower case all fold to one form, so that
    a search typed any way finds a text written any other way.
    """
    plain = unicodedata.normalize("NFD", text.replace("\0", " ").casefold()).replace("đ", "d")
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(kept.split())


def tidy(text: str) -> str:
    """`text` in NFC with the outer spaces gone and inner runs of white space made one (TCVN 6909:2001)."""
    return " ".join(unicodedata.normalize("NFC", text).split())
