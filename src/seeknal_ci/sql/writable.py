"""What sqlglot writes otherwise than it read it, in a form that it writes as it is.

sqlglot 30 takes the table from every column within a PIVOT or UNPIVOT that is a statement, those of
its input's own query included: `PIVOT (SELECT a.x FROM a JOIN b …) ON …` would read another `x`.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

NAME = "_pivoted"


def make_writable(tree: exp.Query) -> None:
    """Change a query in place: PIVOT as a statement reads a CTE, and has none of its own."""
    if tree.find(exp.Pivot) is None:
        return
    for pivot in list(tree.find_all(exp.Pivot)):
        if pivot.args.get("with_") is not None:
            _take_out_with(pivot)
    fresh = _fresh_names(tree)
    # Inner ones first: what a PIVOT of a PIVOT reads is then complete.
    for pivot in reversed(list(tree.find_all(exp.Pivot))):
        if isinstance(pivot.this, exp.Subquery | exp.Values):
            _take_out_input(pivot, next(fresh))


def _take_out_with(pivot: exp.Pivot) -> None:
    """`WITH … PIVOT …` is a SELECT of the PIVOT with the WITH."""
    with_ = pivot.args["with_"].pop()
    query = exp.Select(expressions=[exp.Star()])
    pivot.replace(query)
    query.set("from_", exp.From(this=exp.Subquery(this=pivot)))
    query.set("with_", with_)


def _take_out_input(pivot: exp.Pivot, name: str) -> None:
    source = pivot.this
    query = source.this if isinstance(source, exp.Subquery) else exp.select("*").from_(source)
    if isinstance(query, exp.Values):
        query = exp.select("*").from_(query.copy())
    made = exp.CTE(this=query.copy(), alias=exp.TableAlias(this=exp.to_identifier(name)))
    pivot.set("this", exp.Table(this=exp.to_identifier(name)))
    outer = pivot.find_ancestor(exp.CTE, exp.Select)
    assert outer is not None, "a PIVOT is in a WITH or in a FROM"
    while isinstance(outer.parent, exp.SetOperation):
        outer = outer.parent  # the WITH of a side of a UNION is written before the first side
    if isinstance(outer, exp.CTE) and isinstance(outer.parent, exp.With):
        with_ = outer.parent
        place = next(i for i, cte in enumerate(with_.expressions) if cte is outer)
        with_.set("expressions", [*with_.expressions[:place], made, *with_.expressions[place:]])
    elif outer.args.get("with_") is None:
        outer.set("with_", exp.With(expressions=[made]))
    else:
        outer.args["with_"].append("expressions", made)


def _fresh_names(tree: exp.Query) -> Iterator[str]:
    taken = {table.name.lower() for table in tree.find_all(exp.Table)}
    taken |= {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    number = 0
    while True:
        name = f"{NAME}{number}"
        number += 1
        if name not in taken:
            yield name
