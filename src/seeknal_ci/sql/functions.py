"""What DuckDB's functions and operators return, where sqlglot knows nothing or another thing.

What is not sure stays unknown: a wrong type hides a change that breaks readers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlglot import exp
from sqlglot.expressions import DType as Type
from sqlglot.optimizer.annotate_types import TypeAnnotator

from seeknal_ci.sql.arithmetic import (
    FLOATS,
    INTEGERS,
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

Infer = Callable[[Any], exp.DataType | None]

# What functions return that sqlglot knows by name alone.
RETURNS: Mapping[str, Type] = {
    **dict.fromkeys(("get_current_timestamp", "now", "transaction_timestamp"), Type.TIMESTAMPTZ),
    **dict.fromkeys(("age", "to_months", "to_years", "to_hours", "to_weeks"), Type.INTERVAL),
    **dict.fromkeys(
        ("century", "datesub", "date_sub", "decade", "gcd", "lcm", "ord", "strlen", "weekday"),
        Type.BIGINT,
    ),
    **dict.fromkeys(
        ("entropy", "even", "favg", "fsum", "geomean", "list_avg", "mean", "product", "std"),
        Type.DOUBLE,
    ),
    **dict.fromkeys(("isfinite", "json_valid", "list_has_any", "prefix", "suffix"), Type.BOOLEAN),
    **dict.fromkeys(
        ("base64", "bin", "list_string_agg", "printf", "strip_accents", "url_encode"),
        Type.VARCHAR,
    ),
    **dict.fromkeys(("json_group_array", "to_json"), Type.JSON),
    "bit_count": Type.TINYINT,
    "hash": Type.UBIGINT,
    "try_strptime": Type.TIMESTAMP,
}
# Aggregates that sqlglot knows by name alone.
AGGREGATES = frozenset(
    {
        *("arbitrary", "bitstring_agg", "entropy", "favg", "fsum", "geomean", "geometric_mean"),
        *("histogram", "histogram_exact", "json_group_array", "json_group_object"),
        *("json_group_structure", "kahan_sum", "kurtosis_pop", "mad", "map_agg", "mean"),
        *("product", "regr_avgx", "regr_avgy", "regr_count", "regr_intercept", "regr_r2"),
        *("regr_slope", "regr_sxx", "regr_sxy", "regr_syy", "reservoir_quantile", "sem", "std"),
        *("sum_no_overflow", "sumkahan", "wavg", "weighted_avg"),
    }
)
DATE_PARTS = ("date_part", "datepart")
ELEMENTS = ("list_first", "list_last", "list_max", "list_min")
LISTS = ("list_append", "list_reverse", "list_slice", "list_sort")


def _rule(infer: Infer) -> dict[str, Any]:
    def annotate(annotator: TypeAnnotator, node: exp.Expr) -> None:
        annotator._set_type(node, infer(node))

    return {"annotator": annotate}


def _returns(kind: Type | exp.DataType) -> dict[str, Any]:
    return {"returns": kind}


def _same(node: exp.Expr) -> exp.DataType | None:
    """As the first argument."""
    inner = node.this
    return inner.type if isinstance(inner, exp.Expr) else None


def _literal(node: exp.Literal) -> exp.DataType | None:
    if node.is_string:
        return plain(Type.VARCHAR)
    value = integer_in(node)
    if value is not None:
        return of_integer(value)
    text = node.name
    whole, point, fraction = text.partition(".")
    if not (point and (whole + fraction).isdigit()):
        return plain(Type.DOUBLE)
    digits = len(whole) + len(fraction)
    return decimal(digits, len(fraction)) if digits <= 38 else plain(Type.DOUBLE)


def _sum(node: exp.Sum) -> exp.DataType | None:
    inner = node.this.type
    kind = kind_of(inner)
    if kind in INTEGERS or kind is Type.BOOLEAN:
        return plain(Type.INT128)
    digits = digits_of(inner) if kind is Type.DECIMAL else None
    if digits:
        return decimal(38, digits[1])
    return plain(Type.DOUBLE) if kind in FLOATS else None


def _average(node: exp.Expr) -> exp.DataType | None:
    return plain(Type.DOUBLE) if is_numeric(kind_of(_same(node))) else None


def _median(node: exp.Expr) -> exp.DataType | None:
    kind = kind_of(_same(node))
    if kind in INTEGERS or kind is Type.DOUBLE:
        return plain(Type.DOUBLE)
    return _same(node) if kind in (Type.DECIMAL, Type.FLOAT) else None


def _rounded(node: exp.Expr) -> exp.DataType | None:
    """ROUND and TRUNC; to how many digits must be written out."""
    kind = kind_of(_same(node))
    if kind is not Type.DECIMAL:
        return _same(node) if is_numeric(kind) else None
    places = node.args.get("decimals")
    wanted = 0 if places is None else int(places.name) if places.name.isdigit() else None
    digits = digits_of(node.this.type)
    return decimal(digits[0], min(wanted, digits[1])) if digits and wanted is not None else None


def _whole(node: exp.Expr) -> exp.DataType | None:
    """CEIL and FLOOR."""
    kind = kind_of(_same(node))
    digits = digits_of(node.this.type) if kind is Type.DECIMAL else None
    if digits:
        return decimal(digits[0], 0)
    return plain(Type.DOUBLE) if kind in INTEGERS else _same(node) if kind in FLOATS else None


def _several(*names: str) -> Infer:
    """As the values of several arguments together."""

    def infer(node: exp.Expr) -> exp.DataType | None:
        parts: list[exp.Expr] = []
        for name in names:
            found = node.args.get(name)
            parts += found if isinstance(found, list) else [] if found is None else [found]
        return common(parts) if parts else None

    return infer


def _coalesce(node: exp.Coalesce) -> exp.DataType | None:
    parts = [node.this, *node.expressions]
    # sqlglot writes so what USING and NATURAL make one column of; DuckDB gives it the left's type.
    made = all(isinstance(p, exp.Column) and "line" not in p.this.meta for p in parts)
    if made and any(part.type != parts[0].type for part in parts):
        return None
    return common(parts)


def _case(node: exp.Case) -> exp.DataType | None:
    values = [branch.args["true"] for branch in node.args["ifs"]]
    default = node.args.get("default")
    return common(values if default is None else [*values, default])


def _shifted(node: exp.Expr) -> exp.DataType | None:
    """LAG and LEAD: a default of another type makes the type unsure."""
    default = node.args.get("default")
    if default is None or common((node.this, default)) == node.this.type:
        return _same(node)
    return None


def _list(node: exp.Expr) -> exp.DataType | None:
    inner = common(node.expressions)
    return None if inner is None else exp.DataType(this=Type.ARRAY, expressions=[inner])


def _texts(node: exp.DPipe) -> exp.DataType | None:
    """`||` joins lists and blobs too, and is text where one side is."""
    kinds = {kind_of(node.left.type), kind_of(node.right.type)}
    return plain(Type.VARCHAR) if Type.VARCHAR in kinds and kinds <= SCALAR else None


def _element(node: exp.Bracket) -> exp.DataType | None:
    inner, index = node.this.type, node.expressions[0]
    kind = kind_of(inner)
    if isinstance(index, exp.Slice) or kind is Type.VARCHAR:
        return _same(node)
    parts = inner.expressions if inner is not None else []
    if kind in (Type.ARRAY, Type.LIST) and parts:
        return _as_type(parts[0])
    if kind is Type.MAP and len(parts) == 2:
        return _as_type(parts[1])
    return _field(parts, index) if kind is Type.STRUCT else None


def _extracted(node: exp.StructExtract) -> exp.DataType | None:
    inner = node.this.type
    if kind_of(inner) is not Type.STRUCT or inner is None:
        return None
    return _field(inner.expressions, node.expression)


def _field(parts: list[exp.Expr], name: exp.Expr) -> exp.DataType | None:
    for part in parts:
        if isinstance(part, exp.ColumnDef) and part.name.lower() == name.name.lower():
            return _as_type(part.args.get("kind"))
    return None


def _as_type(node: object) -> exp.DataType | None:
    return node if isinstance(node, exp.DataType) else None


def _extract(node: exp.Extract) -> exp.DataType | None:
    return _part(node.this)


def _part(name: exp.Expr) -> exp.DataType:
    return plain(Type.DOUBLE if name.name.lower() in ("epoch", "julian") else Type.BIGINT)


def _from_epoch(node: exp.UnixToTime) -> exp.DataType | None:
    """TO_TIMESTAMP, and EPOCH_MS of a number; EPOCH_MS of a timestamp is a number."""
    if kind_of(_same(node)) not in INTEGERS:
        return None
    return plain(Type.TIMESTAMPTZ if node.args.get("scale") is None else Type.TIMESTAMP)


def _unless_list(kind: Type, name: str) -> Infer:
    """`kind`, but not where the argument is a list, which makes a list or a struct."""

    def infer(node: exp.Expr) -> exp.DataType | None:
        return None if isinstance(node.args.get(name), exp.Array) else plain(kind)

    return infer


def _by_name(node: exp.Anonymous) -> exp.DataType | None:
    name = node.name.lower()
    first = node.expressions[0] if node.expressions else None
    if name in DATE_PARTS:
        return _part(first) if isinstance(first, exp.Literal) else None
    if first is not None and first.type is not None and kind_of(first.type) is Type.ARRAY:
        if name in LISTS:
            return _as_type(first.type)
        if name in ELEMENTS and first.type.expressions:
            return _as_type(first.type.expressions[0])
    kind = RETURNS.get(name)
    return None if kind is None else plain(kind)


# What becomes text beside text.
SCALAR = frozenset(
    {Type.VARCHAR, Type.DATE, Type.TIMESTAMP, Type.BOOLEAN, Type.DECIMAL, *INTEGERS, *FLOATS}
)

FUNCTIONS: dict[type[exp.Expr], dict[str, Any]] = {
    **dict.fromkeys((exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod), _rule(of_operation)),
    **dict.fromkeys((exp.First, exp.Last, exp.ArgMax, exp.ArgMin, exp.Nullif), _rule(_same)),
    **dict.fromkeys((exp.ArrayDistinct, exp.Abs, exp.Mode), _rule(_same)),
    **dict.fromkeys((exp.Greatest, exp.Least), _rule(_several("this", "expressions"))),
    **dict.fromkeys((exp.Lag, exp.Lead), _rule(_shifted)),
    **dict.fromkeys((exp.Median, exp.PercentileCont), _rule(_median)),
    **dict.fromkeys((exp.Round, exp.Trunc), _rule(_rounded)),
    **dict.fromkeys((exp.Ceil, exp.Floor), _rule(_whole)),
    **dict.fromkeys((exp.Levenshtein, exp.StrPosition), _returns(Type.BIGINT)),
    **dict.fromkeys(
        (exp.Left, exp.Right, exp.Replace, exp.SplitPart, exp.RegexpReplace, exp.Pad, exp.Hex),
        _returns(Type.VARCHAR),
    ),
    exp.Anonymous: _rule(_by_name),
    exp.Array: _rule(_list),
    exp.Avg: _rule(_average),
    exp.Bracket: _rule(_element),
    exp.Case: _rule(_case),
    exp.Coalesce: _rule(_coalesce),
    exp.Count: _returns(Type.BIGINT),
    exp.CurrentTimestamp: _returns(Type.TIMESTAMPTZ),
    exp.DPipe: _rule(_texts),
    exp.Extract: _rule(_extract),
    exp.GenerateSeries: _rule(lambda node: None),
    exp.If: _rule(_several("true", "false")),
    exp.JSONExtract: _rule(_unless_list(Type.JSON, "expression")),
    exp.JSONExtractScalar: _rule(_unless_list(Type.VARCHAR, "expression")),
    exp.Literal: _rule(_literal),
    exp.RegexpExtract: _rule(_unless_list(Type.VARCHAR, "group")),
    exp.Sign: _returns(Type.TINYINT),
    exp.Split: _returns(exp.DataType.build("VARCHAR[]", dialect="duckdb")),
    exp.StructExtract: _rule(_extracted),
    exp.Sum: _rule(_sum),
    exp.UnixToTime: _rule(_from_epoch),
    exp.Uuid: _returns(Type.UUID),
}
