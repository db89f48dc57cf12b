"""The edge: pages, REST, the axis's protocol and commands. No rule and no write lives here."""

from __future__ import annotations
