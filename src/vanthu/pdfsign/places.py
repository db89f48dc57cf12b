"""Where on the pages the number, the date, the signature and the seal belong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vanthu.pdfsign.errors import PlacesMissing

MILLIMETRE = 72 / 25.4
#: The agency's round seal is 36 mm across; the seal image is shown at its true size (NĐ 30 PL I II.8.a).
ROUND_SEAL_MM = 36.0


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rectangle on one page, in PDF points, origin at the bottom left of the page's own user space."""

    #: 1-based.
    page: int
    x0: float
    y0: float
    x1: float
    y1: float
    #: The text under the box must not show through (dots or underscores in the blank).
    opaque: bool = False

    def __post_init__(self) -> None:
        if self.page < 1 or not (self.x0 < self.x1 and self.y0 < self.y1):
            raise ValueError(f"not a box: {self}")

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` reads them back."""
        plain: dict[str, Any] = {"page": self.page}
        plain |= {name: round(getattr(self, name), 2) for name in ("x0", "y0", "x1", "y1")}
        return plain | ({"opaque": True} if self.opaque else {})

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Box:
        """Read what `to_dict` wrote, or what a page drew.

        Raises ValueError for anything that is not a box.
        """
        try:
            corners = {name: float(plain[name]) for name in ("x0", "y0", "x1", "y1")}
            return cls(page=int(plain["page"]), opaque=bool(plain.get("opaque", False)), **corners)
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a box: {plain!r}") from error


@dataclass(frozen=True, kw_only=True)
class Places:
    """The five places of NĐ 30/2020: số, ngày, tháng, chữ ký (7c), dấu (8). None = not found.

    Many letters preprint their month («ngày      tháng 01 năm 2026»): then no place is left for it.
    """

    number: Box | None = None
    day: Box | None = None
    month: Box | None = None
    signature: Box | None = None
    seal: Box | None = None
    #: The month stands in print: nothing is written there, and there is no box for it.
    month_in_print: bool = False

    def __post_init__(self) -> None:
        if self.month_in_print and self.month is not None:
            raise ValueError("a month in print needs no box")

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the places nobody has found yet, in reading order."""
        return tuple(name for name in self._wanted if getattr(self, name) is None)

    @property
    def found(self) -> dict[str, Box]:
        """The places there are, by name."""
        boxes = {name: getattr(self, name) for name in _NAMES}
        return {name: box for name, box in boxes.items() if box is not None}

    @property
    def _wanted(self) -> tuple[str, ...]:
        return tuple(name for name in _NAMES if name != "month" or not self.month_in_print)

    def require_all(self) -> dict[str, Box]:
        """Every box a letter needs, by name, in order: five, or four where the month stands in print.

        Raises PlacesMissing, naming what is missing.
        """
        if self.missing:
            names = ", ".join(_VIETNAMESE[name] for name in self.missing)
            raise PlacesMissing(f"Chưa xác định được vị trí: {names}; hãy chỉ vị trí trên trang.")
        return self.found

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; a place not found is null."""
        found = {name: getattr(self, name) for name in _NAMES}
        plain: dict[str, Any] = {name: box.to_dict() if box else None for name, box in found.items()}
        return plain | ({"month_in_print": True} if self.month_in_print else {})

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Places:
        """Read what `to_dict` wrote.

        Raises ValueError for anything else.
        """
        found = {name: plain.get(name) for name in _NAMES}
        boxes = {name: Box.from_dict(box) for name, box in found.items() if box is not None}
        return cls(**boxes, month_in_print=plain.get("month_in_print") is True)


_VIETNAMESE = {
    "number": "số văn bản",
    "day": "ngày",
    "month": "tháng",
    "signature": "chữ ký",
    "seal": "dấu cơ quan",
}
_NAMES = tuple(_VIETNAMESE)


def seal_box(
    signature: Box,
    *,
    diameter_mm: float = ROUND_SEAL_MM,
    page_width: float | None = None,
    page_corner: tuple[float, float] = (0.0, 0.0),
) -> Box:
    """The seal at its true size over the left third of the signature (NĐ 30/2020 PL I II.8.a).

    `page_width`: the right edge of the page; `page_corner`: its lower left corner, which need not be 0, 0.
    """
    side = diameter_mm * MILLIMETRE
    right = signature.x0 + signature.width / 3
    right = max(right, page_corner[0] + side)
    if page_width is not None:
        right = min(right, page_width)
    middle = (signature.y0 + signature.y1) / 2
    bottom = max(middle - side / 2, page_corner[1])
    return Box(page=signature.page, x0=right - side, y0=bottom, x1=right, y1=bottom + side)
