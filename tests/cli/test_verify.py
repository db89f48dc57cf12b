"""`vanthu verify`: sentence, table, JSON, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from asn1crypto import pem

from tests.documents import papers
from tests.pdfsign import tampering
from tests.pdfsign.documents import typeset, write
from tests.pdfsign.office import Office
from tests.pdfsign.pki import running_pki
from tests.room import hostile
from tests.room.conftest import ROGUE
from vanthu.interfaces.cli.system import main
from vanthu.room import pool
from vanthu.room.limits import Limits
from vanthu.room.pool import Room


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Every stage of one document in a folder, and authorities that answer. Not to be written to."""
    with running_pki(tmp_path_factory.mktemp("pki")) as pki:
        office = Office(tmp_path_factory.mktemp("office"), pki)
        office.archived()
        write(office.folder / "root.pem", pem.armor("CERTIFICATE", pki.root.dump()))
        yield office


@pytest.fixture(autouse=True)
def _listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' authorities answer on this machine, where nobody is asked unless he is listed."""
    monkeypatch.setenv("VANTHU_REVOCATION_HOSTS", "127.0.0.1")


@pytest.fixture
def sealed(office: Office) -> Path:
    return office.folder / "sealed.pdf"


@pytest.fixture
def archived(office: Office) -> Path:
    return office.folder / "archived.pdf"


@pytest.fixture
def root(office: Office) -> Path:
    return office.folder / "root.pem"


def _run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main(["verify", *(str(one) for one in arguments)])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


