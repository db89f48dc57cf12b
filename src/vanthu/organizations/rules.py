"""Rules of accounts, agency codes and names. Plain values in, plain values out."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import count
from typing import TypeVar

from vanthu import plain_text
from vanthu.kernel.errors import DomainError
from vanthu.kernel.folding import fold

Key = TypeVar("Key", bound=Hashable)


class TryKind(StrEnum):
    """What tries to sign in are counted by."""

    #: An account, tried from devices that never signed in to it.
    ACCOUNT = "account"
    #: An account, tried from one device that did.
    DEVICE = "device"
    #: An address in the network, where many people may sit.
    ADDRESS = "address"


#: Wrong passwords in a row that cost nothing but themselves.
FREE_TRIES = {TryKind.ACCOUNT: 5, TryKind.DEVICE: 5, TryKind.ADDRESS: 30}
#: The first delay after those, which each further one doubles, and the longest.
FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=30), timedelta(minutes=15)
#: Tries are counted anew when the last is so long ago; longer than any delay.
TRIES_FORGOTTEN_AFTER = timedelta(hours=1)

#: Nobody types more; a longer one is refused before it is hashed.
PASSWORD_LENGTH_LIMIT = 256

#: QĐ 20/2020/QĐ-TTg Điều 4: groups of capitals and digits divided by dots, 35 characters at most.
_CODE = re.compile(r"(?=.{3,35}\Z)[A-Z][0-9]{2}(\.[0-9A-Z]+)*")
#: A committee of the people, named in full or in short, and of which level (Luật 72/2025/QH15 Điều 1; before,
#: there was one of districts between).
_COMMITTEE = r"(?:uy ban nhan dan|ubnd)"
_COMMUNE = re.compile(rf"{_COMMITTEE} (?:xa|phuong|thi tran|dac khu)\b")
_DISTRICT = re.compile(rf"{_COMMITTEE} (?:huyen|quan|thi xa|thanh pho)\b")
_DEPARTMENT = re.compile(r"(?:so|ban|thanh tra|van phong|chi cuc|cuc)\b")
_SHORT_FORMS = {"uy ban nhan dan": "ubnd", "hoi dong nhan dan": "hdnd"}
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{2,59}")


class AgencyGroup(StrEnum):
    """Agencies one writes to as a whole; all but the last two are of the writer's own province."""

    DEPARTMENTS = "departments"
    COMMUNES = "communes"
    DISTRICTS = "districts"
    PROVINCES = "provinces"
    CENTRAL = "central"


class WeakPassword(DomainError):
    """Mật khẩu mới chưa đủ mạnh."""

    code = "organizations.weak-password"


def is_agency_code(code: str) -> bool:
    """Whether `code` is an identifier code of QĐ 20/2020/QĐ-TTg Điều 4."""
    return bool(_CODE.fullmatch(code))


def agency_search_text(*, code: str, old_code: str, name: str, abbreviation: str) -> str:
    """What a search for an agency looks through, folded, with the short forms everybody types."""
    text = fold(" ".join((code, old_code, abbreviation, name)))
    return " ".join([text, *(short for full, short in _SHORT_FORMS.items() if full in text)])


def agency_group(*, code: str, name: str, own_code: str) -> AgencyGroup | None:
    """The group an agency belongs to for whoever has `own_code`; None when it belongs to none.

    By QĐ 20/2020/QĐ-TTg a code of one level is a province (H…) or a body of the centre, and the agencies of
    a province have codes that begin with its own.
    """
    first, _, rest = code.partition(".")
    if not rest:
        return AgencyGroup.PROVINCES if first.startswith("H") else AgencyGroup.CENTRAL
    if first != own_code.partition(".")[0]:
        return None
    folded = _folded(name)
    if _COMMUNE.match(folded):
        return AgencyGroup.COMMUNES
    if _DISTRICT.match(folded):
        return AgencyGroup.DISTRICTS
    return AgencyGroup.DEPARTMENTS if "." not in rest and _DEPARTMENT.match(folded) else None


def nearness(words: Sequence[str], *, name: str, note: str) -> int | None:
    """How near a name is to what was typed, `words` folded: 0 is nearest; None when a word is not in it.

    `note` is looked through as well: an abbreviation, or position and unit.
    """
    folded_name, folded_note = _folded(name), _folded(note)
    both = f"{folded_name} {folded_note}"
    if not all(word in both for word in words):
        return None
    typed = " ".join(words)
    if typed in {folded_name, folded_note}:
        return 0
    begins = folded_name.split()
    return 1 if all(any(each.startswith(word) for each in begins) for word in words) else 2


@lru_cache(maxsize=32_768)
def _folded(text: str) -> str:
    """`text` folded; names of a directory are looked through at every letter that is typed."""
    return fold(text)


def username_form(text: str) -> str | None:
    """The one form of a sign-in name: lower case, no outer spaces; None when `text` cannot be one."""
    name = text.strip().lower()
    return name if _USERNAME.fullmatch(name) else None


