"""kill -9 in the middle of steps 5–7: the document arrives exactly once, with exactly one number."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.live.letters import new_subject, plan_of
from tests.live.province import Province, wait_for
from vanthu.interfaces.cli.command import CommandRefused
from vanthu.interfaces.cli.demo.cast import PASSWORD, PIN
from vanthu.interfaces.cli.demo.letters import SAMPLE_BODY, typeset
from vanthu.interfaces.cli.demo.visitor import Visitor

THUAN_PHUOC = "Sở Nội vụ tỉnh Thuận Phước"


class Office:
    """Sở Nội vụ and the agency outside, over HTTP."""

    def __init__(self, province: Province) -> None:
        self._province = province
        self._people: dict[str, Visitor] = {}

    def person(self, username: str) -> Visitor:
        """The person of this user name, signed in."""
        if username not in self._people:
            installation = "outside" if username.startswith("tp.") else "province"
            self._people[username] = Visitor(self._province.address(installation), username, PASSWORD)
        return self._people[username]

    def close(self) -> None:
        """Forget every session."""
        for visitor in self._people.values():
            visitor.close()

    def sealed_letter(self, subject: str) -> str:
        """A letter to the outside agency, ready to be issued; returns its id."""
        officer = self.person("snv.chuyenvien")
        found = officer.get(f"/co-quan/tim/?q={THUAN_PHUOC}")
        recipient = str(found.tree.xpath("string(//*[@role='option']/@data-ref)"))
        form = officer.get("/van-ban-di/soan/")
        signer = str(form.tree.xpath("string(//select[@name='signer_id']/option[1]/@value)"))
        fields = {"type_code": "CV", "subject": subject, "signer_id": signer, "recipients": [recipient]}
        upload = ("draft_file", ("du-thao.pdf", _pdf(subject), "application/pdf"))
        here = f"/van-ban-di/{officer.post('/van-ban-di/soan/', fields, [upload]).document_id}"
        officer.post(f"{here}/trinh/", {})
        self.person("snv.truongphong").post(f"{here}/duyet/", {})
        self.person("snv.giamdoc").post(f"{here}/ky/", {"pin": PIN})
        self.person("snv.vanthu").post(f"{here}/cap-so-dong-dau/", {"pin": PIN})
        return here

    def arrivals(self, subject: str) -> list[str]:
        """The outside agency's documents of this subject, in any state."""
        mark = subject.rpartition("(")[2].rstrip(")")
        page = self.person("tp.vanthu").get(f"/van-ban-den/?tab=all&q={mark}")
        return page.documents("/van-ban-den/")


def _pdf(subject: str) -> bytes:
    agency, signer = plan_of("snv.giamdoc")
    year = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).year
    return typeset(
        agency=agency,
        unit="CCVC",
        signer=signer,
        notation="SNV-CCVC",
        subject=subject,
        to=[THUAN_PHUOC],
        body=SAMPLE_BODY,
        year=year,
    )


@pytest.fixture
def office(province: Province) -> Iterator[Office]:
    """The people of the test, signed in when first needed."""
    people = Office(province)
    yield people
    people.close()


@contextmanager
def killing(province: Province, child: str, *, times: int, pause: float) -> Iterator[None]:
    """kill -9 `child` again and again while the block runs, and once more before it ends."""
    failures: list[BaseException] = []

    def strike() -> None:
        try:
            for _ in range(times):
                province.kill(child)
                time.sleep(pause)
        except BaseException as error:
            failures.append(error)

    striker = threading.Thread(target=strike)
    striker.start()
    try:
        yield
    finally:
        # A block that fails must not leave somebody behind who still kills.
        striker.join()
    assert not failures, failures


def persistently(visitor: Visitor, path: str) -> None:
    """Press the button until it is known to have worked, as people do when the page does not come."""

    def press() -> bool | None:
        try:
            visitor.post(path, {})
        except CommandRefused:
            here = path.rsplit("/", 2)[0] + "/"
            try:
                return visitor.get(here).state == "issued" or None
            except CommandRefused:
                return None
        return True

    wait_for(press, f"{path} xong", seconds=120)


@pytest.mark.parametrize(
    "child", ["province-worker", "axis-web", "outside-worker", "postgres", "province-web"]
)
def test_arrives_exactly_once_when_killed(province: Province, office: Office, child: str) -> None:
    subject = new_subject(f"thử mất điện {child}")
    here = office.sealed_letter(subject)
    with killing(province, child, times=2, pause=0.7):
        persistently(office.person("snv.vanthu"), f"{here}/phat-hanh/")

    def arrived() -> list[str] | None:
        try:
            return office.arrivals(subject) or None
        except CommandRefused:
            return None

    [link] = wait_for(arrived, subject, seconds=180)
    clerk = office.person("tp.vanthu")
    clerk.post(f"{link}vao-so/", {})
    with pytest.raises(CommandRefused):
        clerk.post(f"{link}vao-so/", {})
    page = clerk.get(link)
    assert page.state == "registered"
    assert page.tree.xpath("string(//*[@data-verdict]/@data-verdict)") == "valid"
    # Whatever was repeated after the crash has had its time by now.
    time.sleep(6)
    assert office.arrivals(subject) == [link]

    def told() -> bool | None:
        sent = office.person("snv.vanthu").get(f"{here}/gui-nhan/")
        return len(sent.tree.xpath("//tr[@data-delivery-state='03']")) == 1 or None

    wait_for(told, "trạng thái 03", seconds=90)


def test_numbers_have_no_gap_and_no_double_after_all_that(office: Office, province: Province) -> None:
    """Sổ văn bản đến of the outside agency: 1…N, each once."""
    clerk = office.person("tp.vanthu")
    numbers: list[int] = []
    for book in clerk.get("/so-dang-ky/").links("/so-dang-ky/"):
        if "nam=" not in book or "Sổ văn bản đến" not in clerk.get(book).text_of("//h1"):
            continue
        for page_number in range(1, 100):
            found = clerk.get(f"{book}&page={page_number}").tree.xpath("//tbody/tr/td[1]/b/text()")
            numbers += [int(number.replace(".", "")) for number in found]
            if not found:
                break
    assert numbers, "the register is open to the clerk"
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_the_audit_trail_is_whole_after_all_that(province: Province) -> None:
    for installation in ("province", "outside"):
        checked = province.command_in(installation, "audit", "verify")
        assert checked.returncode == 0, checked.stdout + checked.stderr
