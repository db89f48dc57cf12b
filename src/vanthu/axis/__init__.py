"""Trục liên thông: the directory of agencies and the store-and-forward mailbox between their systems."""

from __future__ import annotations
