"""What DuckDB's functions and operators return, where sqlglot knows nothing or another thing.

What is not sure stays unknown: a wrong type hides a change that breaks readers.
"""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from seeknal_ci.sql.arithmetic import common
from seeknal_ci.sql.functions import aggregates, nested, scalars
from seeknal_ci.sql.functions.names import AGGREGATES, returned
from seeknal_ci.sql.functions.rules import SCALAR, rule

__all__ = ["AGGREGATES", "FUNCTIONS", "SCALAR"]

NAMED = {**scalars.NAMED, **nested.NAMED, **aggregates.NAMED}
LAMBDAS = ("array_apply", "array_transform", "list_apply")


def _by_name(annotator: Any, node: exp.Anonymous) -> None:
    name = node.name.lower()
    if name in LAMBDAS and len(node.expressions) == 2:
        nested.RULES[exp.Transform]["annotator"](annotator, node)
        return
    named = NAMED.get(name)
    annotator._set_type(node, named(node.expressions) if named else returned(name))


def _values(annotator: Any, node: exp.Values) -> None:
    """Rows that are written out: each column has one type, whatever row a value is in."""
    rows = [row.expressions for row in node.expressions if isinstance(row, exp.Tuple)]
    for column in zip(*rows, strict=False):
        kind = common(column)
        for value in column:
            annotator._set_type(value, kind)
    annotator._set_type(node, None)


FUNCTIONS: dict[type[exp.Expr], dict[str, Any]] = {
    **scalars.RULES,
    **nested.RULES,
    **aggregates.RULES,
    exp.Anonymous: {"annotator": _by_name},
    exp.Lambda: rule(lambda node: None),
    exp.Values: {"annotator": _values},
}
