"""What functions on lists, structs, maps and JSON return, and lambdas put in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlglot import exp
from sqlglot.expressions import DType as Type
from sqlglot.optimizer.annotate_types import TypeAnnotator

from seeknal_ci.sql.arithmetic import common, is_numeric, kind_of, plain
from seeknal_ci.sql.functions.rules import (
    LISTS,
    Named,
    as_type,
    element_of,
    list_of,
    one_or_list,
    returns,
    rule,
    same,
    texts,
    type_at,
)
from seeknal_ci.sql.types import type_name

# What `list_aggregate(l, 'sum')` makes of the elements, where it is not one of them.
OF_ELEMENTS = {"count": Type.BIGINT, "avg": Type.DOUBLE, "string_agg": Type.VARCHAR}
ONE_OF_THEM = ("any_value", "first", "last", "max", "min", "mode")


def _array(node: exp.Array) -> exp.DataType | None:
    """A list that is written out, or of a query's rows."""
    if len(node.expressions) == 1 and isinstance(node.expressions[0], exp.Query):
        outputs = node.expressions[0].selects
        return list_of(outputs[0].type) if len(outputs) == 1 else None
    return list_of(common(node.expressions)) if node.expressions else None


def _element(node: exp.Bracket) -> exp.DataType | None:
    inner, index = node.this.type, node.expressions[0]
    kind = kind_of(inner)
    if isinstance(index, exp.Slice) or kind is Type.VARCHAR:
        return same(node)
    parts = inner.expressions if inner is not None else []
    if kind in LISTS and parts:
        return as_type(parts[0])
    if kind is Type.MAP and len(parts) == 2:
        return as_type(parts[1])
    return _field(parts, index) if kind is Type.STRUCT else None


def _extracted(node: exp.StructExtract) -> exp.DataType | None:
    inner = node.this.type
    if kind_of(inner) is not Type.STRUCT or inner is None:
        return None
    return _field(inner.expressions, node.expression)


def _field(parts: list[exp.Expr], name: exp.Expr) -> exp.DataType | None:
    for part in parts:
        if isinstance(part, exp.ColumnDef) and part.name.lower() == name.name.lower():
            return as_type(part.args.get("kind"))
    return None


def _dot(node: exp.Dot) -> exp.DataType | None:
    """A field of a struct, or a value in JSON."""
    kind = kind_of(same(node))
    if kind is Type.JSON:
        return plain(Type.JSON)
    inner = same(node)
    return _field(inner.expressions, node.expression) if kind is Type.STRUCT and inner else None


def _unless_list(kind: Type) -> Any:
    """`kind`, or a list of it where the path is a list."""

    def infer(node: exp.Expr) -> exp.DataType | None:
        path = node.args.get("expression")
        if isinstance(path, exp.JSONPath | exp.Literal):
            return plain(kind)
        found = kind_of(path.type) if isinstance(path, exp.Expr) else Type.UNKNOWN
        if found in LISTS:
            return list_of(plain(kind))
        return plain(kind) if found is Type.VARCHAR or is_numeric(found) else None

    return infer


def _series(node: exp.GenerateSeries) -> exp.DataType | None:
    """Lists of numbers, or of moments."""
    start = node.args.get("start")
    kind = kind_of(start.type) if isinstance(start, exp.Expr) else Type.UNKNOWN
    if kind is Type.TIMESTAMPTZ:
        return list_of(plain(kind))
    if kind in (Type.DATE, Type.TIMESTAMP):
        return list_of(plain(Type.TIMESTAMP))
    return list_of(plain(Type.BIGINT)) if is_numeric(kind) else None


def _joined(kinds: Sequence[exp.DataType | None]) -> exp.DataType | None:
    """Lists end to end, of one type."""
    names = {type_name(kind) for kind in kinds}
    alike = len(names) == 1 and None not in names
    return kinds[0] if alike and kind_of(kinds[0]) in LISTS else None


def _concatenated(node: exp.Expr) -> exp.DataType | None:
    return _joined([part.type for part in (node.this, *node.expressions)])


