"""Tests of vanthu.signing."""

from __future__ import annotations