def password_form(text: str) -> str:
    """A password as it is hashed: NFC, so that it is the same whatever keyboard composed its letters.

    What is too long, or no text, is nobody's password: its beginning comes back as it is, to be hashed like
    any other and to match none.
    """
    raw_limit = PASSWORD_LENGTH_LIMIT * plain_text.DECOMPOSED_RATIO
    return plain_text.compose_or(text, longest=raw_limit, otherwise=text[: PASSWORD_LENGTH_LIMIT + 1])


def is_locked(locked_until: datetime | None, now: datetime) -> bool:
    """Whether what is closed until that time is still closed."""
    return locked_until is not None and now < locked_until


def tries_so_far(tries: int, last_at: datetime | None, now: datetime) -> int:
    """Of so many tries in a row, the last then, those that still count."""
    return 0 if last_at is None or now - last_at >= TRIES_FORGOTTEN_AFTER else tries


def delay_after(tries: int, kind: TryKind) -> timedelta:
    """How long nobody may try again after so many in a row: nothing at first, then doubled each time."""
    more = tries - FREE_TRIES[kind]
    if more < 0:
        return timedelta(0)
    # Beyond so many doublings every delay is the longest; and 2**10000 seconds are no timedelta.
    return min(FIRST_DELAY * (1 << min(more, 20)), LONGEST_DELAY)


def closed_until(tries: int, kind: TryKind, now: datetime) -> datetime | None:
    """Until when nobody may try again after so many tries in a row; None when anybody may at once."""
    delay = delay_after(tries, kind)
    return now + delay if delay else None


def in_words(wait: timedelta) -> str:
    """How long to wait, e.g. «30 giây» or «2 phút», never less than it is."""
    seconds = max(1, math.ceil(wait.total_seconds()))
    return f"{seconds} giây" if seconds < 60 else f"{math.ceil(seconds / 60)} phút"


def password_faults(password: str, *, username: str) -> list[str]:
    """What a new password lacks, in Vietnamese; empty when it is good (QCVN 12:2026/BCA)."""
    needed = {
        "ít nhất 8 ký tự": len(password) >= 8,
        f"không quá {PASSWORD_LENGTH_LIMIT} ký tự": len(password) <= PASSWORD_LENGTH_LIMIT,
        "chữ thường": any(c.islower() for c in password),
        "chữ hoa": any(c.isupper() for c in password),
        "chữ số": any(c.isdigit() for c in password),
        "ký tự đặc biệt (ví dụ ! @ #)": any(not c.isalnum() and not c.isspace() for c in password),
        "không chứa tên đăng nhập": username.lower() not in password.lower(),
        "chỉ có ký tự gõ được từ bàn phím": _is_typed(password),
    }
    return [fault for fault, met in needed.items() if not met]


def _is_typed(password: str) -> bool:
    try:
        plain_text.take_line(password, longest=PASSWORD_LENGTH_LIMIT + 1)
    except plain_text.UnfitText:
        return False
    return True


def accepted_password(password: str, *, username: str, previous: str | None = None) -> str:
    """A new password in the form it is hashed in. Raises WeakPassword naming everything it lacks."""
    new = password_form(password)
    faults = password_faults(new, username=username)
    if previous is not None and new == password_form(previous):
        faults.append("khác mật khẩu hiện tại")
    if faults:
        raise WeakPassword(f"Mật khẩu mới cần: {'; '.join(faults)}.")
    return new


def initials(full_name: str) -> str:
    """Two letters to know a name by, of its first and last word: `NA` of Nguyễn Văn An; else `?`."""
    words = [word for word in full_name.split() if word[0].isalpha()]
    return "".join(word[0] for word in (*words[:1], *words[1:][-1:])).upper() or "?"


def initials_among(people: Mapping[Key, str]) -> dict[Key, str]:
    """Marks that tell these people, or units, apart: two letters where those do, more where they do not.

    `NA` of Nguyễn Văn An alone; `NVA` beside Ngô Thị An, `An` beside Nguyễn Văn Anh; people of one name are
    numbered.
    """
    marks: dict[Key, str] = {}
    left = dict(people)
    for shorten in (initials, _all_initials, _given_name):
        short = {who: shorten(name) for who, name in left.items()}
        times = Counter([*short.values(), *marks.values()])
        marks |= {who: mark for who, mark in short.items() if times[mark] == 1}
        left = {who: name for who, name in left.items() if who not in marks}
    taken = set(marks.values())
    for who, name in left.items():
        marks[who] = next(
            mark for mark in (f"{initials(name)}{number}" for number in count(1)) if mark not in taken
        )
        taken.add(marks[who])
    return {who: marks[who] for who in people}


def _all_initials(name: str) -> str:
    return "".join(word[0] for word in name.split() if word[0].isalpha())[:5].upper() or "?"


def _given_name(name: str) -> str:
    return (name.split() or ["?"])[-1]


def person_label(full_name: str, *, position: str, unit_abbreviation: str = "") -> str:
    """A person as the audit trail names him, e.g. `Nguyễn Văn An, Trưởng phòng (CCVC)`."""
    return f"{full_name}, {position}" + (f" ({unit_abbreviation})" if unit_abbreviation else "")
