"""Types in a query: what DuckDB has and PostgreSQL has not, as the narrowest that holds it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp
from sqlglot.expressions import DType as Type

from seeknal_ci.sql.postgres.unsayable import unsayable

_WIDER: Mapping[Type, str] = {
    Type.INT128: "DECIMAL(39, 0)",
    Type.UINT128: "DECIMAL(39, 0)",
    Type.UBIGINT: "DECIMAL(20, 0)",
    Type.UINT: "BIGINT",
    Type.USMALLINT: "INT",
    Type.UTINYINT: "SMALLINT",
    Type.TINYINT: "SMALLINT",
    Type.TIMESTAMP_S: "TIMESTAMP",
    Type.TIMESTAMP_MS: "TIMESTAMP",
    Type.TIMESTAMP_NS: "TIMESTAMP",
    Type.JSON: "JSONB",
}
_NONE = {Type.STRUCT, Type.MAP, Type.UNION, Type.ENUM, Type.BIT}


def reword_type(kind: exp.DataType) -> exp.DataType:
    """A type that PostgreSQL has. Raises SeeknalCiError where there is none."""
    if kind.this in _NONE:
        raise unsayable(f"PostgreSQL has no type {kind.sql('duckdb')}")
    if kind.this in _WIDER:
        return exp.DataType.build(_WIDER[kind.this], dialect="postgres")
    return kind
