"""Columns that `* EXCLUDE (…)` and `* REPLACE (…)` name: DuckDB refuses those that are absent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from seeknal_ci.model.spec import Column
from seeknal_ci.sql.analysed import Missing, Use
from seeknal_ci.sql.references import Resolved, place_in

Known = Mapping[str, tuple[Column, ...]]


def named_in_stars(
    tree: exp.Expr, query: Resolved, known: Known
) -> tuple[tuple[Use, ...], tuple[Missing, ...]]:
    """Uses of, and searches in vain for, columns that a star leaves out or replaces.

    `tree` is the qualified query, in which stars are gone, and which knows what its CTEs put out.
    """
    outputs = {
        cte.alias.lower(): cte.this.named_selects if isinstance(cte.this, exp.Query) else ["*"]
        for cte in tree.find_all(exp.CTE)
    }
    nodes = {node.lower(): node for node, _ in query.reads}
    uses: list[Use] = []
    missing: list[Missing] = []
    for star in query.tree.find_all(exp.Star):
        select = star.find_ancestor(exp.Select)
        if select is None:
            continue
        sources = [source.this for source in _from(select)]
        if _is_struct(star, sources):
            continue
        have = {
            column.lower(): nodes.get(table.name.lower())
            for table in sources
            for column in _columns(table, outputs, nodes, known) or ()
        }
        whole = all(_columns(table, outputs, nodes, known) is not None for table in sources)
        for name in _named(star):
            place = place_in(name, query.origin)
            node = have.get(name.name.lower())
            if node is not None:
                uses.append(Use(node, name.name, place))
            elif whole and name.name.lower() not in have:
                read = tuple(dict.fromkeys(filter(None, have.values())))
                missing.append(Missing(name.name, read, tuple(sorted(have)), place))
    return tuple(uses), tuple(missing)


def _is_struct(star: exp.Star, sources: list[exp.Expr]) -> bool:
    """True for `s.*`, the fields of a struct, which are no columns."""
    column = star.parent
    if not isinstance(column, exp.Column) or not column.table:
        return False
    return column.table.lower() not in {source.alias_or_name.lower() for source in sources}


def _from(select: exp.Select) -> Iterator[exp.Expr]:
    source = select.args.get("from_")
    if source is not None:
        yield source
    yield from select.args.get("joins") or ()


def _columns(
    table: exp.Expr, outputs: Mapping[str, list[str]], nodes: Mapping[str, str], known: Known
) -> tuple[str, ...] | None:
    """Column names of what stands in FROM; None where they are not known here."""
    if not isinstance(table, exp.Table) or table.alias_column_names:
        return None
    if table.name.lower() in outputs:
        names = outputs[table.name.lower()]
        return None if "*" in names else tuple(names)
    columns = known.get(nodes.get(table.name.lower(), ""))
    return None if columns is None else tuple(column.name for column in columns)


def _named(star: exp.Star) -> Iterator[exp.Expr]:
    for item in star.args.get("except_") or ():
        yield item.this if isinstance(item, exp.Column) else item
    for item in star.args.get("replace") or ():
        yield item.args["alias"] if isinstance(item, exp.Alias) else item
