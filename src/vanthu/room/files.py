"""What a file from outside is and what its first page says, read in the room."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vanthu.pdfsign import PdfFacts, PdfSignError
from vanthu.room import asking
from vanthu.room.errors import FileUnread
from vanthu.room.limits import Limits
from vanthu.room.refusals import refusal

#: What anybody may send: an honest file of the largest size takes a second or two of a slow machine.
_LOOKING = Limits(seconds=15.0, processor=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A file looked at once."""

    #: By its bytes, whatever its name says.
    media_type: str
    #: docx, xlsx, odt, ods, doc, xls, rtf by its content; "" for anything else.
    format: str
    #: Of the parts that tell what an office file is, those it has.
    parts: tuple[str, ...]
    #: Bytes it says it unpacks to; None for what is no archive, or a damaged one.
    unpacked: int | None
    #: It asks for a password, or a PDF names one that nobody is asked for.
    locked: bool
    #: Lines of text on its first page, or what stands for it.
    lines: tuple[str, ...]
    #: Of a PDF whose facts were asked for.
    facts: PdfFacts | None
    #: Why the PDF cannot be read further.
    refused: PdfSignError | None


def survey(path: Path, *, facts: bool = False) -> Survey:
    """Look at a file. `facts`: it must be a PDF, and its pages and signatures are counted.

    Raises FileUnread, RoomClosed.
    """
    try:
        return asking.answer("survey", {"facts": facts}, _survey, inputs=[path], limits=_LOOKING)
    except FileUnread:
        raise
    except PdfSignError as refused:
        # Before anything of it could be told: an archive of too many parts. Its own sentence says it best.
        raise FileUnread(str(refused)) from refused


def write_afresh(path: Path, target: Path) -> None:
    """As pdfsign.write_afresh, and raises what it raises, FileUnread, RoomClosed."""
    asking.answer("write_afresh", {}, lambda _: None, inputs=[path], outputs=[target], limits=_LOOKING)


def old_sheet_lines(path: Path) -> tuple[list[str], str]:
    """The lines of an xls file; and the sentence that says what is damaged behind them, or "".

    Raises FileUnread, RoomClosed.
    """
    return asking.answer(
        "old_sheet_lines",
        {},
        lambda said: (asking.texts(said["lines"]), asking.text(said["unreadable"])),
        inputs=[path],
    )


def check_picture(path: Path) -> None:
    """Raises BadImage for what cannot be drawn, FileUnread, RoomClosed, OSError."""
    asking.answer("check_picture", {}, lambda _: None, inputs=[path])


def check_certificates(path: Path) -> int:
    """How many certificates a file holds. Raises BadCertificate, FileUnread, RoomClosed, OSError."""
    return asking.answer("check_certificates", {}, asking.number, inputs=[path])


def _survey(said: Any) -> Survey:
    unpacked, refused = said["unpacked"], said["refused"]
    return Survey(
        media_type=asking.text(said["media_type"], most=255),
        format=asking.text(said["format"], most=10),
        parts=tuple(asking.texts(said["parts"])),
        unpacked=None if unpacked is None else asking.number(unpacked, most=2**80),
        locked=said["locked"] is True,
        lines=tuple(asking.texts(said["lines"])),
        facts=None if said["facts"] is None else _facts(said["facts"]),
        refused=None if refused is None else refusal(asking.texts(refused)),
    )


def _facts(said: Any) -> PdfFacts:
    pages, has_text, signatures, twofold = said
    return PdfFacts(
        pages=asking.number(pages, least=1, most=10_000_000),
        has_text=has_text is True,
        signatures=asking.number(signatures, most=10_000_000),
        twofold=twofold is True,
    )
