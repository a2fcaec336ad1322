"""Text, casts to it, regular expressions, lists and JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlglot import exp
from sqlglot.expressions import DType as Type

from seeknal_ci.sql.postgres.kinds import FLOATS, LISTS, Rewrite, is_of
from seeknal_ci.sql.postgres.types import reword_type
from seeknal_ci.sql.postgres.unsayable import unsayable

# `\b` and `(?…)` mean something else to PostgreSQL's regular expressions.
_OTHER_PATTERN = re.compile(r"\\[bBpPQEAzZC]|\(\?")


def _cast(node: exp.Expr) -> exp.Expr:
    if node.meta.get("exact"):
        return node
    target = reword_type(node.args["to"])
    value = node.this
    if target.this in exp.DataType.TEXT_TYPES:
        if is_of(value, FLOATS):
            return _float_text(value)
        if is_of(value, {Type.INTERVAL, Type.BLOB, Type.VARBINARY, *LISTS, Type.STRUCT, Type.MAP}):
            raise unsayable("the text of a list, a struct, an interval or bytes looks different")
    elif is_of(value, {Type.BOOLEAN}) and target.this in exp.DataType.NUMERIC_TYPES:
        value = exp.cast(value, "INT")
    return exp.Cast(this=value, to=target)


def _float_text(value: exp.Expr) -> exp.Expr:
    """DuckDB writes 1.0 where PostgreSQL writes 1."""
    text = exp.Cast(this=value, to=exp.DataType(this=Type.TEXT))
    whole, tenth = exp.Literal.string("^(-?[0-9]+)$"), exp.Literal.string("\\1.0")
    return exp.Anonymous(this="REGEXP_REPLACE", expressions=[text, whole, tenth])


def _text_parts(node: exp.Expr) -> exp.Expr:
    """Numbers inside a text."""
    for part in node.expressions or [node.this, node.expression]:
        if is_of(part, FLOATS):
            part.replace(_float_text(part.copy()))
    return node


def _pattern(node: exp.Expr) -> exp.Expr:
    pattern = node.expression
    if not isinstance(pattern, exp.Literal) or _OTHER_PATTERN.search(pattern.name):
        raise unsayable("a regular expression that means something else there")
    return node


def _substring(node: exp.Expr) -> exp.Expr:
    if isinstance(node.args.get("start"), exp.Neg):
        raise unsayable("substring() from the end; right() takes the last characters")
    return node


def _length(node: exp.Expr) -> exp.Expr:
    if is_of(node.this, LISTS):
        return exp.Anonymous(this="CARDINALITY", expressions=[node.this])
    return node


def _element(node: exp.Expr) -> exp.Expr:
    if not is_of(node.this, LISTS) or any(isinstance(i, exp.Neg) for i in node.expressions):
        raise unsayable("brackets behind what is no list, or that count from its end")
    return node


def _json(node: exp.Expr) -> exp.Expr:
    node.set("this", exp.cast(node.this, "JSON"))
    return node


def _contains(node: exp.Expr) -> exp.Expr:
    place = exp.StrPosition(this=node.this, substr=node.expression)
    return exp.paren(exp.GT(this=place, expression=exp.Literal.number(0)))


def _ends_with(node: exp.Expr) -> exp.Expr:
    end = exp.Right(this=node.this, expression=exp.Length(this=node.expression.copy()))
    return exp.paren(exp.EQ(this=end, expression=node.expression))


REWRITES: Mapping[type[exp.Expr], Rewrite] = {
    exp.ArraySize: _length,
    exp.Bracket: _element,
    exp.Cast: _cast,
    exp.Concat: _text_parts,
    exp.ConcatWs: _text_parts,
    exp.Contains: _contains,
    exp.DPipe: _text_parts,
    exp.EndsWith: _ends_with,
    exp.JSONExtract: _json,
    exp.JSONExtractScalar: _json,
    exp.Length: _length,
    exp.RegexpLike: _pattern,
    exp.RegexpReplace: _pattern,
    exp.Substring: _substring,
}
