"""Tests of vanthu.workflow."""

from __future__ import annotations
