"""What the signatures on a document come to, and how it is said. Plain values in, plain values out."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from vanthu.kernel.folding import fold
from vanthu.pdfsign import Problem
from vanthu.signing import names

#: How long after a check that could not be concluded it is tried again, in minutes, try by try.
RETRY_MINUTES = (1, 5, 15, 60, 240)
#: The longest sentence kept of a verdict, in characters.
MESSAGE_LIMIT = 500


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
    verdict, message = conclusion
    problem = deciding_problem({"verdict": verdict, "signatures": signatures})
    if verdict != "valid" and problem != "weak_digest":
        return conclusion
    mismatch = _mismatch(signatures, issuer_name=issuer_name, signer_name=signer_name)
    if not mismatch:
        return conclusion
    # Who signed and over what digest are two questions; neither answer hides the other.
    return "indeterminate", mismatch if verdict == "valid" else f"{mismatch.rstrip('.')}; {message}"


def _mismatch(signatures: Sequence[Mapping[str, Any]], *, issuer_name: str, signer_name: str) -> str:
    """Whose seal or signature it is instead, one sentence; "" when both bear the names of the record."""
    seals = [signature for signature in signatures if signature["kind"] == "agency"]
    if not _any_is(seals, issuer_name, _is_seal_of):
        found = _listed(map(_sealer, seals))
        return f"Dấu là của {found}, không phải của cơ quan gửi {issuer_name}."
    people = [signature for signature in signatures if signature["kind"] == "person"]
    if not _any_is(people, signer_name, _is_signature_of):
        found = _listed(str(signature["signer"]) for signature in people)
        return f"Người ký số là {found}, văn bản ghi người ký là {signer_name}."
    return ""


def may_answer_itself(verdict: str, reports: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a later check of the same files may come to another verdict than this one.

    Only silence of a revocation service ends by waiting. A missing seal, somebody else's name, an authority
    not trusted, a certificate expired since: these stay until a person does something.
    """
    return verdict == "indeterminate" and any(
        signature.get("details", {}).get("problem") == "revocation_unknown"
        for report in reports
        for signature in report["signatures"]
    )


#: What stands open about a certificate alone: by it nothing is said of the file.
_OF_THE_CERTIFICATE = frozenset({"untrusted", "expired_since", "revocation_unknown"})


