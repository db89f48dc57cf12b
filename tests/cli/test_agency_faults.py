"""`vanthu agency load` refuses a file with anything wrong in it: every fault is told, nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.console import Console, Said
from tests.cli.small_agency import CERTIFIED, SMALL, Load, put_certificates, rows
from tests.keys import KeyRing
from tests.world import NOW, World
from vanthu.organizations.models import Agency


def _replaced(old: str, new: str) -> str:
    assert old in SMALL
    return SMALL.replace(old, new)


class TestFaults:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "agency: còn thiếu."),
            ('agency = "H99"', "agency: phải là một bảng [agency]."),
            (SMALL + "agenci = 1", "[[people]] thứ 2 (stc.vanthu), agenci: không có mục tên này; các mục"),
            (SMALL + "[[peple]]\nx = 1", "peple: không có mục tên này; các mục có thể ghi: agency, people,"),
            (_replaced('"H99.03"', '"h99"'), "[agency], code: «h99» không đúng QĐ 20/2020/QĐ-TTg"),
            (_replaced('"H99.03"', "99"), "[agency], code: phải là chữ trong ngoặc kép."),
            (_replaced('place = "An Bình"\n', ""), "[agency], place: còn thiếu."),
            (_replaced('place = "An Bình"', 'place = " "'), "[agency], place: để trống."),
            (_replaced("An Bình", "A" * 51), "[agency], place: dài 51 ký tự, không được quá 50."),
            (
                _replaced("An Bình", "e" + "\\u0301" * 31),
                "place: không dùng được. Nội dung có một chữ",
            ),
            (_replaced('"STC"', '"S\\u0000C"'), "[agency], abbreviation: có ký tự không đọc được."),
            (
                _replaced("[agency]\n", '[agency]\nemail = "thư"\n'),
                "[agency], email: «thư» không phải địa chỉ",
            ),
            (_replaced('["Giám đốc", "Văn thư"]', '"Giám đốc"'), "[agency], positions: phải là danh sách"),
            (_replaced('["Giám đốc", ', '["Giám đốc", "Giám đốc", '), "positions: «Giám đốc» ghi hai lần."),
            (_replaced('"Văn thư"]', '"Văn thư", 1]'), "positions: mỗi mục phải là chữ trong ngoặc kép."),
            (_replaced('position = "Văn thư"', 'position = "Thủ thư"'), "position: không có «Thủ thư» trong"),
            (_replaced('unit = "VP"', 'unit = "PV"'), "unit: không có đơn vị nào viết tắt là «PV»."),
            (
                _replaced('"records_clerk"', '"clerk"'),
                "roles: không có «clerk», chỉ có: records_clerk, leader",
            ),
            (_replaced('["leader"]', "[]"), "[[people]] thứ 1 (stc.giamdoc), roles: chưa có gì."),
            (_replaced('"stc.vanthu"', '"văn thư"'), "username: gồm 3 đến 60 chữ cái không dấu"),
            (_replaced('"stc.vanthu"', '"STC.giamdoc"'), "username: «stc.giamdoc» đã ghi ở trên."),
            (_replaced("full_name = ", "fullname = "), "(stc.giamdoc), full_name: còn thiếu."),
            (
                SMALL + '[[units]]\nname = "Văn phòng  Sở"\nabbreviation = "VP2"',
                "[[units]] thứ 2 (Văn phòng Sở), name: «Văn phòng Sở» đã ghi ở trên.",
            ),
            (
                SMALL + '[[units]]\nname = "Khác"\nabbreviation = "VP"',
                "[[units]] thứ 2 (Khác), abbreviation: «VP» đã ghi ở trên.",
            ),
            (SMALL + '[[registers]]\nkind = "đi"\nname = "a"', "kind: không có «đi», chỉ có: incoming"),
            (
                SMALL + '[[registers]]\nkind = "outgoing"\nname = "a"\ndocument_types = ["QD"]',
                "[[registers]] thứ 1 (a), document_types: không có «QD», chỉ có: CV, NQ, QĐ",
            ),
            (
                SMALL + '[[registers]]\nkind = "outgoing"\nname = "a"\n' * 2,
                "[[registers]] thứ 2 (a): Cơ quan đã có sổ cùng loại với tên này.",
            ),
            (SMALL + "[people.credential]", "(stc.vanthu), [credential], certificate: còn thiếu."),
        ],
    )
    def test_are_told_with_their_place_and_nothing_is_written(self, load: Load, text: str, said: str) -> None:
        before = rows()

        outcome = load(text)

        assert (outcome.code, outcome.out) == (2, "")
        assert said in outcome.err
        assert outcome.err.endswith("lỗi nêu trên, chưa ghi gì. Hãy sửa rồi chạy lại.\n")
        assert rows() == before

    def test_are_told_all_at_once_with_those_the_database_knows_of(self, load: Load, world: World) -> None:
        text = SMALL.replace('"stc.giamdoc"', '"clerk"').replace('"VP"\nroles', '"PV"\nroles')

        said = load(text)

        assert said.code == 2
        assert said.err.splitlines()[:2] == [
            "[[people]] thứ 2 (stc.vanthu), unit: không có đơn vị nào viết tắt là «PV».",
            "Tên đăng nhập «clerk» đã là của Hoàng Thị Lan (H99.02). Hãy chọn tên khác.",
        ]
        assert ": có 2 lỗi nêu trên, chưa ghi gì." in said.err

    def test_are_told_once_each(self, load: Load) -> None:
        said = load(_replaced('username = "stc.vanthu"', "username = 1"))

        assert said.err.splitlines()[:-1] == ["[[people]] thứ 2, username: phải là chữ trong ngoặc kép."]

    def test_are_what_stands_in_the_way_at_the_agency(self, load: Load, world: World) -> None:
        text = SMALL.replace("H99.03", "H99.02") + '[[registers]]\nkind = "outgoing"\nname = "Sổ chung"\n'

        assert "Sổ «Sổ chung»: «Sổ văn bản đi» đã ghi mọi loại văn bản còn lại." in load(text).err

        Agency.objects.filter(code="H99.02").update(closed_at=NOW)
        assert "Cơ quan H99.02 đã ngừng hoạt động." in load(text).err

    def test_are_files_of_certificates_that_cannot_be_used(
        self, load: Load, keys: KeyRing, tmp_path: Path
    ) -> None:
        put_certificates(keys, tmp_path, "gd", "stc")
        (tmp_path / "gd.pem").write_text("không phải chứng thư", encoding="utf-8")
        (tmp_path / "gd.png").write_bytes(b"GIF89a")
        (tmp_path / "stc.png").unlink()

        said = load(CERTIFIED)

        assert said.code == 2
        assert said.err.splitlines()[:3] == [
            f"[agency], [credential], image: không đọc được tệp «{tmp_path}/stc.png»: "
            "không tìm thấy tệp hoặc thư mục.",
            f"[[people]] thứ 1 (stc.giamdoc), [credential], certificate: tệp «{tmp_path}/gd.pem» "
            "không phải chứng thư số dạng PEM.",
            f"[[people]] thứ 1 (stc.giamdoc), [credential], image: tệp «{tmp_path}/gd.png» "
            "không phải ảnh PNG dùng được.",
        ]
        assert not Agency.objects.exists()

    def test_are_certificates_that_have_run_out(self, load: Load, keys: KeyRing, tmp_path: Path) -> None:
        put_certificates(keys, tmp_path, "gd", "stc")
        (tmp_path / "gd.pem").write_bytes(keys.pki.credential("expired").certificate.read_bytes())

        said = load(CERTIFIED)

        assert said.code == 2
        assert said.err.startswith("Chứng thư số của «stc.giamdoc» đã hết hạn ngày ")
        assert not Agency.objects.exists()

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"[agency\n", "không đúng cú pháp TOML ở dòng 1, cột 8."),
            (b"a = ", "không đúng cú pháp TOML."),
            (b'a = "\xff"', "không phải chữ UTF-8."),
            (b"a = " + b"[" * 5000, "không đúng cú pháp TOML."),
        ],
    )
    def test_are_a_file_that_is_no_toml(
        self, console: Console, tmp_path: Path, content: bytes, said: str
    ) -> None:
        file = tmp_path / "agency.toml"
        file.write_bytes(content)

        assert console("agency", "load", file) == Said(2, "", f"{file}: {said}\n")

    def test_are_a_file_that_is_not_there(self, console: Console, tmp_path: Path) -> None:
        said = console("agency", "load", tmp_path / "x.toml")

        assert said == Said(2, "", f"{tmp_path}/x.toml: không tìm thấy tệp hoặc thư mục.\n")
