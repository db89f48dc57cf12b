"""What signatures come to, as tables (NĐ 30/2020 Điều 5: the person's AND the agency's)."""

from __future__ import annotations

from typing import Any

import pytest

from vanthu.signing.rules import (
    MESSAGE_LIMIT,
    RETRY_MINUTES,
    conclude,
    conclude_all,
    conclude_document,
    conclude_names,
    kept_message,
    may_answer_itself,
    next_check_minutes,
    with_farewell,
    with_promise,
)

WELL = "Chữ ký hợp lệ."


@pytest.mark.parametrize(
    ("verdict", "kinds", "expected"),
    [
        pytest.param("valid", ["person", "agency"], ("valid", WELL), id="NĐ 30/2020 Điều 5: both"),
        pytest.param("valid", ["person", "agency", "timestamp"], ("valid", WELL), id="both and a time stamp"),
        pytest.param(
            "valid",
            ["person"],
            ("indeterminate", "Chữ ký hợp lệ nhưng văn bản chưa có chữ ký số của cơ quan."),
            id="NĐ 30/2020 Điều 5: the person's alone",
        ),
        pytest.param(
            "valid",
            ["agency"],
            ("indeterminate", "Có chữ ký số của cơ quan nhưng không có chữ ký số của người ký."),
            id="NĐ 30/2020 Điều 5: the agency's alone",
        ),
        pytest.param(
            "valid",
            ["unknown"],
            ("indeterminate", "Chữ ký hợp lệ nhưng văn bản chưa có chữ ký số của cơ quan."),
            id="nobody knows whose",
        ),
        pytest.param("invalid", ["person", "agency"], ("invalid", WELL), id="invalid stays"),
        pytest.param("indeterminate", ["person"], ("indeterminate", WELL), id="indeterminate stays"),
        pytest.param("unsigned", [], ("unsigned", WELL), id="unsigned stays"),
    ],
)
def test_one_pdf(verdict: str, kinds: list[str], expected: tuple[str, str]) -> None:
    report = {"verdict": verdict, "message": WELL, "signatures": [{"kind": kind} for kind in kinds]}

    assert conclude(report) == expected


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], "unsigned"),
        (["valid"], "valid"),
        (["valid", "indeterminate"], "indeterminate"),
        (["indeterminate", "unsigned", "valid"], "unsigned"),
        (["valid", "unsigned", "invalid", "indeterminate"], "invalid"),
    ],
)
def test_several_pdfs_come_to_the_worst(verdicts: list[str], expected: str) -> None:
    assert conclude_all([(verdict, f"câu {verdict}") for verdict in verdicts])[0] == expected


@pytest.mark.parametrize(
    ("main", "attached", "expected"),
    [
        pytest.param([], [], ("unsigned", "Văn bản không có tệp PDF ký số."), id="no PDF at all"),
        pytest.param(["valid"], ["unsigned"], ("valid", "chính"), id="an attachment needs no signature"),
        pytest.param(
            ["valid"], ["indeterminate"], ("valid", "chính"), id="a doubtful attachment decides not"
        ),
        pytest.param(
            ["valid"],
            ["invalid"],
            ("invalid", "Tài liệu kèm theo: kèm"),
            id="a tampered attachment spoils it",
        ),
        pytest.param(["invalid"], ["invalid"], ("invalid", "chính"), id="the main file speaks first"),
        pytest.param(["indeterminate"], [], ("indeterminate", "chính"), id="the main file decides"),
    ],
)
def test_a_whole_document(main: list[str], attached: list[str], expected: tuple[str, str]) -> None:
    found = conclude_document(
        [(verdict, "chính") for verdict in main], [(verdict, "kèm") for verdict in attached]
    )

    assert found == expected


HERS = {"kind": "person", "signer": "Đỗ Thị Mai", "organization": "Sở Nội vụ"}
FULL = "Sở Nội vụ tỉnh An Bình"
SEAL = {"kind": "agency", "signer": FULL, "organization": FULL}
SHORT_SEAL = {"kind": "agency", "signer": "Sở Nội vụ", "details": {"owner_bodies": ["UBND tỉnh An Bình"]}}


