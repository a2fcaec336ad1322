"""Columns of inputs that a query computes or compares with, and does not merely pass on or cast.

Whoever passes a column on can do so whatever its type; whoever adds to it cannot.
"""

from __future__ import annotations

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from seeknal_ci.sql.casts import is_impossible
from seeknal_ci.sql.reading import Source, visible_sources
from seeknal_ci.sql.references import Resolved

# A node and a column of it, in small letters.
Origin = tuple[str, str]
Origins = frozenset[Origin]

# What may be around a query that puts out whatever it is made of.
PASSING = (exp.Alias, exp.Cast, exp.CTE, exp.Exists, exp.From, exp.Join, exp.Lateral)

# What a query puts out under a name, by the query's scope and the name.
Carried = dict[tuple[int, str], Origins]


def computed_columns(tree: exp.Expr, query: Resolved, dialect: str) -> Origins:
    """Columns that a qualified query reads other than to put out, cast, group by or sort by.

    A cast that no value of the column's type can go through is one of them.
    """
    nodes = {node.lower(): node for node, _ in query.reads}
    carried: Carried = {}
    found: set[Origin] = set()
    # Inner queries come first, so that what they carry is known to those around them.
    for scope in traverse_scope(tree):
        visible = visible_sources(scope)
        for column in scope.find_all(exp.Column):
            origins = _origins(visible.get(column.table), column, nodes, carried)
            parent = column.parent
            if isinstance(parent, exp.Alias) and _is_output(parent, scope):
                key = (id(scope), parent.alias.lower())
                carried[key] = carried.get(key, frozenset()) | origins
            elif not (_is_cast(parent, dialect) or _is_key(column, scope)):
                found |= origins
    return frozenset(found)


def _origins(
    source: Source | None, column: exp.Column, nodes: dict[str, str], carried: Carried
) -> Origins:
    if isinstance(source, Scope):
        return carried.get((id(source), column.name.lower()), frozenset())
    node = nodes.get(source.name.lower()) if isinstance(source, exp.Table) else None
    return frozenset() if node is None else frozenset({(node, column.name.lower())})


def _is_cast(parent: exp.Expr | None, dialect: str) -> bool:
    return isinstance(parent, exp.Cast) and not is_impossible(parent, dialect)


def _is_output(alias: exp.Alias, scope: Scope) -> bool:
    """True in a SELECT, but for one whose type must fit another's: sides of a UNION, `IN (…)`."""
    outer = scope.expression.parent
    while isinstance(outer, exp.Subquery):
        outer = outer.parent
    passes_on = outer is None or isinstance(outer, PASSING)
    return alias.parent is scope.expression and passes_on


def _is_key(column: exp.Column, scope: Scope) -> bool:
    """True for a column that the query groups or sorts its rows by."""
    parent = column.parent
    if isinstance(parent, exp.Ordered) and isinstance(parent.parent, exp.Order):
        return parent.parent.parent is scope.expression
    return isinstance(parent, exp.Group)
