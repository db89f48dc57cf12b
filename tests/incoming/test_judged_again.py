"""Verdicts that older rules came to are looked at anew, and what was said before stays in the record."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import pytest

from tests import arrivals
from tests.traces import audited, nothing_changed
from tests.world import NOW, World
from vanthu.incoming import actions, queries
from vanthu.incoming.models import IncomingDocument
from vanthu.interfaces.cli.system import main
from vanthu.kernel.errors import NotAllowed, NotFound
from vanthu.pdfsign import RULES_VERSION
from vanthu.signing import rules
from vanthu.signing.models import Verification
from vanthu.signing.operations import Examination
from vanthu.signing.states import Verdict

FALSE_ALARM = "Đã bị sửa sau khi ký số: sau chữ ký số của Sở Nội vụ, có đối tượng PDF bị ghép vào cuối tệp."


def found(verdict: Verdict, message: str, problem: str | None) -> Examination:
    """What a check came to, with one signature that made the verdict."""
    one = {"kind": "timestamp", "verdict": verdict.value, "details": {"problem": problem}}
    report = {"verdict": verdict.value, "message": message, "signatures": [one]}
    return Examination(verdict=verdict, message=message, report=report, checked_at=NOW)


def _arrived(world: World, before: Examination) -> tuple[UUID, str]:
    """A document whose PDF was judged so, by the rules of before."""
    file = arrivals.main_file()
    document = arrivals.arrived(world, files=[file], examinations={file.blob.sha256: before})
    Verification.objects.filter(blob_id=file.blob.sha256).update(rules_version=RULES_VERSION - 1)
    IncomingDocument.objects.filter(pk=document).update(rules_version=RULES_VERSION - 1)
    return document, file.blob.sha256


def _judge(world: World, document: UUID, examinations: Mapping[str, Examination]) -> bool:
    return actions.judge_again(actor=world.machine, document_id=document, examinations=examinations, now=NOW)


class TestJudgeAgain:
    @pytest.mark.parametrize("who", ["outsider", "officer", "clerk", "leader"])
    def test_is_refused_to(self, world: World, who: str) -> None:
        document = arrivals.directed(world)

        with nothing_changed(), pytest.raises(NotFound if who == "outsider" else NotAllowed):
            actions.judge_again(actor=world.actor(who), document_id=document, examinations={}, now=NOW)

    def test_takes_a_false_alarm_back_and_keeps_it_in_the_record(self, world: World) -> None:
        document, sha256 = _arrived(world, found(Verdict.INVALID, FALSE_ALARM, "changed_after"))
        assert queries.judged_by_older_rules(world.machine, most=9) == [document]

        assert _judge(world, document, {sha256: found(Verdict.VALID, "Tốt.", None)}) is True

        row = IncomingDocument.objects.get(pk=document)
        assert (row.verdict, row.verdict_message) == ("valid", "Tốt.")
        assert queries.judged_by_older_rules(world.machine, most=9) == []
        action, _, data = audited(document)[-1]
        assert (action, data) == (
            "incoming.judged-again",
            {
                "rules": RULES_VERSION,
                "verdict": "valid",
                "message": "Tốt.",
                "verdict_before": "invalid",
                "message_before": FALSE_ALARM,
            },
        )

    def test_takes_back_what_older_rules_called_valid(self, world: World) -> None:
        document, sha256 = _arrived(world, found(Verdict.VALID, "Tốt.", None))
        now = found(Verdict.INDETERMINATE, "Có hình che chữ.", "changed_unclear")

        assert _judge(world, document, {sha256: now}) is True
        assert IncomingDocument.objects.get(pk=document).verdict == "indeterminate"

    def test_lets_a_certificate_that_ended_since_take_nothing_back(self, world: World) -> None:
        """Years later no service answers for it; that was settled when the document came."""
        document, sha256 = _arrived(world, found(Verdict.VALID, "Tốt.", None))
        now = found(Verdict.INDETERMINATE, "Đã hết hạn.", "expired_since")

        assert _judge(world, document, {sha256: now}) is False

        row = IncomingDocument.objects.get(pk=document)
        kept = Verification.objects.get(blob_id=sha256)
        assert (row.verdict, kept.verdict, kept.message) == ("valid", "valid", "Tốt.")
        assert kept.rules_version == RULES_VERSION

    def test_done_twice_changes_nothing_more(self, world: World) -> None:
        document, sha256 = _arrived(world, found(Verdict.INVALID, FALSE_ALARM, "changed_after"))
        good = {sha256: found(Verdict.VALID, "Tốt.", None)}

        assert [_judge(world, document, good), _judge(world, document, good)] == [True, False]


@pytest.mark.parametrize(
    ("was", "now", "anew"),
    [
        ("changed_after", "untrusted", True),
        ("changed_after", "", True),
        ("", "changed_unclear", True),
        ("", "revocation_unknown", False),
        ("untrusted", "expired_since", False),
        ("revocation_unknown", "", True),
    ],
)
def test_what_counts_as_judged_anew(was: str, now: str, anew: bool) -> None:
    def report(problem: str) -> dict[str, object]:
        verdict = "x" if problem else "valid"
        return {"verdict": verdict, "signatures": [{"verdict": verdict, "details": {"problem": problem}}]}

    assert rules.judges_anew(report(was), report(now)) is anew


class TestTheCommand:
    def test_says_how_many_changed_and_stops_where_it_is_told(
        self, world: World, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Two documents of an unsigned PDF that older rules called altered."""
        both = [_arrived(world, found(Verdict.INVALID, FALSE_ALARM, "changed_after"))[0] for _ in range(2)]

        assert main(["judge-again", "--most", "1"]) == 1
        first = capsys.readouterr().out.splitlines()
        assert main(["judge-again"]) == 0
        second = capsys.readouterr().out.splitlines()

        last = "1 văn bản đã kiểm tra lại, 1 có kết luận khác trước"
        assert first[-1] == f"{last}; còn văn bản theo quy tắc cũ, hãy chạy lại lệnh này"
        assert second[-1] == last
        assert {line.split("\t")[0] for line in (first[0], second[0])} == {str(one) for one in both}
        assert set(IncomingDocument.objects.values_list("verdict", flat=True)) == {"unsigned"}
