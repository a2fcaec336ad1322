"""The columns that a query puts out."""

from __future__ import annotations

from collections import Counter

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from seeknal_ci.model.spec import Column
from seeknal_ci.sql.expansion import WHY
from seeknal_ci.sql.inference import outputs_of
from seeknal_ci.sql.types import type_name

Columns = tuple[Column, ...]

STARRED = "starred"

# What an output has within it that may stand for several columns.
PLURAL = (exp.Columns, exp.Explode, exp.Star, exp.Unnest)


def columns_of(tree: exp.Query) -> tuple[Columns | None, str | None]:
    """The columns of a qualified query with their types, or why they cannot be known."""
    for pivot in tree.find_all(exp.Pivot):
        word = "UNPIVOT" if pivot.args.get("unpivot") else "PIVOT"
        why = pivot.meta.get(WHY, "its columns depend on the data")
        return None, f"{word} makes columns that only the engine can tell: {why}"
    why = untold(tree)
    if why is not None:
        return None, why
    return tuple(Column(name, type_name(kind)) for name, kind in outputs_of(tree)), None


def mark_stars(tree: exp.Expr) -> None:
    """Let queries that take all columns be told from others after the columns were put there."""
    for select in tree.find_all(exp.Select):
        select.meta[STARRED] = any(output.is_star for output in select.expressions)


def untold(tree: exp.Query) -> str | None:
    """Why the columns of a qualified query cannot be told; None if they can.

    What an inner query leaves untold, sqlglot makes one column of where `*` takes it.
    """
    found: dict[int, str] = {}
    for scope in traverse_scope(tree):
        query = scope.expression.unnest()
        reasons: list[str | None] = []
        if isinstance(query, exp.SetOperation):
            reasons = [found.get(id(side.unnest())) for side in _operands(query)]
        elif isinstance(query, exp.Select):
            sources = scope.sources.values() if query.meta.get(STARRED) else ()
            inner = [source.expression for source in sources if isinstance(source, Scope)]
            reasons = [_untold_outputs(query), *(found.get(id(i.unnest())) for i in inner)]
        reason = next(filter(None, reasons), None)
        if reason is not None:
            found[id(query)] = reason
    return found.get(id(tree.unnest()))


def _untold_outputs(query: exp.Select) -> str | None:
    for output in query.expressions if query.find(*PLURAL) is not None else ():
        why = next((node.meta[WHY] for node in output.walk() if WHY in node.meta), None)
        if output.find(exp.Columns) is not None:
            why = why or "it picks from an input whose columns are unknown"
            return f"`COLUMNS(…)` picks columns by a pattern: {why}"
        if output.is_star:
            return "`*` stands for the columns of an input whose columns are unknown"
        if _is_many(output):
            why = why or "as only the engine can tell"
            return f"an output stands for several columns: {why}"
    return None


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


def sides_of(tree: exp.Query) -> tuple[frozenset[tuple[str, str]], tuple[int, int] | None]:
    """What set operations that go by place put together.

    Columns of other names that become one column; and how many columns the sides of one have,
    where they do not have as many.
    """
    crossed: set[tuple[str, str]] = set()
    uneven = None
    for left, right in _paired(tree):
        names = zip(left, right, strict=False)
        crossed.update((one, other) for one, other in names if one != other)
        if uneven is None and len(left) != len(right):
            uneven = len(left), len(right)
    return frozenset(crossed), uneven


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