def _with_one(node: exp.Expr) -> exp.DataType | None:
    """A list with one more element, whose type it decides if it is of the list's or fits it."""
    kind, value = same(node), node.expression
    inner = element_of(kind)
    if inner is None or not isinstance(value, exp.Expr):
        return None
    return kind if common([exp.cast(exp.Null(), inner), value]) == inner else None


def _same_list(arguments: Sequence[exp.Expr]) -> exp.DataType | None:
    kind = type_at(arguments)
    return kind if kind_of(kind) in LISTS else None


def _aggregated(arguments: Sequence[exp.Expr]) -> exp.DataType | None:
    """`list_aggregate(l, 'max')`."""
    name = arguments[1].name.lower() if len(arguments) > 1 else ""
    if name in ONE_OF_THEM:
        return element_of(type_at(arguments))
    return plain(OF_ELEMENTS[name]) if name in OF_ELEMENTS else None


def _float_like(arguments: Sequence[exp.Expr]) -> exp.DataType | None:
    """Distances: FLOAT of lists of FLOAT, else DOUBLE."""
    kinds = {kind_of(element_of(argument.type)) for argument in arguments}
    if Type.UNKNOWN in kinds:
        return None
    return plain(Type.FLOAT if kinds == {Type.FLOAT} else Type.DOUBLE)


def _element_at(arguments: Sequence[exp.Expr]) -> exp.DataType | None:
    """`list_extract(l, 1)`, and of a text a character."""
    kind = type_at(arguments)
    return kind if kind_of(kind) is Type.VARCHAR else element_of(kind)


def _of_map(place: int) -> Named:
    """The type of a map's keys or values."""

    def infer(arguments: Sequence[exp.Expr]) -> exp.DataType | None:
        kind = type_at(arguments)
        known = kind is not None and kind_of(kind) is Type.MAP and len(kind.expressions) == 2
        return as_type(kind.expressions[place]) if kind is not None and known else None

    return infer


def _entries(arguments: Sequence[exp.Expr]) -> exp.DataType | None:
    key, value = _of_map(0)(arguments), _of_map(1)(arguments)
    if key is None or value is None:
        return None
    fields = [
        exp.ColumnDef(this=exp.to_identifier(name, quoted=True), kind=kind.copy())
        for name, kind in (("key", key), ("value", value))
    ]
    return list_of(exp.DataType(this=Type.STRUCT, expressions=fields, nested=True))


def _with_fields(arguments: Sequence[exp.Expr]) -> exp.DataType | None:
    """`struct_insert(s, a := 1)`."""
    kind = type_at(arguments)
    if kind is None or kind_of(kind) is not Type.STRUCT:
        return None
    fields = [field.copy() for field in kind.expressions]
    for argument in arguments[1:]:
        value = argument.expression.type if isinstance(argument, exp.PropertyEQ) else None
        if value is None or type_name(value) is None:
            return None
        name = exp.to_identifier(argument.name, quoted=argument.this.args.get("quoted"))
        fields.append(exp.ColumnDef(this=name, kind=value.copy()))
    return exp.DataType(this=Type.STRUCT, expressions=fields, nested=True)


def _lambda(annotator: TypeAnnotator, node: exp.Expr) -> None:
    """LIST_TRANSFORM makes a list of what the lambda makes of an element."""
    arguments = node.expressions if isinstance(node, exp.Anonymous) else None
    given, lambda_ = arguments if arguments else (node.this, node.expression)
    element = element_of(given.type)
    if element is None or not isinstance(lambda_, exp.Lambda):
        annotator._set_type(node, None)
        return
    body = _typed(lambda_, (element, plain(Type.BIGINT)))
    inner = TypeAnnotator(annotator.schema, annotator.expression_metadata)
    annotator._set_type(node, list_of(inner.annotate(body, annotate_scope=False).type))


