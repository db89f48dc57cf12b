"""The signed request headers of the national axis (VNPT's `VXP` protocol), for client and server.

Every parameter of a call travels as the header `XroadVnpt-<name>`. `sign-header` repeats the names and
values as one JSON text, and `hash-header` is the HMAC-SHA256 of that text under the system's secret.
What the protocol does not give: the body is covered only through `hash-file`, and the stock client
keeps one timestamp for as long as it runs, so a narrow replay window locks it out.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from vanthu import plain_text
from vanthu.edxml.errors import EdxmlError
from vanthu.edxml.leaves import VIETNAM_TIME, shorten

PREFIX = "XroadVnpt-"
PROTOCOL_VERSION = "3.0.201608"
USER_AGENT = "JAVASDKAgent/1.0.0 XRoad/VPCP"

_SIGN_HEADER = f"{PREFIX}sign-header"
_SIGN_HEADER_KEY = f"{PREFIX}sign-header-key"
_HASH_HEADER = f"{PREFIX}hash-header"
_LONGEST_SIGN_HEADER = 64 * 1024
_TIMESTAMP = re.compile(r"(\d{8}T\d{6})\+(\d{4})")
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")
_VALUE = re.compile(r"[\x20-\x7e]*")
_PIECE = 1024 * 1024
_EXTENDED = "UTF-8''"
#: A system has a second secret while it changes from one to the other.
_MOST_SECRETS = 2


class TransportRefused(EdxmlError):
    """Yêu cầu gửi tới Trục liên thông không được chấp nhận."""


class MissingHeader(TransportRefused):
    """Yêu cầu thiếu tham số bắt buộc."""


class UnreadableHeaders(TransportRefused):
    """Phần ký của yêu cầu không đúng cấu trúc."""


class NotAuthenticated(TransportRefused):
    """Mã hệ thống hoặc khóa bí mật không đúng."""


class UnknownSystem(NotAuthenticated):
    """Mã hệ thống hoặc khóa bí mật không đúng."""


class WrongSignature(NotAuthenticated):
    """Mã hệ thống hoặc khóa bí mật không đúng."""


class HeaderMismatch(TransportRefused):
    """Tham số của yêu cầu khác với giá trị đã ký."""


class UnsignedHeader(TransportRefused):
    """Yêu cầu có tham số bắt buộc chưa được ký."""


class StaleTimestamp(TransportRefused):
    """Thời điểm của yêu cầu quá cũ hoặc sai; hãy chỉnh đồng hồ hệ thống rồi gửi lại."""


class UnsendableHeader(EdxmlError):
    """Tham số có ký tự không gửi được trong tiêu đề HTTP."""


@dataclass(frozen=True, slots=True)
class VerifiedHeaders(Mapping[str, str]):
    """The parameters of a call that the caller really signed, by lowercase name without prefix.

    Look-up disregards case. `system_id` is who called, `timestamp` when (aware, Vietnam time).
    `signature` (the hash-header) is the same for every replay of the same call. `secret_place` tells which of
    the caller's secrets it was made with: 0 the first, 1 the second.
    """

    system_id: str
    timestamp: datetime
    signature: str
    values_by_name: Mapping[str, str]
    secret_place: int = 0

    def __getitem__(self, name: str) -> str:
        return self.values_by_name[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_name)

    def __len__(self) -> int:
        return len(self.values_by_name)


def sign_headers(headers: Mapping[str, str], *, system_id: str, secret: str, now: datetime) -> dict[str, str]:
    """Return all HTTP headers of a call whose parameters are `headers`, as the national SDK sends them.

    Order: timestamp, systemid, Content-Type (application/json unless `headers` names another), then
    `headers` as given. `now` must be aware. Raises UnsendableHeader for a name or value that HTTP
    cannot carry as it is: HTTP libraries would alter it after it was signed.
    """
    given = dict(headers)
    content_type = given.pop("Content-Type", "application/json")
    values = {
        "timestamp": format_timestamp(now),
        "systemid": system_id,
        "Content-Type": content_type,
        **given,
    }
    for name, value in values.items():
        if not _TOKEN.fullmatch(name) or not _VALUE.fullmatch(value) or value != value.strip():
            raise UnsendableHeader(f"Tham số «{shorten(name)}» không gửi được trong tiêu đề HTTP.")
    prefixed = {f"{PREFIX}{name}": value for name, value in values.items()}
    signed = json.dumps(prefixed, separators=(",", ":"), ensure_ascii=True)
    return {
        **prefixed,
        "Content-Type": content_type,
        _SIGN_HEADER_KEY: ";".join(values),
        _SIGN_HEADER: signed,
        _HASH_HEADER: _signature(signed.encode(), secret),
        "User-Agent": USER_AGENT,
        f"{PREFIX}version": PROTOCOL_VERSION,
    }


def verify_headers(
    received: Mapping[str, str],
    *,
    secrets_of: Callable[[str], Sequence[str]],
    required: Sequence[str] = (),
    now: datetime,
    max_age: timedelta | None,
) -> VerifiedHeaders:
    """Check the headers of a received call and return the parameters that were signed, and only those.

    `received` are the HTTP headers, in any case. `secrets_of` gives a system's secrets, any of which may have
    been used (at most two: while they are changed), and none for a system not known. `required` are parameter
    names (without prefix) that must be present and signed; `systemid` and `timestamp` always are. `max_age`
    bounds how far the timestamp may be from `now` either way; None lets any pass.

    Raises one TransportRefused subclass. The messages of UnknownSystem and WrongSignature are the same
    on purpose, and so is the work done before them.
    """
    headers = _by_lowercase_name(received)
    signed_text = _required_header(headers, _SIGN_HEADER)
    if len(signed_text) > _LONGEST_SIGN_HEADER:
        raise UnreadableHeaders
    signature = _required_header(headers, _HASH_HEADER).strip().lower()
    system_id = _required_header(headers, f"{PREFIX}systemid").strip()
    place = _check_signature(_raw(signed_text), signature, secrets_of(system_id))
    signed = _signed_values(signed_text, _required_header(headers, _SIGN_HEADER_KEY))
    for name, value in signed.items():
        if _readable(headers.get(f"{PREFIX}{name}".lower(), "")) != value.strip():
            raise HeaderMismatch(f"Tham số «{shorten(name)}» của yêu cầu khác với giá trị đã ký.")
    for name in ("systemid", "timestamp", *required):
        if name.lower() not in signed:
            present = f"{PREFIX}{name}".lower() in headers
            raise _absence(name, present=present)
    timestamp = parse_timestamp(signed["timestamp"])
    if max_age is not None and abs(now - timestamp) > max_age:
        raise StaleTimestamp
    return VerifiedHeaders(system_id, timestamp, signature, signed, place)


def format_timestamp(moment: datetime) -> str:
    """Write an aware moment as the protocol does: Vietnam time, `ddMMyyyyTHHmmss+SSSS`, SSSS milliseconds."""
    local = moment.astimezone(VIETNAM_TIME)
    return f"{local:%d%m}{local.year:04}T{local:%H%M%S}+{local.microsecond // 1000:04}"


def parse_timestamp(text: str) -> datetime:
    """Read the protocol's timestamp as an aware moment; raises StaleTimestamp when it is none."""
    match = _TIMESTAMP.fullmatch(text.strip())
    try:
        if match is None or int(match[2]) > 999:
            raise StaleTimestamp
        moment = datetime.strptime(match[1], "%d%m%YT%H%M%S").replace(tzinfo=VIETNAM_TIME)
    except ValueError:
        raise StaleTimestamp from None
    return moment.replace(microsecond=int(match[2]) * 1000)


