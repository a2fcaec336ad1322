"""Kinds that are not executed, as queries: what they read is known as that of a transform."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from sqlglot import exp

from seeknal_ci.model.checks import RuleSpec
from seeknal_ci.model.node import Node
from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import Column, SqlText
from seeknal_ci.model.tracked import MetricSpec, ModelSpec, SemanticSpec, TableSpec
from seeknal_ci.sql.aggregates import input_table
from seeknal_ci.sql.parse import parse_query, too_deep
from seeknal_ci.sql.references import Resolved, resolve
from seeknal_ci.sql.rules import questions
from seeknal_ci.sql.semantic import metric_query, semantic_query

ColumnsOf = Callable[[str], tuple[Column, ...] | None]


def tracked_query(node: Node, dialect: str, columns_of: ColumnsOf) -> Resolved | None:
    """The query that a node stands for; None where it is none. Raises SqlError."""
    spec = node.spec
    if isinstance(spec, SemanticSpec):
        return semantic_query(spec, node.inputs[-1], dialect)
    if isinstance(spec, MetricSpec):
        place = spec.metric.operands[0].place if spec.metric.operands else node.place
        return metric_query(spec, node.inputs, place, dialect, columns_of)
    if isinstance(spec, RuleSpec):
        # It is several queries, all of which must be such.
        deque(questions(spec, node.inputs, dialect), maxlen=0)
    if isinstance(spec, TableSpec | ModelSpec):
        if spec.sql is not None:
            return _written(spec.sql, spec.reads, dialect)
        return _rows_of(node, spec.reads)
    return None


def _written(sql: SqlText, reads: Sequence[str], dialect: str) -> Resolved:
    query = parse_query(sql, dialect)
    try:
        return resolve(query, sql, reads)
    except RecursionError as error:
        raise too_deep(sql.place_of(1)) from error


def _rows_of(node: Node, reads: Sequence[str]) -> Resolved | None:
    """The rows of the only input; several would have to be joined, and nothing says how."""
    edge = next((edge for edge in node.inputs if [edge.ref] == [*reads]), None)
    if edge is None:
        return None
    tree = exp.select(exp.Star()).from_(input_table(edge.ref, edge.place))
    origin = SqlText("", Place(edge.place.path, 1))
    return Resolved(tree, tree, ((edge.ref, edge.place),), origin)
