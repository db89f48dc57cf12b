"""The places of number, date, signature and seal as numbers in a form; the boxes on the page move them.

Points of the page's own, whose lower left corner need not be at 0, 0. Without scripts the numbers are typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from vanthu.interfaces.web.forms import Form

#: Name in pdfsign.Places → what the box is called, and how it is drawn.
NAMES: Mapping[str, tuple[str, str]] = {
    "number": ("Số", "text"),
    "day": ("Ngày", "text"),
    "month": ("Tháng", "text"),
    "signature": ("Chữ ký", "signature"),
    "seal": ("Dấu cơ quan", "seal"),
}
_PARTS = ("page", "x", "y", "width", "height")
_LABELS = {"page": "trang", "x": "cách trái", "y": "cách đáy", "width": "rộng", "height": "cao"}

#: Where a place that was not found is shown at first, on the usual A4 layout of NĐ 30/2020 PL I.
#: «page»: 1 from the beginning, -1 the last; from the lower left corner of what is seen of it.
_USUAL: Mapping[str, dict[str, float]] = {
    "number": {"page": 1, "x": 118, "y": 718, "width": 40, "height": 16},
    "day": {"page": 1, "x": 402, "y": 718, "width": 20, "height": 16},
    "month": {"page": 1, "x": 462, "y": 718, "width": 18, "height": 16},
    "signature": {"page": -1, "x": 340, "y": 190, "width": 150, "height": 60},
    "seal": {"page": -1, "x": 288, "y": 169, "width": 102, "height": 102},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    """One line of the table of places."""

    name: str
    label: str
    kind: str
    #: Not found in the text: shown at the usual place, to be moved.
    is_missing: bool
    fields: list[forms.BoundField]
    has_error: bool


class PlacesForm(Form):
    """Five boxes of five numbers."""

    is_kept_where_changed = True

    def __init__(
        self,
        *args: Any,
        places: Mapping[str, Any],
        areas: Sequence[tuple[float, float, float, float] | None],
        **kwargs: Any,
    ) -> None:
        self._found, self._areas = places, areas
        pages = len(areas)
        initial = {
            f"{name}-{part}": value for name in NAMES for part, value in self._start(name, pages).items()
        }
        super().__init__(*args, initial=initial, **kwargs)
        for name, (label, _) in NAMES.items():
            for part in _PARTS:
                self.fields[f"{name}-{part}"] = self._number(label, part, pages)

    def _start(self, name: str, pages: int) -> dict[str, float]:
        box = self._found.get(name)
        if not box:
            usual = dict(_USUAL[name])
            usual["page"] = 1 if usual["page"] == 1 else pages
            left, bottom, _, _ = self._areas[int(usual["page"]) - 1] or (0.0, 0.0, 0.0, 0.0)
            return usual | {"x": round(usual["x"] + left, 1), "y": round(usual["y"] + bottom, 1)}
        return {
            "page": box["page"],
            "x": round(box["x0"], 1),
            "y": round(box["y0"], 1),
            "width": round(box["x1"] - box["x0"], 1),
            "height": round(box["y1"] - box["y0"], 1),
        }

    def _number(self, label: str, part: str, pages: int) -> forms.Field:
        attrs: dict[str, str] = {"data-part": part, "aria-label": f"{label}: {_LABELS[part]}", "class": ""}
        message = {
            "required": f"{label}: thiếu {_LABELS[part]}.",
            "invalid": f"{label}: {_LABELS[part]} phải là số.",
        }
        if part == "page":
            return forms.IntegerField(
                label=f"{label}, {_LABELS[part]}",
                min_value=1,
                max_value=pages,
                widget=forms.NumberInput(attrs=attrs),
                error_messages={**message, "max_value": f"{label}: văn bản chỉ có {pages} trang."},
            )
        return forms.FloatField(
            label=f"{label}, {_LABELS[part]}",
            min_value=1 if part in {"width", "height"} else None,
            widget=forms.NumberInput(attrs={**attrs, "step": "any"}),
            error_messages=message,
        )

    @property
    def rows(self) -> list[PlaceRow]:
        """The table of places."""
        return [
            PlaceRow(
                name=name,
                label=label,
                kind=kind,
                is_missing=not self._found.get(name),
                fields=[self[f"{name}-{part}"] for part in _PARTS],
                has_error=any(self[f"{name}-{part}"].errors for part in _PARTS),
            )
            for name, (label, kind) in NAMES.items()
        ]

    @property
    def places(self) -> dict[str, Any]:
        """pdfsign.Places as a plain dict."""
        return {name: self._box(name) for name in NAMES}

    @property
    def is_moved(self) -> bool:
        """Whether any box differs from where it was found, or was not found at all."""
        return any(row.is_missing for row in self.rows) or bool(self.changed_data)

    def _box(self, name: str) -> dict[str, Any]:
        page, x, y, width, height = (self.cleaned_data[f"{name}-{part}"] for part in _PARTS)
        box = {"page": page, "x0": x, "y0": y, "x1": x + width, "y1": y + height}
        if (self._found.get(name) or {}).get("opaque"):
            box["opaque"] = True
        return box
