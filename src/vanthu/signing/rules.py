"""What the signatures on a document come to, and how it is said. Plain values in, plain values out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from vanthu.kernel.folding import fold

#: How long after a check that could not be concluded it is tried again, in minutes, try by try.
RETRY_MINUTES = (1, 5, 15, 60, 240)
#: The longest sentence kept of a verdict, in characters.
MESSAGE_LIMIT = 500
#: What is said of a name in brackets after it is no part of the name: «Sở Nội vụ (theo gói tin)».
_REMARK = re.compile(r"\([^()]*\)\s*$")


def conclude(report: Mapping[str, Any]) -> tuple[str, str]:
    """Verdict and one Vietnamese sentence on a whole document, from `vanthu verify`'s report of its PDF.

    An electronic document has force only with the signature of a person AND of the agency (NĐ 30/2020
    Điều 5); a PDF whose signatures are all good but which lacks one of them is not concluded on.
    """
    verdict, message = str(report["verdict"]), str(report["message"])
    if verdict != "valid":
        return verdict, message
    kinds = {signature["kind"] for signature in report["signatures"]}
    if "agency" not in kinds:
        return "indeterminate", "Chữ ký hợp lệ nhưng văn bản chưa có chữ ký số của cơ quan."
    if "person" not in kinds:
        return "indeterminate", "Có chữ ký số của cơ quan nhưng không có chữ ký số của người ký."
    return verdict, message


def conclude_all(conclusions: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """The verdict on a document of several PDFs: that of the worst; `unsigned` when there is no PDF."""
    order = ("invalid", "unsigned", "indeterminate", "valid")
    if not conclusions:
        return "unsigned", "Văn bản không có tệp PDF ký số."
    return min(conclusions, key=lambda conclusion: order.index(conclusion[0]))


def conclude_document(
    main: Sequence[tuple[str, str]], attached: Sequence[tuple[str, str]]
) -> tuple[str, str]:
    """The verdict on a document: that of its main file, unless an attached PDF was tampered with.

    Attachments need no signature of their own, but one that carries a signature must not break it.
    """
    spoiled = [
        (verdict, f"Tài liệu kèm theo: {message}") for verdict, message in attached if verdict == "invalid"
    ]
    verdict, message = conclude_all([*main, *spoiled])
    return verdict, kept_message(message)


def conclude_names(
    conclusion: tuple[str, str],
    signatures: Sequence[Mapping[str, Any]],
    *,
    issuer_name: str,
    signer_name: str,
) -> tuple[str, str]:
    """What `conclude` said of a main file, unless its seal or its signature is somebody else's.

    `signatures` are those of the report; the names are what the document's record states, "" when it states
    none. The seal must be the issuing agency's, the signature that of the person named (NĐ 30/2020 Điều 5).
    """
    if conclusion[0] != "valid":
        return conclusion
    seals = [signature for signature in signatures if signature["kind"] == "agency"]
    if not _any_named(seals, issuer_name, ("signer", "organization")):
        found = _signers(seals)
        return "indeterminate", f"Dấu là của {found}, không phải của cơ quan gửi {issuer_name}."
    people = [signature for signature in signatures if signature["kind"] == "person"]
    if not _any_named(people, signer_name, ("signer",)):
        return "indeterminate", f"Người ký số là {_signers(people)}, văn bản ghi người ký là {signer_name}."
    return conclusion


def kept_message(message: str) -> str:
    """The sentence as far as it is kept; names in certificates may be longer than any sentence should."""
    return message if len(message) <= MESSAGE_LIMIT else message[: MESSAGE_LIMIT - 1] + "…"


def next_check_minutes(attempts: int) -> int | None:
    """Minutes until an unsettled check is tried again after `attempts` tries; None to give up."""
    return RETRY_MINUTES[attempts - 1] if 1 <= attempts <= len(RETRY_MINUTES) else None


def _any_named(signatures: Sequence[Mapping[str, Any]], name: str, facts: Sequence[str]) -> bool:
    """Whether one of the signatures bears the name; true when there is nothing to compare."""
    wanted = fold(_REMARK.sub("", name))
    if not signatures or not wanted:
        return True
    borne = [fold(str(signature[fact])) for signature in signatures for fact in facts]
    return any(one and _is_within(one, wanted) for one in borne)


def _is_within(one: str, other: str) -> bool:
    """Whether one folded name is the other, or the other with words before or after it.

    «Sở Nội vụ» is «Sở Nội vụ tỉnh An Bình»: certificates and directories name the province or leave it out.
    """
    short, long = sorted((f" {one} ", f" {other} "), key=len)
    return short in long


def _signers(signatures: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(dict.fromkeys(str(signature["signer"]) for signature in signatures))