class TestVerify:
    def test_a_valid_document(
        self,
        capsys: pytest.CaptureFixture[str],
        archived: Path,
        root: Path,
    ) -> None:
        code, out, err = _run(capsys, archived, "--trust", root)

        assert (code, err) == (0, "")
        assert out.startswith("Chữ ký hợp lệ, văn bản nguyên vẹn; Nguyễn Văn Ước ký, Sở Nội vụ đóng dấu.\n")
        assert "Đường dẫn CA" in out

    def test_asks_the_authorities_itself(
        self,
        capsys: pytest.CaptureFixture[str],
        sealed: Path,
        root: Path,
    ) -> None:
        assert _run(capsys, sealed, "--trust", root)[0] == 0
        code, out, _ = _run(capsys, sealed, "--trust", root, "--offline")
        assert code == 1
        assert out.splitlines()[:2] == [
            "Chưa kiểm tra được thu hồi chứng thư số của Nguyễn Văn Ước.",
            "Lệnh chạy với --offline nên không hỏi thu hồi. Hãy chạy lại không có --offline.",
        ]

    @pytest.mark.parametrize("form", [[], ["--json"]], ids=["words", "JSON"])
    def test_promises_no_check_that_nobody_makes(
        self,
        capsys: pytest.CaptureFixture[str],
        office: Office,
        sealed: Path,
        root: Path,
        form: list[str],
    ) -> None:
        """The authorities are silent: the person is told to try again, and what to look at first."""
        with office.pki.silent():
            code, out, _ = _run(capsys, sealed, "--trust", root, *form)

        assert code == 1
        assert "Chưa kiểm tra được thu hồi chứng thư số của Nguyễn Văn Ước." in out
        assert "tự kiểm tra lại" not in out
        assert ("Hãy kiểm tra mạng rồi chạy lại lệnh này." in out) is (form == [])

    def test_json_for_machines(
        self,
        capsys: pytest.CaptureFixture[str],
        archived: Path,
        root: Path,
    ) -> None:
        code, out, _ = _run(capsys, archived, "--trust", root, "--json")
        plain = json.loads(out)

        assert code == 0
        assert plain["verdict"] == "valid"
        assert [one["kind"] for one in plain["signatures"]] == ["person", "agency", "timestamp"]

    def test_without_a_root_nobody_is_trusted(
        self,
        capsys: pytest.CaptureFixture[str],
        archived: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.delenv("VANTHU_TRUST", raising=False)
        code, out, _ = _run(capsys, archived, "--offline")

        assert code == 1
        assert out.startswith("Không tin cậy")
        assert "--trust" in out

    def test_the_system_s_trust_directory(
        self,
        capsys: pytest.CaptureFixture[str],
        archived: Path,
        root: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("VANTHU_TRUST", str(root.parent))

        assert _run(capsys, archived)[0] == 0

    def test_a_tampered_document(
        self,
        capsys: pytest.CaptureFixture[str],
        sealed: Path,
        root: Path,
        tmp_path: Path,
    ) -> None:
        copy = write(tmp_path / "sealed.pdf", sealed.read_bytes())
        changed = tampering.append_revision(copy, tampering.change_number)
        code, out, _ = _run(capsys, changed, "--trust", root, "--offline", "--json")

        assert code == 1
        assert json.loads(out)["verdict"] == "invalid"
        assert json.loads(out)["message"].startswith("Đã bị sửa sau khi ký số")

    def test_an_unsigned_document(self, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
        code, out, _ = _run(capsys, write(tmp_path / "plain.pdf", typeset()), "--json")

        assert code == 1
        assert json.loads(out) == {
            "verdict": "unsigned",
            "message": "Văn bản không có chữ ký số.",
            "signatures": [],
            "number": "",
            "day": "",
            "month": "",
            "not_judged": 0,
        }

    @pytest.mark.parametrize("data", [b"", b"khong phai PDF", b"%PDF-1.7 hong"])
    def test_what_cannot_be_read(
        self, capsys: pytest.CaptureFixture[str], tmp_path: Path, data: bytes
    ) -> None:
        code, out, err = _run(capsys, write(tmp_path / "bad.pdf", data))

        assert (code, out) == (2, "")
        assert err.count("\n") == 1

    def test_a_missing_file_and_a_bad_root(
        self,
        capsys: pytest.CaptureFixture[str],
        archived: Path,
        tmp_path: Path,
    ) -> None:
        assert _run(capsys, tmp_path / "none.pdf")[0] == 2
        assert _run(capsys, archived, "--trust", write(tmp_path / "bad.pem", b"x"))[0] == 2

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["none.pdf"], "none.pdf: không tìm thấy tệp hoặc thư mục.\n"),
            (["."], ".: là thư mục, không phải tệp.\n"),
            (["/proc/self/mem"], "/proc/self/mem: không đọc hoặc ghi được, ổ đĩa hoặc tệp có lỗi.\n"),
            (["hai\ndòng.pdf"], "hai dòng.pdf: không tìm thấy tệp hoặc thư mục.\n"),
            (["plain.pdf", "--trust", "none.pem"], "none.pem: không tìm thấy tệp hoặc thư mục.\n"),
            (["plain.pdf", "--trust", "."], ".: là thư mục, không phải tệp.\n"),
        ],
    )
    def test_a_file_that_cannot_be_opened_is_named_with_the_reason(
        self,
        capsys: pytest.CaptureFixture[str],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        arguments: list[str],
        said: str,
    ) -> None:
        write(tmp_path / "plain.pdf", typeset())
        monkeypatch.chdir(tmp_path)

        assert _run(capsys, *arguments) == (2, "", said)

    def test_a_folder_of_roots_that_is_not_there(
        self, capsys: pytest.CaptureFixture[str], archived: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VANTHU_TRUST", "/không/có")

        assert _run(capsys, archived) == (2, "", "VANTHU_TRUST chỉ tới «/không/có», không phải thư mục.\n")


def test_needs_no_django() -> None:
    script = "import sys; import vanthu.interfaces.cli.verify; sys.exit('django' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


class TestAFileThatBreaksItsReader:
    @pytest.mark.parametrize(
        ("deed", "said"),
        [
            ("raises", "làm hỏng trình đọc"),
            ("dies", "làm hỏng trình đọc"),
            ("hangs", "lâu quá mức cho phép"),
            ("swells", "quá lớn nên đã dừng đọc"),
        ],
    )
    def test_is_one_line_and_the_next_is_verified(
        self, capfd: pytest.CaptureFixture[str], tmp_path: Path, deed: str, said: str
    ) -> None:
        """Whatever the libraries say in English stays off the terminal."""
        bad = write(tmp_path / "bad.pdf", typeset() + f"%GO:{deed}\n".encode())
        good = write(tmp_path / "good.pdf", typeset())
        limits = Limits(seconds=1.5, processor=1, memory=600 * 1024 * 1024)
        with pool.using(Room(ceiling=limits, further_jobs=[ROGUE])):
            code, out, err = _run(capfd, bad)
            assert (code, out, err.count("\n"), said in err) == (2, "", 1, True)
            assert _run(capfd, good) == (1, "Văn bản không có chữ ký số.\n", "")

    def test_leaves_the_terminal_to_its_one_line(self, tmp_path: Path) -> None:
        """In a process of its own, where nobody has told the log where to go."""
        broken = write(tmp_path / "prev.pdf", hostile.previous_at_zero())
        ran = subprocess.run(
            [sys.executable, "-m", "vanthu", "verify", str(broken)],
            capture_output=True,
            text=True,
            check=False,
        )

        assert ran.stderr.count("\n") == (1 if ran.returncode == 2 else 0)
        assert "reader" not in ran.stderr

    def test_is_no_traceback_when_its_table_begins_at_0(
        self, capfd: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        code, _, err = _run(capfd, write(tmp_path / "prev.pdf", hostile.previous_at_zero()))

        assert code in {1, 2}
        assert err.count("\n") == code - 1


@pytest.mark.parametrize("asks", [True, False], ids=["that asks", "that does not ask"])
def test_a_password_is_told_as_such(capsys: pytest.CaptureFixture[str], tmp_path: Path, asks: bool) -> None:
    locked = write(tmp_path / "khoa.pdf", papers.locked_pdf(asks=asks))

    code, out, err = _run(capsys, locked)

    assert (code, out) == (2, "")
    assert "được đặt mật khẩu" in err
    assert "bỏ mật khẩu" in err
