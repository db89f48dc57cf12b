"""Vietnamese text made comparable: without diacritics, without case, whatever way it was typed."""

from __future__ import annotations

from vanthu import plain_text
from vanthu.kernel.errors import DomainError

#: No text that is compared or searched is longer; an act refuses it before, with the limit of its own.
LONGEST = 100_000

#: Huyền, sắc, ngã, hỏi, nặng; the marks of ă, â and ơ are part of the letter.
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")


class TextRefused(DomainError):
    """Nội dung có ký tự không dùng được. Hãy gõ lại."""

    code = "text.refused"


def fold(text: str) -> str:
    """`text` lower-cased, without diacritics, with single spaces and without NUL, which no database holds.

    NFC and NFD, old and new tone placement (hoà, hòa), upper and lower case all fold to one form, so that
    a search typed any way finds a text written any other way. Raises TextRefused.
    """
    return " ".join(plain_text.without_marks(_decomposed(text).replace("đ", "d")).split())


def spell(text: str) -> str:
    """`text` lower-cased with its diacritics, each tone mark at the end of its word, spaces single.

    NFC and NFD, old and new tone placement (hoà, hòa) and capitals are one form, but «Hòa» and «Hoa» stay two
    words: for names, where a mark tells one commune from another. Raises TextRefused.
    """
    words = map(_tones_last, _decomposed(text).split())
    return " ".join(plain_text.compose_or(word, longest=12 * LONGEST, otherwise=word) for word in words)


def tidy(text: str) -> str:
    """`text` in NFC with the outer spaces gone and inner runs of white space made one (TCVN 6909:2001).

    Raises TextRefused.
    """
    try:
        return " ".join(plain_text.compose(text, longest=LONGEST).split())
    except plain_text.UnfitText as unfit:
        raise TextRefused(str(unfit)) from unfit


def _decomposed(text: str) -> str:
    try:
        plain_text.require_fit(text, longest=LONGEST)
        # Lower case is up to three times as long.
        return plain_text.decompose(text.replace("\0", " ").casefold(), longest=3 * LONGEST)
    except plain_text.UnfitText as unfit:
        raise TextRefused(str(unfit)) from unfit


def _tones_last(word: str) -> str:
    """Tone marks at the end; a row of words without spaces, which has more of them than any word, stays."""
    marks = "".join(letter for letter in word if letter in _TONES)
    if len(marks) >= plain_text.MARKS_IN_A_ROW - 4:
        return word
    return "".join(letter for letter in word if letter not in _TONES) + marks
