"""The places of number, date, signature and seal as numbers in a form; the boxes on the page move them.

Points of the page's own, whose lower left corner need not be at 0, 0. Without scripts the numbers are typed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from vanthu.documents.rules import written_day, written_month
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
    #: What is written there once it is filled in, for trial; empty for pictures.
    sample: str
    fields: list[forms.BoundField]
    #: «Đúng chỗ»: says of a box shown at the usual place that it belongs there; None for one that was found.
    confirmed: forms.BoundField | None
    has_error: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPlace:
    """A place as it is shown on the paper to whoever may not move it."""

    name: str
    label: str
    kind: str
    sample: str
    page: int
    x: float
    y: float
    width: float
    height: float


def shown_places(places: Mapping[str, Any], *, today: date, number: str = "") -> list[ShownPlace]:
    """The places of pdfsign.Places (plain) that somebody or the letter's own lines have put on the pages.

    `number`: the one that would be given now, tried on the page with today's date.
    """
    samples = _samples(today, number)
    return [
        ShownPlace(name=name, label=label, kind=kind, sample=samples.get(name, ""), **_numbers(places[name]))
        for name, (label, kind) in NAMES.items()
        if places.get(name)
    ]


def _samples(today: date, number: str = "") -> dict[str, str]:
    return {"number": number or "000", "day": written_day(today), "month": written_month(today)}


def _numbers(box: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "page": box["page"],
        "x": round(box["x0"], 1),
        "y": round(box["y0"], 1),
        "width": round(box["x1"] - box["x0"], 1),
        "height": round(box["y1"] - box["y0"], 1),
    }


class PlacesForm(Form):
    """Five boxes of five numbers.

    A box nobody has found is shown at the usual place and is not placed by being saved there: somebody moves
    it, or says that it is right.
    """

    is_kept_where_changed = True

    def __init__(
        self,
        *args: Any,
        places: Mapping[str, Any],
        areas: Sequence[tuple[float, float, float, float] | None],
        today: date,
        typed: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        """`typed`: places that need no box, for the letter has them filled in already."""
        self._found, self._areas, self._today = places, areas, today
        self._names = {name: shown for name, shown in NAMES.items() if name not in typed}
        pages = len(areas)
        initial = {
            f"{name}-{part}": value
            for name in self._names
            for part, value in self._start(name, pages).items()
        }
        super().__init__(*args, initial=initial, **kwargs)
        for name, (label, _) in self._names.items():
            for part in _PARTS:
                self.fields[f"{name}-{part}"] = self._number(label, part, pages)
            if not places.get(name):
                self.fields[f"{name}-confirmed"] = forms.BooleanField(
                    label="Đúng chỗ",
                    required=False,
                    widget=forms.CheckboxInput(
                        attrs={"data-part": "confirmed", "aria-label": f"{label}: khung đặt tạm đã đúng chỗ"}
                    ),
                )

    def _start(self, name: str, pages: int) -> dict[str, float]:
        box = self._found.get(name)
        if not box:
            usual = dict(_USUAL[name])
            usual["page"] = 1 if usual["page"] == 1 else pages
            left, bottom, _, _ = self._areas[int(usual["page"]) - 1] or (0.0, 0.0, 0.0, 0.0)
            return usual | {"x": round(usual["x"] + left, 1), "y": round(usual["y"] + bottom, 1)}
        return _numbers(box)

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
                sample=_samples(self._today).get(name, ""),
                fields=[self[f"{name}-{part}"] for part in _PARTS],
                confirmed=self[f"{name}-confirmed"] if f"{name}-confirmed" in self.fields else None,
                has_error=any(self[f"{name}-{part}"].errors for part in _PARTS),
            )
            for name, (label, kind) in self._names.items()
        ]

    @property
    def places(self) -> dict[str, Any]:
        """pdfsign.Places as a plain dict; null where nobody has put a box."""
        return {name: self._box(name) if self._is_placed(name) else None for name in NAMES}

    @property
    def is_moved(self) -> bool:
        """Whether anything was moved or confirmed."""
        return bool(self.changed_data)

    def _is_placed(self, name: str) -> bool:
        if name not in self._names:
            return False
        touched = {f"{name}-{part}" for part in (*_PARTS, "confirmed")}
        return bool(self._found.get(name)) or not touched.isdisjoint(self.changed_data)

    def _box(self, name: str) -> dict[str, Any]:
        page, x, y, width, height = (self.cleaned_data[f"{name}-{part}"] for part in _PARTS)
        box = {"page": page, "x0": x, "y0": y, "x1": x + width, "y1": y + height}
        if (self._found.get(name) or {}).get("opaque"):
            box["opaque"] = True
        return box
