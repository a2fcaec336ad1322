"""Functions that make many rows of one where they stand among the outputs of a query."""

from __future__ import annotations

from sqlglot import exp

from seeknal_ci.sql.functions import AGGREGATES, NAMED
from seeknal_ci.sql.functions.names import NAMES

# https://www.postgresql.org/docs/current/functions-srf.html, and those of text and JSON.
SETS = frozenset(
    {
        *("generate_subscripts", "json_array_elements", "json_array_elements_text", "json_each"),
        *("json_each_text", "json_object_keys", "json_populate_recordset", "json_to_recordset"),
        *("jsonb_array_elements", "jsonb_array_elements_text", "jsonb_each", "jsonb_each_text"),
        *("jsonb_object_keys", "jsonb_path_query", "jsonb_populate_recordset"),
        *("jsonb_to_recordset", "regexp_matches", "regexp_split_to_table", "string_to_table"),
    }
)
KNOWN = (AGGREGATES | NAMED.keys() | NAMES.keys()) - SETS


def set_returning(select: exp.Select, dialect: str) -> list[exp.Expr]:
    """The functions among a query's outputs that may make many rows of one; unknown ones may."""
    kinds = [exp.Explode, exp.Unnest, exp.Anonymous]
    if dialect == "postgres":
        kinds.append(exp.GenerateSeries)  # a list in DuckDB
    return [
        item
        for output in select.selects
        for item in output.find_all(*kinds)
        if item.parent_select is select and not _is_known(item)
    ]


def called(item: exp.Expr) -> str:
    """A function that makes many rows, in short."""
    if not isinstance(item, exp.Anonymous):
        is_series = isinstance(item, exp.GenerateSeries)
        return "generate_series(…)" if is_series else "unnest(…)"
    words = f"{item.name.lower()}(…)"
    return words if item.name.lower() in SETS else f"{words}, an unknown function"


def _is_known(item: exp.Expr) -> bool:
    return isinstance(item, exp.Anonymous) and item.name.lower() in KNOWN
