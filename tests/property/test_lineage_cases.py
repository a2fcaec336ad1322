"""Of queries of every shape: what is not said to be used can have any values, held to DuckDB."""

from __future__ import annotations

from collections import Counter

import duckdb
import pytest

from seeknal_ci.model.lineage import ColumnId, Role
from seeknal_ci.model.spec import Column
from seeknal_ci.sql.analyse import analyse
from seeknal_ci.sql.compile import physical_sql
from seeknal_ci.sql.lineage import lineage_of
from seeknal_ci.sql.references import Resolved
from tests.support.queries import DUCKDB, resolved
from tests.support.sql_cases import TABLES, Case, all_queries, columns_in, database

Columns = dict[str, tuple[Column, ...]]


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    """The tables; and again for each column, with its values moved to other rows, and with none."""
    found = database()
    for node, columns in columns_in(found).items():
        for index, column in enumerate(columns):
            other = (
                f"(SELECT o.{column.name} FROM {node} AS o WHERE o.rowid = "
                f"(t.rowid + 1) % (SELECT count(*) FROM {node}))"
            )
            for name, value in (("moved", other), ("none", f"CAST(NULL AS {column.type})")):
                table = f"source.{name}_{node.split('.')[1]}_{index}"
                changed = f"SELECT * REPLACE ({value} AS {column.name}) FROM {node} AS t"
                found.execute(f"CREATE TABLE {table} AS {changed} ORDER BY t.rowid")
    return found


@pytest.fixture(scope="module")
def columns(connection: duckdb.DuckDBPyConnection) -> Columns:
    return columns_in(connection)


def rows(
    connection: duckdb.DuckDBPyConnection, query: Resolved, changed: dict[str, str]
) -> list[tuple[object, ...]] | None:
    """The query's rows over other tables; None where it cannot be run over these."""
    tables = {node: ("source", changed.get(node, node.split(".")[1])) for node in TABLES}
    try:
        text = f"SELECT CAST(COLUMNS(*) AS VARCHAR) FROM ({physical_sql(query, tables, DUCKDB)})"
        return connection.execute(text).fetchall()
    except duckdb.Error:
        return None


def values(found: list[tuple[object, ...]], index: int) -> Counter[str]:
    return Counter(repr(row[index]) for row in found)


@pytest.mark.parametrize("case", all_queries(), ids=lambda case: case.id)
def test_a_column_that_is_not_told_changes_nothing(
    connection: duckdb.DuckDBPyConnection, columns: Columns, case: Case
) -> None:
    query = resolved(case.sql, *TABLES)
    known = analyse(query, columns, DUCKDB)
    told = lineage_of(query, columns, known, DUCKDB)
    assert told.opaque is None
    assert [(o.name, o.unknown) for o in told.outputs] == [
        (c.name, None) for c in known.columns or ()
    ]
    deciding = {c for use in told.uses if use.role is not Role.READ for c in use.reads}
    before = rows(connection, query, {})
    assert before is not None
    for node in {node for node, _ in query.reads}:
        for position, column in enumerate(columns[node]):
            if ColumnId(node, column.name) in deciding:
                continue
            for name in ("moved", "none"):
                changed = {node: f"{name}_{node.split('.')[1]}_{position}"}
                after = rows(connection, query, changed)
                for index, output in enumerate(told.outputs):
                    if ColumnId(node, column.name) not in {o.column for o in output.origins}:
                        same = after is not None and values(before, index) == values(after, index)
                        assert same, f"{output.name} depends on {node}.{column.name}"
