"""Tests of vanthu.documents."""

from __future__ import annotations
