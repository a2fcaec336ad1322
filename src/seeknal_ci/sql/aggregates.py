"""What queries made from features have in common: aggregates, conditions, columns with places."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from sqlglot import exp

from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import Located, SqlText
from seeknal_ci.sql.errors import SqlError
from seeknal_ci.sql.parse import CONDITION, parse_condition
from seeknal_ci.sql.references import STANDS_FOR, place_in

FUNCTIONS = {
    "count": exp.Count,
    "sum": exp.Sum,
    "avg": exp.Avg,
    "mean": exp.Avg,
    "min": exp.Min,
    "max": exp.Max,
    "stddev": exp.Stddev,
    "std": exp.Stddev,
}
PERCENTILE = "percentile_"


def aggregated(word: str, argument: exp.Expr) -> exp.Expr:
    """The aggregate that a word of the YAML stands for. Percentiles lie between two values where
    none of the rows' own is the one.
    """
    if word == "median":
        return _percentile(Decimal(50), argument)
    if word.startswith(PERCENTILE):
        return _percentile(Decimal(word.removeprefix(PERCENTILE).replace("_", ".")), argument)
    return FUNCTIONS[word](this=argument)


def filtered(aggregate: exp.Expr, condition: exp.Expr) -> exp.Filter:
    """An aggregate of the rows that meet a condition."""
    return exp.Filter(this=aggregate, expression=exp.Where(this=condition))


def row_condition(sql: SqlText, dialect: str) -> exp.Expr:
    """The condition of a feature. Raises SqlError for one that is no SQL, or reads elsewhere."""
    condition = parse_condition(sql, dialect)
    if condition.find(exp.Table) is not None:
        raise SqlError(
            "condition-reads",
            "a condition reads another table, and may only look at the row itself",
            fix="join what it needs in a transform before this node",
            place=sql.place_of(1),
        )
    origin = sql.after(CONDITION)
    for part in condition.find_all(exp.Identifier, exp.Literal, exp.Anonymous):
        line = part.meta.get("line")
        if line is not None:
            # Templates on one line may stand for text of several files.
            locate(part, place_in(part, origin) if sql.pieces else sql.place_of(line))
    return condition


def located_column(located: Located) -> exp.Column:
    """A column, with the place where the project names it."""
    identifier = exp.to_identifier(located.name, quoted=True)
    locate(identifier, located.place)
    return exp.Column(this=identifier)


def input_table(node_id: str, place: Place) -> exp.Table:
    """The one input of a node, with the place where the project names it."""
    identifier = exp.to_identifier(node_id, quoted=True)
    locate(identifier, place)
    return exp.Table(this=identifier, alias=exp.TableAlias(this=exp.to_identifier("input_0")))


def columns_needed(outputs: Iterable[exp.Expr], made: Iterable[str] = ()) -> list[exp.Expr]:
    """Columns of the input that expressions read, each once; those in `made` are not of it."""
    found: dict[str, exp.Expr] = {}
    skipped = set(made)
    for output in outputs:
        for column in output.find_all(exp.Column):
            if not column.table and column.name.lower() not in skipped:
                found.setdefault(column.name.lower(), column.copy())
    return list(found.values())


def locate(part: exp.Expr, place: Place) -> None:
    """Let a part of a query that is not written as SQL stand where the YAML has it."""
    part.meta.clear()
    part.meta["line"] = place.line
    if place.column is not None:
        part.meta["col"] = place.column
    if place.inside is not None:
        part.meta[STANDS_FOR] = place.inside


def _percentile(percent: Decimal, argument: exp.Expr) -> exp.PercentileCont:
    fraction = exp.Literal.number(f"{(percent / 100).normalize():f}")
    return exp.PercentileCont(this=exp.cast(argument, "DOUBLE"), expression=fraction)
