"""PostgreSQL's files exchanged under the running server, as Debian's upgrade does."""

from __future__ import annotations

import shutil

from tests.standing.installation import Installation


class TestUpgrade:
    def test_is_seen_by_health_and_ended_by_a_new_start(self, installation: Installation) -> None:
        libraries, before = installation.tree / "lib", installation.pid("postgres")
        web, worker = installation.pid("web"), installation.pid("worker")
        aside = installation.folder / "plpgsql.so"

        # Half-way: the old library is gone, the new one is not there. New back ends cannot run a function.
        shutil.move(libraries / "plpgsql.so", aside)
        _end_back_ends(installation)

        installation.wait_for(lambda: installation.get("/suc-khoe/").status_code == 503, "hệ thống thấy lỗi")
        told = installation.console("health")
        assert told.returncode == 2
        assert "Hệ thống đang được bảo trì: cơ sở dữ liệu vừa được nâng cấp" in told.stdout
        assert installation.pid("postgres") == before, "the upgrade is let finish"

        # The new file has another inode, as dpkg leaves it.
        shutil.copy(aside, libraries / "plpgsql.so.dpkg-new")
        (libraries / "plpgsql.so.dpkg-new").rename(libraries / "plpgsql.so")

        installation.wait_for(lambda: installation.pid("postgres") not in (0, before), "khởi động lại")
        installation.wait_for(lambda: installation.get("/suc-khoe/").text == "ok", "khỏe lại")
        assert installation.does_a_job()
        assert (installation.pid("web"), installation.pid("worker")) == (web, worker)
        assert "«postgres» trên đĩa đã đổi" in (installation.folder / "supervisor.log").read_text()

    def test_nothing_is_started_anew_while_nothing_changed(self, installation: Installation) -> None:
        before = installation.state["children"]["postgres"]["restarts"]
        installation.does_a_job()

        assert installation.state["children"]["postgres"]["restarts"] == before


def _end_back_ends(installation: Installation) -> None:
    """Those that loaded the library before go on using it; the next ones cannot."""
    installation.ask(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = 'vanthu' AND pid <> pg_backend_pid()"
    )
