"""The web pages: who sees what, what each button does, what is said when it is refused."""

from __future__ import annotations
