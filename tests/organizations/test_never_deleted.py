"""A person's account is disabled and a post is ended; neither is ever deleted, not even by the owner."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from tests.world import World


class TestUsersAndPosts:
    @pytest.mark.parametrize("table", ["organizations_user", "organizations_post"])
    @pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
    def test_are_kept_by_the_database(self, world: World, table: str, statement: str) -> None:
        # Rows loaded in this transaction have checks waiting at its end; TRUNCATE asks for them now.
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

        with (
            pytest.raises(ProgrammingError, match="never deleted"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement.format(table))
