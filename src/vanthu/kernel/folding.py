"""Vietnamese text made comparable: without diacritics, without case, whatever way it was typed."""

from __future__ import annotations

import unicodedata

#: Huyền, sắc, ngã, hỏi, nặng; the marks of ă, â and ơ are part of the letter.
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")


def fold(text: str) -> str:
    """`text` lower-cased, without diacritics, with single spaces and without NUL, which no database holds.

    NFC and NFD, old and new tone placement (hoà, hòa), upper and lower case all fold to one form, so that
    a search typed any way finds a text written any other way.
    """
    plain = unicodedata.normalize("NFD", text.replace("\0", " ").casefold()).replace("đ", "d")
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(kept.split())


def spell(text: str) -> str:
    """`text` lower-cased with its diacritics, each tone mark at the end of its word, spaces single.

    NFC and NFD, old and new tone placement (hoà, hòa) and capitals are one form, but «Hòa» and «Hoa» stay two
    words: for names, where a mark tells one commune from another.
    """
    plain = unicodedata.normalize("NFD", text.replace("\0", " ").casefold())
    return " ".join(unicodedata.normalize("NFC", _tones_last(word)) for word in plain.split())


def tidy(text: str) -> str:
    """`text` in NFC with the outer spaces gone and inner runs of white space made one (TCVN 6909:2001)."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _tones_last(word: str) -> str:
    marks = "".join(letter for letter in word if letter in _TONES)
    return "".join(letter for letter in word if letter not in _TONES) + marks
