"""People at work during a storm: each reads where a document stands, does the next act, and tries again."""

from __future__ import annotations

import hashlib
import random
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import httpx

from benchmarks.storm.files import HONEST_TEXT, hostile_files
from benchmarks.storm.tally import Tally
from vanthu.interfaces.cli.command import CommandRefused
from vanthu.interfaces.cli.demo.cast import INSTALLATIONS, PASSWORD, PIN, AgencyPlan
from vanthu.interfaces.cli.demo.letters import SAMPLE_BODY, typeset
from vanthu.interfaces.cli.demo.visitor import Upload, Visitor

_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_SENDER = "Sở Nội vụ tỉnh An Bình"
_NEIGHBOUR = "Ủy ban nhân dân xã Hòa Bình"
_OUTSIDE = "Sở Nội vụ tỉnh Thuận Phước"


class StormVisitor(Visitor):
    """A visitor whose answers are counted."""

    def __init__(self, base_url: str, username: str, tally: Tally) -> None:
        self._tally = tally
        super().__init__(base_url, username, PASSWORD)

    def _send(self, method: str, path: str, **more: object) -> httpx.Response:
        try:
            answer = super()._send(method, path, **more)
        except CommandRefused:
            self._tally.was_down()
            raise
        self._tally.answered(answer.status_code, f"{method} {path.partition('?')[0]} ({self.username})")
        return answer


class Office:
    """The people one thread plays, each with a session of his own."""

    def __init__(self, addresses: dict[str, str], tally: Tally) -> None:
        self._addresses, self._tally = addresses, tally
        self._people: dict[str, StormVisitor] = {}

    def __call__(self, username: str) -> StormVisitor:
        """The person of this user name; signs in when first asked for."""
        if username not in self._people:
            place = "outside" if username.startswith("tp.") else "province"
            self._people[username] = StormVisitor(self._addresses[place], username, self._tally)
        return self._people[username]

    def sign_in(self, *usernames: str) -> None:
        """Sign these people in before the storm."""
        for username in usernames:
            self(username)


