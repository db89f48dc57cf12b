"""Filling tables by COPY: columns and defaults as the models have them, rows as plain values."""

from __future__ import annotations

import json
from typing import Any

import psycopg
from django.db import models
from psycopg import sql


class Table:
    """Rows waiting to be copied into one model's table."""

    def __init__(self, model: type[models.Model], *, with_id: bool = False) -> None:
        """`with_id`: the rows name keys the database would else count itself."""
        fields = [
            field
            for field in model._meta.concrete_fields
            if with_id or not isinstance(field, models.BigAutoField)
        ]
        self._name = model._meta.db_table
        self._columns: list[sql.Composable] = [sql.Identifier(str(field.column)) for field in fields]
        self._places = {field.attname: place for place, field in enumerate(fields)}
        self._defaults = [_default(field) for field in fields]
        self._rows: list[list[Any]] = []

    def add(self, values: dict[str, Any]) -> None:
        """One row by attribute names (`agency_id`, …); what is not named has the model's default.

        JSON is given as text. Raises KeyError for a name the model does not have.
        """
        row = self._defaults.copy()
        for name, value in values.items():
            row[self._places[name]] = value
        self._rows.append(row)

    def flush(self, cursor: psycopg.Cursor[Any]) -> None:
        """Copy the waiting rows."""
        if not self._rows:
            return
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(self._name), sql.SQL(", ").join(self._columns)
        )
        with cursor.copy(statement) as copy:
            for row in self._rows:
                copy.write_row(row)
        self._rows.clear()


def _default(field: models.Field[Any, Any]) -> Any:
    default = field.get_default()
    return json.dumps(default) if isinstance(field, models.JSONField) else default
