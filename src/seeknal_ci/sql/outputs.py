"""The columns that a query puts out."""

from __future__ import annotations

from collections import Counter

from sqlglot import exp

from seeknal_ci.model.spec import Column
from seeknal_ci.sql.inference import outputs_of
from seeknal_ci.sql.types import type_name

Columns = tuple[Column, ...]


def columns_of(tree: exp.Query) -> tuple[Columns | None, str | None]:
    """The columns of a qualified query with their types, or why they cannot be known."""
    if tree.find(exp.Pivot) is not None:
        return None, "PIVOT and UNPIVOT make columns that only the engine can tell"
    for query in branches_of(tree):
        for select in query.selects:
            if select.is_star:
                return None, "`*` stands for the columns of an input whose columns are unknown"
            if _is_many(select):
                return None, "an output stands for several columns, as only the engine can tell"
            if select.find(exp.Columns) is not None:
                return None, "`COLUMNS(…)` picks columns by a pattern, as only the engine can"
    return tuple(Column(name, type_name(kind)) for name, kind in outputs_of(tree)), None


def _is_many(select: exp.Expr) -> bool:
    """True for `* LIKE '…'`, and for an UNNEST that may make a column of each field of a struct."""
    if any(not isinstance(star.parent, exp.Count) for star in select.find_all(exp.Star)):
        return True
    inner = select.unalias()
    if not isinstance(inner, exp.Unnest | exp.Explode):
        return False
    argument = inner.expressions[0] if inner.expressions else inner.this
    kind = argument.type.this if argument is not None and argument.type is not None else None
    return kind not in (exp.DType.ARRAY, exp.DType.LIST)


def duplicates_in(columns: Columns | None) -> tuple[str, ...]:
    """Names that more than one column has; sorted."""
    counts = Counter(column.name.lower() for column in columns or ())
    return tuple(sorted(name for name, count in counts.items() if count > 1))


def crossed_columns(tree: exp.Query) -> frozenset[tuple[str, str]]:
    """Columns of other names that a set operation puts into one column, because of their place."""
    found: set[tuple[str, str]] = set()
    for left, right in _paired(tree):
        names = zip(left, right, strict=False)
        found.update((one, other) for one, other in names if one != other)
    return frozenset(found)


def uneven_sides(tree: exp.Query) -> tuple[int, int] | None:
    """How many columns the sides of a set operation have, where they do not have as many."""
    for left, right in _paired(tree):
        if len(left) != len(right):
            return len(left), len(right)
    return None


def branches_of(query: exp.Expr) -> list[exp.Query]:
    """The queries that a set operation puts together, from the first to the last."""
    found: list[exp.Query] = []
    stack: list[exp.Expr] = [query]
    while stack:
        inner = stack.pop().unnest()
        if isinstance(inner, exp.SetOperation):
            stack += [inner.right, inner.left]
        elif isinstance(inner, exp.Query):
            found.append(inner)
    return found


def _paired(tree: exp.Query) -> list[tuple[list[str], list[str]]]:
    """Names on both sides of every set operation that goes by place, where they are known."""
    found = []
    for operation in tree.find_all(exp.SetOperation):
        sides = [[name.lower() for name, _ in outputs_of(side)] for side in _operands(operation)]
        if not operation.args.get("by_name") and not any("*" in side for side in sides):
            found.append((sides[0], sides[1]))
    return found


def _operands(operation: exp.SetOperation) -> tuple[exp.Expr, exp.Expr]:
    return operation.left, operation.right
