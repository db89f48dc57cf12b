"""How long a value in BER is: of definite length as in DER, or of indefinite length (X.690 8.1.3)."""

from __future__ import annotations

#: Values within one another; a signature has a dozen.
_DEEPEST = 64
_END = b"\0\0"


def length_of(data: bytes) -> int:
    """The length of the value `data` begins with, its header and its end included. Raises ValueError."""
    position, open_values = 0, 0
    while True:
        if open_values and data[position : position + 2] == _END:
            position, open_values = position + 2, open_values - 1
        else:
            start, length = _header(data, position)
            if length is None:
                open_values += 1
                position = start
            else:
                position = start + length
        if position > len(data) or open_values > _DEEPEST:
            raise ValueError("no value in BER")
        if not open_values:
            return position


def _header(data: bytes, position: int) -> tuple[int, int | None]:
    """Where the content of a value begins, and its length; None for an indefinite one."""
    try:
        position = _after_tag(data, position)
        first = data[position]
        position += 1
        if first < 0x80:
            return position, first
        if first == 0x80:
            return position, None
        octets = data[position : position + (first & 0x7F)]
    except IndexError as error:
        raise ValueError("no value in BER") from error
    if len(octets) != first & 0x7F or len(octets) > 8:
        raise ValueError("no value in BER")
    return position + len(octets), int.from_bytes(octets, "big")


def _after_tag(data: bytes, position: int) -> int:
    """Raises IndexError."""
    low = data[position] & 0x1F
    position += 1
    if low == 0x1F:
        while data[position] & 0x80:
            position += 1
        position += 1
    return position
