"""The PDF of a text as its author saw it: settled in the room, then drawn by LibreOffice.

LibreOffice prints deleted text struck through, and computes fields anew: today's day, the server's folder.
So what nobody sees on the page in Word is taken out before, and what was found is told. Of docx and odt
that is done in the file itself (vanthu.reading). A doc or rtf is only looked through, as the docx that
LibreOffice makes of it, and refused where it would print something else.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from vanthu.documents.conversion import ConversionFailed, always_wanted, convert_to_docx, convert_to_pdf
from vanthu.documents.findings import Finding, Findings
from vanthu.documents.states import ChangesChoice, FindingKind
from vanthu.kernel.errors import DomainError
from vanthu.room import office

_SETTLED = frozenset({"docx", "odt"})
_QUOTED = 3


class Unsettled(DomainError):
    """Tệp có nội dung mà bản PDF không giữ đúng được. Hãy sửa trong Word, lưu lại ở dạng docx."""

    code = "documents.unsettled"


class ChangesUndecided(DomainError):
    """Tệp Word có thay đổi chưa duyệt. Hãy chấp nhận hoặc bỏ các thay đổi trong Word rồi chọn lại tệp."""

    code = "documents.changes-undecided"

    def __init__(self, findings: Findings) -> None:
        super().__init__()
        self.findings = findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A PDF made of a text."""

    path: Path
    findings: Findings


def draw(
    source: Path,
    extension: str,
    folder: Path,
    *,
    changes: ChangesChoice | None,
    seconds: int,
    require_wanted: Callable[[], None] = always_wanted,
) -> Drawn:
    """The PDF of a text in the format of `extension`, made inside `folder` in at most `seconds`.

    `changes`: what the author chose for the tracked changes. Raises ChangesUndecided when there are some and
    he has not, Unsettled, ConversionFailed, FileUnread, RoomClosed, and what `require_wanted` raises.
    """
    ends_at = time.monotonic() + seconds
    if extension in _SETTLED:
        settled = folder / f"giu-nguyen.{extension}"
        accept = None if changes is None else changes is ChangesChoice.ACCEPT
        findings = replace(_looked_through(source, settled, extension, accept), choice=changes)
        _require_settled(findings, extension)
        if not findings.has_changes:
            findings = replace(findings, choice=None)
    else:
        settled = source
        docx = convert_to_docx(source, extension, folder, seconds=seconds, require_wanted=require_wanted)
        findings = _looked_through(docx, folder / "bo-di.docx", "docx", None)
        _require_drawn_alike(findings, extension)
    left = int(ends_at - time.monotonic())
    if left < 1:
        raise ConversionFailed
    made = convert_to_pdf(settled, extension, folder, seconds=left, require_wanted=require_wanted)
    return Drawn(path=made, findings=findings)


def _looked_through(source: Path, target: Path, extension: str, accept: bool | None) -> Findings:
    """Raises Unsettled for a text that is not understood."""
    found = office.settle(source, target, format=extension, accept=accept)
    if found.unread:
        raise Unsettled(found.unread)
    named = defaultdict(list)
    for kind, text, where in found.named:
        named[FindingKind(kind)].append(Finding(text=text, where=where))
    return Findings(
        named={kind: tuple(each) for kind, each in named.items()},
        counts={FindingKind(kind): count for kind, count in found.counts.items()},
    )


def _require_settled(findings: Findings, extension: str) -> None:
    """Raises ChangesUndecided, Unsettled."""
    if not findings.has_changes:
        return
    if extension != "docx":
        raise _refused(FindingKind.CHANGE, "thay đổi chưa duyệt", findings, extension)
    if findings.choice is None:
        raise ChangesUndecided(findings)


def _require_drawn_alike(findings: Findings, extension: str) -> None:
    """Refuse what LibreOffice would print otherwise than the author saw it. Raises Unsettled."""
    for kind, what in (
        (FindingKind.CHANGE, "thay đổi chưa duyệt"),
        (FindingKind.FIELD, "trường tự động mà bản PDF sẽ ghi giá trị khác"),
        (FindingKind.BROKEN, "tham chiếu hỏng"),
    ):
        if findings.counts.get(kind):
            raise _refused(kind, what, findings, extension)


def _refused(kind: FindingKind, what: str, findings: Findings, extension: str) -> Unsettled:
    few = "; ".join(
        f"{each.text} ({each.where})" if kind is FindingKind.CHANGE else each.where
        for each in findings.named.get(kind, ())[:_QUOTED]
    )
    return Unsettled(
        f"Tệp {extension} có {findings.counts[kind]} {what}: {few}. "
        "Hãy xử lý trong Word, hoặc lưu lại ở dạng docx rồi chọn tệp docx."
    )
