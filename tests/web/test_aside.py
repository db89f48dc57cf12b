"""«Để riêng» at the administrator's desk: from whom, when, why, what the sender was told, and «Thử lại»."""

from __future__ import annotations

import pytest

from tests.aside import packet_aside, work_aside
from tests.exchange import jobs
from tests.web.conftest import SignIn
from tests.web.outgoing_desk import text_of
from tests.world import World
from vanthu.exchange import rules
from vanthu.exchange.states import PacketState
from vanthu.interfaces.cli.system import main
from vanthu.kernel.models import AuditEntry
from vanthu.kernel.states import AttemptState

_PAGE = "/de-rieng/"


class TestTheScreen:
    def test_shows_an_administrator_what_is_aside_of_his_agency_and_of_none(
        self, sign_in: SignIn, world: World
    ) -> None:
        mine, nobodys = packet_aside(world.department), packet_aside(None)
        others = packet_aside(world.neighbour)
        work_aside()

        shown = text_of(sign_in("administrator"), _PAGE)

        assert f'data-aside-packet="{mine.id}"' in shown
        assert f'data-aside-packet="{nobodys.id}"' in shown
        assert f'data-aside-packet="{others.id}"' not in shown
        for words in ("H98", mine.reason, rules.TOLD_FAILED, "Kiểm tra lại chữ ký số", "Thử lại"):
            assert words in shown

    def test_is_announced_on_his_home_page(self, sign_in: SignIn, world: World) -> None:
        assert "Hệ thống để riêng" not in text_of(sign_in("administrator"), "/")
        packet_aside(world.department)
        work_aside()

        assert "Hệ thống để riêng 2 gói tin hoặc việc nền" in text_of(sign_in("administrator"), "/")

    def test_is_in_the_menu_with_its_count_and_in_nobody_elses(self, sign_in: SignIn, world: World) -> None:
        packet_aside(world.department)

        menu = text_of(sign_in("administrator"), "/").partition("</nav>")[0]

        entry = menu.partition('href="/de-rieng/"')[2].partition("</a>")[0]
        assert "Để riêng" in entry
        assert 'class="count">1<' in entry
        assert "/de-rieng/" not in text_of(sign_in("clerk"), "/").partition("</nav>")[0]

    @pytest.mark.parametrize("who", ["clerk", "leader", "officer"])
    def test_is_nobody_elses(self, sign_in: SignIn, world: World, who: str) -> None:
        packet, work = packet_aside(world.department), work_aside()

        assert sign_in(who).get(_PAGE).status_code == 403
        assert sign_in(who).post(f"{_PAGE}goi-tin/{packet.id}/thu-lai/").status_code == 404
        assert sign_in(who).post(f"{_PAGE}viec/{work.id}/thu-lai/").status_code == 404

    def test_says_so_when_there_is_nothing(self, sign_in: SignIn, world: World) -> None:
        assert "Không có gói tin nào để riêng" in text_of(sign_in("administrator"), _PAGE)


class TestTryingAgain:
    def test_a_packet_is_asked_for_once_and_audited(self, sign_in: SignIn, world: World) -> None:
        packet, administrator = packet_aside(world.department), sign_in("administrator")
        here = f"{_PAGE}goi-tin/{packet.id}/thu-lai/"

        assert administrator.post(here).status_code == 303
        assert administrator.post(here).status_code == 409

        assert "Đang mở lại" in text_of(administrator, _PAGE)
        assert [job.arguments for job in jobs.waiting("exchange.reopen_packet")] == [
            {"packet_id": str(packet.id)}
        ]
        entry = AuditEntry.objects.get(action="exchange.packet-reopened")
        assert (entry.subject_id, entry.agency_id) == (packet.id, world.department.id)

    def test_work_is_begun_again(self, sign_in: SignIn, world: World) -> None:
        work, administrator = work_aside(), sign_in("administrator")
        here = f"{_PAGE}viec/{work.id}/thu-lai/"

        assert administrator.post(here).status_code == 303
        assert administrator.post(here).status_code == 409
        (job,) = jobs.waiting("exchange.resume_attempt")
        job.run()

        assert [job.arguments for job in jobs.waiting("incoming.check_signatures")] == [work.arguments]

    def test_of_another_agency_or_with_a_secrecy_mark_is_refused(self, sign_in: SignIn, world: World) -> None:
        secret, others = packet_aside(world.department, may_reopen=False), packet_aside(world.neighbour)
        administrator = sign_in("administrator")

        assert administrator.post(f"{_PAGE}goi-tin/{secret.id}/thu-lai/").status_code == 409
        assert administrator.post(f"{_PAGE}goi-tin/{others.id}/thu-lai/").status_code == 404
        assert "Mở lại cũng không nhận được" in text_of(administrator, _PAGE)


@pytest.mark.django_db(transaction=True)
class TestTheCommand:
    def test_lists_and_tries_again(self, transactional_db: None, capsys: pytest.CaptureFixture[str]) -> None:
        packet, secret, work = packet_aside(None), packet_aside(None, may_reopen=False), work_aside()

        assert main(["aside", "list"]) == 0
        listed = capsys.readouterr().out
        assert f"{packet.id} | gói tin" in listed
        assert "2 gói tin và 1 việc nền để riêng." in listed
        assert main(["aside", "retry", str(secret.id)]) == 1
        assert main(["aside", "retry", "--all"]) == 0

        assert "1 gói tin và 1 việc nền" in capsys.readouterr().out
        packet.refresh_from_db()
        work.refresh_from_db()
        assert (packet.state, work.state) == (PacketState.REOPENING, AttemptState.BEGUN)
