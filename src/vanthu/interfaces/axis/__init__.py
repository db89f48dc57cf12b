"""The endpoints of the interchange axis, in the national axis's own protocol."""

from __future__ import annotations
