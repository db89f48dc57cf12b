"""Rights are asked of whom the act uses them of: a person who stands in for another has the other's alone."""

from __future__ import annotations

import ast

from tests.architecture.source import Function, modules

#: What is a person's own whomever he stands in for, with the reason.
ONES_OWN = {
    "outgoing.permissions.own_uploads": "what is not a draft yet is served to nobody else",
    "organizations.permissions.may_manage_account": "not one's own account, nor the absent one's",
}
_OF_A_PERSON = {"user_id", "post_id", "unit_id", "roles"}


def _asks_the_person(function: Function) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in _OF_A_PERSON
        and isinstance(node.value, ast.Name)
        and node.value.id == "actor"
        for node in ast.walk(function.node)
    )


ASKING = {
    function.name
    for module in modules("*/permissions.py")
    for function in module.functions()
    if _asks_the_person(function)
}


def test_every_predicate_asks_the_holder_of_the_right() -> None:
    """`actor.holder.roles`, not `actor.roles` (NĐ 30/2020 Điều 13: who signs for another uses his right)."""
    assert ASKING - set(ONES_OWN) == set()


def test_each_exception_is_still_one() -> None:
    assert set(ONES_OWN) - ASKING == set()
