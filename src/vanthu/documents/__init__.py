"""Văn bản: phần chung của văn bản đi và văn bản đến."""

from __future__ import annotations
