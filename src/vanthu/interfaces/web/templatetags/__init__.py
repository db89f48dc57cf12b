"""What templates may say in one word."""

from __future__ import annotations
