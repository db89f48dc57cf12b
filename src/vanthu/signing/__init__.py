"""Ký số: chứng thư, phiên ký, kết quả kiểm tra."""

from __future__ import annotations
