"""House rules, checked by machine; each message says what to do instead."""

from __future__ import annotations
