"""What is acted on is what was seen: no use case on an existing thing lacks it, and no form does."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

import pytest

from tests.architecture.source import SRC, Function, modules
from tests.architecture.test_conventions import USE_CASES

#: Whole modules whose acts are done by no person at a page, by the beginning of their names.
NOBODYS_PAGE = {
    "kernel.actions.": "jobs over stored files",
    "axis.actions.": "other programs, over signed requests, and its operator at the console",
    "exchange.actions.delivering.": "jobs that carry what was issued",
    "exchange.actions.reporting.": "jobs that tell the sender",
    "exchange.actions.sending.": "jobs that carry what was issued",
    "exchange.actions.taking.": "jobs that take what the axis brings",
    "organizations.actions.accounts.": "the administrator at the console names a person, and is shown none",
    "organizations.actions.agencies.": "the administrator at the console, and a job that reads the directory",
    "organizations.actions.people.": "the administrator at the console appoints by name",
    "exchange.actions.reopening.": "has the machine try what stands aside again, and decides nothing",
    "signing.actions.": "the administrator at the console registers a new certificate",
}
#: Acts on nothing shown in modules whose other acts do act on it.
NOTHING_SHOWN = {
    "exchange.actions.reopening.reopen_packet": "tries again what stands aside, and refuses what does not",
    "exchange.actions.reopening.resume_attempt": "tries again what stands aside, and refuses what does not",
    "incoming.actions.checking.judge_again": "a command writes what newer rules say of the same bytes",
    "incoming.actions.checking.settle_signature": "a job writes what checking again came to",
    "incoming.actions.handling.complete_answered": "a job ends what a reply that was issued answers",
    "organizations.actions.signing_in.change_password": "one's own password, which no page shows",
    "organizations.actions.signing_in.begin_sign_in": "one's own password, which no page shows",
    "organizations.actions.signing_in.finish_sign_in": "one's own password, which no page shows",
    "organizations.actions.signing_in.sign_out": "one's own session",
    "registers.actions.open_register": "the administrator at the console opens what is not there yet",
    "outgoing.actions.drafting.draft_document": "makes what is not there yet; sent twice, it makes one",
    "outgoing.actions.uploading.ask_about_changes": "a job met tracked changes",
    "outgoing.actions.holding.hold_files": "one's own files, of which nothing has come",
    "outgoing.actions.uploading.begin_upload": "a job begins to read files",
    "outgoing.actions.uploading.cancel_upload": "one's own files, of which nothing has come; else it refuses",
    "outgoing.actions.uploading.choose_changes": "one's own files, of which nothing has come yet",
    "outgoing.actions.uploading.refuse_upload": "a job could not read files",
    "outgoing.actions.uploading.send_draft": "brings what was seen in `sent`, compared under the same lock",
}

ON_WHAT_IS_SHOWN = [
    function
    for function in USE_CASES
    if function.name not in NOTHING_SHOWN and not function.name.startswith(tuple(NOBODYS_PAGE))
]


def faults_of(act: ast.FunctionDef, operations: Mapping[str, ast.FunctionDef]) -> list[str]:
    """What keeps `act` from acting on what was seen; `operations` are those of its domain, by name."""
    faults = []
    seen = next((argument for argument in act.args.kwonlyargs if argument.arg == "seen"), None)
    if seen is None or seen.annotation is None or ast.unparse(seen.annotation) != "Seen":
        return ["takes no `seen: Seen`"]
    first = act.body[1] if ast.get_docstring(act) else act.body[0]
    if not any(_compares(call, operations) for call in ast.walk(first) if isinstance(call, ast.Call)):
        faults.append("does not begin by locking what was seen: operations.lock(actor, …, seen)")
    records = [call for call in ast.walk(act) if _is_call(call, "audit.record")]
    if not records or any("acted_on" not in _keywords(call) for call in records):
        faults.append("does not record what was acted on: audit.record(…, acted_on=….acted_on)")
    return faults


def _compares(call: ast.Call, operations: Mapping[str, ast.FunctionDef]) -> bool:
    """Whether the call hands `seen` to an operation that compares it with what it has locked."""
    name = ast.unparse(call.func).removeprefix("operations.")
    passed = [*call.args, *(keyword.value for keyword in call.keywords)]
    if name not in operations or not any(ast.unparse(each) == "seen" for each in passed):
        return False
    inside = [node for node in ast.walk(operations[name]) if isinstance(node, ast.Call)]
    compared = any(_is_call(each, "require_seen") and ast.unparse(each.args[0]) == "seen" for each in inside)
    locked = any("select_for_update" in ast.unparse(each.func) for each in inside)
    calls = {ast.unparse(each.func) for each in inside} & set(operations)
    locked = locked or any("select_for_update" in ast.unparse(operations[each]) for each in calls)
    return (compared and locked) or any(_compares(each, operations) for each in inside)


def _is_call(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == name


def _keywords(node: ast.AST) -> set[str | None]:
    assert isinstance(node, ast.Call), "found as a call"
    return {keyword.arg for keyword in node.keywords}


def _operations_of(function: Function) -> dict[str, ast.FunctionDef]:
    domain = function.module.path.relative_to(SRC).parts[0]
    found = modules(f"{domain}/operations.py")
    return {each.node.name: each.node for module in found for each in module.functions()}


class TestUseCases:
    def test_that_act_on_what_is_shown_compare_it_under_the_lock_and_record_it(self) -> None:
        wrong = {
            function.name: faults
            for function in ON_WHAT_IS_SHOWN
            if (faults := faults_of(function.node, _operations_of(function)))
        }

        assert wrong == {}, "see docs/how-to/add-a-use-case.md, or say in this file why nothing is shown"

    def test_that_act_on_nothing_shown_are_there_and_do_not_take_it(self) -> None:
        names = {function.name for function in USE_CASES}

        assert set(NOTHING_SHOWN) <= names
        assert [each for each in NOBODYS_PAGE if not any(name.startswith(each) for name in names)] == []
        assert [
            function.name
            for function in USE_CASES
            if function not in ON_WHAT_IS_SHOWN and "seen" in function.keywords
        ] == []

    def test_are_found(self) -> None:
        assert len(ON_WHAT_IS_SHOWN) >= 24


LOCK = (
    "def lock(actor, id, seen):\n  row = Row.objects.select_for_update().get(id)\n  require_seen(seen, row)"
)
DEAF = "def deaf(actor, id, seen):\n  return Row.objects.select_for_update().get(id)"
LOOSE = "def loose(actor, id, seen):\n  require_seen(seen, Row.objects.get(id))"
GOOD = """
def act(*, actor, document_id, seen: Seen, now):
    "What it does."
    document = operations.lock(actor, document_id, seen)
    audit.record(action="x", acted_on=document.acted_on)
