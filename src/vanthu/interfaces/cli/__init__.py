"""Console commands. Every command prints one line of Vietnamese on stderr when it cannot go on."""

from __future__ import annotations
