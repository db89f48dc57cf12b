"""What `verify` answers: separate facts per signature, one verdict, one sentence. No PDF is read here."""

from __future__ import annotations

import dataclasses
import enum
import json
import types
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, get_args, get_origin, get_type_hints

from vanthu.pdfsign.certificates import SignerKind

#: Which rules a verdict was reached by; it grows when the same bytes may be judged otherwise than before.
#: 1: as first kept. 2: what a file defines twice, pictures over a text, and fields as iText writes them.
RULES_VERSION = 2

#: Vietnam's own time (NĐ 30/2020 PL I II.8.b); it has no daylight saving.
VIETNAM = timezone(timedelta(hours=7))


class Verdict(enum.StrEnum):
    """The answer for one signature, or for the whole document."""

    VALID = "valid"
    INVALID = "invalid"
    #: Nothing is wrong, yet something could not be established.
    INDETERMINATE = "indeterminate"
    UNSIGNED = "unsigned"


class Changes(enum.StrEnum):
    """What was done to the file after a signature."""

    NONE = "none"
    #: Number and date filled, a further signature, long-term validation data, timestamps.
    ALLOWED = "allowed"
    ILLEGAL = "illegal"
    #: No rule says what the change does, or judging it would cost more than one file may.
    UNKNOWN = "unknown"


class Revocation(enum.StrEnum):
    """What is known of a certificate's revocation."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    NOT_CHECKED = "not_checked"


class Problem(enum.StrEnum):
    """Why a signature is not simply valid; the worst comes first in the verdict."""

    UNREADABLE = "unreadable"
    ALTERED = "altered"
    FORGED = "forged"
    ODD_RANGE = "odd_range"
    CHANGED_AFTER = "changed_after"
    #: Number or date look otherwise than their values say, or hide text of the page.
    SHOWN_OTHERWISE = "shown_otherwise"
    WRONG_KIND = "wrong_kind"
    REVOKED = "revoked"
    EXPIRED_WHEN_SIGNED = "expired_when_signed"
    NOT_YET_VALID = "not_yet_valid"
    WRONG_USAGE = "wrong_usage"
    #: A digest that anybody can forge by now, as MD5.
    WEAK_ALGORITHM = "weak_algorithm"
    #: Judging it to the end would have cost more than one file may.
    NOT_JUDGED = "not_judged"
    #: Something was done to the file after it of which no rule says whether it does harm.
    CHANGED_UNCLEAR = "changed_unclear"
    #: SHA-1: nothing is wrong with the bytes, yet two documents of one digest can be made.
    WEAK_DIGEST = "weak_digest"
    UNTRUSTED = "untrusted"
    EXPIRED_SINCE = "expired_since"
    REVOCATION_UNKNOWN = "revocation_unknown"


#: Problems that leave the question open; every other one makes the signature invalid. Of these only the last
#: may answer itself by waiting, when a service that was silent answers.
OPEN_QUESTIONS = frozenset(
    {
        Problem.NOT_JUDGED,
        Problem.CHANGED_UNCLEAR,
        Problem.WEAK_DIGEST,
        Problem.UNTRUSTED,
        Problem.EXPIRED_SINCE,
        Problem.REVOCATION_UNKNOWN,
    }
)


@dataclass(frozen=True, kw_only=True)
class SignatureDetails:
    """The facts behind one signature's verdict, for the page that shows them."""

    problem: Problem | None = None
    #: Subject names, the signer's first, the trusted root last; () when no path was found.
    certificate_path: tuple[str, ...] = ()
    serial_number: str = ""
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    revocation: Revocation = Revocation.NOT_CHECKED
    #: "ocsp", "crl", or both; what was asked or found in the file.
    revocation_checked_by: tuple[str, ...] = ()
    revoked_at: datetime | None = None
    #: The time the signer claims, not proven.
    claimed_at: datetime | None = None
    #: The time a trusted authority vouches for, of the signature or of the whole file after it.
    timestamp_at: datetime | None = None
    timestamp_authority: str = ""
    #: The time of the timestamp attached to it, whether or not its authority is trusted.
    stamped_at: datetime | None = None
    #: What is odd about the claimed time, a sentence; "" when nothing is.
    odd_time: str = ""
    #: What was done to the file after it, as parts of a sentence: what weighs most alone.
    alterations: tuple[str, ...] = ()
    #: What else stands open about the certificate; "" when nothing does, or `problem` says it.
    certificate_problem: str = ""
    digest_algorithm: str = ""
    reason: str = ""
    location: str = ""
    #: SHA-256 of the signer's certificate, hexadecimal.
    certificate_sha256: str = ""
    #: Which of «Số văn bản», «Ngày ban hành», «Tháng ban hành» it covers without their showing their values.
    shown_otherwise: tuple[str, ...] = ()
    #: What the certificate says its owner belongs to: O and OU; and where it is: L and ST.
    owner_bodies: tuple[str, ...] = ()
    owner_places: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; times in Vietnam's zone."""
        return {name: _plain(getattr(self, name)) for name in self.__dataclass_fields__}


