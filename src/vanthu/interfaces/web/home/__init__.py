"""What waits for me, and search."""

from __future__ import annotations
