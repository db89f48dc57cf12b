"""Typed readers of environment variables. A wrong value stops the program with a sentence, not later."""

from __future__ import annotations

import os
from datetime import date
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from vanthu.kernel.errors import why
from vanthu.kernel.working_days import Holidays

_DATABASE_FORM = (
    "DATABASE_URL phải có dạng postgresql://người_dùng:mật_khẩu@máy_chủ:cổng/tên_csdl; "
    "chỉ PostgreSQL được hỗ trợ."
)
#: A server that vanished without a word must not hold a page for the quarter of an hour TCP would: seconds
#: to connect and of silence before asking, milliseconds for what was sent (libpq's own names).
_CONNECTING = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}


#: How long a transaction waits for a lock, and how long it may stand still holding some: a program that hangs
#: in the middle of an act must not stop everybody else for ever. Acts take milliseconds.
_PATIENCE = "-c lock_timeout=15s -c idle_in_transaction_session_timeout=2min"


class SettingRefused(Exception):
    """Giá trị cấu hình không dùng được."""


def text(name: str, default: str | None = None) -> str:
    """The variable's value; `NAME_FILE` (a path, for secrets) wins. Raises SettingRefused when missing."""
    if file := os.environ.get(f"{name}_FILE"):
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingRefused(
                f"Không đọc được tệp «{file}» của biến {name}_FILE: {why(error)}."
            ) from error
    value = os.environ.get(name, default)
    if value is None:
        raise SettingRefused(f"Thiếu biến môi trường {name}. Hãy đặt {name} hoặc {name}_FILE.")
    return value


def number(name: str, default: int) -> int:
    """The variable as a whole number. Raises SettingRefused."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise SettingRefused(f"Biến môi trường {name} phải là số nguyên, không phải «{value}».") from None


def positive(name: str, default: int) -> int:
    """The variable as a number of things, one at least. Raises SettingRefused."""
    value = number(name, default)
    if value < 1:
        raise SettingRefused(f"Biến môi trường {name} phải từ 1 trở lên, không phải {value}.")
    return value


def between(name: str, default: int, *, least: int, most: int) -> int:
    """The variable as a whole number within bounds. Raises SettingRefused."""
    value = number(name, default)
    if not least <= value <= most:
        raise SettingRefused(f"Biến môi trường {name} phải từ {least} đến {most}, không phải {value}.")
    return value


def port(name: str, default: int) -> int:
    """The variable as a TCP port. Raises SettingRefused."""
    value = number(name, default)
    if not 1 <= value <= 65_535:
        raise SettingRefused(f"Biến môi trường {name} phải là cổng từ 1 đến 65535, không phải {value}.")
    return value


def flag(name: str, default: bool) -> bool:
    """The variable as yes or no (1/0, true/false, yes/no). Raises SettingRefused."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes"}:
        return True
    if value in {"0", "false", "no"}:
        return False
    raise SettingRefused(f"Biến môi trường {name} phải là 1 hoặc 0, không phải «{value}».")


def words(name: str, default: str = "") -> list[str]:
    """The variable as a list separated by commas."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def holidays(name: str, default: str) -> Holidays:
    """The variable as days separated by commas: «01/05» of every year, «06/02/2027» once.

    Raises SettingRefused.
    """
    yearly, once = set(), set()
    for word in words(name, default):
        try:
            day, month, *year = (int(part) for part in word.split("/"))
            if year:
                (one,) = year
                once.add(date(one, month, day))
            else:
                # In a leap year, so that 29/02 is a day as well.
                yearly.add((date(2024, month, day).month, day))
        except ValueError:
            raise SettingRefused(
                f"Biến môi trường {name} phải gồm ngày dạng 01/05 (mọi năm) hoặc 06/02/2027 (một năm), "
                f"cách nhau bằng dấu phẩy, không phải «{word}»."
            ) from None
    return Holidays(yearly=frozenset(yearly), once=frozenset(once))


def networks(name: str, default: str = "") -> list[str]:
    """The variable as IP addresses and networks, separated by commas. Raises SettingRefused."""
    found = words(name, default)
    for each in found:
        try:
            ip_network(each)
        except ValueError:
            raise SettingRefused(
                f"Biến môi trường {name} phải gồm địa chỉ IP hoặc mạng (10.0.0.0/8), không phải «{each}»."
            ) from None
    return found


def origins(name: str) -> list[str]:
    """The variable as addresses `https://host[:port]`, separated by commas. Raises SettingRefused."""
    found = [word.rstrip("/") for word in words(name)]
    if not found:
        raise SettingRefused(
            f"Thiếu biến môi trường {name}. Hãy đặt địa chỉ người dùng mở, dạng https://tên_miền."
        )
    for each in found:
        parts = urlsplit(each)
        if parts.scheme != "https" or not parts.hostname or each != f"https://{parts.netloc}":
            raise SettingRefused(
                f"Biến môi trường {name} phải có dạng https://tên_miền, không phải «{each}»."
            )
    return found


def database(url: str) -> dict[str, object]:
    """Django's connection settings from `postgresql://user:password@host:port/name?key=value`.

    A host given as `?host=/path` is the folder of a local socket. Raises SettingRefused.
    """
    try:
        parts = urlsplit(url)
        port_in_address = parts.port
    except ValueError:
        # A port that is no number, an IPv6 address without its end.
        raise SettingRefused(_DATABASE_FORM) from None
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise SettingRefused(_DATABASE_FORM)
    options = {**_CONNECTING, **dict(parse_qsl(parts.query))}
    # What the address itself says comes later and wins.
    options["options"] = f"{_PATIENCE} {options.get('options', '')}".strip()
    host = options.pop("host", parts.hostname or "")
    port = options.pop("port", str(port_in_address or ""))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "OPTIONS": options,
        "CONN_HEALTH_CHECKS": True,
    }