@dataclass(frozen=True, kw_only=True)
class SignatureReport:
    """One signature of the file, with separate answers to separate questions."""

    field: str
    kind: SignerKind
    signer: str
    organization: str
    #: The trusted time where there is one, else that of the timestamp attached, else the claimed one.
    signed_at: datetime | None
    #: The signed bytes are the bytes that were signed.
    intact: bool
    #: The value was made by the certificate's key.
    cryptographically_valid: bool
    #: The certificate leads to a trusted root, was in force and not revoked, as far as could be told.
    trusted: bool
    covers_whole_file: bool
    changes_after: Changes
    verdict: Verdict
    message: str
    details: SignatureDetails

    def to_dict(self) -> dict[str, Any]:
        """The contract of `vanthu verify --json`, and `details`."""
        plain = {name: _plain(getattr(self, name)) for name in self.__dataclass_fields__ if name != "details"}
        return plain | {"details": self.details.to_dict()}


@dataclass(frozen=True, kw_only=True)
class Report:
    """The answer for the whole document."""

    verdict: Verdict
    #: One Vietnamese sentence.
    message: str
    #: In the order they were made.
    signatures: tuple[SignatureReport, ...]
    #: Values of the fields so, ngay, thang as the file shows them; "" when empty or absent.
    number: str = ""
    day: str = ""
    month: str = ""
    #: Signatures the file has besides, which nobody looked at: there were too many.
    not_judged: int = 0

    @property
    def person(self) -> SignatureReport | None:
        """The first signature by a person's certificate."""
        return self._first(SignerKind.PERSON)

    @property
    def agency(self) -> SignatureReport | None:
        """The first signature by an agency's certificate."""
        return self._first(SignerKind.AGENCY)

    def _first(self, kind: SignerKind) -> SignatureReport | None:
        return next((signature for signature in self.signatures if signature.kind is kind), None)

    def to_dict(self) -> dict[str, Any]:
        """The contract of `vanthu verify --json`."""
        return {
            "verdict": str(self.verdict),
            "message": self.message,
            "signatures": [signature.to_dict() for signature in self.signatures],
            "number": self.number,
            "day": self.day,
            "month": self.month,
            "not_judged": self.not_judged,
        }

    @classmethod
    def from_dict(cls, plain: Any) -> Report:
        """Read what `to_dict` wrote, believing nothing of it: every value is of its kind, or it is refused.

        Raises ValueError.
        """
        report = _of_kind(cls, plain)
        assert isinstance(report, cls)
        return report

    def to_json(self) -> str:
        """`to_dict` as text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)


def sum_up(signatures: Sequence[SignatureReport], not_judged: int = 0) -> tuple[Verdict, str]:
    """The document's verdict and sentence: valid only if all its signatures are.

    `not_judged`: signatures besides, which nobody looked at.
    """
    if not signatures:
        return Verdict.UNSIGNED, "Văn bản không có chữ ký số."
    bad = [signature for signature in signatures if signature.verdict is Verdict.INVALID]
    if bad:
        return Verdict.INVALID, _worst(bad).message
    doubtful = [signature for signature in signatures if signature.verdict is Verdict.INDETERMINATE]
    unfinished = sum(1 for one in doubtful if one.details.problem is Problem.NOT_JUDGED)
    if not_judged + unfinished:
        return Verdict.INDETERMINATE, _unfinished(len(signatures) + not_judged, not_judged + unfinished)
    if doubtful:
        return Verdict.INDETERMINATE, _worst(doubtful).message
    return Verdict.VALID, _all_well(signatures)


def _unfinished(total: int, not_judged: int) -> str:
    return (
        f"Văn bản có {total} chữ ký số, {not_judged} chữ ký chưa kiểm tra hết được vì tệp lớn hoặc rắc rối "
        "bất thường; chưa thể xác nhận văn bản."
    )


def _worst(signatures: Sequence[SignatureReport]) -> SignatureReport:
    order = list(Problem)
    return min(
        signatures,
        key=lambda one: order.index(one.details.problem) if one.details.problem else len(order),
    )


def _all_well(signatures: Sequence[SignatureReport]) -> str:
    people = [one.signer for one in signatures if one.kind is SignerKind.PERSON]
    agencies = [one.signer for one in signatures if one.kind is SignerKind.AGENCY]
    if not people and not agencies:
        return "Chữ ký hợp lệ, văn bản nguyên vẹn."
    if not agencies:
        return f"Chữ ký hợp lệ, văn bản nguyên vẹn; {_names(people)} đã ký, chưa có chữ ký số của cơ quan."
    if not people:
        return f"Chữ ký hợp lệ, văn bản nguyên vẹn; {_names(agencies)} đã ký, không có chữ ký số cá nhân."
    return f"Chữ ký hợp lệ, văn bản nguyên vẹn; {_names(people)} ký, {_names(agencies)} đóng dấu."


def _names(names: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def sentence(
    problem: Problem | None, *, signer: str, holder: str = "", changes: Changes, details: SignatureDetails
) -> str:
    """The one sentence about one signature. `holder`: the signer with his office."""
    if problem is None:
        after = "" if changes is Changes.NONE else "; sau đó chỉ có những bổ sung được phép"
        return f"Chữ ký số của {signer} hợp lệ, nội dung đã ký nguyên vẹn{after}."
    return _SENTENCES[problem].format(
        signer=signer,
        holder=holder or signer,
        revoked_at=vietnam_day(details.revoked_at),
        valid_from=vietnam_day(details.valid_from),
        valid_to=vietnam_day(details.valid_to),
        claimed_at=vietnam_day(details.claimed_at),
        fields=", ".join(details.shown_otherwise).capitalize(),
        altered=_and_more(details.alterations),
        standing=_STANDINGS.get(details.certificate_problem, "").format(
            valid_to=vietnam_day(details.valid_to)
        ),
    )


def _and_more(alterations: Sequence[str]) -> str:
    """The first few, and how many more."""
    told = ", ".join(alterations[:_TOLD])
    more = len(alterations) - _TOLD
    return (told or "có thay đổi không được phép") + (f" và {more} thay đổi khác" if more > 0 else "")


#: Changes named in one sentence.
_TOLD = 2

_SENTENCES = {
    Problem.UNREADABLE: "Có chữ ký số không đọc được, không thể xác nhận văn bản.",
    Problem.ALTERED: "Đã bị sửa sau khi ký số: nội dung không còn khớp với chữ ký số của {signer}.",
    Problem.FORGED: "Chữ ký số mang tên {signer} không phải do chứng thư số này tạo ra.",
    Problem.ODD_RANGE: "Đã bị sửa sau khi ký số: phạm vi ký của {signer} bất thường, có phần không được ký.",
    Problem.CHANGED_AFTER: "Đã bị sửa sau khi ký số: sau chữ ký số của {signer}, {altered}.",
    Problem.SHOWN_OTHERWISE: (
        "{fields} hiện trên trang không đúng với giá trị mà {signer} đã ký số, hoặc che chữ của văn bản."
    ),
    Problem.WRONG_KIND: "Chữ ký số của {signer} không đúng loại: chứng thư cá nhân và cơ quan bị dùng lẫn.",
    Problem.REVOKED: "Chứng thư số của {holder} đã bị thu hồi từ ngày {revoked_at}.",
    Problem.EXPIRED_WHEN_SIGNED: "Chứng thư số của {holder} đã hết hạn ngày {valid_to}, trước khi ký.",
    Problem.NOT_YET_VALID: "Chứng thư số của {holder} chỉ có hiệu lực từ ngày {valid_from}, sau khi ký.",
    Problem.WRONG_USAGE: "Chứng thư số của {signer} không được cấp để ký văn bản.",
    Problem.NOT_JUDGED: "Chưa kiểm tra hết được chữ ký số này vì tệp lớn hoặc rắc rối bất thường.",
    Problem.CHANGED_UNCLEAR: (
        "Nội dung mà {signer} ký số còn nguyên, nhưng sau đó {altered}, không rõ để làm gì."
    ),
    Problem.WEAK_DIGEST: (
        "Nội dung còn nguyên như khi ký và người ký số là {signer}{standing}, "
        "nhưng chữ ký dùng thuật toán băm SHA-1 nay đã yếu."
    ),
    Problem.UNTRUSTED: "Không tin cậy chứng thư số của {signer}: không dẫn tới tổ chức chứng thực đã biết.",
    Problem.WEAK_ALGORITHM: "Chữ ký số của {signer} dùng thuật toán đã lỗi thời, không bảo đảm an toàn.",
    Problem.EXPIRED_SINCE: (
        "Chứng thư số của {holder} đã hết hạn ngày {valid_to}; không có dấu thời gian để biết đã ký trước đó."
    ),
    Problem.REVOCATION_UNKNOWN: "Chưa kiểm tra được thu hồi chứng thư số của {signer}.",
}

#: What stands open about a certificate, said beside something else.
_STANDINGS: dict[str, str] = {
    Problem.UNTRUSTED: " (chứng thư chưa dẫn tới tổ chức chứng thực đã biết)",
    Problem.EXPIRED_SINCE: " (chứng thư đã hết hạn ngày {valid_to}, không có dấu thời gian)",
    Problem.REVOCATION_UNKNOWN: " (chưa kiểm tra được thu hồi chứng thư)",
}


def vietnam_day(moment: datetime | None) -> str:
    """The day in Vietnam, as documents write it: 22/11/2026."""
    return moment.astimezone(VIETNAM).strftime("%d/%m/%Y") if moment else "không rõ"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(VIETNAM).isoformat()
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, tuple):
        return list(value)
    return value


def _of_kind(kind: Any, value: Any) -> Any:
    """A plain value as what its field says it is. Raises ValueError."""
    if isinstance(kind, types.UnionType):
        return None if value is None else _of_kind(get_args(kind)[0], value)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _of_fields(kind, value)
    if get_origin(kind) is tuple and isinstance(value, list):
        return tuple(_of_kind(get_args(kind)[0], item) for item in value)
    if isinstance(kind, type) and isinstance(value, str) and issubclass(kind, enum.Enum):
        return kind(value)
    if kind is datetime and isinstance(value, str):
        return datetime.fromisoformat(value)
    if kind in {str, bool, int} and type(value) is kind:
        return value
    raise ValueError(f"not of its kind: {kind}")


def _of_fields(kind: Any, value: Any) -> Any:
    kinds = get_type_hints(kind)
    if not isinstance(value, dict) or value.keys() != kinds.keys():
        raise ValueError(f"not a {kind.__name__}")
    return kind(**{name: _of_kind(kinds[name], value[name]) for name in kinds})
