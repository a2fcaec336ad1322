"""The columns of files, as loading them would find them."""

from __future__ import annotations

import duckdb

from seeknal_ci.model.spec import Column
from seeknal_ci.warehouse.duckdb_errors import translated
from seeknal_ci.warehouse.duckdb_files import files_query
from seeknal_ci.warehouse.protocol import FileRelation


def file_columns(relation: FileRelation) -> tuple[Column, ...]:
    """Names and types of what a relation's files hold, from their headers and a sample.

    They are those that a build of the relation has. Raises WarehouseError.
    """
    with duckdb.connect(":memory:") as connection, translated():
        connection.execute("SET TimeZone = 'UTC'")
        described = connection.execute(f"DESCRIBE {files_query(connection, relation)}").fetchall()
    return tuple(Column(str(row[0]), str(row[1])) for row in described)
