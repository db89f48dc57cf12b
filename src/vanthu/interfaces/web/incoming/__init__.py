"""Văn bản đến."""

from __future__ import annotations
