"""Settings: `base` is shared; `system` and `axis` are the two programs; `testing` is for the tests."""

from __future__ import annotations
