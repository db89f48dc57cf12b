"""Standing up again: a real installation in its own processes, with everything taken from under it."""

from __future__ import annotations