@pytest.mark.parametrize(
    ("seal", "issuer", "signer", "message"),
    [
        pytest.param(SEAL, FULL, "Đỗ Thị Mai", WELL, id="both are who they should be"),
        pytest.param(
            SEAL, "Sở Nội vụ (theo gói tin)", "Đỗ Thị Mai", WELL, id="a remark is no part of a name"
        ),
        pytest.param(SHORT_SEAL, FULL, "Đỗ Thị Mai", WELL, id="the certificate says the province in its O"),
        pytest.param(SEAL, FULL, "", WELL, id="the record names no signer"),
        pytest.param(SEAL, "", "Đỗ Thị Mai", WELL, id="the record names no agency"),
        pytest.param(
            SEAL,
            "Sở Tài chính tỉnh An Bình",
            "Đỗ Thị Mai",
            f"Dấu là của {FULL}, không phải của cơ quan gửi Sở Tài chính tỉnh An Bình.",
            id="another agency's seal",
        ),
        pytest.param(
            SHORT_SEAL,
            "Sở Nội vụ tỉnh Phú Vinh",
            "Đỗ Thị Mai",
            "Dấu là của Sở Nội vụ (UBND tỉnh An Bình), không phải của cơ quan gửi Sở Nội vụ tỉnh Phú Vinh.",
            id="its namesake of another province",
        ),
        pytest.param(
            SEAL,
            FULL,
            "Phạm Văn Hùng",
            "Người ký số là Đỗ Thị Mai, văn bản ghi người ký là Phạm Văn Hùng.",
            id="another person's signature",
        ),
    ],
)
def test_whose_seal_and_signature_they_are(
    seal: dict[str, Any], issuer: str, signer: str, message: str
) -> None:
    found = conclude_names(("valid", WELL), [HERS, seal], issuer_name=issuer, signer_name=signer)

    assert found == ("valid" if message == WELL else "indeterminate", message)


def test_one_seal_of_several_is_enough() -> None:
    joint = {"kind": "agency", "signer": "Sở Tài chính tỉnh An Bình"}

    found = conclude_names(("valid", WELL), [joint, SEAL], issuer_name=FULL, signer_name="")

    assert found == ("valid", WELL)


@pytest.mark.parametrize("verdict", ["invalid", "indeterminate", "unsigned"])
def test_whose_they_are_does_not_change_what_is_not_valid(verdict: str) -> None:
    found = conclude_names((verdict, WELL), [HERS, SEAL], issuer_name="Bộ Nội vụ", signer_name="Ai đó")

    assert found == (verdict, WELL)


@pytest.mark.parametrize(
    ("verdict", "problems", "open_"),
    [
        pytest.param("indeterminate", ["revocation_unknown"], True, id="a service was silent"),
        pytest.param("indeterminate", [None, "revocation_unknown"], True, id="about one of two"),
        pytest.param("indeterminate", ["expired_since", "revocation_unknown"], True, id="it may say revoked"),
        pytest.param("indeterminate", [None, None], False, id="a seal is missing, or somebody else's"),
        pytest.param("indeterminate", ["untrusted"], False, id="nobody vouches"),
        pytest.param("indeterminate", ["expired_since"], False, id="expired, without a time stamp"),
        pytest.param("invalid", ["altered", "revocation_unknown"], False, id="invalid for good"),
        pytest.param("valid", [None], False, id="valid"),
        pytest.param("unsigned", [], False, id="unsigned"),
    ],
)
def test_what_may_answer_itself_by_waiting(verdict: str, problems: list[str | None], open_: bool) -> None:
    report = {"signatures": [{"details": {"problem": problem}} for problem in problems]}

    assert may_answer_itself(verdict, [report]) is open_


def test_what_comes_of_an_open_question_is_one_sentence() -> None:
    assert with_promise("Chưa rõ.") == "Chưa rõ; hệ thống sẽ tự kiểm tra lại."
    assert with_farewell("Chưa rõ.") == (
        "Chưa rõ; đã thử nhiều lần, hãy hỏi lại cơ quan gửi trước khi tiếp nhận."
    )


def test_a_sentence_is_kept_as_far_as_there_is_room() -> None:
    assert kept_message("x" * MESSAGE_LIMIT) == "x" * MESSAGE_LIMIT
    assert kept_message("x" * 900) == "x" * (MESSAGE_LIMIT - 1) + "…"


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(0, None), *enumerate(RETRY_MINUTES, start=1), (len(RETRY_MINUTES) + 1, None)]
)
def test_the_ladder_of_checks(attempts: int, minutes: int | None) -> None:
    assert next_check_minutes(attempts) == minutes
