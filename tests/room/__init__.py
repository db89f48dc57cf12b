"""The exchange, between agencies of one installation and over a real axis."""

from __future__ import annotations
