"""`vanthu-axis`: what its operator types."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.axis import packets
from tests.axis.process import AxisProcess
from tests.axis.world import DEPARTMENT, DISTRICT, MINISTRY, SECRETS, AxisWorld, send
from vanthu.axis.models import Agency, System
from vanthu.interfaces.cli.axis import main

pytestmark = pytest.mark.django_db
SECRET = "khoa-bi-mat-moi-2026"


class TestSystem:
    def test_add_connects_once(self, axis: AxisWorld, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["system", "add", "TINH.H40", "--secret", SECRET]) == 0
        assert main(["system", "add", "TINH.H40", "--secret", SECRET]) == 0
        # A random secret may begin with a dash.
        assert main(["system", "add", "TINH.H41", f"--secret=-{SECRET}"]) == 0
        assert System.objects.filter(code="TINH.H40").count() == 1
        assert "TINH.H40" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("code", "secret"),
        [
            ("TINH.H29", SECRET),
            ("TINH H40", SECRET),
            ("TỈNH", SECRET),
            ("TINH.H40", "ngắn"),
            ("x" * 101, SECRET),
            # How Python hands over a byte of the command line that is not UTF-8.
            ("TINH\udcff", SECRET),
            ("TINH.H40", "\udcff" * 20),
            ("TINH.H29", "\udcff" * 20),
            ("TINH.H40", SECRET + "\0"),
        ],
        ids=ascii,
    )
    def test_add_refuses_in_one_line(
        self, axis: AxisWorld, capsys: pytest.CaptureFixture[str], code: str, secret: str
    ) -> None:
        before = System.objects.count()
        assert main(["system", "add", code, "--secret", secret]) == 1
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert SECRET not in error
        assert System.objects.count() == before

    def test_secret_is_changed_with_an_overlap_and_the_former_one_ended(
        self, axis: AxisWorld, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["system", "secret", "TINH.H29", "--secret", SECRET]) == 0
        system = System.objects.get(code="TINH.H29")
        assert (system.secret, system.former_secret) == (SECRET, SECRETS["TINH.H29"])
        assert main(["system", "list"]) == 0
        assert "2 cơ quan\tcòn khóa cũ" in capsys.readouterr().out

        assert main(["system", "secret", "TINH.H29", "--end-former"]) == 0
        assert main(["system", "secret", "TINH.H29", "--end-former"]) == 1
        assert System.objects.get(code="TINH.H29").former_secret == ""
        assert capsys.readouterr().err.count("\n") == 1

    @pytest.mark.parametrize("words", [["add", "TINH.H40"], ["secret", "TINH.H29"]], ids=" ".join)
    @pytest.mark.parametrize("way", ["file", "standard input"])
    def test_secret_may_be_kept_off_the_process_list(
        self, axis: AxisWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], way: str
    ) -> None:
        file = tmp_path / "secret"
        file.write_text(f"{SECRET}\n")
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{SECRET}\n"))

        assert main(["system", *words, "--secret-file", str(file) if way == "file" else "-"]) == 0

        assert System.objects.get(code=words[1]).secret == SECRET

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            (["TINH.H99", "--secret", SECRET], 1),
            (["TINH.H29", "--secret", "ngắn"], 1),
            (["TINH.H99", "--end-former"], 1),
            (["TINH.H29", "--end-former"], 1),
            (["TINH.H29", "--secret-file", "/khong/co"], 2),
            (["TINH.H29", "--secret", "\udcff" * 20], 1),
            (["TINH\udcff", "--secret", SECRET], 1),
            (["TINH\udcff", "--end-former"], 1),
        ],
        ids=ascii,
    )
    def test_secret_refuses_in_one_line(
        self, axis: AxisWorld, capsys: pytest.CaptureFixture[str], words: list[str], code: int
    ) -> None:
        assert main(["system", "secret", *words]) == code
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert SECRET not in error
        assert System.objects.get(code="TINH.H29").secret == SECRETS["TINH.H29"]

    @pytest.mark.parametrize("words", [["add", "TINH.H40"], ["secret", "TINH.H29"]], ids=" ".join)
    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (None, "không tìm thấy tệp hoặc thư mục"),
            ("folder", "là thư mục, không phải tệp"),
            (b"\xff" * 20, "không phải chữ viết bằng UTF-8"),
        ],
        ids=["nothing", "folder", "other bytes"],
    )
    def test_secret_file_that_cannot_be_read_is_said_in_vietnamese(
        self,
        axis: AxisWorld,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        words: list[str],
        content: bytes | str | None,
        reason: str,
    ) -> None:
        file = tmp_path / "secret"
        if isinstance(content, bytes):
            file.write_bytes(content)
        elif content:
            file.mkdir()

        assert main(["system", *words, "--secret-file", str(file)]) == 2

        assert capsys.readouterr().err == f"Không đọc được khóa bí mật từ «{file}»: {reason}.\n"

    def test_list_names_systems_and_never_their_secrets(
        self, axis: AxisWorld, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["system", "list"]) == 0
        out = capsys.readouterr().out
        assert "TINH.H29\t22/11/2026\t2 cơ quan" in out
        assert not any(secret in out for secret in SECRETS.values())


class TestAgency:
    def test_add_writes_the_directory_and_may_be_repeated(self, axis: AxisWorld) -> None:
        words = [
            "agency",
            "add",
            "H37.06",
            "Sở Tư pháp",
            "--system",
            "TINH.H37",
            "--code102",
            "000.00.06.H37",
        ]
        assert main([*words, "--parent", DISTRICT]) == main([*words, "--parent", DISTRICT]) == 0
        agency = Agency.objects.get(code="H37.06")
        assert (agency.name, agency.old_code) == ("Sở Tư pháp", "000.00.06.H37")
        assert agency.parent is not None
        assert agency.parent.code == DISTRICT

    @pytest.mark.parametrize(
        "words",
        [
            ["add", "H37.06", "Sở Tư pháp", "--system", "KHONG.CO"],
            ["add", DEPARTMENT, "Sở Nội vụ", "--system", "TINH.H37"],
            ["add", "H37/06", "Sở Tư pháp", "--system", "TINH.H37"],
            ["close", "H99"],
            ["close", DISTRICT, "--successor", "H99"],
            ["close", DISTRICT, "--successor", DISTRICT],
        ],
        ids=" ".join,
    )
    def test_refuses_in_one_line(
        self, axis: AxisWorld, capsys: pytest.CaptureFixture[str], words: list[str]
    ) -> None:
        assert main(["agency", *words]) == 1
        assert capsys.readouterr().err.count("\n") == 1

    def test_close_names_the_successor(self, axis: AxisWorld, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["agency", "close", DISTRICT, "--successor", MINISTRY]) == 0
        assert main(["agency", "list"]) == 0
        line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith(DISTRICT))
        assert line.endswith(f"đã đóng {MINISTRY}")


class TestStatus:
    def test_shows_what_waits_and_who_does_not_come(
        self, axis: AxisWorld, capsys: pytest.CaptureFixture[str]
    ) -> None:
        send(axis.province, packets.document(DEPARTMENT, [DISTRICT]), DEPARTMENT)
        assert main(["status"]) == 0
        out = capsys.readouterr().out
        assert "Chờ nhận\t1" in out
        assert "Gói tin đã nhận\t1" in out


@pytest.mark.parametrize(
    "words", [[], ["fly"], ["system"], ["system", "add", "X"], ["agency", "add"]], ids=" ".join
)
def test_wrong_words_end_with_two_and_one_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


class TestBytesThatAreNoText:
    """A terminal that does not speak UTF-8 hands over bytes that are no character."""

    @pytest.mark.parametrize(
        "words",
        [
            ["system", "add", "TINH.H40", "--secret", "\udcff" * 20],
            ["system", "add", "TINH\udcff", "--secret", SECRET],
            ["agency", "add", "H37\udcff", "Sở Tư pháp", "--system", "TINH.H37"],
            ["agency", "add", "H37.06", "Sở \udcff", "--system", "TINH.H37"],
            ["agency", "add", "H37.06", "Sở Tư pháp", "--system", "TINH\udcff"],
            ["agency", "close", "H37\udcff"],
            ["agency", "close", DISTRICT, "--successor", "H37\udcff"],
        ],
        ids=lambda words: ascii(" ".join(words)),
    )
    def test_are_refused_in_one_line(self, axis_process: AxisProcess, words: list[str]) -> None:
        done = axis_process.console(*words)
        assert done.returncode == 1, done.stderr
        assert done.stderr.count("\n") == 1


class TestWithoutDatabase:
    def test_every_command_says_so_in_one_line(self, axis_process: AxisProcess) -> None:
        lost = {
            **axis_process.environment,
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/axis",
            "VANTHU_DATABASE_WAIT_SECONDS": "0",
        }
        for words in (["system", "list"], ["status"], ["migrate"]):
            done = axis_process.console(*words, environment=lost)
            assert done.returncode == 2, done.stderr
            assert done.stderr.count("\n") == 1
            assert "Traceback" not in done.stderr
