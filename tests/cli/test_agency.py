"""`vanthu agency`: an empty installation gets its agency, its people and their first passwords."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.db.models import Field, Model
from django.test import Client
from django.utils import timezone

from tests.cli.console import Console, Said
from tests.cli.small_agency import CERTIFIED, SMALL, Load, put_certificates, rows
from tests.keys import KeyRing
from tests.world import NOW, World
from vanthu.interfaces.cli.founding import reading
from vanthu.kernel.models import AuditEntry
from vanthu.organizations import actions as organizations
from vanthu.organizations.models import Agency, Position, Post, Unit, User
from vanthu.registers.models import Register
from vanthu.signing.models import Credential

_LABEL = "Nạp cơ quan theo lệnh"
NEW_PASSWORD = "Mật khẩu mới 2027!"


def _passwords(said: Said) -> dict[str, str]:
    """Username → password of the table that is printed once."""
    _, table = said.out.split("lần đầu:\n")
    return {line.split("\t")[1]: line.split("\t")[2] for line in table.splitlines()}


class TestTheSample:
    def test_opens_an_agency_where_people_can_sign_in(
        self, console: Console, db: None, tmp_path: Path
    ) -> None:
        file = tmp_path / "mau.toml"
        assert console("agency", "sample", "-o", file) == Said(0, "", "")

        said = console("agency", "load", file)

        assert (said.code, said.err) == (0, "")
        assert said.out.splitlines()[:6] == [
            "H99.02 Sở Nội vụ tỉnh An Bình",
            "  cơ quan: thêm 1, đã có 0",
            "  sổ: thêm 2, đã có 0",
            "  đơn vị: thêm 2, đã có 0",
            "  chức danh: thêm 6, đã có 0",
            "  người: thêm 6, đã có 0",
        ]
        agency = Agency.objects.get(is_hosted=True)
        assert (agency.code, agency.old_code, agency.place) == ("H99.02", "000.00.02.H99", "An Bình")
        assert sorted(Register.objects.values_list("name", flat=True)) == ["Sổ văn bản đi", "Sổ văn bản đến"]
        ranks = dict(Position.objects.values_list("name", "rank"))
        assert (ranks["Giám đốc"], ranks["Phó Giám đốc"], ranks["Văn thư"]) == (1, 2, 6)
        deputy = Post.objects.get(user__username="snv.phogiamdoc")
        assert (deputy.signing_title, deputy.unit) == ("KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC", None)
        clerk = Post.objects.get(user__username="snv.vanthu")
        assert (clerk.unit and clerk.unit.abbreviation, clerk.roles) == ("VP", ["archivist", "records_clerk"])
        assert User.objects.get(username="snv.giamdoc").phone == "0900000001"
        _sign_in_for_the_first_time("snv.vanthu", _passwords(said)["snv.vanthu"])

    def test_is_printed_and_overwrites_nothing(self, console: Console, tmp_path: Path) -> None:
        file = tmp_path / "mau.toml"
        printed = console("agency", "sample").out
        file.write_text("của tôi", encoding="utf-8")

        said = console("agency", "sample", "-o", file)

        assert 'code = "H99.02"' in printed
        assert (said.code, said.err) == (2, f"{file}: đã có tệp này. Hãy chọn tên khác.\n")
        assert file.read_text(encoding="utf-8") == "của tôi"

    def test_describes_what_it_leaves_out_truly(
        self, console: Console, load: Load, keys: KeyRing, tmp_path: Path
    ) -> None:
        """Every part the sample has as a comment, without its marks."""
        put_certificates(keys, tmp_path, "snv.giamdoc", "H99.02")
        lines = console("agency", "sample").out.splitlines()
        optional = ("# [", '# kind = "', '# name = "', "# document_types = [", '# token = "', '# key = "')
        files = ('# certificate = "', '# chain = "', '# image = "')
        text = "\n".join(line[2:] if line.startswith((*optional, *files)) else line for line in lines)

        said = load(text)

        assert (said.code, said.err) == (0, "")
        assert Register.objects.get(name="Sổ quyết định").document_types == ["QĐ"]
        assert Credential.objects.count() == 2


def _sign_in_for_the_first_time(username: str, password: str) -> None:
    """Through the web, as the person himself; another password must be chosen before anything else."""
    browser = Client()
    answer = browser.post("/dang-nhap/", {"username": username, "password": password})
    assert (answer.status_code, answer["Location"]) == (303, "/doi-mat-khau/")
    assert browser.get("/van-ban-den/")["Location"] == "/doi-mat-khau/"
    words = {"current": password, "new": NEW_PASSWORD, "again": NEW_PASSWORD}
    assert browser.post("/doi-mat-khau/", words)["Location"] == "/"
    assert browser.get("/van-ban-den/").status_code == 200


class TestLoading:
    def test_is_the_machine_s_doing_in_the_trail_of_the_agency(self, load: Load) -> None:
        load(SMALL)

        agency = Agency.objects.get()
        entries = AuditEntry.objects.filter(agency_id=agency.id).order_by("sequence")
        assert {entry.actor_label for entry in entries} == {_LABEL}
        assert [entry.action for entry in entries] == [
            "organizations.agency-opened",
            "registers.opened",
            "registers.opened",
            "organizations.unit-added",
            "organizations.position-added",
            "organizations.position-added",
            "organizations.user-registered",
            "organizations.user-registered",
        ]

    def test_twice_changes_nothing(self, load: Load, keys: KeyRing, tmp_path: Path) -> None:
        put_certificates(keys, tmp_path, "gd", "stc")
        load(CERTIFIED)
        before = rows()

        said = load(CERTIFIED)

        assert (said.code, said.err) == (0, "")
        assert said.out.splitlines() == [
            "H99.03 Sở Tài chính tỉnh An Bình",
            "  cơ quan: thêm 0, đã có 1",
            "  sổ: thêm 0, đã có 2",
            "  đơn vị: thêm 0, đã có 1",
            "  chức danh: thêm 0, đã có 2",
            "  người: thêm 0, đã có 2",
            "  chứng thư số: thêm 0, đã có 2",
        ]
        assert rows() == before

    def test_again_adds_only_what_is_new(self, load: Load) -> None:
        load(SMALL)
        kept = list(User.objects.order_by("username").values())

        said = load(
            SMALL + '[[people]]\nusername = "stc.moi"\nfull_name = "Tăng Văn Sáu"\n'
            'position = "Văn thư"\nunit = "VP"\nroles = ["monitor"]\n'
        )

        assert "  người: thêm 1, đã có 2" in said.out
        assert list(_passwords(said)) == ["stc.moi"]
        assert list(User.objects.exclude(username="stc.moi").order_by("username").values()) == kept

    def test_takes_in_an_agency_known_from_the_directory(self, load: Load, world: World) -> None:
        said = load(SMALL.replace("H99.03", world.remote.code))

        world.remote.refresh_from_db()
        assert (said.code, world.remote.is_hosted, world.remote.abbreviation) == (0, True, "STC")

    def test_registers_the_certificates_of_people_and_agency(
        self, load: Load, keys: KeyRing, tmp_path: Path
    ) -> None:
        put_certificates(keys, tmp_path, "gd", "stc")

        said = load(CERTIFIED)

        assert "  chứng thư số: thêm 2, đã có 0" in said.out
        person = Credential.objects.get(user__username="stc.giamdoc")
        assert (person.kind, person.token_label, person.key_label) == ("person", "gd", "khoa")
        assert "Phạm Văn Hùng" in person.subject
        assert Credential.objects.get(user=None).token_label == "stc"

    @pytest.mark.parametrize("gone", ["disabled_at", "ended_at"])
    def test_does_not_bring_back_who_left(self, load: Load, keys: KeyRing, tmp_path: Path, gone: str) -> None:
        load(SMALL)
        put_certificates(keys, tmp_path, "gd", "stc")
        who = User if gone == "disabled_at" else Post
        name = "username" if who is User else "user__username"
        who._default_manager.filter(**{name: "stc.giamdoc"}).update(**{gone: NOW})

        said = load(CERTIFIED)

        assert said.code == 0
        assert Credential.objects.get().user is None
        assert Post.objects.filter(user__username="stc.giamdoc").count() == 1

    def test_names_the_registers_of_the_kind_the_file_leaves_out(self, load: Load) -> None:
        load(SMALL + '[[registers]]\nkind = "outgoing"\nname = "Sổ chung"\n')

        assert sorted(Register.objects.values_list("name", flat=True)) == ["Sổ chung", "Sổ văn bản đến"]


class TestPasswords:
    def test_go_into_a_file_only_its_owner_may_read(self, load: Load, tmp_path: Path) -> None:
        sheet = tmp_path / "matkhau.txt"

        said = load(SMALL, "--passwords", sheet)

        lines = [line.split("\t") for line in sheet.read_text(encoding="utf-8").splitlines()]
        assert [line[:2] for line in lines] == [
            ["Vũ Hoàng Nam", "stc.giamdoc"],
            ["Trịnh Thị Mai", "stc.vanthu"],
        ]
        assert stat.S_IMODE(sheet.stat().st_mode) == 0o600
        assert said.out.endswith(f"Mật khẩu tạm của 2 người đã ghi vào «{sheet}».\n")
        assert lines[0][2] not in said.out
        _sign_in_for_the_first_time("stc.vanthu", lines[1][2])

    @pytest.mark.parametrize("place", ["matkhau.txt", "khong-co/matkhau.txt", "."])
    def test_overwrite_nothing_and_nothing_is_written_then(
        self, load: Load, tmp_path: Path, place: str
    ) -> None:
        (tmp_path / "matkhau.txt").write_text("của tôi", encoding="utf-8")
        before = rows()

        said = load(SMALL, "--passwords", tmp_path / place)

        assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
        assert (tmp_path / "matkhau.txt").read_text(encoding="utf-8") == "của tôi"
        assert rows() == before

    def test_leave_no_file_when_there_is_nobody_new(self, load: Load, tmp_path: Path) -> None:
        load(SMALL)

        assert load(SMALL, "--passwords", tmp_path / "matkhau.txt").code == 0
        assert not (tmp_path / "matkhau.txt").exists()


class TestStoppedHalfWay:
    @pytest.mark.parametrize(
        ("error", "code", "words"),
        [
            (OperationalError("server closed the connection"), 1, "server closed the connection."),
            (KeyboardInterrupt(), 130, ""),
        ],
        ids=["database", "Ctrl-C"],
    )
    def test_tells_what_was_done_and_completes_it_the_next_time(
        self,
        load: Load,
        monkeypatch: pytest.MonkeyPatch,
        error: BaseException,
        code: int,
        words: str,
    ) -> None:
        register_user = organizations.register_user

        def break_at_the_clerk(**told: Any) -> Any:
            if told["username"] == "stc.vanthu":
                raise error
            return register_user(**told)

        with monkeypatch.context() as patch:
            patch.setattr(organizations, "register_user", break_at_the_clerk)
            stopped = load(SMALL)

        assert stopped.code == code
        assert "  người: thêm 1, đã có 0" in stopped.out
        assert words in stopped.err
        if words:
            assert stopped.err.startswith("Dừng giữa chừng khi thêm người «stc.vanthu»: ")
            assert stopped.err.endswith("chạy lại lệnh này để làm nốt.\n")
        _sign_in_for_the_first_time("stc.giamdoc", _passwords(stopped)["stc.giamdoc"])

        completed = load(SMALL)

        assert completed.code == 0
        assert "  người: thêm 1, đã có 1" in completed.out
        assert list(_passwords(completed)) == ["stc.vanthu"]

    def test_prints_the_password_the_file_could_not_take(
        self, load: Load, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr("os.fsync", full)
            said = load(SMALL, "--passwords", tmp_path / "matkhau.txt")

        assert (said.code, list(_passwords(said))) == (1, ["stc.giamdoc"])
        assert said.err.startswith("Dừng giữa chừng: ổ đĩa đã đầy. ")


class TestTheLongestTexts:
    def test_are_those_of_the_database(self) -> None:
        kept = {
            Agency: reading.AGENCY_TEXTS,
            Register: reading.REGISTER_TEXTS,
            Unit: reading.UNIT_TEXTS,
            Position: reading.POSITION_TEXTS,
            Credential: reading.CREDENTIAL_TEXTS,
        }
        person = dict(reading.PERSON_TEXTS)
        signing_title = person.pop("signing_title")

        for model, texts in (*kept.items(), (User, person), (Post, {"signing_title": signing_title})):
            assert texts == {name: _longest(model, name) for name in texts}


def _longest(model: type[Model], name: str) -> int | None:
    field = model._meta.get_field(name)
    assert isinstance(field, Field)
    return field.max_length


class TestList:
    def test_shows_the_agencies_served_here(self, console: Console, world: World) -> None:
        Agency.objects.filter(code="H99.31").update(closed_at=timezone.now())
        User.objects.filter(username="clerk").update(disabled_at=timezone.now())

        said = console("agency", "list")

        today = timezone.localtime().strftime("%d/%m/%Y")
        assert (said.code, said.err) == (0, "")
        assert said.out.splitlines() == [
            "H99.02\tSở Nội vụ tỉnh An Bình\t7 người\tđang hoạt động",
            f"H99.31\tỦy ban nhân dân xã Hòa Bình\t4 người\tđã đóng {today}",
        ]
