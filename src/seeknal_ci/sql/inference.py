"""The types of a query's expressions and columns."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.expressions import DType as Type
from sqlglot.optimizer.annotate_types import TypeAnnotator, annotate_types
from sqlglot.schema import Schema

from seeknal_ci.sql.arithmetic import kind_of, of_types, plain
from seeknal_ci.sql.functions import FUNCTIONS, SCALAR

# Where a set operation keeps the names and types of its columns, which are on no node of its own.
OUTPUTS = "outputs"


def infer_types(tree: exp.Expr, schema: Schema, dialect: str) -> exp.Expr:
    """Annotate every expression of a qualified query with its type."""
    rules = _rules(dialect)

    def annotated() -> exp.Expr:
        return annotate_types(tree, schema=schema, expression_metadata=rules, dialect=dialect)

    typed = annotated()
    laterals = [item for item in tree.find_all(exp.Lateral) if isinstance(item.this, exp.Subquery)]
    # sqlglot does not say what a LATERAL query puts out, which those beside it read: a query of
    # values of its types stands in for each, once those within it and before it do.
    stand_ins = []
    for lateral in sorted(laterals, key=lambda item: -item.depth):
        stand_ins.append(_stand_in(lateral))
        lateral.replace(stand_ins[-1][0])
        typed = annotated()
    for stand_in, lateral in reversed(stand_ins):
        stand_in.replace(lateral)
    return typed


def _stand_in(lateral: exp.Lateral) -> tuple[exp.Subquery, exp.Lateral]:
    """A query that puts out values of the types of another's."""
    alias = lateral.args["alias"].copy()
    names = [column.name for column in alias.columns]
    outputs = outputs_of(lateral.this)
    names += [name for name, _ in outputs[len(names) :]]
    values = [
        exp.alias_(exp.Cast(this=exp.Null(), to=kind or plain(Type.UNKNOWN)), name, quoted=True)
        for name, (_, kind) in zip(names, outputs, strict=True)
    ]
    return exp.Subquery(this=exp.Select(expressions=values), alias=alias), lateral


@cache
def _rules(dialect: str) -> dict[type[exp.Expr], dict[str, Any]]:
    return {
        **Dialect.get_or_raise(dialect).EXPRESSION_METADATA,
        **(FUNCTIONS if dialect == "duckdb" else {}),
        **{kind: {"annotator": _combine} for kind in (exp.Union, exp.Intersect, exp.Except)},
    }


def outputs_of(query: exp.Expr) -> list[tuple[str, exp.DataType | None]]:
    """Names and types of a query's columns, those of a set operation after inference."""
    inner = query.unnest()
    assert isinstance(inner, exp.Query), "brackets around a query hold a query"
    if isinstance(inner, exp.SetOperation):
        found: list[tuple[str, exp.DataType | None]] = inner.meta.get(OUTPUTS, [])
        return found
    return [(select.alias_or_name, select.type) for select in inner.selects]


def _combine(annotator: TypeAnnotator, node: exp.SetOperation) -> None:
    """Types of a set operation's columns, which sqlglot takes from its first side."""
    left, right = outputs_of(node.left), outputs_of(node.right)
    if node.args.get("by_name"):
        others = dict(right)
        found = [(name, _united(t, others.pop(name)) if name in others else t) for name, t in left]
        found += others.items()
    else:
        found = [(name, _united(t, o)) for (name, t), (_, o) in zip(left, right, strict=False)]
        found += left[len(found) :]
    node.meta[OUTPUTS] = found
    unknown = plain(Type.UNKNOWN)
    annotator._setop_column_types[id(node)] = [(name, kind or unknown) for name, kind in found]
    annotator._set_type(node, None)


def _united(one: exp.DataType | None, other: exp.DataType | None) -> exp.DataType | None:
    kinds = {kind_of(one), kind_of(other)}
    if one is None or other is None or Type.UNKNOWN in kinds:
        return None
    if Type.NULL in kinds:
        return other if kind_of(one) is Type.NULL else one
    if Type.VARCHAR in kinds:
        return plain(Type.VARCHAR) if kinds <= SCALAR else None
    return of_types((one, other))
