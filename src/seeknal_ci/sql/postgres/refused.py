"""What PostgreSQL lacks, or gives another meaning to."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from seeknal_ci.sql.postgres.unsayable import unsayable

_REFUSED: Mapping[type[exp.Expr], str] = {
    exp.ApproxDistinct: "approx_count_distinct()",
    exp.ApproxQuantile: "approx_quantile()",
    exp.Columns: "COLUMNS(…)",
    exp.Format: "format(), whose placeholders are others there",
    exp.Glob: "GLOB",
    exp.IgnoreNulls: "IGNORE NULLS",
    exp.Lambda: "a lambda",
    exp.Last: "last()",
    exp.Map: "MAP",
    exp.Mode: "mode() that chooses among several as DuckDB does",
    exp.Pivot: "PIVOT and UNPIVOT",
    exp.RegexpExtract: "regexp_extract()",
    exp.SimilarTo: "SIMILAR TO, which is no regular expression there",
    exp.StrToTime: "strptime(), which forgives more there; CAST reads ISO dates",
    exp.Struct: "a struct",
    exp.TableColumn: "a table's name where a column is expected",
    exp.TableSample: "a sample",
    exp.ToMap: "MAP",
    exp.TryCast: "TRY_CAST; CASE WHEN … THEN CAST(…) END says which values convert",
}
_REFUSED_JOINS = ("ASOF", "POSITIONAL")


def refuse(node: exp.Expr) -> None:
    """Raise SeeknalCiError for an expression that cannot be translated."""
    if isinstance(node, exp.IgnoreNulls) and isinstance(node.this, exp.AnyValue):
        return
    for kind, name in _REFUSED.items():
        if isinstance(node, kind):
            raise unsayable(f"PostgreSQL has no {name}")
    if isinstance(node, exp.Join) and node.method in _REFUSED_JOINS:
        raise unsayable(f"PostgreSQL has no {node.method} JOIN")
    if isinstance(node, exp.SetOperation) and node.args.get("by_name"):
        raise unsayable("PostgreSQL has no UNION BY NAME; name the columns on both sides")
    if isinstance(node, exp.GenerateSeries) and not isinstance(
        node.parent, exp.Table | exp.Lateral | exp.From | exp.Unnest
    ):
        raise unsayable("range() and generate_series() are lists only in DuckDB")
