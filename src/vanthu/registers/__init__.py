"""Sổ đăng ký và số."""

from __future__ import annotations
