"""Tests mirror the domains of the source tree."""

from __future__ import annotations
