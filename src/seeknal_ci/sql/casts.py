"""Which types can be cast to which at all, whatever the values.

As DuckDB 1.4 and 2.0 have it, and PostgreSQL 18 (`pg_cast`): of what is not sure, nothing is said.
"""

from __future__ import annotations

from sqlglot import exp
from sqlglot.expressions import DType as Type

from seeknal_ci.sql.arithmetic import is_numeric, kind_of

STAMPS = frozenset({Type.TIMESTAMP, Type.TIMESTAMPTZ})
# What each type of the calendar and the clock can become, beside text and itself.
MOMENTS = {
    Type.DATE: STAMPS,
    Type.TIME: frozenset({Type.INTERVAL}),  # to PostgreSQL
    Type.TIMESTAMP: STAMPS | {Type.DATE, Type.TIME},
    Type.TIMESTAMPTZ: STAMPS | {Type.DATE, Type.TIME},
    Type.INTERVAL: frozenset({Type.TIME}),  # to PostgreSQL
}
OTHERS = (Type.BOOLEAN, Type.UUID)


def is_impossible(cast: exp.Cast, dialect: str) -> bool:
    """True for a CAST that fails of whatever has the type of what is cast; never for TRY_CAST."""
    if isinstance(cast, exp.TryCast):
        return False
    before, after = kind_of(cast.this.type), kind_of(cast.to)
    if before is after or not (_is_known(before) and _is_known(after)):
        return False
    if _is_number(before, dialect) and _is_number(after, dialect):
        return False
    if Type.BOOLEAN in (before, after) and Type.INT in (before, after):
        return False
    return after not in MOMENTS.get(before, ())


def _is_known(kind: Type) -> bool:
    return is_numeric(kind) or kind in MOMENTS or kind in OTHERS


def _is_number(kind: Type, dialect: str) -> bool:
    """DuckDB counts with booleans."""
    return is_numeric(kind) or (kind is Type.BOOLEAN and dialect == "duckdb")
