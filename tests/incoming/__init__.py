"""Tests of vanthu.incoming."""

from __future__ import annotations
