"""Tests of vanthu.outgoing."""

from __future__ import annotations
