"""The data diff as JSON, the same in every document that has it."""

from __future__ import annotations

from typing import Any

from seeknal_ci.model.data_diff import ColumnDiff, ColumnValues, DataDiff, NodeDiff, Pair
from seeknal_ci.model.spec import Column
from seeknal_ci.render.data_words import why_distinct

Document = dict[str, Any]


def data_document(data: DataDiff | None) -> Document | None:
    """None where nobody looked."""
    if data is None:
        return None
    return {
        "level": data.depth.value,
        "production": data.production,
        "problem": data.problem,
        "not_built": list(data.unbuilt),
        "nodes": [_node(diff) for diff in data.nodes],
    }


def _node(diff: NodeDiff) -> Document:
    keyed, distinct = diff.keyed, diff.distinct
    return {
        "node": diff.node,
        "rows": {"before": diff.rows_before, "after": diff.rows_after},
        "added": [_column(column) for column in diff.added],
        "removed": [_column(column) for column in diff.removed],
        "retyped": [_retyped(pair) for pair in diff.retyped],
        "columns": [_values(column) for column in diff.columns],
        "keyed": keyed
        and {
            "key": list(keyed.key),
            "only_before": keyed.only_before,
            "only_after": keyed.only_after,
            "changed": keyed.changed,
        },
        "distinct": distinct
        and {
            "before": distinct.before,
            "after": distinct.after,
            "only_before": distinct.only_before,
            "only_after": distinct.only_after,
            "repeated": distinct.repeated,
        },
        "no_key": why_distinct(diff),
        "other_sources": list(diff.other_sources),
        "not_compared": diff.not_compared,
    }


def _column(column: Column) -> Document:
    return {"name": column.name, "type": column.type}


def _retyped(pair: Pair) -> Document:
    return {"before": _column(pair.before), "after": _column(pair.after)}


def _values(column: ColumnDiff) -> Document:
    return {
        "name": column.name,
        "before": _side(column.before),
        "after": _side(column.after),
        "changed": column.changed,
    }


def _side(values: ColumnValues | None) -> Document | None:
    return None if values is None else {"nulls": values.nulls, "distinct": values.distinct}
