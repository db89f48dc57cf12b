"""How fast the system is, each figure beside a physical limit of the same machine in the same run."""

from __future__ import annotations
