"""PDF signatures with a real certificate infrastructure, real files and real tokens."""

from __future__ import annotations
