"""Cơ quan, đơn vị, chức danh, người dùng."""

from __future__ import annotations
