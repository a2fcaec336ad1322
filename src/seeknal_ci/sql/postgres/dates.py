"""Dates and times: their parts, their differences and their text."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlglot import exp
from sqlglot.expressions import DType as Type

from seeknal_ci.sql.postgres.kinds import Rewrite, double, is_of
from seeknal_ci.sql.postgres.unsayable import unsayable

# Of strftime's, those that to_char has, between signs that it lets stand.
_DATE_FORMAT = re.compile(r"(?:%[YmdHMSyj]|[^%A-Za-z\"\\])*")
_FIELDS: Mapping[type[exp.Expr], str] = {
    exp.Day: "DAY",
    exp.DayOfMonth: "DAY",
    exp.DayOfWeek: "DOW",
    exp.DayOfWeekIso: "ISODOW",
    exp.DayOfYear: "DOY",
    exp.Hour: "HOUR",
    exp.Minute: "MINUTE",
    exp.Month: "MONTH",
    exp.Quarter: "QUARTER",
    exp.Second: "SECOND",
    exp.Week: "WEEK",
    exp.WeekOfYear: "WEEK",
    exp.Year: "YEAR",
}
_FIELD_NAMES = frozenset({*_FIELDS.values(), "EPOCH", "ISOYEAR"})


def _field(node: exp.Expr) -> exp.Expr:
    return _extracted(_FIELDS[type(node)], node.this)


def _extract(node: exp.Expr) -> exp.Expr:
    return _extracted(node.this.name.upper(), node.expression)


def _extracted(name: str, value: exp.Expr) -> exp.Expr:
    """A part of a date: a whole number, while PostgreSQL's seconds have a fraction."""
    if name not in _FIELD_NAMES:
        raise unsayable(f"the part {name.lower()} of a date")
    extract = exp.Extract(this=exp.var(name), expression=value)
    if name == "EPOCH":
        return double(extract)
    found = exp.Floor(this=extract) if name == "SECOND" else extract
    return exp.cast(found, "BIGINT")


def _trunc(node: exp.Expr) -> exp.Expr:
    """Of a DATE DuckDB makes a TIMESTAMP, and PostgreSQL one with a time zone."""
    if is_of(node.this, {Type.DATE}):
        node.set("this", exp.cast(node.this, "TIMESTAMP"))
    return node


def _date_diff(node: exp.Expr) -> exp.Expr:
    if node.text("unit").upper() == "WEEK":
        raise unsayable("date_diff() in weeks; divide the days by 7")
    return node


def _strftime(node: exp.Expr) -> exp.Expr:
    pattern = node.args.get("format")
    if not isinstance(pattern, exp.Literal) or not _DATE_FORMAT.fullmatch(pattern.name):
        raise unsayable("strftime() with other parts than %Y, %m, %d, %H, %M, %S, %y and %j")
    return node


def _named_date(pattern: str) -> Rewrite:
    def rewrite(node: exp.Expr) -> exp.Expr:
        text = exp.Literal.string(pattern)
        return exp.Anonymous(this="TO_CHAR", expressions=[node.this, text])

    return rewrite


def _interval(node: exp.Expr) -> exp.Expr:
    """A number of days from a column."""
    if isinstance(node.this, exp.Literal) or node.args.get("unit") is None:
        return node
    one = exp.Interval(this=exp.Literal.string("1"), unit=node.args["unit"])
    return exp.paren(exp.Mul(this=exp.paren(node.this), expression=one))


def _make_date(node: exp.Expr) -> exp.Expr:
    parts = [node.args[part] for part in ("year", "month", "day")]
    return exp.Anonymous(this="MAKE_DATE", expressions=parts)


def _date_part(node: exp.Expr) -> exp.Expr:
    """sqlglot knows it as a function without a meaning."""
    name = node.name.lower()
    if name in ("date_part", "datepart"):
        part = node.expressions[0]
        if not isinstance(part, exp.Literal):
            raise unsayable("date_part() of a part that only the rows tell")
        return _extracted(part.name.upper().removesuffix("S"), node.expressions[1])
    return node


REWRITES: Mapping[type[exp.Expr], Rewrite] = {
    **dict.fromkeys(_FIELDS, _field),
    exp.Anonymous: _date_part,
    exp.DateDiff: _date_diff,
    exp.DateFromParts: _make_date,
    exp.DateTrunc: _trunc,
    exp.Dayname: _named_date("FMDay"),
    exp.Extract: _extract,
    exp.Interval: _interval,
    exp.Monthname: _named_date("FMMonth"),
    exp.TimeToStr: _strftime,
    exp.TimestampTrunc: _trunc,
}
