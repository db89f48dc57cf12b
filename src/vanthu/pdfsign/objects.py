"""Looking into PDF dictionaries: values that may be references, and the form's fields by name."""

from __future__ import annotations

from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.rw_common import PdfHandler


def pick(dictionary: generic.DictionaryObject, key: str, default: Any = None) -> Any:
    """The value with references followed, which the dictionaries' own `get` does not do."""
    try:
        return dictionary[key]
    except KeyError:
        return default


def form_fields(handler: PdfHandler) -> dict[str, generic.DictionaryObject]:
    """The form's top-level fields by their names; {} when there is no form."""
    form = pick(handler.root, "/AcroForm", {})
    fields = [reference.get_object() for reference in pick(form, "/Fields", ())]
    return {str(pick(field, "/T", "")): field for field in fields}