def encode_text(text: str) -> str:
    """Write free text as a parameter: printable ASCII as it is, anything else as RFC 8187 (`UTF-8''%E1…`).

    Servers drop or garble header values beyond ASCII, and Vietnamese reasons are beyond it.
    """
    plain = text.strip()
    if _VALUE.fullmatch(plain) and not plain.startswith(_EXTENDED):
        return plain
    return _EXTENDED + quote(plain, safe="")


def decode_text(value: str) -> str:
    """Read what `encode_text` wrote; what else there is stands as it is, but for what is not writable."""
    plain = value.strip()
    text = unquote(plain.removeprefix(_EXTENDED)) if plain.startswith(_EXTENDED) else plain
    return plain_text.without_unwritable(text)


def is_writable(text: str) -> bool:
    """Tell whether a text can be written down (`plain_text`), and compared without end.

    JSON can say both (`"\\u0000"`, `"\\ud800"`), and signed values and bodies are JSON.
    """
    return plain_text.is_writable(text) and not plain_text.has_too_many_marks(text)


def file_hash(path: Path) -> str:
    """Return the lowercase hexadecimal SHA-256 of a file, reading it piece by piece."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def sdk_hash(real: str) -> str:
    """Return a hexadecimal hash as the national Java SDK writes it: each byte without its leading zero."""
    return "".join(format(byte, "x") for byte in bytes.fromhex(real))


def hash_matches(sent: str, real: str) -> bool:
    """Tell whether the `hash-file` sent stands for the SHA-256 `real`, in the right or in the SDK's form."""
    given = sent.strip().lower().encode()
    right = hmac.compare_digest(given, real.lower().encode())
    return hmac.compare_digest(given, sdk_hash(real).encode()) or right


