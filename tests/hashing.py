"""A password hasher for tests: the real algorithm at its smallest cost."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """Argon2 with one round and little memory."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
