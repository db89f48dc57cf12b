"""The use cases of the axis."""

from __future__ import annotations
