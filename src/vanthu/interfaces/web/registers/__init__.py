"""Sổ đăng ký."""

from __future__ import annotations
