"""`vanthu verify`: what the signatures of one PDF are worth, without any database."""

from __future__ import annotations

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path

from vanthu.config import environment
from vanthu.interfaces.cli.command import CommandRefused
from vanthu.kernel.errors import why
from vanthu.pdfsign import (
    BadCertificate,
    BrokenPdf,
    Certificate,
    Changes,
    PasswordProtected,
    Problem,
    Report,
    SignatureDetails,
    SignatureReport,
    SignerKind,
    TooComplex,
    UnreadablePdf,
    Verdict,
    read_certificates,
)
from vanthu.pdfsign.verdict import VIETNAM
from vanthu.room.errors import RoomClosed
from vanthu.room.fetching import FetchRules
from vanthu.room.signatures import verify

#: Someone waits at a terminal: an authority that does not answer soon counts as unreachable.
_TIMEOUT = 4.0

_KINDS = {
    SignerKind.PERSON: "cá nhân",
    SignerKind.AGENCY: "cơ quan",
    SignerKind.TIMESTAMP: "dấu thời gian",
    SignerKind.UNKNOWN: "chưa rõ",
}
_CHANGES = {
    Changes.NONE: "không có thay đổi",
    Changes.ALLOWED: "chỉ có bổ sung được phép",
    Changes.ILLEGAL: "có thay đổi không được phép",
    Changes.UNKNOWN: "chưa rõ",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """A file, roots to trust, and the form of the answer."""
    parser.add_argument("file", metavar="TỆP.pdf", type=Path, help="tệp PDF cần kiểm tra")
    parser.add_argument(
        "--trust",
        metavar="CA.pem",
        type=Path,
        action="append",
        default=[],
        help="chứng thư gốc được tin cậy (lặp lại được); mặc định: các tệp *.pem trong thư mục VANTHU_TRUST",
    )
    parser.add_argument("--json", action="store_true", help="in kết quả dạng JSON")
    parser.add_argument("--offline", action="store_true", help="không hỏi thu hồi qua mạng")
    parser.add_argument(
        "--ask",
        metavar="MÁY_CHỦ",
        action="append",
        default=[],
        help="máy chủ thu hồi ở mạng nội bộ được phép hỏi, ngoài VANTHU_REVOCATION_HOSTS (lặp lại được)",
    )
    parser.epilog = (
        "Mã thoát: 0 mọi chữ ký hợp lệ; 1 kết luận khác (không hợp lệ, chưa kết luận được, không có chữ ký); "
        "2 không kiểm tra được tệp."
    )


def run(args: argparse.Namespace) -> int:
    """Exit 0 when valid, 1 for any other verdict; CommandRefused (2) when the file cannot be read."""
    try:
        trust = _trusted(args.trust)
        rules = None if args.offline else FetchRules(listed=frozenset(_listed(args)), seconds=_TIMEOUT)
        report = verify(args.file, trust=trust, now=datetime.now(UTC), rules=rules)
    except (BadCertificate, UnreadablePdf, RoomClosed) as refused:
        raise CommandRefused(_reason(refused)) from refused
    except OSError as error:
        raise CommandRefused(f"{error.filename or args.file}: {why(error)}.") from error
    print(report.to_json() if args.json else _for_people(report, trust, asked=not args.offline))
    return 0 if report.verdict is Verdict.VALID else 1


def _reason(refused: BadCertificate | UnreadablePdf | RoomClosed) -> str:
    """The machine's own reason, with the file's name, where it would not even open the file.

    Who checks a file here did not write it, and uploads it nowhere.
    """
    cause = refused.__cause__
    if isinstance(cause, OSError) and cause.filename:
        return f"{cause.filename}: {why(cause)}."
    if isinstance(refused, PasswordProtected):
        return f"{refused.fact}; hãy bỏ mật khẩu rồi chạy lại lệnh này."
    if isinstance(refused, BrokenPdf | TooComplex):
        return f"{refused.fact}; chưa kiểm tra được chữ ký số. Hãy lấy lại tệp từ nơi gửi."
    return str(refused)


def _listed(args: argparse.Namespace) -> list[str]:
    """Hosts on this machine or a private network that may be asked about certificates."""
    return [*args.ask, *environment.words("VANTHU_REVOCATION_HOSTS")]


def _trusted(given: list[Path]) -> list[Certificate]:
    files = given
    directory = os.environ.get("VANTHU_TRUST")
    if not files and directory:
        if not Path(directory).is_dir():
            raise CommandRefused(f"VANTHU_TRUST chỉ tới «{directory}», không phải thư mục.")
        files = sorted(Path(directory).glob("*.pem"))
    return [certificate for file in files for certificate in read_certificates(file)]


def _for_people(report: Report, trust: list[Certificate], *, asked: bool) -> str:
    lines = [report.message, *_advice(report, asked=asked)]
    if report.signatures and not trust:
        lines.append("Chưa chọn chứng thư gốc nào để tin cậy; dùng --trust CA.pem hoặc đặt VANTHU_TRUST.")
    for index, signature in enumerate(report.signatures, start=1):
        lines += ["", f"Chữ ký {index}: {signature.field}"]
        lines += [f"  {label:<16}{value}" for label, value in _rows(signature)]
    return "\n".join(lines)


def _advice(report: Report, *, asked: bool) -> list[str]:
    """What the person can do about an open question; nobody checks this file again by itself."""
    problems = {signature.details.problem for signature in report.signatures}
    if report.verdict is Verdict.INDETERMINATE and Problem.CHANGED_UNCLEAR in problems:
        return ["Hãy mở văn bản xem kỹ phần bổ sung, và hỏi lại nơi gửi."]
    if report.verdict is Verdict.INDETERMINATE and Problem.WEAK_DIGEST in problems:
        return ["Có thể tiếp nhận sau khi xem xét; khi cần chắc chắn hơn, hãy hỏi lại nơi gửi."]
    if Problem.REVOCATION_UNKNOWN not in problems:
        return []
    if asked:
        return ["Dịch vụ của tổ chức chứng thực không trả lời. Hãy kiểm tra mạng rồi chạy lại lệnh này."]
    return ["Lệnh chạy với --offline nên không hỏi thu hồi. Hãy chạy lại không có --offline."]


def _rows(signature: SignatureReport) -> list[tuple[str, str]]:
    details = signature.details
    when = signature.signed_at
    moment = when.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M:%S %z") if when else "không rõ"
    rows = [
        ("Kết luận", signature.message),
        ("Người ký", signature.signer),
        ("Loại", _KINDS[signature.kind]),
        ("Tổ chức", signature.organization),
        ("Thời điểm", f"{moment} ({_witness(details)})"),
        ("Lưu ý", details.odd_time),
        ("Nội dung đã ký", "nguyên vẹn" if signature.intact else "không còn nguyên vẹn"),
        ("Thuật toán băm", _digest(details.digest_algorithm)),
        ("Sau khi ký", "; ".join([_CHANGES[signature.changes_after], *details.alterations])),
        ("Đường dẫn CA", " ← ".join(details.certificate_path) or "không dẫn tới gốc tin cậy"),
    ]
    return [(label, value) for label, value in rows if value]


def _witness(details: SignatureDetails) -> str:
    """Who says so of the time."""
    if details.timestamp_at is not None:
        return "có dấu thời gian"
    return "theo dấu thời gian chưa xác minh được" if details.stamped_at else "không có dấu thời gian"


def _digest(algorithm: str) -> str:
    return f"{algorithm.upper()} (đã yếu)" if algorithm in {"sha1", "sha224", "md5"} else algorithm.upper()
