"""Finding agencies for the picker of recipients."""

from __future__ import annotations
