"""A storm over a running province: everything acts, everything is killed, and nothing may be lost."""

from __future__ import annotations
