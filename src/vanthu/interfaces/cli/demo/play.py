"""`vanthu demo play`: the main job, end to end, over HTTP, against a running demo.

A letter goes from an officer's desk of Sở Nội vụ to an agency of the same installation and to one that only
the axis reaches; the outside agency's officer answers it; the first sender sees every state and the reply.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from vanthu.interfaces.cli.command import CommandRefused
from vanthu.interfaces.cli.demo.cast import INSTALLATIONS, PASSWORD, PIN, AgencyPlan, PersonPlan
from vanthu.interfaces.cli.demo.letters import SAMPLE_BODY, typeset
from vanthu.interfaces.cli.demo.topology import add_folder
from vanthu.interfaces.cli.demo.visitor import Screen, Upload, Visitor

_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
#: Seconds a packet may take through the axis and back before the play gives up.
_PATIENCE = 60.0


@dataclass(frozen=True, kw_only=True)
class PlayedStep:
    """One step of the play: what was done, by whom, the state it led to, how long it took."""

    step: str
    actor: str
    state: str
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Desk:
    """An agency at its installation, and the people of the play who work there."""

    url: str
    agency: AgencyPlan
    prefix: str
    leader: str
    unit: str

    def person(self, username: str) -> PersonPlan:
        """The plan of one of its people."""
        return next(person for person in self.agency.people if person.username == username)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--json", action="store_true", help="in kết quả dạng JSON")
    add_folder(parser)


def run(args: argparse.Namespace) -> int:
    """Play the main job; 0 when every state was as it must be."""
    play = Play(args.var, quiet=args.json)
    result = play.run()
    if args.json:
        print(json.dumps(result, ensure_ascii=False, indent=2))
    else:
        print(f"Văn bản đã phát hành: {result['issued_pdf']}")
        print(f"Văn bản trả lời:      {result['reply_pdf']}")
        print(f"Chứng thư gốc mẫu:    {result['trust']}")
    return 0


class Play:
    """The play itself: steps one after another, each checked before the next."""

    def __init__(self, var: Path, *, quiet: bool) -> None:
        addresses = _addresses(var)
        self._var, self._quiet = var, quiet
        province, outside = INSTALLATIONS["province"], INSTALLATIONS["outside"]
        interior = next(agency for agency in province if agency.abbreviation == "SNV")
        self._sender = Desk(
            url=addresses["province"], agency=interior, prefix="snv", leader="snv.giamdoc", unit="CCVC"
        )
        self._receiver = Desk(
            url=addresses["outside"], agency=outside[0], prefix="tp", leader="tp.giamdoc", unit="TCBC"
        )
        self._neighbour = next(agency for agency in province if agency.code == "H99.31")
        self._visitors: dict[str, Visitor] = {}
        self._steps: list[PlayedStep] = []
        self._since = time.monotonic()
        #: Distinguishes this play's letters from those of an earlier one.
        self._mark = datetime.now(_VIETNAM).strftime("%d%m%Y-%H%M%S")

    def run(self) -> dict[str, object]:
        """Play every step. Raises CommandRefused at the first wrong state."""
        try:
            return self._run()
        finally:
            for visitor in self._visitors.values():
                visitor.close()

    def _run(self) -> dict[str, object]:
        subject = f"V/v rà soát vị trí việc làm năm 2027 (diễn thử {self._mark})"
        letter_id = self._draft(self._sender, subject, [self._neighbour.name, self._receiver.agency.name])
        issued = self._carry_out(self._sender, letter_id)
        arrived = self._arrival(self._receiver, subject)
        self._take_in(self._receiver, arrived)
        self._direct_and_start(self._receiver, arrived)
        answer = f"V/v trả lời rà soát vị trí việc làm năm 2027 (diễn thử {self._mark})"
        reply_id = self._draft(self._receiver, answer, [self._sender.agency.name], replies_to=arrived)
        reply = self._carry_out(self._receiver, reply_id)
        self._see_done(arrived)
        self._see_deliveries(letter_id)
        return {
            "steps": [asdict(step) for step in self._steps],
            "issued_pdf": str(issued),
            "reply_pdf": str(reply),
            "trust": str(_trust(self._var)),
        }

    def _draft(self, desk: Desk, subject: str, to: list[str], *, replies_to: str = "") -> str:
        officer = self._visitor(desk, f"{desk.prefix}.chuyenvien")
        signer = desk.person(desk.leader)
        path = f"/van-ban-di/soan/?tra-loi={replies_to}" if replies_to else "/van-ban-di/soan/"
        form = officer.get(path)
        pdf = typeset(
            agency=desk.agency,
            unit=desk.unit,
            signer=signer,
            notation=f"{desk.agency.abbreviation}-{desk.unit}",
            subject=subject,
            to=to,
            body=SAMPLE_BODY,
            year=datetime.now(_VIETNAM).year,
        )
        upload: Upload = ("draft_file", ("du-thao.pdf", pdf, "application/pdf"))
        fields: dict[str, str | list[str]] = {
            "type_code": "CV",
            "subject": subject,
            "urgency": "1",
            "secrecy": "normal",
            "signer_id": _option(form, "signer_id", signer.full_name),
            "recipients": [officer.found("/co-quan/tim/", name) for name in to],
            "to_places": f"Lưu: VT, {desk.unit}",
        }
        page = officer.post(path, fields, [upload])
        self._expect(page, "draft", "Soạn dự thảo" if not replies_to else "Soạn văn bản trả lời", officer)
        page = officer.act(f"/van-ban-di/{page.document_id}/trinh/", {})
        self._expect(page, "reviewing", "Trình ký", officer)
        return page.document_id

    def _carry_out(self, desk: Desk, document_id: str) -> Path:
        """Approve, sign, number, seal and issue; returns where the issued PDF was saved."""
        here = f"/van-ban-di/{document_id}"
        head = self._visitor(desk, f"{desk.prefix}.truongphong")
        self._expect(
            head.act(f"{here}/duyet/", {"comment": "Đồng ý"}), "awaiting_signature", "Duyệt nội dung", head
        )
        leader = self._visitor(desk, desk.leader)
        self._expect(leader.act(f"{here}/ky/", {"pin": PIN}), "signed", "Ký số", leader)
        clerk = self._visitor(desk, f"{desk.prefix}.vanthu")
        page = clerk.act(f"{here}/cap-so-dong-dau/", {"pin": PIN})
        self._expect(page, "sealed", "Cấp số, đóng dấu", clerk)
        page = clerk.act(f"{here}/phat-hanh/", {})
        self._expect(page, "issued", "Phát hành", clerk)
        content = clerk.file(page.links(f"/tep/di/{document_id}/")[0])
        saved = self._var / "demo" / f"{desk.prefix}-{self._mark}.pdf"
        saved.parent.mkdir(parents=True, exist_ok=True)
        saved.write_bytes(content)
        return saved.resolve()

    def _arrival(self, desk: Desk, subject: str) -> str:
        """Wait for the letter in «Chờ tiếp nhận»; returns its id there."""
        clerk = self._visitor(desk, f"{desk.prefix}.vanthu")

        def look() -> str | None:
            page = clerk.get(f"/van-ban-den/?tab=arrived&q={self._mark}")
            links = page.documents("/van-ban-den/")
            return links[0] if links else None

        page = clerk.get(clerk.wait(_PATIENCE, look, f"văn bản «{subject}»"))
        self._expect(page, "arrived", "Đến qua Trục liên thông", clerk)
        verdict = str(page.tree.xpath("string(//*[@data-verdict]/@data-verdict)"))
        if verdict != "valid":
            raise CommandRefused(f"Chữ ký phải hợp lệ, nhưng là «{verdict}».", exit_code=1)
        return page.document_id

    def _take_in(self, desk: Desk, document_id: str) -> None:
        clerk = self._visitor(desk, f"{desk.prefix}.vanthu")
        page = clerk.act(f"/van-ban-den/{document_id}/vao-so/", {})
        self._expect(page, "registered", "Tiếp nhận, vào sổ", clerk)

    def _direct_and_start(self, desk: Desk, document_id: str) -> None:
        leader = self._visitor(desk, desk.leader)
        path = f"/van-ban-den/{document_id}/chi-dao/"
        staff = f"/van-ban-den/{document_id}/giao-cho/"
        officer_plan = desk.person(f"{desk.prefix}.chuyenvien")
        head_plan = desk.person(f"{desk.prefix}.truongphong")
        due = (datetime.now(_VIETNAM) + timedelta(days=3)).strftime("%Y-%m-%dT17:00")
        fields = {
            "assignees": [
                f"lead:{leader.found(staff, officer_plan.full_name)}",
                f"inform:{leader.found(staff, head_plan.full_name)}",
            ],
            "instruction": "Tham mưu văn bản trả lời đúng hạn.",
            "due_at": due,
        }
        self._expect(leader.act(path, fields), "directed", "Chỉ đạo, chuyển xử lý", leader)
        officer = self._visitor(desk, officer_plan.username)
        page = officer.act(f"/van-ban-den/{document_id}/bat-dau/", {})
        self._expect(page, "processing", "Bắt đầu xử lý", officer)

    def _see_done(self, document_id: str) -> None:
        officer = self._visitor(self._receiver, f"{self._receiver.prefix}.chuyenvien")

        def look() -> Screen | None:
            page = officer.get(f"/van-ban-den/{document_id}/")
            return page if page.state == "completed" else None

        page = officer.wait(_PATIENCE, look, "văn bản đến hoàn thành")
        self._expect(page, "completed", "Hoàn thành vì đã trả lời", officer)

    def _see_deliveries(self, document_id: str) -> None:
        """The first sender sees every state of the outside recipient, and the reply."""
        clerk = self._visitor(self._sender, f"{self._sender.prefix}.vanthu")

        def look() -> Screen | None:
            page = clerk.get(f"/van-ban-di/{document_id}/gui-nhan/")
            rows = page.tree.xpath("//*[@data-delivery-state='06'][.//*[@data-reply]]")
            return page if rows else None

        page = clerk.wait(_PATIENCE, look, "trạng thái 06 và văn bản trả lời")
        states = {str(code) for code in page.tree.xpath("//*[@data-status]/@data-status")}
        missing = {"01", "03", "04", "05", "06"} - states
        if missing:
            raise CommandRefused(f"Bên gửi chưa thấy trạng thái {', '.join(sorted(missing))}.", exit_code=1)
        self._note("Bên gửi thấy đủ trạng thái và văn bản trả lời", clerk.username, "06")

    def _visitor(self, desk: Desk, username: str) -> Visitor:
        if username not in self._visitors:
            self._visitors[username] = Visitor(desk.url, username, PASSWORD)
            self._since = time.monotonic()
        return self._visitors[username]

    def _expect(self, page: Screen, state: str, step: str, visitor: Visitor) -> None:
        self._note(step, visitor.username, page.state)
        if page.state != state:
            raise CommandRefused(
                f"Sau bước «{step}» trạng thái phải là «{state}», nhưng là «{page.state or page.problem}».",
                exit_code=1,
            )

    def _note(self, step: str, actor: str, state: str) -> None:
        now = time.monotonic()
        played = PlayedStep(step=step, actor=actor, state=state, seconds=round(now - self._since, 3))
        self._since = now
        self._steps.append(played)
        if not self._quiet:
            print(f"{played.seconds:7.2f} s  {step:<48} {actor:<18} {state}", flush=True)


def _addresses(var: Path) -> dict[str, str]:
    """The addresses of the running demo, from what it writes when it starts."""
    try:
        state = json.loads((var / "run.json").read_text(encoding="utf-8"))
        return {name: str(address) for name, address in state["addresses"].items()}
    except (OSError, ValueError, KeyError) as error:
        raise CommandRefused(
            f"Tỉnh mẫu chưa chạy (không có {var / 'run.json'}). Hãy chạy «make run» trước."
        ) from error


def _trust(var: Path) -> Path:
    roots = sorted((var / "pki" / "trust").glob("*.pem"))
    if not roots:
        raise CommandRefused(f"Không thấy chứng thư gốc mẫu trong {var / 'pki' / 'trust'}.", exit_code=1)
    return roots[0].resolve()


def _option(form: Screen, field: str, words: str) -> str:
    """The value of the choice that reads `words`."""
    values = form.tree.xpath(
        "//select[@name=$field]/option[contains(., $words)]/@value", field=field, words=words
    )
    if not values:
        raise CommandRefused(f"Biểu mẫu không có lựa chọn «{words}».", exit_code=1)
    return str(values[0])
