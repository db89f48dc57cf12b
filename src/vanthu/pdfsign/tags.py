"""What may come to a signed document's structure tree: the element of a field for a new signature, no more.

All else that is written there is read aloud in place of what is seen (/ActualText, /Alt), and nobody
signed it.
"""

from __future__ import annotations

from typing import Any

from pyhanko.pdf_utils import generic

from vanthu.pdfsign.accounting import Account
from vanthu.pdfsign.sides import Side

_ELEMENT = frozenset({"/Type", "/S", "/P", "/K", "/Pg"})
_REFERENCE = frozenset({"/Type", "/Obj", "/Pg"})


class NewTags:
    """Which elements may have come to the arrays of a structure tree, or of a form's resources."""

    def __init__(self, old: Side, new: Side, account: Account, new_fields: set[int]) -> None:
        self._old, self._new, self._account, self._fields = old, new, account, new_fields

    def may_come(self, key: str, one: Any) -> bool:
        """Whether this may stand at the end of an array under `key`."""
        if key == "/ProcSet":
            return isinstance(one, generic.NameObject)
        if key == "/Nums" and isinstance(one, generic.NumberObject):
            return True
        return key in ("/K", "/Nums") and self._is_element(one)

    def _is_element(self, one: Any) -> bool:
        element = self._new_dictionary(one, _ELEMENT)
        if element is None or self._new.get(element, "/S") != "/Form":
            return False
        kid = self._new.raw(element, "/K")
        kids = self._new.listed(kid) or [kid]
        named = [self._new_dictionary(each, _REFERENCE) for each in kids]
        return all(self._new.get(each, "/Type") == "/OBJR" and self._names_field(each) for each in named)

    def _names_field(self, reference: Any) -> bool:
        field = self._new.raw(reference, "/Obj")
        return isinstance(field, generic.IndirectObject) and field.idnum in self._fields

    def _new_dictionary(self, value: Any, keys: frozenset[str]) -> generic.DictionaryObject | None:
        """A dictionary of these entries that was not there before; None for anything else."""
        if isinstance(value, generic.IndirectObject):
            if self._old.version(generic.Reference(value.idnum, 0, self._old.reader)) is not None:
                return None
            self._account.judge(value)
        found = self._new.follow(value)
        if isinstance(found, generic.StreamObject) or not isinstance(found, generic.DictionaryObject):
            return None
        return found if found.keys() <= keys else None
