"""The HTTP server of both programs: a request is taken in whole before a thread is given to it (ADR 0025)."""

from __future__ import annotations
