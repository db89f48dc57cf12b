"""Sign-in, sign-out, password, posts."""

from __future__ import annotations
