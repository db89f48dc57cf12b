"""Liên thông: gửi, nhận và trạng thái."""

from __future__ import annotations
