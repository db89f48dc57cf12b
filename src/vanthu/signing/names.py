"""Whether two names are of one agency, or of one person, however certificates and directories write them.

Compared are words with their diacritics, in any Unicode form, tone placement and case; a name written wholly
without diacritics is compared without. The abbreviations of `_ABBREVIATIONS` are the words they stand for:
those that mean one thing in an agency's name. «T.», «P.», «TT», «BCH» mean several and stay as they are.

Words must be the same words. Only a place above the agency may be said on one side and left out on the other,
and no place may be contradicted: see `is_same_agency`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from vanthu.kernel.folding import fold, spell

#: What is said of a name in brackets after it is no part of the name: «Sở Nội vụ (theo gói tin)».
_REMARK = re.compile(r"\([^()]*\)\s*$")
_PUNCTUATION = re.compile(r"[.,;:/\-–—]")
_DASH = re.compile(r"\s+[-–—]\s+")

_ABBREVIATIONS = {
    "ubnd": "ủy ban nhân dân",
    "hđnd": "hội đồng nhân dân",
    "vp": "văn phòng",
    "bql": "ban quản lý",
    "ubmttq": "ủy ban mặt trận tổ quốc",
    "mttq": "mặt trận tổ quốc",
    "tp": "thành phố",
    "tphcm": "thành phố hồ chí minh",
    "hcm": "hồ chí minh",
    "tx": "thị xã",
    "&": "và",
}

#: The kinds of place, each with its rank: a place lies in one of lower rank. A city may be a province's or
#: a province itself.
_KINDS = {
    "tỉnh": 0,
    "thành phố": 1,
    "quận": 2,
    "huyện": 2,
    "thị xã": 2,
    "thị trấn": 3,
    "phường": 3,
    "xã": 3,
    "đặc khu": 3,
}
#: What makes other words of the word before it: xã hội, tỉnh ủy, tỉnh đoàn, huyện đội.
_NO_PLACE = ("hội", "ủy", "đoàn", "đội")
_LONGEST_PLACE = 5
#: Agencies that only a province has, and one of each: its name may be left out.
_OF_A_PROVINCE = ("sở", "chi cục")
_COMMITTEE = "ủy ban nhân dân"
#: How the name of an agency begins that follows its people's committee: «UBND tỉnh An Bình - Sở Nội vụ».
_BELOW_A_COMMITTEE = (
    *("sở", "phòng", "văn phòng", "chi cục", "ban", "trung tâm", "trường", "bệnh viện", "viện"),
    *("thanh tra", "ủy ban nhân dân", "đài", "báo", "trạm"),
)

#: Said before a person's name, of rank and learning, and no part of it.
_TITLES = {
    *("ông", "bà", "đồng chí", "đ c", "gs", "pgs", "ts", "ths", "bs", "ks", "cn", "cki", "ckii"),
    *(f"{rank} {of}" for rank in ("thiếu", "trung", "thượng", "đại") for of in ("úy", "tá", "tướng")),
}

_Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    rank: int
    name: str


def is_same_agency(
    certified: str, stated: str, *, bodies: Sequence[str] = (), places: Sequence[str] = ()
) -> bool:
    """Whether `certified`, the name in a certificate, and `stated`, that in a record, are of one agency.

    `bodies` and `places` are what the certificate says the agency belongs to (its O and OU, its L and ST).
    The names are the same words but for a place at the end that only one of them says. That is taken when
    the certificate confirms it («Văn phòng UBND», O «UBND tỉnh An Bình»), when the other one names a place
    of its own inside it («UBND xã Hòa Bình, tỉnh An Bình»), or when it is the province of an agency that
    only provinces have («Sở Nội vụ»). A place of the certificate that the record contradicts (another
    province, another commune) makes them two agencies.
    """
    write = _writing(certified, stated)
    ours, above = _read(certified, write)
    theirs, stated_above = _read(stated, write)
    own = _places(ours, write)
    known = [*own, *_told(above, write), *_told(bodies, write), *_seats(places, own, write)]
    if _contradicts(known, [*_places(theirs, write), *_told(stated_above, write)]):
        return False
    if ours == theirs or _without_rank(ours, write) == _without_rank(theirs, write):
        return True
    short, long = sorted((ours, theirs), key=len)
    left_out = _left_out(short, long, write)
    if not left_out:
        return False
    confirmed = short == ours and {_key(place) for place in left_out} <= {_key(place) for place in known}
    return confirmed or _goes_without_saying(short, left_out, write)


def is_same_person(certified: str, stated: str) -> bool:
    """Whether two names are of one person: the same words, but for titles before them."""
    write = _writing(certified, stated)
    return _named(certified, write) == _named(stated, write)


def says_nothing(name: str) -> bool:
    """Whether nothing is left of a name to compare."""
    return not fold(_REMARK.sub("", name))


def _writing(*names: str) -> Callable[[str], str]:
    """With diacritics, unless one of the names was written without any."""
    return fold if any(fold(name) == spell(name) for name in names) else spell


def _read(name: str, write: Callable[[str], str]) -> tuple[_Words, list[str]]:
    """The agency's own words, and the people's committee said before them («UBND tỉnh An Bình - …»)."""
    first, *rest = _DASH.split(_REMARK.sub("", name))
    below = " ".join(rest)
    if (
        rest
        and _begins(_words(first, write), [_COMMITTEE], write)
        and _begins(_words(below, write), _BELOW_A_COMMITTEE, write)
    ):
        return _words(below, write), [first]
    return _words(name, write), []


def _words(name: str, write: Callable[[str], str]) -> _Words:
    bare = _PUNCTUATION.sub(" ", _REMARK.sub("", name).replace("&", " & "))
    meanings = _meanings(write)
    return tuple(part for word in write(bare).split() for part in meanings.get(word, (word,)))


@cache
def _meanings(write: Callable[[str], str]) -> dict[str, _Words]:
    return {write(short): tuple(write(long).split()) for short, long in _ABBREVIATIONS.items()}


@cache
def _kinds(write: Callable[[str], str]) -> dict[_Words, int]:
    return {tuple(write(kind).split()): rank for kind, rank in _KINDS.items()}


def _begins(words: _Words, beginnings: Sequence[str], write: Callable[[str], str]) -> bool:
    return any(words[: len(first)] == first for first in (tuple(write(one).split()) for one in beginnings))


def _split(words: _Words, write: Callable[[str], str]) -> Iterator[tuple[int | None, _Words]]:
    """The words cut before every kind of place: (None, what comes before any), then (rank, name)…"""
    rank: int | None = None
    begun: list[str] = []
    index = 0
    while index < len(words):
        for length in (2, 1):
            found = _kinds(write).get(words[index : index + length])
            if found is not None:
                yield rank, tuple(begun)
                rank, begun = found, []
                index += length
                break
        else:
            begun.append(words[index])
            index += 1
    yield rank, tuple(begun)


def _is_place(name: _Words, write: Callable[[str], str]) -> bool:
    return (
        0 < len(name) <= _LONGEST_PLACE
        and name[0] not in {write(word) for word in _NO_PLACE}
        and write("và") not in name
    )


def _places(words: _Words, write: Callable[[str], str]) -> list[_Place]:
    return [
        _Place(rank, " ".join(name))
        for rank, name in _split(words, write)
        if rank is not None and _is_place(name, write)
    ]


def _told(texts: Sequence[str], write: Callable[[str], str]) -> list[_Place]:
    """The places that the names of the bodies above tell."""
    return [place for text in texts for place in _places(_words(text, write), write)]


def _seats(texts: Sequence[str], own: Sequence[_Place], write: Callable[[str], str]) -> list[_Place]:
    """Where the certificate says the agency is; a bare name is a province unless it repeats its own."""
    found = []
    for text in texts:
        words = _words(text, write)
        named = _places(words, write)
        if not named and words and fold(" ".join(words)) not in {fold(place.name) for place in own}:
            named = [_Place(0, " ".join(words))]
        found += named
    return found


def _contradicts(known: Sequence[_Place], stated: Sequence[_Place]) -> bool:
    """Whether, at some level, both say where they are and no place is common."""
    ours, theirs = {_key(place) for place in known}, {_key(place) for place in stated}
    levels = {level for level, _ in ours} & {level for level, _ in theirs}
    return any(not {key for key in ours & theirs if key[0] == level} for level in levels)


def _key(place: _Place) -> tuple[int, str]:
    """Provinces and cities are one level: a city may be either."""
    return max(place.rank, 1), fold(place.name)


def _without_rank(words: _Words, write: Callable[[str], str]) -> _Words:
    """A sở's words without «tỉnh», «thành phố»: only provinces have it («Sở Nội vụ An Bình»)."""
    if not _begins(words, _OF_A_PROVINCE[:1], write):
        return words
    kept: list[str] = []
    for rank, name in _split(words, write):
        if rank is not None and rank > 1:
            return words
        kept += name
    return tuple(kept)


def _left_out(short: _Words, long: _Words, write: Callable[[str], str]) -> list[_Place]:
    """The places `long` says after the words of `short`; [] when it says anything else."""
    if long[: len(short)] != short:
        return []
    (_, before), *parts = _split(long[len(short) :], write)
    if before or not all(_is_place(name, write) for _, name in parts):
        return []
    return [_Place(rank, " ".join(name)) for rank, name in parts if rank is not None]


def _goes_without_saying(short: _Words, left_out: Sequence[_Place], write: Callable[[str], str]) -> bool:
    own = _places(short, write)
    highest = max(place.rank for place in left_out)
    if own:
        return highest < own[-1].rank
    return highest <= 1 and _begins(short, _OF_A_PROVINCE, write)


def _named(name: str, write: Callable[[str], str]) -> _Words:
    """A person's words without the titles before them."""
    titles = {tuple(write(title).split()) for title in _TITLES}
    words = _words(name, write)
    while length := next((n for n in (2, 1) if words[:n] in titles and len(words) > n), 0):
        words = words[length:]
    return words
