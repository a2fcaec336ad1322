"""COLUMNS(…), and stars that are tested, as the columns that they pick.

https://duckdb.org/docs/stable/sql/expressions/star
"""

from __future__ import annotations

import re

from sqlglot import exp

from seeknal_ci.sql.expansion import ABSENT, WHY, Output, Surroundings, is_star_test, spread_in
from seeknal_ci.sql.patterns import (
    AbsentError,
    UnknowableError,
    compiled,
    listed,
    picked,
    picked_by_star,
)

GROUP = re.compile(r"\\(\d)")


def expand_columns(select: exp.Select, around: Surroundings) -> None:
    """Write out what a query's COLUMNS and tests of stars stand for, wherever DuckDB has them."""
    outputs = [new for own in select.expressions for new in _expanded(own, select, around)]
    select.set("expressions", outputs)
    where = select.args.get("where")
    if where is not None:
        conditions = _expanded(where.this, select, around)
        where.set("this", exp.and_(*conditions, copy=False))
    order = select.args.get("order")
    if order is not None:
        terms = [term for own in order.expressions for term in _expanded(own, select, around)]
        order.set("expressions", terms)


def matching(source: exp.Expr, select: exp.Select, around: Surroundings) -> list[Output]:
    """The columns that what is in COLUMNS(…), or a star that is tested, stands for.

    Raises UnknowableError.
    """
    if is_star_test(source):
        test, star = _test_of(source)
        all_of = around.outputs(select, star)
        names = picked_by_star(test, [output.name for output in all_of])
    elif source.is_star:
        return around.outputs(select, source)
    else:
        all_of = around.outputs(select, exp.Star())
        names = picked(source, [output.name for output in all_of])
    found = [output for output in all_of if output.name in names]
    have = {output.name.lower() for output in all_of}
    wanted = listed(source) if isinstance(source, exp.Array) else []
    absent = [name for name in wanted if name.lower() not in have]
    if absent or not found:
        raise AbsentError(absent or [_text(source)], sorted(have))
    return found


def _test_of(source: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    """A condition on a star, and the star without it."""
    if isinstance(source, exp.Star | exp.Column):
        bare = source.copy()
        inner = bare.this if isinstance(bare, exp.Column) else bare
        pattern = inner.args["ilike"]
        inner.set("ilike", None)
        return exp.ILike(this=bare, expression=pattern.copy()), bare
    star = source.find(exp.Star)
    assert star is not None, "the test of a star has a star"
    return source, star.parent if isinstance(star.parent, exp.Column) else star


def _text(source: exp.Expr) -> str:
    text = source.sql("duckdb")
    return text if is_star_test(source) else f"COLUMNS({text})"


def _expanded(own: exp.Expr, select: exp.Select, around: Surroundings) -> list[exp.Expr]:
    """One expression of a query for every column that is picked; itself where there is nothing."""
    spread = list(spread_in(own))
    if not spread:
        return [own]
    try:
        for columns in [*spread]:
            if isinstance(columns, exp.Columns) and columns.args.get("unpack"):
                _unpack(columns, matching(columns.this, select, around))
        spread = list(spread_in(own))
        if not spread:
            return [own]
        first = spread[0]
        if any(other != first for other in spread):
            raise UnknowableError("different COLUMNS in one expression, which DuckDB refuses")
        source = first.this if isinstance(first, exp.Columns) else first
        found = matching(source, select, around)
        return [_one(own, output, source, around) for output in found]
    except AbsentError as error:
        spread[0].meta[WHY] = "it picks no column of its input"
        spread[0].meta[ABSENT] = (error.absent, error.have)
    except UnknowableError as error:
        spread[0].meta[WHY] = f"what it picks depends on {error}"
    return [own]


def _unpack(columns: exp.Columns, found: list[Output]) -> None:
    """`f(*COLUMNS(…))` has every column as an argument."""
    call = columns.parent
    arguments = [output.expression.copy() for output in found]
    if call is None or columns.arg_key not in ("this", "expressions"):
        raise UnknowableError("how a function takes its columns")
    if columns.arg_key == "expressions":
        columns.replace(arguments)
    elif call.arg_types.get("expressions") is not None or "expressions" in call.arg_types:
        call.set("expressions", [*arguments[1:], *call.expressions])
        columns.replace(arguments[0])
    else:
        raise UnknowableError("how a function takes its columns")


def _one(own: exp.Expr, output: Output, source: exp.Expr, around: Surroundings) -> exp.Expr:
    """An expression for one column of those that are picked."""
    copy = own.copy()
    root = exp.Paren(this=copy)
    for node in list(spread_in(copy)):
        node.replace(output.expression.copy())
    found: exp.Expr = root.this
    if isinstance(own, exp.Alias):
        found.set("alias", _named(own.args["alias"], output.name, source, around))
        return found
    if isinstance(own, exp.Ordered) or isinstance(own.parent, exp.Where):
        return found
    if not isinstance(output.expression, exp.Column | exp.Coalesce) and found != output.expression:
        raise UnknowableError("how DuckDB names what replaces a column")
    return exp.alias_(found, exp.to_identifier(output.name, quoted=True), copy=False)


def _named(
    alias: exp.Identifier, name: str, source: exp.Expr, around: Surroundings
) -> exp.Identifier:
    r"""The alias, in which `\1` is what the pattern's first group found in the column's name."""
    text = alias.name
    if isinstance(source, exp.Literal) and GROUP.search(text):
        match = compiled(source.name).search(name)
        if match is not None:
            found = match
            return around.name(GROUP.sub(lambda group: _group(found, int(group[1])), text))
    copy: exp.Identifier = alias.copy()
    return copy


def _group(match: re.Match[str], number: int) -> str:
    return (match[number] or "") if number <= match.re.groups else ""
