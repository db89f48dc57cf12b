"""How much of a packet is read before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on what a received packet may cost; every one of them ends in a `LimitExceeded` or `ZipBomb`.

    The standard sets no size. The defaults let through several attachments of 100 MB and a packet to
    some ten thousand recipients.
    """

    #: Bytes of the XML file.
    packet_bytes: int = 768 * MEGABYTE
    #: Bytes of one attachment after base64 and zip are undone.
    attachment_bytes: int = 256 * MEGABYTE
    #: Bytes of all attachments together, after unwrapping.
    attachments_bytes: int = 512 * MEGABYTE
    attachments: int = 200
    #: Elements and their attributes.
    elements: int = 150_000
    depth: int = 32
    #: Pieces an XML reader reports (elements, runs of text, comments), whatever the size …
    events: int = 1_000_000
    #: … and one more for so many bytes: a base64 line of 76 letters comes in two.
    bytes_per_event: int = 24
    #: Characters in one element that is not an attachment's content.
    field_characters: int = 64 * 1024
    #: Characters in all such elements together.
    header_characters: int = 16 * MEGABYTE
    #: How many times larger than its zip an attachment may be …
    zip_ratio: int = 200
    #: … once it is larger than this: a small form may well compress a thousandfold.
    zip_ratio_from: int = 16 * MEGABYTE


DEFAULT_LIMITS = Limits()
