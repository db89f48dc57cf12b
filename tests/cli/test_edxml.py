"""`vanthu edxml`, as a person at a terminal or a script meets it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.edxml.dialects import MESSAGE, PDF, Enclosed, edoc, status, with_element
from tests.edxml.samples import PACKET, source, written
from vanthu.interfaces.cli.system import main


@pytest.fixture
def packet(tmp_path: Path) -> Path:
    (tmp_path / "nguon").mkdir()
    path = tmp_path / "goi.edxml"
    path.write_bytes(written(PACKET, [source(tmp_path / "nguon", "Công văn.pdf", PDF)]))
    return path


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert main(["edxml", *map(str, arguments)]) == 0
    data = json.loads(capsys.readouterr().out)
    assert isinstance(data, dict)
    return data


def refusal(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one line on stderr of a command that ends with 2 and prints nothing."""
    assert main(["edxml", *map(str, arguments)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    return printed.err


class TestRead:
    def test_prints_json_with_the_element_names(
        self, packet: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        data = said(capsys, "read", packet, "--json")
        assert data["kind"] == "edoc"
        assert data["From"]["OrganId"] == "000.00.00.H29"
        assert [party["OrganId"] for party in data["To"]] == ["H37.02", "0100109106"]
        (attachment,) = data["attachments"]
        assert (attachment["name"], attachment["size"]) == ("Công văn.pdf", len(PDF))
        assert "path" not in attachment
        assert data["warnings"] == []

    def test_prints_words_for_people(self, packet: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["edxml", "read", str(packet)]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0] == "Gói tin:        văn bản (edoc), văn bản mới"
        assert "Bên gửi:        UBND tỉnh Bình An (000.00.00.H29)" in lines
        assert "Số, ký hiệu:    125/UBND-NC" in lines
        assert "Ngày ban hành:  20/11/2026" in lines
        assert [line for line in lines if line.startswith("Tệp:            Công văn.pdf (")]

    def test_prints_a_status_in_words(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "s.edxml").write_bytes(status())
        assert main(["edxml", "read", str(tmp_path / "s.edxml")]) == 0
        out = capsys.readouterr().out
        assert "Trạng thái:     03 Đã tiếp nhận\n" in out
        assert "Gửi tới:        000.00.00.H29\n" in out

    def test_shows_what_was_odd(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "a.edxml").write_bytes(edoc(trace=None))
        assert main(["edxml", "read", str(tmp_path / "a.edxml")]) == 0
        assert "Lưu ý:          Bussiness: thiếu, coi như văn bản mới (0)\n" in capsys.readouterr().out

    def test_lets_no_packet_command_the_terminal(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        hostile = with_element(MESSAGE, "Subject", "a\u009b2Jb\u202ec\nBên gửi: kẻ khác")
        (tmp_path / "a.edxml").write_bytes(edoc(message=hostile))
        assert main(["edxml", "read", str(tmp_path / "a.edxml")]) == 0
        said = capsys.readouterr().out
        assert "Trích yếu:      a2Jbc Bên gửi: kẻ khác\n" in said
        assert "Subject: có ký tự điều khiển không nhìn thấy được, đã bỏ\n" in said

    def test_writes_the_attachments_out_when_asked(
        self, packet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        data = said(capsys, "read", packet, "--json", "--attachments", tmp_path / "tep")
        assert Path(data["attachments"][0]["path"]).read_bytes() == PDF


class TestWrite:
    def test_what_was_read_is_written_again(
        self, packet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        data = said(capsys, "read", packet, "--json", "--attachments", tmp_path / "tep")
        (tmp_path / "goi.json").write_text(json.dumps(data), encoding="utf-8")
        again = tmp_path / "lai.edxml"
        assert main(["edxml", "write", str(tmp_path / "goi.json"), "-o", str(again)]) == 0
        assert said(capsys, "read", again, "--json", "--attachments", tmp_path / "tep") == data

    def test_a_status_is_written_again(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "s.edxml").write_bytes(status())
        data = said(capsys, "read", tmp_path / "s.edxml", "--json")
        (tmp_path / "s.json").write_text(json.dumps(data), encoding="utf-8")
        assert main(["edxml", "write", str(tmp_path / "s.json"), "-o", str(tmp_path / "s2.edxml")]) == 0
        assert said(capsys, "read", tmp_path / "s2.edxml", "--json") == data

    def test_paths_are_relative_to_the_json(
        self, packet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        data = said(capsys, "read", packet, "--json")
        folder = tmp_path / "xa"
        folder.mkdir()
        (folder / "a.pdf").write_bytes(b"khac")
        data["attachments"] = [{"path": "a.pdf"}]
        (folder / "goi.json").write_text(json.dumps(data), encoding="utf-8")
        assert main(["edxml", "write", str(folder / "goi.json"), "-o", str(tmp_path / "x.edxml")]) == 0
        (attachment,) = said(capsys, "read", tmp_path / "x.edxml", "--json")["attachments"]
        assert (attachment["name"], attachment["size"]) == ("a.pdf", 4)


DOCUMENTED = Path("docs/how-to/write-a-packet.md").read_text(encoding="utf-8")


class TestSample:
    @pytest.mark.parametrize("flags", [[], ["--status"]], ids=["document", "status"])
    def test_is_written_at_once_and_read_back_as_it_was(
        self, flags: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        sample, packet = tmp_path / "goi.json", tmp_path / "goi.edxml"

        assert main(["edxml", "sample", *flags, "-o", str(sample)]) == 0
        assert main(["edxml", "write", str(sample), "-o", str(packet)]) == 0
        assert said(capsys, "read", packet, "--json") == json.loads(sample.read_bytes())

    @pytest.mark.parametrize("flags", [[], ["--status"]], ids=["document", "status"])
    def test_is_what_the_guide_shows(self, flags: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        main(["edxml", "sample", *flags])

        assert f"```json\n{capsys.readouterr().out}```" in DOCUMENTED

    def test_encloses_the_files_named(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        letter, packet = tmp_path / "Công văn.pdf", tmp_path / "goi.edxml"
        letter.write_bytes(PDF)
        (tmp_path / "xa").mkdir()
        sample = tmp_path / "xa" / "goi.json"

        assert main(["edxml", "sample", str(letter), "-o", str(sample)]) == 0
        assert main(["edxml", "write", str(sample), "-o", str(packet)]) == 0

        (attachment,) = said(capsys, "read", packet, "--json")["attachments"]
        assert (attachment["name"], attachment["size"]) == ("Công văn.pdf", len(PDF))

    def test_never_writes_over_a_file(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        edited = tmp_path / "goi.json"
        edited.write_text("của tôi", encoding="utf-8")

        assert "đã có tệp này" in refusal(capsys, "sample", "-o", edited)
        assert edited.read_text(encoding="utf-8") == "của tôi"

    def test_is_not_written_with_a_file_that_cannot_be_sent(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        target = tmp_path / "goi.json"

        assert "không tìm thấy" in refusal(capsys, "sample", tmp_path / "khong-co", "-o", target)
        assert "là thư mục" in refusal(capsys, "sample", tmp_path, "-o", target)
        assert "không kèm tệp" in refusal(capsys, "sample", "--status", tmp_path / "a", "-o", target)
        assert not target.exists()


class TestRefuse:
    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "Tệp không phải là XML."),
            (PDF, "Tệp không phải là XML."),
            (b"<html/>", "phần tử gốc là «html»"),
            (edoc()[:200], "bị cắt ngang"),
            (edoc(declaration="<!DOCTYPE edXML>"), "DOCTYPE"),
            (edoc(message=with_element(MESSAGE, "Subject", "e" + "\u0301" * 31)), "quá nhiều dấu"),
            (edoc(enclosed=[Enclosed(encoded="*")]), "base64"),
        ],
        ids=["nothing", "a PDF", "HTML", "cut short", "DOCTYPE", "marks", "base64"],
    )
    def test_what_is_not_a_packet(
        self, content: bytes, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "a.edxml").write_bytes(content)
        assert reason in refusal(capsys, "read", tmp_path / "a.edxml", "--json")

    def test_files_that_cannot_be_read(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert "không tìm thấy" in refusal(capsys, "read", tmp_path / "khong-co")
        assert "là thư mục" in refusal(capsys, "read", tmp_path)
        assert "không tìm thấy" in refusal(capsys, "write", tmp_path / "khong-co", "-o", tmp_path / "x")
        assert "không đọc hoặc ghi được" in refusal(capsys, "read", "/proc/self/mem"), (
            "not even root may read its beginning"
        )

    def test_places_nothing_can_be_written_to(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        sample = tmp_path / "goi.json"
        main(["edxml", "sample", "-o", str(sample)])

        said = refusal(capsys, "write", sample, "-o", tmp_path)
        assert said == f"{tmp_path}: là thư mục, không phải tệp.\n"
        nowhere = tmp_path / "khong-co"
        assert refusal(capsys, "write", sample, "-o", nowhere / "x") == f"{nowhere}: không có thư mục này.\n"
        assert "không tìm thấy" in refusal(capsys, "sample", "-o", nowhere / "x")
        assert "không phải thư mục" in refusal(capsys, "read", sample, "--attachments", sample / "x")

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            ("{", "không phải JSON"),
            ("[]", "phải là một đối tượng JSON"),
            ("{}", "From: chưa có"),
            ('{"kind": "thu"}', "kind: phải là"),
            ('{"Subject": "e' + "\\u0301" * 31 + '"}', "Subject: có một chữ mang quá nhiều dấu"),
            (r'{"Subject": "a\u0000"}', "Subject: có ký tự điều khiển"),
            (r'{"Subject": "a\ud800"}', "Subject: có ký tự điều khiển"),
            ('{"attachments": {}}', "attachments: phải là một danh sách"),
            ('{"attachments": [1]}', "attachments[1]: phải là một đối tượng"),
            ('{"attachments": [{"name": "a.pdf"}]}', "attachments[1]: chưa có path"),
            ('{"attachments": [{"path": "mat.pdf"}]}', "không tìm thấy tệp"),
            ('{"attachments": [{"path": "goi.json", "sha256": "00"}]}', "không còn đúng SHA-256"),
        ],
    )
    def test_json_that_is_no_packet(
        self, content: str, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "goi.json").write_text(content, encoding="utf-8")
        assert reason in refusal(capsys, "write", tmp_path / "goi.json", "-o", tmp_path / "x.edxml")
        assert [file.name for file in tmp_path.iterdir()] == ["goi.json"]


def test_the_console_knows_no_django(packet: Path) -> None:
    script = "import sys; from vanthu.interfaces.cli.system import main; main(sys.argv[1:])"
    check = "; assert not [name for name in sys.modules if name.split('.')[0] == 'django']"
    done = subprocess.run(
        [sys.executable, "-c", script + check, "edxml", "read", str(packet)],
        env={"PYTHONPATH": "src", "PYTHONUTF8": "1"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