def _typed(lambda_: exp.Lambda, kinds: tuple[exp.DataType, ...]) -> exp.Expr:
    """A lambda's body with values of the types of what it names, in the place of the names."""
    parameters = dict(zip((p.name for p in lambda_.expressions), kinds, strict=False))
    root = exp.Paren(this=lambda_.this.copy())
    for node in list(root.find_all(exp.Identifier, exp.Column)):
        if isinstance(node.parent, exp.Column | exp.DataType | exp.ColumnDef):
            continue
        if isinstance(node.parent, exp.Dot) and node.arg_key == "expression":
            continue
        kind = node.type if isinstance(node, exp.Column) else parameters.get(node.name)
        if kind is not None and kind_of(kind) is not Type.UNKNOWN:
            node.replace(exp.cast(exp.Null(), kind.copy()))
    return root


LIKE_THE_FIRST = (
    *("array_filter", "array_intersect", "array_pop_back", "array_pop_front", "array_resize"),
    *("array_select", "array_slice", "array_sort", "array_reverse_sort", "array_where"),
    *("list_filter", "list_intersect", "list_resize", "list_reverse", "list_reverse_sort"),
    *("list_select", "list_slice", "list_sort", "list_where"),
)
ELEMENTS = (
    *("list_bit_and", "list_bit_or", "list_bit_xor", "list_first", "list_last", "list_max"),
    *("list_min", "list_mode"),
)
DISTANCES = (
    *("list_cosine_distance", "list_cosine_similarity", "list_distance", "list_dot_product"),
    *("list_inner_product", "list_negative_dot_product", "list_negative_inner_product"),
)

NAMED: Mapping[str, Named] = {
    **dict.fromkeys(LIKE_THE_FIRST, _same_list),
    **dict.fromkeys(ELEMENTS, lambda a: element_of(type_at(a))),
    **dict.fromkeys(DISTANCES, _float_like),
    **dict.fromkeys(("array_aggr", "list_aggr", "list_aggregate"), _aggregated),
    **dict.fromkeys(("array_extract", "list_element", "list_extract"), _element_at),
    **dict.fromkeys(("element_at", "map_extract"), lambda a: list_of(_of_map(1)(a))),
    **dict.fromkeys(("array_cat", "list_cat"), lambda a: _joined([item.type for item in a])),
    "json_array_length": one_or_list(plain(Type.UBIGINT)),
    "json_exists": one_or_list(plain(Type.BOOLEAN)),
    "json_value": one_or_list(plain(Type.VARCHAR)),
    "list_pack": lambda a: list_of(common(a)) if a else None,
    "map_entries": _entries,
    "struct_insert": _with_fields,
    "map_extract_value": _of_map(1),
    "map_values": lambda a: list_of(_of_map(1)(a)),
}

RULES: dict[type[exp.Expr], dict[str, Any]] = {
    **dict.fromkeys((exp.ArrayAppend, exp.ArrayPrepend), rule(_with_one)),
    **dict.fromkeys((exp.ArrayDistinct, exp.ArrayFilter, exp.ArraySort), rule(same)),
    **dict.fromkeys((exp.ArrayMax, exp.ArrayMin), rule(lambda node: element_of(same(node)))),
    exp.Array: rule(_array),
    exp.ArrayConcat: rule(_concatenated),
    exp.ArrayPosition: returns(Type.INT),
    exp.Bracket: rule(_element),
    exp.Dot: rule(_dot),
    exp.Flatten: rule(lambda node: element_of(same(node))),
    exp.GenerateSeries: rule(_series),
    exp.JSONExtract: rule(_unless_list(Type.JSON)),
    exp.JSONExtractScalar: rule(_unless_list(Type.VARCHAR)),
    exp.JSONKeys: rule(lambda node: None if node.args.get("expression") else texts()),
    exp.JSONType: rule(lambda node: None if node.args.get("expression") else plain(Type.VARCHAR)),
    exp.MapKeys: rule(lambda node: list_of(_of_map(0)([node.this]))),
    exp.StructExtract: rule(_extracted),
    exp.Transform: {"annotator": _lambda},
}
RULES |= dict.fromkeys(
    (exp.JSONArray, exp.JSONObject, exp.JSONRemove, exp.JSONSet, exp.JSONStripNulls),
    returns(Type.JSON),
)
