"""Names for the columns of a query that its author left without one.

The engine would name them by their text. Named here, a column has the same name in what is
analysed and in what is built, on every engine.
"""

from __future__ import annotations

from sqlglot import exp

from seeknal_ci.sql.expansion import spread_in


def name_outputs(query: exp.Query) -> None:
    """Give an alias to every output that readers can see: of the query, its CTEs and subqueries."""
    for select in query.find_all(exp.Select):
        if _is_seen(select):
            select.set("expressions", _named_again([_named(o) for o in select.expressions]))
    if query.find(exp.Pivot, exp.Values) is None:
        return
    for pivot in query.find_all(exp.Pivot):
        _name_aggregates(pivot)
    for values in list(query.find_all(exp.Values)):
        if isinstance(values.parent, exp.Subquery):
            values.replace(exp.select("*").from_(values.copy()))
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
    if isinstance(output, exp.Alias | exp.Aliases) or _is_many(output):
        return output
    inner = output.unnest()
    if isinstance(inner, exp.Column | exp.Dot):
        return output
    return exp.alias_(output, text_of_output(inner), quoted=True)


def _named_again(outputs: list[exp.Expr]) -> list[exp.Expr]:
    """`1 AS a, a` has two columns `a`; sqlglot puts the value in the place of the second's name."""
    given: set[str] = set()
    found: list[exp.Expr] = []
    for output in outputs:
        bare = isinstance(output, exp.Column) and not output.table
        if bare and output.name.lower() in given:
            output = exp.alias_(output, output.this.copy())
        elif isinstance(output, exp.Alias):
            given.add(output.alias.lower())
        found.append(output)
    return found


def _is_many(output: exp.Expr) -> bool:
    """True for what stands for many columns, which have the names of their own."""
    return output.is_star or any(True for _ in spread_in(output))


def text_of_output(output: exp.Expr) -> str:
    """As DuckDB names it, nearly: function names in small letters, operators in brackets."""
    if isinstance(output, exp.Count) and isinstance(output.this, exp.Star):
        return "count_star()"
    text = output.sql("duckdb", comments=False, normalize_functions="lower")
    return f"({text})" if isinstance(output, exp.Binary | exp.Query) else text


def _name_aggregates(pivot: exp.Pivot) -> None:
    """Columns of PIVOT are named after the text of its aggregates, where there are several."""
    key = "using" if pivot.this is not None else "expressions"
    aggregates = pivot.args.get(key)
    if isinstance(aggregates, list) and len(aggregates) > 1 and not pivot.args.get("unpivot"):
        pivot.set(key, [_named(aggregate) for aggregate in aggregates])


def _name_values(values: exp.Values) -> None:
    """Columns of VALUES are `col0`, `col1`, … to DuckDB."""
    alias = values.args.get("alias") or exp.TableAlias(this=exp.to_identifier("valueslist"))
    if values.expressions:
        width = len(values.expressions[0].expressions)
        given = alias.columns
        rest = [exp.to_identifier(f"col{index}") for index in range(len(given), width)]
        alias.set("columns", [*given, *rest])
    values.set("alias", alias)