def _signature(signed: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _check_signature(signed: bytes, signature: str, secrets: Sequence[str]) -> int:
    """The place of the secret the signature was made with. Raises UnknownSystem, WrongSignature."""
    # An unknown system costs the same time as a known one, whatever secrets it has, so that names cannot be
    # tried out: always as many comparisons, and every one of them made.
    tried = [*secrets, *[""] * _MOST_SECRETS][:_MOST_SECRETS]
    right = [
        hmac.compare_digest(_signature(signed, secret).encode(), _raw(signature)) and secret != ""
        for secret in tried
    ]
    if not any(secrets):
        raise UnknownSystem
    if True not in right:
        raise WrongSignature
    return right.index(True)


def _by_lowercase_name(received: Mapping[str, str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in received.items():
        if name.lower() in headers:
            raise UnreadableHeaders(f"Yêu cầu có hai tiêu đề «{shorten(name)}».")
        headers[name.lower()] = value
    return headers


def _required_header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name.lower())
    if not value:
        raise MissingHeader(f"Yêu cầu thiếu tiêu đề «{name}».")
    return value


def _absence(name: str, *, present: bool) -> TransportRefused:
    if present:
        return UnsignedHeader(f"Tham số «{shorten(name)}» của yêu cầu chưa được ký.")
    return MissingHeader(f"Yêu cầu thiếu tham số «{shorten(name)}».")


def _raw(header: str) -> bytes:
    # HTTP servers hand header bytes over as Latin-1; the client signed the bytes.
    try:
        return header.encode("latin-1")
    except UnicodeEncodeError:
        return header.encode("utf-8", "surrogatepass")


def _readable(header: str) -> str:
    try:
        return _raw(header).decode().strip()
    except UnicodeDecodeError:
        return header.strip()


def _signed_values(signed_text: str, key_header: str) -> dict[str, str]:
    """Return what both the key list and the signed JSON name, by lowercase name without prefix."""
    try:
        pairs = json.loads(_raw(signed_text), object_pairs_hook=_as_pairs)
    except (ValueError, RecursionError):
        raise UnreadableHeaders from None
    if not isinstance(pairs, _Pairs):
        raise UnreadableHeaders
    by_name: dict[str, str] = {}
    for name, value in pairs:
        if not isinstance(value, str) or name.lower() in by_name:
            raise UnreadableHeaders
        by_name[name.lower()] = value
    signed: dict[str, str] = {}
    for name in filter(None, (part.strip() for part in key_header.split(";"))):
        value = by_name.get(f"{PREFIX}{name}".lower())
        if value is None:
            raise HeaderMismatch(f"Tham số «{shorten(name)}» của yêu cầu khác với giá trị đã ký.")
        signed[name.lower()] = value
    return signed


class _Pairs(list[tuple[str, Any]]):
    """A JSON object as it stands, so that a name given twice is seen."""


def _as_pairs(pairs: list[tuple[str, Any]]) -> _Pairs:
    return _Pairs(pairs)
