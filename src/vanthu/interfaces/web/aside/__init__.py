"""«Để riêng»: what the machine could not finish, for the administrator."""

from __future__ import annotations
