"""`vanthu account`: whoever runs the installation lets people in again, or keeps them out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.cli.console import Console
from tests.traces import audited
from tests.world import PASSWORD, World
from vanthu.kernel.models import AuditEntry
from vanthu.organizations.models import Post, User

_LABEL = "Quản lý tài khoản theo lệnh"


def _sign_in(username: str, password: str) -> tuple[int, str]:
    answer = Client().post("/dang-nhap/", {"username": username, "password": password})
    return answer.status_code, answer.headers.get("Location", "")


def _user(name: str) -> User:
    return User.objects.get(username=name)


class TestList:
    def test_shows_everybody_with_agency_and_state(self, console: Console, world: World) -> None:
        User.objects.filter(username="officer").update(must_change_password=True)
        User.objects.filter(username="head").update(locked_until=timezone.now() + timedelta(minutes=5))
        User.objects.filter(username="clerk").update(disabled_at=timezone.now())
        Post.objects.filter(user__username="deputy").update(ended_at=timezone.now())

        said = console("account", "list")

        lines = {line.split("\t")[0]: line.split("\t")[1:] for line in said.out.splitlines()}
        assert (said.code, said.err, len(lines)) == (0, "", User.objects.count())
        assert lines["outsider"] == ["Cao Văn Tú", "H99.31", "đang dùng", "chưa đăng nhập"]
        assert lines["officer"][2] == "phải đổi mật khẩu"
        assert lines["head"][2].startswith("tạm khóa đến ")
        assert lines["clerk"][2].startswith("ngừng từ ")
        assert lines["deputy"][2] == "không giữ vị trí nào"

    def test_shows_one_agency_s(self, console: Console, world: World) -> None:
        said = console("account", "list", "--agency", "H99.31")

        assert said.code == 0
        assert [line.split("\t")[0] for line in said.out.splitlines()] == [
            "outsider",
            "outsider.administrator",
            "outsider.leader",
            "outsider.officer",
        ]

    @pytest.mark.parametrize("code", ["H98", "H01", "không"])
    def test_refuses_an_agency_not_served_here(self, console: Console, world: World, code: str) -> None:
        said = console("account", "list", "--agency", code)

        assert (said.code, said.out) == (1, "")
        assert said.err == f"Hệ thống không phục vụ cơ quan nào có mã «{code}».\n"


class TestReset:
    def test_gives_a_password_once_that_must_be_changed(self, console: Console, world: World) -> None:
        said = console("account", "reset", "Clerk")

        assert (said.code, said.err, said.out.count("\n")) == (0, "", 1)
        assert said.out.startswith("Mật khẩu tạm của clerk (Hoàng Thị Lan), phải đổi khi đăng nhập: ")
        password = said.out.split(": ")[1].strip()
        assert _sign_in("clerk", PASSWORD)[0] == 422
        assert _sign_in("clerk", password) == (303, "/doi-mat-khau/")
        assert password not in str(list(AuditEntry.objects.values_list("data", flat=True)))

    def test_says_that_the_account_is_closed_all_the_same(self, console: Console, world: World) -> None:
        User.objects.filter(username="clerk").update(disabled_at=timezone.now())

        assert "vanthu account enable" in console("account", "reset", "clerk").out


class TestUnlock:
    def test_opens_an_account_locked_by_failures(self, console: Console, world: World) -> None:
        for _ in range(5):
            _sign_in("clerk", "sai")
        assert _sign_in("clerk", PASSWORD)[0] == 429

        said = console("account", "unlock", "clerk")

        assert (said.code, said.out) == (0, "Đã mở khóa tài khoản clerk (Hoàng Thị Lan).\n")
        assert _sign_in("clerk", PASSWORD)[0] == 303

    def test_is_refused_when_nothing_is_locked(self, console: Console, world: World) -> None:
        said = console("account", "unlock", "clerk")

        assert (said.code, said.out, said.err) == (1, "", "Tài khoản này không bị khóa.\n")


class TestDisableAndEnable:
    def test_shut_somebody_out_and_let_him_in_again(self, console: Console, world: World) -> None:
        out = console("account", "disable", "clerk", "--reason", "Nghỉ hưu từ 01/12")
        assert (out.code, out.out) == (0, "Đã ngừng tài khoản clerk (Hoàng Thị Lan).\n")
        assert _sign_in("clerk", PASSWORD)[0] == 422

        back = console("account", "enable", "clerk", "--reason", "Quay lại làm việc")
        assert (back.code, back.out) == (0, "Đã mở lại tài khoản clerk (Hoàng Thị Lan).\n")
        assert _sign_in("clerk", PASSWORD)[0] == 303

    def test_are_refused_twice(self, console: Console, world: World) -> None:
        enabled = console("account", "enable", "clerk", "--reason", "x")
        assert (enabled.code, enabled.err) == (1, "Tài khoản này đang được sử dụng.\n")

        console("account", "disable", "clerk", "--reason", "x")
        disabled = console("account", "disable", "clerk", "--reason", "x")
        assert (disabled.code, disabled.err) == (1, "Tài khoản này đã ngừng sử dụng từ trước.\n")

    @pytest.mark.parametrize("reason", ["", "  ", "hai\ndòng", "\udce1"])
    def test_need_a_reason_that_can_be_read(self, console: Console, world: World, reason: str) -> None:
        said = console("account", "disable", "clerk", "--reason", reason)

        assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
        assert "--reason: phải là chữ đọc được trên một dòng, không để trống" in said.err
        assert _user("clerk").disabled_at is None


class TestEveryAct:
    @pytest.mark.parametrize(
        ("act", "fact"),
        [
            ("reset", "password-reset"),
            ("unlock", "user-unlocked"),
            ("disable", "user-disabled"),
            ("enable", "user-enabled"),
        ],
    )
    def test_stands_in_the_trail_of_the_person_s_agency_as_the_machine_s(
        self, console: Console, world: World, act: str, fact: str
    ) -> None:
        later = timezone.now() + timedelta(minutes=5)
        User.objects.filter(username="outsider").update(
            locked_until=later, disabled_at=later if act == "enable" else None
        )
        reason = ["--reason", "Theo đề nghị"] if act in {"disable", "enable"} else []

        assert console("account", act, "outsider", *reason).code == 0

        [(action, who, data)] = audited(world.outsider.user_id)
        assert (action, who) == (f"organizations.{fact}", _LABEL)
        assert data == {"username": "outsider", **({"reason": "Theo đề nghị"} if reason else {})}
        assert AuditEntry.objects.get().agency_id == world.neighbour.id

    @pytest.mark.parametrize("act", ["reset", "unlock", "disable", "enable"])
    @pytest.mark.parametrize("username", ["nobody", "Ai đó", "x", "' OR 1=1"])
    def test_is_refused_for_an_account_nobody_has(
        self, console: Console, world: World, act: str, username: str
    ) -> None:
        reason = ["--reason", "x"] if act in {"disable", "enable"} else []
        said = console("account", act, username, *reason)

        assert (said.code, said.out, said.err) == (1, "", f"Không có tài khoản «{username}».\n")
        assert not AuditEntry.objects.exists()
