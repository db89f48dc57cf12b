"""Rules of accounts and agency codes. Plain values in, plain values out."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

#: Failed sign-ins in a row after which the account is locked, and for how long.
FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=15)

#: QĐ 20/2020/QĐ-TTg Điều 4: groups of capitals and digits divided by dots, 35 characters at most.
_CODE = re.compile(r"^(?=.{3,35}$)[A-Z]\d{2}(\.[0-9A-Z]+)*$")


def is_agency_code(code: str) -> bool:
    """Whether `code` is an identifier code of QĐ 20/2020/QĐ-TTg Điều 4."""
    return bool(_CODE.match(code))


def locked_until(failures: int, now: datetime) -> datetime | None:
    """When an account with `failures` failed sign-ins in a row opens again; None when it stays open."""
    return now + LOCKED_FOR if failures >= FAILURES_ALLOWED else None


def password_faults(password: str, *, username: str) -> list[str]:
    """What a new password lacks, in Vietnamese; empty when it is good (QCVN 12:2026/BCA)."""
    needed = {
        "ít nhất 8 ký tự": len(password) >= 8,
        "chữ thường": any(c.islower() for c in password),
        "chữ hoa": any(c.isupper() for c in password),
        "chữ số": any(c.isdigit() for c in password),
        "ký tự đặc biệt (ví dụ ! @ #)": any(not c.isalnum() and not c.isspace() for c in password),
        "không chứa tên đăng nhập": username.lower() not in password.lower(),
    }
    return [fault for fault, met in needed.items() if not met]
