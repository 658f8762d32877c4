"""A table in pages, so that memory does not grow with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, select, tuple_


def pages(connection: Connection, table: Table, size: int) -> Iterator[list[RowMapping]]:
    """All rows, `size` at a time, in the order of the primary key."""
    columns = list(table.primary_key.columns)
    after: tuple[Any, ...] | None = None
    while True:
        query = select(table).order_by(*columns).limit(size)
        if after is not None:
            query = query.where(tuple_(*columns) > tuple_(*after))
        page = list(connection.execute(query).mappings())
        if not page:
            return
        yield page
        after = tuple(page[-1][column.name] for column in columns)
