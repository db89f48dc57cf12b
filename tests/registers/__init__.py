"""Registers: numbers without a gap and without a double."""

from __future__ import annotations
