"""What is known of the types of a query's expressions."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp
from sqlglot.expressions import DType as Type

Rewrite = Callable[[exp.Expr], exp.Expr]

INTEGERS = exp.DataType.INTEGER_TYPES
FLOATS = exp.DataType.FLOAT_TYPES
TEMPORAL = exp.DataType.TEMPORAL_TYPES | {Type.INTERVAL}
LISTS = {Type.ARRAY, Type.LIST}
# What stands around an aggregate, and belongs to it.
AROUND = (exp.Filter, exp.WithinGroup, exp.Window)


def is_of(node: exp.Expr | None, kinds: set[Type]) -> bool:
    """Whether an expression is known to have one of these types."""
    return node is not None and node.type is not None and node.type.this in kinds


def double(node: exp.Expr) -> exp.Expr:
    """The expression as DuckDB's DOUBLE."""
    return exp.cast(node, "DOUBLE")
