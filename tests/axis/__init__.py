"""The interchange axis."""

from __future__ import annotations
