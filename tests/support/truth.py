"""What really happens: every node of a project built in a DuckDB in memory, over made-up rows."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import duckdb

from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.model.graph import topological_order
from seeknal_ci.model.node import Node
from seeknal_ci.model.spec import Column, SourceSpec, TrackedSpec
from seeknal_ci.model.values import Values
from seeknal_ci.sql.compile import physical_sql
from seeknal_ci.sql.references import Resolved

# Few values, so that joins find partners, and rows repeat.
VALUES = {
    "INTEGER": ("1", "2", "2", "NULL", "3", "1"),
    "BIGINT": ("1", "2", "2", "NULL", "3", "1"),
    "SMALLINT": ("1", "2", "2", "NULL", "3", "1"),
    "DOUBLE": ("1.5", "2", "2", "NULL", "20.25", "0"),
    "VARCHAR": ("'paid'", "'sent'", "'open'", "NULL", "'paid'", "''"),
    "DATE": (
        "'2024-01-01'",
        "'2024-01-01'",
        "'2024-01-05'",
        "NULL",
        "'2024-02-01'",
        "'2024-01-09'",
    ),
    "TIMESTAMP": ("'2024-01-01'", "'2024-01-02'", "NULL", "'2024-01-02'", "'2023-01-01'", "NULL"),
}

VALUES_OF_A_RUN = Values(date(2024, 1, 9), {}, "run")


@dataclass(frozen=True)
class Built:
    """One node's rows with how often each comes, or why it could not be built."""

    columns: tuple[tuple[str, str], ...] = ()
    rows: Mapping[str, int] | None = None
    error: str | None = None


def build(analysis: Analysis) -> dict[str, Built]:
    """Every node that can be tried, inputs first; who reads a failed one is not tried."""
    connection = duckdb.connect()
    # Threads add up floats in another order each time, and the last digit tells.
    connection.execute("SET threads TO 1")
    connection.execute("CREATE SCHEMA built")
    found: dict[str, Built] = {}
    tables: dict[str, tuple[str, str]] = {}
    for node_id in topological_order(analysis.manifest.upstream):
        node = analysis.manifest.nodes[node_id]
        sql = _sql(node, analysis, tables)
        if sql is None:
            continue
        table = f"t{len(tables)}"
        try:
            connection.execute(f"CREATE TABLE built.{table} AS {sql}")
        except duckdb.Error as error:
            found[node_id] = Built(error=str(error).splitlines()[0])
            continue
        tables[node_id] = ("built", table)
        found[node_id] = _read(connection, table)
    return found


def _sql(node: Node, analysis: Analysis, tables: Mapping[str, tuple[str, str]]) -> str | None:
    if isinstance(node.spec, SourceSpec):
        return None if node.spec.columns is None else _rows_of(node.spec.columns)
    if isinstance(node.spec, TrackedSpec):
        return None  # it has a query to be looked into, which is never run
    query = analysis.query(node.id)
    if not isinstance(query, Resolved) or any(ref not in tables for ref, _ in query.reads):
        return None
    return physical_sql(query, tables, "duckdb", VALUES_OF_A_RUN)


def _rows_of(columns: tuple[Column, ...]) -> str:
    """Six rows. Each column's values depend on its name alone, and so survive a reordering."""
    lines = []
    for row in range(6):
        cells = [_cell(column, row) for column in columns]
        lines.append(f"SELECT {', '.join(cells)}")
    return " UNION ALL ".join(lines)


def _cell(column: Column, row: int) -> str:
    kind = column.type or "VARCHAR"
    values = VALUES.get(kind, ("NULL",))
    turn = zlib.crc32(column.name.lower().encode())
    quoted = column.name.replace('"', '""')
    return f'CAST({values[(row + turn) % len(values)]} AS {kind}) AS "{quoted}"'


def _read(connection: duckdb.DuckDBPyConnection, table: str) -> Built:
    described = connection.execute(f"DESCRIBE built.{table}").fetchall()
    rows = connection.execute(f"FROM built.{table}").fetchall()
    return Built(tuple((row[0], row[1]) for row in described), Counter(map(repr, rows)))
