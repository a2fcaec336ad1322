"""A query in which every column is written out, as far as they can be known."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp
from sqlglot.errors import OptimizeError

from seeknal_ci.sql.expansion import WHY, Ask, Surroundings, inner_first, is_special

# Clauses in which a query may refer to its own outputs.
REFERRING = ("group", "having", "order", "qualify", "where")

# Where a tree keeps the names that it gives, in small letters to how they are written.
SPELLED = "spelled"


def explicit(tree: exp.Query, ask: Ask, spelled: Mapping[str, str]) -> exp.Query:
    """The tree, changed in place: its COLUMNS, PIVOTs, structs and table functions spelled out.

    `spelled` has names in small letters to how they are written. Raises OptimizeError where
    sqlglot cannot resolve what is left.
    """
    if not is_special(tree):
        tree.meta[SPELLED] = spelled
        return tree
    # Few projects have a special query.
    from seeknal_ci.sql.columns_expression import expand_columns
    from seeknal_ci.sql.nested_columns import expand_fields
    from seeknal_ci.sql.pivots import expand_pivot

    around = Surroundings(ask, dict(spelled))
    for comprehension in list(tree.find_all(exp.Comprehension)):
        _expand_comprehension(comprehension)
    _name_sources(tree, around)
    for source in list(tree.find_all(exp.Subquery, exp.CTE, exp.Lateral)):
        if _is_misread(source):
            _wrap(source, around)
    for node in inner_first(tree):
        if isinstance(node, exp.Pivot):
            expand_pivot(node, around)
        elif isinstance(node, exp.Select):
            expand_fields(node, around)
            expand_columns(node, around)
    for pivot in tree.find_all(exp.Pivot):
        # One of a table can be resolved but for its columns; one that is a statement cannot.
        if pivot.this is not None:
            word = "UNPIVOT" if pivot.args.get("unpivot") else "PIVOT"
            raise OptimizeError(f"{word}: {pivot.meta[WHY]}")
    tree.meta[SPELLED] = around.spelled
    return tree


def _name_sources(tree: exp.Query, around: Surroundings) -> None:
    """Give queries and functions in FROM a name, and functions' columns theirs."""
    for source in list(tree.find_all(exp.Subquery, exp.Unnest, exp.Table)):
        if not isinstance(source.parent, exp.From | exp.Join):
            continue
        if isinstance(source, exp.Subquery) and not source.alias and not source.args.get("pivots"):
            source.set("alias", exp.TableAlias(this=exp.to_identifier(around.fresh())))
        elif isinstance(source, exp.Unnest) and len(source.expressions) == 1:
            _name_column(source, "unnest")
        elif isinstance(source, exp.Table) and isinstance(source.this, exp.GenerateSeries):
            _expand_series(source, source.this)


def _is_misread(source: exp.Expr) -> bool:
    """True for a query that sqlglot has other columns of where it has a name than by itself.

    Names given from outside, `AS q(a, b)`, it puts in the place of the query's own, which GROUP BY
    and others may refer to. Of LATERAL it takes the columns of the first side of a UNION BY NAME.
    """
    query = source.unnest() if isinstance(source, exp.Subquery) else source.this.unnest()
    if isinstance(query, exp.SetOperation):
        return isinstance(source, exp.Lateral) and bool(query.args.get("by_name"))
    alias = source.args.get("alias")
    renamed = isinstance(alias, exp.TableAlias) and bool(alias.columns)
    return renamed and isinstance(query, exp.Select) and any(query.args.get(c) for c in REFERRING)


def _wrap(source: exp.Expr, around: Surroundings) -> None:
    """Put a SELECT of everything around a query."""
    holder = source.this if isinstance(source, exp.Lateral) else source
    alias = exp.TableAlias(this=exp.to_identifier(around.fresh()))
    inner = exp.Subquery(this=holder.this, alias=alias)
    holder.set("this", exp.Select(expressions=[exp.Star()], from_=exp.From(this=inner)))


def _name_column(source: exp.Expr, function: str) -> None:
    """The column of a function is named as it is; or as its alias, but the old name works too."""
    alias = source.args.get("alias") or exp.TableAlias(this=exp.to_identifier(function))
    if not alias.columns:
        select = source.find_ancestor(exp.Select)
        own = select is not None and any(
            column.name.lower() == function and column.table in ("", alias.name)
            for column in select.find_all(exp.Column)
        )
        alias.set("columns", [exp.to_identifier(function if own else alias.name)])
    source.set("alias", alias)


def _expand_series(table: exp.Table, series: exp.GenerateSeries) -> None:
    """`range(…)` in FROM is UNNEST of the list."""
    function = "range" if series.args.get("is_end_exclusive") else "generate_series"
    _name_column(table, function)
    if not table.args.get("pivots") and not table.args.get("sample"):
        table.replace(exp.Unnest(expressions=[series], alias=table.args["alias"]))


def _expand_comprehension(comprehension: exp.Comprehension) -> None:
    """`[f(x) FOR x IN l IF p(x)]` is `list_transform(list_filter(l, x -> p(x)), x -> f(x))`."""
    around = comprehension.parent
    name = comprehension.expression
    if not isinstance(around, exp.Array) or not isinstance(name, exp.Identifier):
        return
    if comprehension.args.get("position"):
        return
    found: exp.Expr = comprehension.args["iterator"]
    condition = comprehension.args.get("condition")
    if condition is not None:
        found = exp.ArrayFilter(this=found, expression=_lambda(condition, name))
    around.replace(exp.Transform(this=found, expression=_lambda(comprehension.this, name)))


def _lambda(body: exp.Expr, name: exp.Identifier) -> exp.Lambda:
    root = exp.Paren(this=body.copy())
    for column in list(root.find_all(exp.Column)):
        parts = column.parts
        if parts[0].name.lower() == name.name.lower():
            column.replace(exp.Dot.build(parts) if len(parts) > 1 else parts[0])
    return exp.Lambda(this=root.this, expressions=[name.copy()])
