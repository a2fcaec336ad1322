"""Fields of structs that become columns: `s.*`, and UNNEST of a struct."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.expressions import DType as Type

from seeknal_ci.sql.arithmetic import kind_of
from seeknal_ci.sql.expansion import WHY, Surroundings
from seeknal_ci.sql.patterns import UnknowableError

ALL_LEVELS = 1_000


def expand_fields(select: exp.Select, around: Surroundings) -> None:
    """Write out the fields that a query takes as columns."""
    aliases = {source.alias_or_name.lower() for source in _sources(select)}
    outputs: list[exp.Expr] = []
    for own in select.expressions:
        inner = own.unalias()
        try:
            if isinstance(own, exp.Column) and own.is_star and own.table.lower() not in aliases:
                outputs += _fields_of_star(own, select, around)
            elif isinstance(inner, exp.Explode):
                outputs += _unnested(own, inner, select, around)
            else:
                outputs.append(own)
        except UnknowableError as error:
            own.meta[WHY] = f"its fields depend on {error}"
            outputs.append(own)
    select.set("expressions", outputs)


def _sources(select: exp.Select) -> Iterator[exp.Expr]:
    source = select.args.get("from_")
    if source is not None:
        yield source.this
    for join in select.args.get("joins") or ():
        yield join.this
    yield from select.args.get("laterals") or ()


def _fields_of_star(
    own: exp.Column, select: exp.Select, around: Surroundings
) -> Iterator[exp.Expr]:
    column = exp.Column(this=own.args["table"].copy(), table=own.args.get("db"))
    kind = around.outputs(select, column)[0].expression.type
    star = own.this
    if kind_of(kind) is not Type.STRUCT or kind is None or star.args.get("replace"):
        raise UnknowableError(f"the type of `{column.name}`")
    left_out = {item.name.lower() for item in star.args.get("except_") or ()}
    renamed = {
        item.this.name.lower(): item.alias
        for item in star.args.get("rename") or ()
        if isinstance(item, exp.Alias)
    }
    for field in kind.expressions:
        if field.name.lower() not in left_out:
            name = renamed.get(field.name.lower(), field.name)
            # A field is written as a column of the struct, as in the project's own SQL.
            value = exp.Column(
                this=exp.to_identifier(field.name, quoted=True), table=column.this.copy()
            )
            yield exp.alias_(value, around.name(name), copy=False)


def _unnested(
    own: exp.Expr, unnest: exp.Explode, select: exp.Select, around: Surroundings
) -> Iterator[exp.Expr]:
    """UNNEST of lists makes rows, and of structs columns, as deep as it is told to."""
    depth = _depth(unnest)
    kind = around.outputs(select, unnest.this)[0].expression.type
    value: exp.Expr = unnest.this.copy()
    while depth and kind is not None and kind_of(kind) is Type.ARRAY and kind.expressions:
        value, kind, depth = exp.Explode(this=value), kind.expressions[0], depth - 1
    if kind is None or kind_of(kind) is Type.UNKNOWN:
        raise UnknowableError("a type that is not known")
    if depth and kind_of(kind) is Type.STRUCT:
        for name, field in _fields(value, kind, depth):
            yield exp.alias_(field, around.name(name), copy=False)
    elif depth == 0 or kind_of(kind) is not Type.ARRAY:
        alias = own.args["alias"].copy() if isinstance(own, exp.Alias) else None
        yield exp.alias_(value, alias, copy=False) if alias is not None else value
    else:
        raise UnknowableError("the type of a list's elements")


def _fields(value: exp.Expr, kind: exp.DataType, depth: int) -> Iterator[tuple[str, exp.Expr]]:
    for field in kind.expressions:
        inner = field.args.get("kind")
        name = exp.Literal.string(field.name)
        taken = exp.StructExtract(this=value.copy(), expression=name)
        if depth > 1 and kind_of(inner) is Type.STRUCT:
            yield from _fields(taken, inner, depth - 1)
        else:
            yield field.name, taken


def _depth(unnest: exp.Explode) -> int:
    """How many levels UNNEST goes down. Raises UnknowableError."""
    depth = 1
    for option in unnest.expressions:
        name = option.this.name.lower() if isinstance(option, exp.PropertyEQ) else ""
        value = option.expression if isinstance(option, exp.PropertyEQ) else None
        if name == "recursive" and isinstance(value, exp.Boolean):
            depth = ALL_LEVELS if value.this else 1
        elif name == "max_depth" and isinstance(value, exp.Literal) and value.is_int:
            depth = int(value.name)
        else:
            raise UnknowableError("how deep it goes")
    return depth
