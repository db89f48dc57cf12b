"""Văn bản đi."""

from __future__ import annotations
