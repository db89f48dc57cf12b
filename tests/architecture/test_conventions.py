"""How a use case, a query, a task and the edge are written, everywhere alike."""

from __future__ import annotations

import ast
import re

from tests.architecture.source import SRC, TESTS, Function, Module, modules

ACTIONS = modules("*/actions.py", "*/actions/*.py")
QUERIES = modules("*/queries.py", "*/queries/*.py")
EDGE = modules("interfaces/**/*.py")
EVERYTHING = modules("**/*.py")

#: Queries that make actors, and so cannot ask for one.
QUERIES_WITHOUT_ACTOR = {
    "organizations.queries.people.actor_for_session",
    "organizations.queries.people.person_for_session",
    "organizations.queries.people.session_stamp",
}

#: Modules that speak to machines elsewhere and must say when they speak.
CLOCKS_OF_THEIR_OWN = {"exchange.axis_client"}

#: Where the order of rows is the order of times, so the time is read again under the lock (kernel.clock).
TIME_UNDER_THE_LOCK = {"registers.actions", "registers.operations"}

#: Methods that change rows or open transactions.
WRITES = {
    "abulk_create",
    "acreate",
    "adelete",
    "asave",
    "atomic",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "select_for_update",
    "update_or_create",
}


def _is_use_case(function: Function) -> bool:
    """An action: a public function of an actions module; `__init__` only gathers them."""
    return function.module.path.name != "__init__.py"


USE_CASES = [
    function for module in ACTIONS for function in module.public_functions() if _is_use_case(function)
]


class TestUseCases:
    def test_are_found(self) -> None:
        assert len(USE_CASES) > 30

    def test_take_keywords_only_the_actor_first_and_the_clock_from_outside(self) -> None:
        wrong = [
            function.name
            for function in USE_CASES
            if function.node.args.posonlyargs
            or function.node.args.args
            or function.keywords[:1] != ["actor"]
            or "now" not in function.keywords
        ]

        assert wrong == [], "write: def act(*, actor: Actor, …ids…, now: datetime)"

    def test_own_one_durable_transaction_that_is_repeated_when_broken_off(self) -> None:
        wrong = [
            function.name
            for function in USE_CASES
            if "use_case" not in map(ast.unparse, function.node.decorator_list)
        ]

        assert wrong == [], "a use case is decorated @use_case; a shared step is an operation"

    def test_are_audited(self) -> None:
        wrong = [function.name for function in USE_CASES if not _is_audited(function)]

        assert wrong == [], "a use case calls audit.record itself or through a function beside it"

    def test_do_not_call_each_other(self) -> None:
        names = {function.node.name for function in USE_CASES}
        wrong = [
            f"{function.name} calls {call.func.id}"
            for function in USE_CASES
            for call in ast.walk(function.node)
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in names
        ]

        assert wrong == [], "what two use cases share is an operation, or a private function beside them"


def _is_audited(function: Function) -> bool:
    """Whether audit.record is called by the function, or by what it calls of this domain."""
    beside = {other.node.name: other for other in function.module.functions()}
    operations = _operations_of(function.module)
    seen: set[str] = set()
    waiting = [function]
    while waiting:
        current = waiting.pop()
        called = [ast.unparse(node.func) for node in ast.walk(current.node) if isinstance(node, ast.Call)]
        if "audit.record" in called:
            return True
        for name in set(called) - seen:
            seen.add(name)
            found = beside.get(name) or operations.get(name.removeprefix("operations."))
            waiting += [found] if found else []
    return False


def _operations_of(module: Module) -> dict[str, Function]:
    domain = module.path.relative_to(SRC).parts[0]
    return {
        function.node.name: function
        for operations in modules(f"{domain}/operations.py")
        for function in operations.functions()
    }


class TestQueries:
    def test_take_the_actor_first(self) -> None:
        wrong = {
            function.name
            for module in QUERIES
            for function in module.public_functions()
            if [argument.arg for argument in function.node.args.args[:1]] != ["actor"]
        }

        assert wrong == QUERIES_WITHOUT_ACTOR, "no read without an actor: def get_thing(actor: Actor, *, …)"

    def test_write_nothing(self) -> None:
        assert [place for module in QUERIES for place in _writes(module)] == []


class TestTheEdge:
    def test_writes_nothing(self) -> None:
        assert [place for module in EDGE for place in _writes(module)] == [], "call an action"

    def test_alone_looks_at_the_clock(self) -> None:
        clocks = {"timezone.now", "datetime.now", "datetime.utcnow", "date.today"}
        wrong = [
            module.place_of(call)
            for module in EVERYTHING
            if not module.name.startswith("interfaces.") and not module.name.endswith(".tasks")
            if module.name not in CLOCKS_OF_THEIR_OWN
            for call in module.calls()
            if ast.unparse(call.func) in clocks
        ]

        assert wrong == [], "take `now` as a parameter; the edge and the tasks pass it"

    def test_alone_but_for_the_registers(self) -> None:
        looking = {
            module.name
            for module in EVERYTHING
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "clock"
        }

        assert looking == TIME_UNDER_THE_LOCK, "everything else happens at `now`"