class Acts:
    """What the threads of a storm do until `enough` is set."""

    def __init__(self, addresses: dict[str, str], tally: Tally, enough: threading.Event, seed: int) -> None:
        self.addresses, self.tally, self.enough, self.seed = addresses, tally, enough, seed
        #: Distinguishes this storm's letters from all others.
        self.mark = f"bão {seed}.{datetime.now(_VIETNAM):%d%m%H%M%S}"
        self._turns = count(1)

    def again_and_again(self, work: Callable[[random.Random], object], name: str) -> Callable[[], None]:
        """`work` until it is enough; a refusal or an outage is passed over, anything else is a violation."""

        def run() -> None:
            chance = random.Random(f"{self.seed} {name}")  # noqa: S311 - the same storm for the same seed
            while not self.enough.is_set():
                try:
                    work(chance)
                except CommandRefused as refused:
                    self.tally.was_told(str(refused))
                    self.enough.wait(0.5)
                except Exception as fault:
                    self.tally.fault(f"{name}: {type(fault).__name__}: {fault}")
                    self.enough.wait(0.5)

        return run

    def letters(self, number: int) -> Callable[[], None]:
        """Letters of the department from draft to issue, one after the other."""
        office = Office(self.addresses, self.tally)
        office.sign_in("snv.chuyenvien", "snv.truongphong", "snv.giamdoc", "snv.vanthu")
        return self.again_and_again(lambda chance: self._life(office, chance), f"thư {number}")

    def arrivals(self, prefix: str, installation: str) -> Callable[[], None]:
        """What arrives at an agency is registered, directed and worked on, now and then returned."""
        office = Office(self.addresses, self.tally)
        office.sign_in(f"{prefix}.vanthu")
        return self.again_and_again(
            lambda chance: self._take_in(office, prefix, installation, chance), f"đến {prefix}"
        )

    def doors(self) -> Callable[[], None]:
        """Strangers try passwords; now and then somebody knows his."""
        return self.again_and_again(self._knock, "cửa")

    def uploads(self, number: int) -> Callable[[], None]:
        """Hostile files, some without an end, and honest ones that LibreOffice must make into a PDF."""
        office = Office(self.addresses, self.tally)
        office.sign_in(_UPLOADER)
        files = hostile_files()

        def send(chance: random.Random) -> None:
            name, content = chance.choice([*files, ("du-thao.rtf", HONEST_TEXT)])
            is_honest = content is HONEST_TEXT
            subject = self._subject("tệp thật" if is_honest else "tệp xấu")
            if not is_honest:
                self.tally.hostile.add(subject)
            form = _draft_fields(office(_UPLOADER), subject, [])
            upload: Upload = ("draft_file", (name, content, "application/octet-stream"))
            page = office(_UPLOADER).post("/van-ban-di/soan/", form, [upload])
            self.tally.did("tải tệp thật" if is_honest else f"NHẬN tệp xấu {name}")
            if page.state == "draft" and is_honest:
                self.tally.drafts[page.document_id] = (subject, hashlib.sha256(content).hexdigest())

        return self.again_and_again(send, f"tệp {number}")

    def _subject(self, about: str) -> str:
        return f"V/v {about} số {next(self._turns)} ({self.mark})"

    def _life(self, office: Office, chance: random.Random) -> None:
        subject = self._subject("rà soát vị trí việc làm")
        recipients = chance.choice([[_NEIGHBOUR], [_OUTSIDE], [_NEIGHBOUR, _OUTSIDE]])
        pdf = _letter(subject, recipients)
        officer = office("snv.chuyenvien")
        page = officer.post(
            "/van-ban-di/soan/",
            _draft_fields(officer, subject, recipients),
            [("draft_file", ("du-thao.pdf", pdf, "application/pdf"))],
        )
        document_id = page.document_id
        self.tally.drafts[document_id] = (subject, hashlib.sha256(pdf).hexdigest())
        self.tally.did("soạn")
        while not self.enough.is_set():
            try:
                state = officer.get(f"/van-ban-di/{document_id}/").state
                if state in {"issued", "discarded"}:
                    return
                self._step(office, document_id, state, chance)
            except CommandRefused as refused:
                self.tally.was_told(str(refused))
                # Not done, or done and not heard of: where the document stands tells.
                self.enough.wait(0.5)

    def _step(self, office: Office, document_id: str, state: str, chance: random.Random) -> None:
        who, act, words = _next_act(state, chance)
        page = office(who).post(f"/van-ban-di/{document_id}/{act}/", words)
        self.tally.did(act)
        if act == "phat-hanh" and page.status < 400:
            self.tally.issued.add(document_id)

    def _take_in(self, office: Office, prefix: str, installation: str, chance: random.Random) -> None:
        clerk = office(f"{prefix}.vanthu")
        page = clerk.get(f"/van-ban-den/?tab=arrived&q={self.mark}")
        links = page.documents("/van-ban-den/")
        if not links:
            self.enough.wait(0.5)
            return
        here = chance.choice(links)
        if chance.random() < 0.1:
            clerk.post(f"{here}tra-lai/", {"reason": "Gửi nhầm nơi nhận"})
            self.tally.did("trả lại bên gửi")
            return
        registered = clerk.act(f"{here}vao-so/", {})
        self.tally.registered.add((installation, registered.document_id))
        self.tally.did("vào sổ")
        if prefix == "tp":
            self._handle(office, here)

    def _handle(self, office: Office, here: str) -> None:
        leader, officer = office("tp.giamdoc"), office("tp.chuyenvien")
        due = (datetime.now(_VIETNAM) + timedelta(days=3)).strftime("%Y-%m-%dT17:00")
        plan = next(each for each in INSTALLATIONS["outside"][0].people if each.username == "tp.chuyenvien")
        lead = f"lead:{leader.found(f'{here}giao-cho/', plan.full_name)}"
        leader.post(f"{here}chi-dao/", {"assignees": lead, "instruction": "Tham mưu.", "due_at": due})
        self.tally.did("chỉ đạo")
        officer.post(f"{here}bat-dau/", {})
        self.tally.did("bắt đầu xử lý")

    def _knock(self, chance: random.Random) -> None:
        place = self.addresses["province"]
        who, is_known = chance.choice(_DOORS)
        with httpx.Client(base_url=place, follow_redirects=True, timeout=60) as stranger:
            try:
                page = stranger.get("/dang-nhap/")
                token = next((value for name, value in page.cookies.items() if name.endswith("_csrf")), "")
                answer = stranger.post(
                    "/dang-nhap/",
                    data={
                        "username": who,
                        "password": PASSWORD if is_known else f"sai {chance.random()}",
                        "csrfmiddlewaretoken": token,
                    },
                    headers={"Referer": place},
                )
            except httpx.HTTPError:
                self.tally.was_down()
                self.enough.wait(0.5)
                return
        self.tally.answered(answer.status_code, f"POST /dang-nhap/ ({who})")
        self.tally.did("đăng nhập đúng" if is_known else "đăng nhập sai")


