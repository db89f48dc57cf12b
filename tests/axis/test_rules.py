"""What counts as secret, and the one table of error codes."""

from __future__ import annotations

from unicodedata import normalize

import pytest

from vanthu.axis.rules import Refusal, Refused, closed_recipient, is_marked_secret, operator


class TestMarkedSecret:
    @pytest.mark.parametrize(
        "label",
        [
            "Mật",
            "MẬT",
            "tối mật",
            "Tuyệt mật",
            "[MẬT]",
            "(Tối mật)",
            "Độ mật: Mật",
            " Mật ",
            normalize("NFD", "Mật"),
        ],
    )
    def test_a_label_is(self, label: str) -> None:
        assert is_marked_secret(subject="V/v nhân sự", labels=["", label])

    @pytest.mark.parametrize(
        "subject",
        ["[MẬT] V/v nhân sự", "(Tối mật) Báo cáo", "MẬT: Báo cáo", "Mật - Kế hoạch", "Độ mật: Mật – KH"],
    )
    def test_a_mark_before_the_subject_is(self, subject: str) -> None:
        assert is_marked_secret(subject=subject, labels=[])

    @pytest.mark.parametrize(
        "subject",
        [
            "Mật ong rừng: kiểm tra chất lượng",
            "V/v bảo vệ bí mật nhà nước",
            "Quy chế bảo mật thông tin",
            "mật độ xây dựng",
            "Không mật",
            "",
        ],
    )
    def test_the_word_alone_is_not(self, subject: str) -> None:
        assert not is_marked_secret(subject=subject, labels=["Nội vụ", "", subject])


class TestTable:
    def test_every_code_stands_for_one_refusal(self) -> None:
        codes = [refusal.code for refusal in Refusal]
        assert len(codes) == len(set(codes))
        assert "0" not in codes

    @pytest.mark.parametrize("refusal", list(Refusal), ids=lambda refusal: refusal.name)
    def test_every_refusal_is_a_sentence(self, refusal: Refusal) -> None:
        assert refusal.sentence[0].isupper()
        assert refusal.sentence.endswith((".", "»."))
        assert str(Refused(refusal)) == refusal.sentence

    def test_provincial_codes_keep_their_meaning(self) -> None:
        published = {
            "15": Refusal.NOT_AUTHENTIC,
            "18": Refusal.UNKNOWN_RECIPIENT,
            "19": Refusal.UNKNOWN_SENDER,
            "20": Refusal.AXIS_FAULT,
            "22": Refusal.NOT_CONFORMANT,
            "23": Refusal.CLOSED_RECIPIENT,
        }
        by_code = {refusal.code: refusal for refusal in Refusal}
        assert {code: by_code[code] for code in published} == published

    def test_closed_recipient_names_the_successor(self) -> None:
        assert "H37.09" in str(closed_recipient("H37.05", name="UBND huyện Đông", successor="H37.09"))
        assert "danh bạ" in str(closed_recipient("H37.05", name="UBND huyện Đông", successor=None))


def test_operator_is_no_connected_system() -> None:
    assert operator("Quản trị trục").is_system