def judges_anew(kept: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether a check by newer rules says something of the file itself, or the kept report did."""
    was, now = deciding_problem(kept), deciding_problem(new)
    return now not in _OF_THE_CERTIFICATE or (bool(was) and was not in _OF_THE_CERTIFICATE)


class Reader(enum.Enum):
    """Who reads a verdict: what he can do about it differs."""

    #: The clerk of the agency the document came to.
    CLERK = "clerk"
    #: Whoever writes, signs or seals the agency's own document.
    AUTHOR = "author"


def deciding_problem(report: Mapping[str, Any]) -> str:
    """What made the report's verdict: the fault of a file that cannot be read, else the worst problem.

    "" for a good one.
    """
    if report.get("fault"):
        return str(report["fault"])
    found = [str(one.get("details", {}).get("problem") or "") for one in report.get("signatures", ())]
    order = [problem.value for problem in Problem]
    same = [
        problem
        for one, problem in zip(report.get("signatures", ()), found, strict=True)
        if problem in order and one.get("verdict") == report.get("verdict")
    ]
    return min(same, key=order.index, default="")


def heading(problem: str) -> str:
    """What the verdict is called on the page by what made it; "" where its own name says enough."""
    return next((words for problems, words in _HEADINGS if problem in problems), "")


def next_step(verdict: str, problem: str, reader: Reader) -> str:
    """What the reader does now, one sentence; "" when there is nothing to do, or the machine goes on."""
    steps = _CLERKS_STEPS if reader is Reader.CLERK else _AUTHORS_STEPS
    for problems, words in steps:
        if problem in problems:
            return words
    return _OTHERWISE[reader] if verdict == "invalid" else ""


_BROKEN = frozenset({"pdfsign.broken", "pdfsign.not_a_pdf", "pdfsign.empty", "pdfsign.unreadable"})
_TOO_MUCH = frozenset({"pdfsign.too_complex", "room.unread", "room.too-long", "room.too-much", "room.broke"})
_LOCKED = frozenset({"pdfsign.password_protected"})
_TAMPERED = frozenset({"altered", "odd_range", "changed_after", "shown_otherwise"})

_HEADINGS: tuple[tuple[frozenset[str], str], ...] = (
    (_BROKEN, "Không đọc được tệp"),
    (_TOO_MUCH, "Chưa đọc hết được tệp"),
    (_LOCKED, "Tệp đặt mật khẩu"),
    (_TAMPERED, "Văn bản bị sửa sau khi ký"),
    (frozenset({"weak_digest"}), "Nguyên vẹn, thuật toán ký đã yếu"),
    (frozenset({"changed_unclear"}), "Có bổ sung chưa rõ sau khi ký"),
)
_CLERKS_STEPS: tuple[tuple[frozenset[str], str], ...] = (
    (_BROKEN, "Hãy trả lại bên gửi và đề nghị gửi lại tệp đọc được."),
    (_TOO_MUCH, "Hãy đề nghị bên gửi xuất lại tệp gọn hơn rồi gửi lại."),
    (_LOCKED, "Hãy đề nghị bên gửi bỏ mật khẩu rồi gửi lại."),
    (_TAMPERED, "Hãy trả lại bên gửi kèm lý do này."),
    (
        frozenset({"weak_digest"}),
        "Văn thư xem xét và có thể tiếp nhận; khi cần chắc chắn hơn, hãy hỏi lại bên gửi.",
    ),
    (
        frozenset({"changed_unclear"}),
        "Hãy mở văn bản xem kỹ; không có gì lạ thì có thể tiếp nhận, nếu có hãy hỏi lại bên gửi.",
    ),
    (
        frozenset({"untrusted"}),
        "Hãy báo quản trị thêm chứng thư gốc của nơi cấp, hoặc hỏi lại bên gửi trước khi tiếp nhận.",
    ),
    (frozenset({"expired_since"}), "Hãy hỏi lại bên gửi ngày ký trước khi tiếp nhận."),
    (frozenset({"not_judged"}), "Hãy hỏi lại bên gửi trước khi tiếp nhận."),
)
_AUTHORS_STEPS: tuple[tuple[frozenset[str], str], ...] = (
    (_BROKEN | _TOO_MUCH, "Hãy xuất lại tệp PDF từ phần mềm soạn thảo rồi tải lên."),
    (_LOCKED, "Hãy bỏ mật khẩu của tệp rồi tải lên lại."),
    (_TAMPERED | {"changed_unclear"}, "Hãy trả về soạn thảo và ký lại."),
    (frozenset({"weak_digest", "weak_algorithm"}), "Hãy ký lại bằng thuật toán SHA-256."),
    (frozenset({"untrusted"}), "Hãy báo quản trị thêm chứng thư gốc của nơi cấp."),
)
_OTHERWISE = {
    Reader.CLERK: "Hãy trả lại bên gửi kèm lý do này.",
    Reader.AUTHOR: "Hãy trả về soạn thảo và ký lại.",
}


def facts(signature: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was found of one signature, each with its tone: `ok`, `bad`, or `open` for what nobody knows.

    Bytes, algorithm and signer are three questions with three answers.
    """
    details = signature.get("details", {})
    intact, made = signature.get("intact"), signature.get("cryptographically_valid")
    found = [
        ("ok", "Nội dung đã ký còn nguyên") if intact else ("bad", "Nội dung đã ký không còn nguyên"),
        ("ok", "Chữ ký do chứng thư này tạo") if made else ("bad", "Chữ ký không do chứng thư này tạo"),
    ]
    if details.get("digest_algorithm") == "sha1":
        found.append(("open", "Thuật toán băm SHA-1 đã yếu"))
    found.append(_trust(bool(signature.get("trusted")), str(details.get("problem") or "")))
    altered = ", ".join(details.get("alterations", ()))
    change = _CHANGES.get(str(signature.get("changes_after")))
    if change is not None:
        tone, words = change
        found.append((tone, f"{words}: {altered}" if altered and tone != "ok" else words))
    if details.get("odd_time"):
        found.append(("open", str(details["odd_time"]).rstrip(".")))
    return found


def _trust(trusted: bool, problem: str) -> tuple[str, str]:
    if trusted:
        return "ok", "Chứng thư tin cậy"
    bad = problem in {"revoked", "expired_when_signed", "not_yet_valid", "wrong_usage"}
    return ("bad", "Chứng thư không dùng được") if bad else ("open", "Chưa xác minh được chứng thư")


_CHANGES = {
    "none": ("ok", "Không có thay đổi sau khi ký"),
    "allowed": ("ok", "Sau đó chỉ có bổ sung được phép"),
    "illegal": ("bad", "Bị thay đổi sau khi ký"),
    "unknown": ("open", "Chưa rõ thay đổi sau khi ký"),
}


def with_promise(message: str) -> str:
    """The sentence, said where a further check is really put down."""
    return _joined(message, "hệ thống sẽ tự kiểm tra lại")


def with_farewell(message: str) -> str:
    """The sentence, said when the last check has been made and still nobody answered."""
    return _joined(message, "đã thử nhiều lần, hãy hỏi lại cơ quan gửi trước khi tiếp nhận")


def _joined(message: str, more: str) -> str:
    return f"{message.rstrip('.')}; {more}."


def kept_message(message: str) -> str:
    """The sentence as far as it is kept; names in certificates may be longer than any sentence should."""
    return message if len(message) <= MESSAGE_LIMIT else message[: MESSAGE_LIMIT - 1] + "…"


def next_check_minutes(attempts: int) -> int | None:
    """Minutes until an unsettled check is tried again after `attempts` tries; None to give up."""
    return RETRY_MINUTES[attempts - 1] if 1 <= attempts <= len(RETRY_MINUTES) else None


def _any_is(
    signatures: Sequence[Mapping[str, Any]], name: str, bears: Callable[[Mapping[str, Any], str], bool]
) -> bool:
    """Whether one of the signatures bears the name; true when there is nothing to compare."""
    if not signatures or names.says_nothing(name):
        return True
    return any(bears(signature, name) for signature in signatures)


def _is_seal_of(seal: Mapping[str, Any], agency: str) -> bool:
    bodies, places = _belonging(seal)
    return names.is_same_agency(str(seal["signer"]), agency, bodies=bodies, places=places)


def _is_signature_of(signature: Mapping[str, Any], person: str) -> bool:
    return names.is_same_person(str(signature["signer"]), person)


def _sealer(seal: Mapping[str, Any]) -> str:
    """Whose seal it is, with what it belongs to where the name alone does not tell."""
    signer = str(seal["signer"])
    bodies, places = _belonging(seal)
    above = next((one for one in (*bodies, *places) if fold(one) not in fold(signer)), "")
    return f"{signer} ({above})" if above else signer


def _belonging(seal: Mapping[str, Any]) -> tuple[Sequence[str], Sequence[str]]:
    details = seal.get("details", {})
    return details.get("owner_bodies", ()), details.get("owner_places", ())


def _listed(found: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(found))