#: Who sends hostile files: one of the agency's own, beside whom others must get on with their work.
_UPLOADER = "snv.chuyenvien2"
#: Whose door strangers try: the very people the letters name. They signed in before the storm.
ATTACKED = ("snv.chuyenvien", "snv.giamdoc", "snv.vanthu")
#: Whose door is tried, and whether the password is right.
_DOORS = [*((name, False) for name in ATTACKED), ("hoabinh.chutich", True), ("khong.co.ai", False)]


def _next_act(state: str, chance: random.Random) -> tuple[str, str, dict[str, str]]:
    """Who does what next at a document in this state: user name, act, words."""
    if state == "reviewing" and chance.random() < 0.15:
        return "snv.truongphong", "tra-lai", {"reason": "Bổ sung thời hạn."}
    if state == "reviewing" and chance.random() < 0.1:
        return "snv.chuyenvien", "rut-lai", {}
    if state == "sealed" and chance.random() < 0.1:
        return "snv.vanthu", "tra-lai-de-sua", {"reason": "Sai thể thức."}
    acts: dict[str, tuple[str, str, dict[str, str]]] = {
        "draft": ("snv.chuyenvien", "trinh", {}),
        "reviewing": ("snv.truongphong", "duyet", {}),
        "awaiting_signature": ("snv.giamdoc", "ky", {"pin": PIN}),
        "signed": ("snv.vanthu", "cap-so-dong-dau", {"pin": PIN}),
        "numbered": ("snv.vanthu", "cap-so-dong-dau", {"pin": PIN}),
        "sealed": ("snv.vanthu", "phat-hanh", {}),
    }
    if state not in acts:
        raise CommandRefused(f"trang văn bản không nêu trạng thái ({state})")
    return acts[state]


def _draft_fields(officer: Visitor, subject: str, to: list[str]) -> dict[str, str | list[str]]:
    form = officer.get("/van-ban-di/soan/")
    signer = form.tree.xpath("string(//select[@name='signer_id']/option[contains(., 'GIÁM ĐỐC')]/@value)")
    return {
        "type_code": "CV",
        "subject": subject,
        "signer_id": str(signer),
        "recipients": [officer.found("/co-quan/tim/", name) for name in to],
    }


def _letter(subject: str, to: list[str]) -> bytes:
    agency: AgencyPlan = next(each for each in INSTALLATIONS["province"] if each.name == _SENDER)
    signer = next(person for person in agency.people if person.username == "snv.giamdoc")
    return typeset(
        agency=agency,
        unit="CCVC",
        signer=signer,
        notation="SNV-CCVC",
        subject=subject,
        to=to,
        body=[*SAMPLE_BODY, f"Lượt {time.time_ns()}."],
        year=datetime.now(_VIETNAM).year,
    )
