"""Looking into PDF dictionaries: values that may be references, and the form's fields by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.rw_common import PdfHandler

from vanthu.pdfsign.budget import PAGES, Budget
from vanthu.pdfsign.errors import TooComplex


def pick(dictionary: generic.DictionaryObject, key: str, default: Any = None) -> Any:
    """The value with references followed, which the dictionaries' own `get` does not do."""
    try:
        return dictionary[key]
    except KeyError:
        return default


def is_true(value: Any) -> bool:
    """Whether a value is PDF's `true`; the library's objects for it are true whichever they are."""
    return isinstance(value, generic.BooleanObject) and bool(value.value)


def form_fields(handler: PdfHandler) -> dict[str, generic.DictionaryObject]:
    """The form's top-level fields by their names; {} when there is no form."""
    form = pick(handler.root, "/AcroForm", {})
    fields = [reference.get_object() for reference in pick(form, "/Fields", ())]
    return {str(pick(field, "/T", "")): field for field in fields}


def page_references(handler: PdfHandler) -> Iterator[Any]:
    """The references to the pages in order, as the page tree has them, whatever its /Count says.

    Raises TooComplex for more than PAGES, however few objects they are.
    """
    waiting: list[Any] = [handler.root.raw_get("/Pages")]
    count, steps = 0, Budget(8 * PAGES)
    while waiting:
        reference = waiting.pop()
        node = reference.get_object()
        if not isinstance(node, generic.DictionaryObject):
            continue
        kids = pick(node, "/Kids")
        if isinstance(kids, generic.ArrayObject) and pick(node, "/Type") != "/Page":
            steps.spend(1 + len(kids))
            waiting += reversed(list(list.__iter__(kids)))
            continue
        count += 1
        if count > PAGES:
            raise TooComplex
        yield reference
