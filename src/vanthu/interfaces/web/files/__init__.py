"""Stored files, streamed to whoever may see their document."""

from __future__ import annotations
