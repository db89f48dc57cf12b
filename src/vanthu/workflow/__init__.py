"""Phân công và trình ký."""

from __future__ import annotations