def _writes(module: Module) -> list[str]:
    return [
        module.place_of(call)
        for call in module.calls()
        if isinstance(call.func, ast.Attribute)
        and (call.func.attr in WRITES or ".objects." in ast.unparse(call.func))
        and (call.func.attr in {*WRITES, "create", "update", "delete"})
    ]


class TestTasks:
    def test_take_keywords_and_survive_arguments_of_tomorrow(self) -> None:
        """A job written by the next version may be run by this one, and the other way round."""
        wrong = [
            function.name
            for module in modules("*/tasks.py")
            for function in module.public_functions()
            if any("task" in ast.unparse(decorator) for decorator in function.node.decorator_list)
            and (
                # A periodic task is told when it was due.
                [argument.arg for argument in function.node.args.args] not in ([], ["timestamp"])
                or function.node.args.kwarg is None
            )
        ]

        assert wrong == [], "write: def task(*, document_id: str, **_later: object)"


class TestLocks:
    def test_leave_alone_who_only_names_the_row(self) -> None:
        """A row locked with its key is closed to every other act that merely refers to it (ADR 0026)."""
        wrong = [
            module.place_of(call)
            for module in EVERYTHING
            for call in module.calls()
            if isinstance(call.func, ast.Attribute)
            # The ORM's update_or_create locks the row with its key, and cannot be told not to.
            if call.func.attr in {"aupdate_or_create", "update_or_create"}
            or (
                call.func.attr == "select_for_update"
                and "no_key=True" not in [ast.unparse(keyword) for keyword in call.keywords]
            )
        ]

        assert wrong == [], "select_for_update(no_key=True); no key of ours is ever changed or deleted"

    def test_leave_alone_who_only_names_the_row_in_sql_too(self) -> None:
        stronger = re.compile(r"\bFOR UPDATE\b")
        wrong = [
            module.place_of(node)
            for module in EVERYTHING
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and stronger.search(node.value)
            # A job that is done is deleted, so whoever ends it locks its key as well.
            if "procrastinate_jobs" not in node.value
        ]

        assert wrong == [], "FOR NO KEY UPDATE"


class TestModels:
    def test_are_saved_field_by_field(self) -> None:
        """A whole row written back undoes what somebody else changed meanwhile."""
        wrong = [
            module.place_of(call)
            for module in modules("*/actions.py", "*/actions/*.py", "*/operations.py", "kernel/*.py")
            for call in module.calls()
            if isinstance(call.func, ast.Attribute)
            and call.func.attr == "save"
            and "storage" not in ast.unparse(call.func)
            and not {keyword.arg for keyword in call.keywords} & {"update_fields", "force_insert"}
        ]

        assert wrong == [], "save(update_fields=[…])"

    def test_have_no_order_of_their_own(self) -> None:
        wrong = [
            module.name
            for module in modules("*/models.py")
            if re.search(r"^\s+ordering = ", module.text, re.MULTILINE)
        ]

        assert wrong == [], "say order_by where the list is made"


class TestModules:
    def test_stay_small(self) -> None:
        files = [*SRC.rglob("*.py"), *TESTS.rglob("*.py")]
        sizes = {str(path): len(path.read_text(encoding="utf-8").splitlines()) for path in files}

        assert {path: size for path, size in sizes.items() if size > 400} == {}, "split by verb"

    def test_are_named_after_what_they_hold(self) -> None:
        nothing = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}

        assert [path for path in SRC.rglob("*") if path.stem in nothing] == []

    def test_say_what_they_are(self) -> None:
        wrong = [module.name for module in EVERYTHING if not ast.get_docstring(module.tree)]

        assert wrong == [], "a module opens with one sentence"

    def test_leave_nothing_for_later(self) -> None:
        words = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
        wrong = [
            f"{path}:{number}"
            for path in [*SRC.rglob("*.py"), *TESTS.rglob("*.py")]
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
            if words.search(line)
        ]

        assert wrong == []

    def test_silence_a_tool_only_with_a_code_and_a_reason(self) -> None:
        lint = r"noqa(?!: [A-Z]+\d+(, [A-Z]+\d+)*( - |  # )\S)"
        types = r"type:\s*ignore(?!\[[\w-]+(, ?[\w-]+)*\]  # \S)"
        bare = re.compile(rf"#\s*({lint}|{types})")
        wrong = [
            f"{path}:{number}"
            for path in [*SRC.rglob("*.py"), *TESTS.rglob("*.py")]
            if path != SRC and "architecture" not in path.parts
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
            if bare.search(line)
        ]

        assert wrong == [], "write: # noqa: S608 - why, or: # type: ignore[code]  # why"


class TestDocstrings:
    def test_stand_on_every_public_function_and_class(self) -> None:
        wrong = [
            f"{module.place_of(node)} {node.name}"
            for module in EVERYTHING
            for node in module.tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
        ]

        assert wrong == [], "say what is promised and which errors are raised"


class TestTests:
    def test_are_never_skipped(self) -> None:
        ways = re.compile(r"pytest\.(skip|xfail|importorskip)|mark\.(skip|skipif|xfail)\b")
        wrong = [
            str(path)
            for path in TESTS.rglob("*.py")
            if "architecture" not in path.parts and ways.search(path.read_text(encoding="utf-8"))
        ]

        assert wrong == [], "make what the test needs, or do not write it"
