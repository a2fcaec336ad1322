"""What functions and operators on numbers, texts and moments return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlglot import exp
from sqlglot.expressions import DType as Type

from seeknal_ci.sql.arithmetic import (
    FLOATS,
    INTEGERS,
    MOMENTS,
    common,
    decimal,
    digits_of,
    integer_in,
    is_numeric,
    kind_of,
    of_integer,
    of_operation,
    plain,
)
from seeknal_ci.sql.functions.rules import (
    LISTS,
    SCALAR,
    Named,
    returns,
    rule,
    same,
    several,
    texts,
    type_at,
)
from seeknal_ci.sql.types import type_name

MAX_DIGITS = 38


def _literal(node: exp.Literal) -> exp.DataType | None:
    if node.is_string:
        return plain(Type.VARCHAR)
    value = integer_in(node)
    if value is not None:
        return of_integer(value)
    text = node.name
    whole, point, fraction = text.partition(".")
    if not point and text.isdigit():
        return None  # of more digits than an integer has: a BIGNUM, or a double in DuckDB 1
    if not (point and (whole + fraction).isdigit()):
        return plain(Type.DOUBLE)
    digits = len(whole) + len(fraction)
    return decimal(digits, len(fraction)) if digits <= MAX_DIGITS else plain(Type.DOUBLE)


def _rounded(node: exp.Expr) -> exp.DataType | None:
    """ROUND and TRUNC; to how many digits must be written out."""
    kind = kind_of(same(node))
    if kind is not Type.DECIMAL:
        return same(node) if is_numeric(kind) else None
    places = node.args.get("decimals")
    wanted = 0 if places is None else int(places.name) if places.name.isdigit() else None
    digits = digits_of(node.this.type)
    return decimal(digits[0], min(wanted, digits[1])) if digits and wanted is not None else None


def _whole(node: exp.Expr) -> exp.DataType | None:
    """CEIL and FLOOR."""
    kind = kind_of(same(node))
    digits = digits_of(node.this.type) if kind is Type.DECIMAL else None
    if digits:
        return decimal(digits[0], 0)
    return plain(Type.DOUBLE) if kind in INTEGERS else same(node) if kind in FLOATS else None


def _coalesce(node: exp.Coalesce) -> exp.DataType | None:
    parts = [node.this, *node.expressions]
    # sqlglot writes so what USING and NATURAL make one column of.
    made = all(isinstance(p, exp.Column) and "line" not in p.this.meta for p in parts)
    if made and any(part.type != parts[0].type for part in parts):
        return _of_key(node, parts)
    return common(parts)


def _of_key(node: exp.Coalesce, parts: Sequence[exp.Expr]) -> exp.DataType | None:
    """The type of a join's key: that of the side all of whose rows are kept, the left's first."""
    select = node.parent_select
    joins = select.args.get("joins") or () if select is not None else ()
    kept = {join.alias_or_name: join.side for join in joins}
    sides = [kept.get(part.text("table")) for part in parts[1:]]
    if all(side in ("", "LEFT") for side in sides):
        return parts[0].type
    if len(parts) > 2 or sides[0] not in ("FULL", "RIGHT"):
        return None
    return common(parts) if sides[0] == "FULL" else parts[1].type


def _case(node: exp.Case) -> exp.DataType | None:
    values = [branch.args["true"] for branch in node.args["ifs"]]
    default = node.args.get("default")
    return common(values if default is None else [*values, default])


def _joined(node: exp.DPipe) -> exp.DataType | None:
    """`||` joins lists and blobs too, and is text where one side is."""
    kinds = {kind_of(node.left.type), kind_of(node.right.type)}
    if kinds <= {Type.VARBINARY, Type.BLOB}:
        return plain(Type.VARBINARY)
    if kinds <= set(LISTS) and type_name(node.left.type) == type_name(node.right.type):
        return node.left.type
    return plain(Type.VARCHAR) if Type.VARCHAR in kinds and kinds <= SCALAR else None


def _part(name: exp.Expr) -> exp.DataType:
    return plain(Type.DOUBLE if name.name.lower() in ("epoch", "julian") else Type.BIGINT)


def _part_by_name(arguments: Sequence[exp.Expr]) -> exp.DataType | None:
    part = arguments[0] if arguments else None
    return _part(part) if isinstance(part, exp.Literal) else None


def _from_epoch(node: exp.UnixToTime) -> exp.DataType | None:
    """TO_TIMESTAMP, and EPOCH_MS of a number; EPOCH_MS of a moment is a number."""
    kind = kind_of(same(node))
    if node.args.get("scale") is None:
        return plain(Type.TIMESTAMPTZ) if is_numeric(kind) else None
    if kind in (*MOMENTS, Type.INTERVAL, Type.TIME):
        return plain(Type.BIGINT)
    return plain(Type.TIMESTAMP) if kind in INTEGERS else None


def _extracted(node: exp.RegexpExtract) -> exp.DataType | None:
    """A group; of a list of names a struct with a field for each."""
    group = node.args.get("group")
    if not isinstance(group, exp.Array):
        return plain(Type.VARCHAR)
    names = [name.name for name in group.expressions if isinstance(name, exp.Literal)]
    if len(names) != len(group.expressions):
        return None
    fields = [
        exp.ColumnDef(this=exp.to_identifier(name), kind=plain(Type.VARCHAR)) for name in names
    ]
    return exp.DataType(this=Type.STRUCT, expressions=fields, nested=True)


def _repeated(node: exp.Expr) -> exp.DataType | None:
    kind = kind_of(same(node))
    return same(node) if kind in (Type.VARCHAR, Type.VARBINARY, *LISTS) else None


def _integers(arguments: Sequence[exp.Expr]) -> exp.DataType | None:
    """GCD and LCM."""
    kinds = {kind_of(argument.type) for argument in arguments}
    if not kinds <= set(INTEGERS):
        return None
    wide = kinds & {Type.INT128, Type.UBIGINT}
    return plain(Type.INT128 if wide else Type.BIGINT)


def _divided(arguments: Sequence[exp.Expr]) -> exp.DataType | None:
    """`divide(a, b)` is `a // b`."""
    if len(arguments) != 2 or Type.DECIMAL in {kind_of(side.type) for side in arguments}:
        return None
    return of_operation(exp.IntDiv(this=arguments[0].copy(), expression=arguments[1].copy()))


def _operated(operator: type[exp.Binary]) -> Named:
    def infer(arguments: Sequence[exp.Expr]) -> exp.DataType | None:
        if len(arguments) != 2:
            return None
        one, other = (argument.copy() for argument in arguments)
        return of_operation(operator(this=one, expression=other))

    return infer


def _bits(arguments: Sequence[exp.Expr]) -> exp.DataType | None:
    kind = kind_of(type_at(arguments))
    if kind in INTEGERS:
        return plain(Type.TINYINT)
    return plain(Type.BIGINT) if kind is Type.BIT else None


def _zoned(node: exp.AtTimeZone) -> exp.DataType | None:
    """A moment with a zone loses it, and one without gets it."""
    kind = kind_of(same(node))
    if kind is Type.TIMESTAMPTZ:
        return plain(Type.TIMESTAMP)
    return plain(Type.TIMESTAMPTZ) if kind in (Type.TIMESTAMP, Type.DATE) else None


NAMED: Mapping[str, Named] = {
    **dict.fromkeys(("date_part", "datepart"), _part_by_name),
    **dict.fromkeys(("gcd", "lcm", "greatest_common_divisor", "least_common_multiple"), _integers),
    "add": _operated(exp.Add),
    "bit_count": _bits,
    "divide": _divided,
    "multiply": _operated(exp.Mul),
    "subtract": _operated(exp.Sub),
}

RULES: dict[type[exp.Expr], dict[str, Any]] = {
    **dict.fromkeys((exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod), rule(of_operation)),
    **dict.fromkeys((exp.Abs, exp.Nullif, exp.Collate, exp.Try), rule(same)),
    **dict.fromkeys((exp.Greatest, exp.Least), rule(several("this", "expressions"))),
    **dict.fromkeys((exp.Round, exp.Trunc), rule(_rounded)),
    **dict.fromkeys((exp.Ceil, exp.Floor), rule(_whole)),
    **dict.fromkeys((exp.Levenshtein, exp.StrPosition, exp.WeekOfYear), returns(Type.BIGINT)),
    **dict.fromkeys(
        (exp.Left, exp.Right, exp.Replace, exp.SplitPart, exp.RegexpReplace, exp.Pad, exp.Hex),
        returns(Type.VARCHAR),
    ),
    exp.AtTimeZone: rule(_zoned),
    **dict.fromkeys((exp.ByteString, exp.Overlay, exp.ToBinary), returns(Type.VARCHAR)),
    exp.Case: rule(_case),
    exp.Coalesce: rule(_coalesce),
    exp.CurrentTime: rule(lambda node: None),
    exp.CurrentTimestamp: returns(Type.TIMESTAMPTZ),
    exp.DPipe: rule(_joined),
    exp.Extract: rule(lambda node: _part(node.this)),
    exp.HexString: returns(Type.VARBINARY),
    exp.If: rule(several("true", "false")),
    exp.Literal: rule(_literal),
    exp.RegexpExtract: rule(_extracted),
    **dict.fromkeys((exp.RegexpExtractAll, exp.RegexpSplit, exp.Split), returns(texts())),
    exp.Repeat: rule(_repeated),
    exp.Sign: returns(Type.TINYINT),
    exp.UnixToTime: rule(_from_epoch),
    exp.Uuid: returns(Type.UUID),
}
