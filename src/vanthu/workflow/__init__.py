"""Phân công và trình duyệt."""

from __future__ import annotations
