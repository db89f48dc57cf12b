"""Rules of accounts, agency codes and names. Plain values in, plain values out."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from vanthu import plain_text
from vanthu.kernel.errors import DomainError
from vanthu.kernel.folding import fold

#: Failed sign-ins in a row after which the account is locked, and for how long.
FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=15)

#: Nobody types more; a longer one is refused before it is hashed.
PASSWORD_LENGTH_LIMIT = 256

#: QĐ 20/2020/QĐ-TTg Điều 4: groups of capitals and digits divided by dots, 35 characters at most.
_CODE = re.compile(r"(?=.{3,35}\Z)[A-Z][0-9]{2}(\.[0-9A-Z]+)*")
_SHORT_FORMS = {"uy ban nhan dan": "ubnd", "hoi dong nhan dan": "hdnd"}
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{2,59}")


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
    """Whether an account locked until that time is still locked."""
    return locked_until is not None and now < locked_until


def failures_after_refusal(failures: int, locked_until: datetime | None) -> int:
    """Failed sign-ins in a row after one more; a lock that has run out starts the count anew."""
    return failures + 1 if locked_until is None else 1


def locked_until(failures: int, now: datetime) -> datetime | None:
    """When an account with `failures` failed sign-ins in a row opens again; None when it stays open."""
    return now + LOCKED_FOR if failures >= FAILURES_ALLOWED else None


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


def person_label(full_name: str, *, position: str, unit_abbreviation: str = "") -> str:
    """A person as the audit trail names him, e.g. `Nguyễn Văn An, Trưởng phòng (CCVC)`."""
    return f"{full_name}, {position}" + (f" ({unit_abbreviation})" if unit_abbreviation else "")
