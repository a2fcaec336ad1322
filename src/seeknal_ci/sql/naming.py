"""Names for the columns of a query that its author left without one.

The engine would name them by their text. Named here, a column has the same name in what is
analysed and in what is built, on every engine.
"""

from __future__ import annotations

from sqlglot import exp


def name_outputs(query: exp.Query) -> None:
    """Give an alias to every output that readers can see: of the query, its CTEs and subqueries."""
    for select in query.find_all(exp.Select):
        if _is_seen(select):
            select.set("expressions", [_named(output) for output in select.expressions])
    for values in query.find_all(exp.Values):
        if isinstance(values.parent, exp.From | exp.Join):
            _name_values(values)


def _is_seen(select: exp.Select) -> bool:
    """False for a query that is a value or a test, as after IN: its names are nobody's."""
    outer = select.parent
    while isinstance(outer, exp.SetOperation | exp.Subquery):
        outer = outer.parent
    return outer is None or isinstance(outer, exp.CTE | exp.From | exp.Join | exp.Lateral)


def _named(output: exp.Expr) -> exp.Expr:
    if isinstance(output, exp.Alias | exp.Aliases | exp.Columns) or output.is_star:
        return output
    inner = output.unnest()
    if isinstance(inner, exp.Column | exp.Dot):
        return output
    return exp.alias_(output, _text(inner), quoted=True)


def _text(output: exp.Expr) -> str:
    """As DuckDB names it, nearly: function names in small letters, operators in brackets."""
    if isinstance(output, exp.Count) and isinstance(output.this, exp.Star):
        return "count_star()"
    text = output.sql("duckdb", comments=False, normalize_functions="lower")
    return f"({text})" if isinstance(output, exp.Binary | exp.Query) else text


def _name_values(values: exp.Values) -> None:
    """Columns of VALUES are `col0`, `col1`, … to DuckDB."""
    alias = values.args.get("alias") or exp.TableAlias(this=exp.to_identifier("valueslist"))
    if values.expressions and not alias.columns:
        width = len(values.expressions[0].expressions)
        alias.set("columns", [exp.to_identifier(f"col{index}") for index in range(width)])
    values.set("alias", alias)
