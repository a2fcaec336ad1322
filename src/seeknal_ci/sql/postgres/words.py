"""Expressions of DuckDB that PostgreSQL says in another way, each with the same value.

sqlglot translates most. Here is what it leaves, and what it lets mean something else: measured on
DuckDB 2.0, PostgreSQL 18 and sqlglot 30.30.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from seeknal_ci.sql.postgres import dates, groups, numbers, texts
from seeknal_ci.sql.postgres.kinds import Rewrite
from seeknal_ci.sql.postgres.refused import refuse

_REWRITES: Mapping[type[exp.Expr], Rewrite] = {
    **dates.REWRITES,
    **groups.REWRITES,
    **numbers.REWRITES,
    **texts.REWRITES,
}


def reworded(tree: exp.Expr) -> exp.Expr:
    """The typed query with every expression as PostgreSQL says it. Raises SeeknalCiError."""
    for select in tree.find_all(exp.Select):
        _spell_out_all(select)
        _spell_out_aliases(select)
    # Inner expressions first: an outer one may be written twice.
    for node in reversed(list(tree.walk(bfs=True))):
        refuse(node)
        rewrite = _REWRITES.get(type(node))
        if rewrite is not None and node is not tree:
            made = rewrite(node)
            if made is not node:
                made.type = made.type or node.type
                node.replace(made)
    return tree


def _spell_out_all(select: exp.Select) -> None:
    """GROUP BY ALL and ORDER BY ALL by the places of the outputs."""
    outputs = select.expressions
    group, order = select.args.get("group"), select.args.get("order")
    if group is not None and group.args.get("all"):
        keys = [i for i, item in enumerate(outputs, 1) if item.find(exp.AggFunc) is None]
        made = exp.Group(expressions=[exp.Literal.number(key) for key in keys])
        select.set("group", made if keys else None)
    ordered = order.expressions if order is not None else []
    if len(ordered) == 1 and ordered[0].this.name.upper() == "ALL":
        places = [exp.Literal.number(place) for place, _ in enumerate(outputs, 1)]
        made_order = [exp.Ordered(**{**ordered[0].args, "this": place}) for place in places]
        select.set("order", exp.Order(expressions=made_order))


def _spell_out_aliases(select: exp.Select) -> None:
    """PostgreSQL sorts by an output's name, and not by an expression that has it."""
    order = select.args.get("order")
    outputs = {item.alias: item.this for item in select.expressions if isinstance(item, exp.Alias)}
    for key in order.expressions if order is not None else ():
        if not isinstance(key.this, exp.Column):
            for column in list(key.this.find_all(exp.Column)):
                if not column.table and column.name in outputs:
                    column.replace(exp.paren(outputs[column.name].copy()))
