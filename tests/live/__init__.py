"""The whole system as it is run: separate processes, real databases, a real axis, a real browser."""

from __future__ import annotations