"""


class TestTheRule:
    """The rule itself bites."""

    @pytest.mark.parametrize(
        ("part", "instead", "fault"),
        [
            ("seen: Seen, ", "", "takes no"),
            ("seen: Seen, ", "seen: str, ", "takes no"),
            ("document_id, seen)", "document_id)", "does not begin"),
            ("operations.lock(", "operations.deaf(", "does not begin"),
            ("operations.lock(", "operations.loose(", "does not begin"),
            ("    document = ", "    require(may(actor))\n    document = ", "does not begin"),
            (", acted_on=document.acted_on", "", "does not record"),
        ],
    )
    def test_finds(self, part: str, instead: str, fault: str) -> None:
        assert GOOD.count(part) == 1

        assert [each for each in _judged(GOOD.replace(part, instead)) if each.startswith(fault)] != []

    def test_lets_a_good_act_pass(self) -> None:
        assert _judged(GOOD) == []


def _judged(act: str) -> list[str]:
    operations = {}
    for text in (LOCK, DEAF, LOOSE):
        node = ast.parse(text).body[0]
        assert isinstance(node, ast.FunctionDef), "written above"
        operations[node.name] = node
    node = ast.parse(act).body[0]
    assert isinstance(node, ast.FunctionDef), "written above"
    return faults_of(node, operations)


#: Forms that act on nothing shown, by the end of the template's path.
FORMS_ON_NOTHING_SHOWN = {
    "outgoing/upload.html": "one's own files, of which nothing has come",
    "accounts/sign_in.html": "one's own password",
    "accounts/change_password.html": "one's own password",
    "accounts/choose_post.html": "one's own post",
    "base.html": "signing out",
    "components/carried.html": "leads back to a form",
    "aside/list.html": "has the machine try what stands aside again, and decides nothing",
}
_FORM = re.compile(r"<form\b[^>]*method=\"post\"[^>]*>.*?</form>", re.DOTALL | re.IGNORECASE)
_SEEN = '{% include "components/seen.html" with seen='


class TestForms:
    def test_of_acts_carry_what_their_page_shows(self) -> None:
        forms = {
            str(path.relative_to(SRC)): _FORM.findall(path.read_text(encoding="utf-8"))
            for path in SRC.rglob("templates/**/*.html")
        }
        found = {name: each for name, each in forms.items() if each}
        wrong = [
            name
            for name, each in found.items()
            if not name.endswith(tuple(FORMS_ON_NOTHING_SHOWN)) and not all(_SEEN in form for form in each)
        ]

        assert wrong == [], "a form of an act includes components/seen.html"
        assert len(found) >= 11

    def test_have_the_field_from_one_template_and_its_value_from_one_function(self) -> None:
        written = [path for path in SRC.rglob("*.html") if 'name="seen"' in path.read_text(encoding="utf-8")]
        read = [module.name for module in modules("interfaces/web/**/*.py") if "Seen.parse(" in module.text]

        assert [path.name for path in written] == ["seen.html"]
        assert read == ["interfaces.web.seeing"]
