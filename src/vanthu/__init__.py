"""Văn Thư: document management for state agencies and the axis that joins such systems."""

from __future__ import annotations
