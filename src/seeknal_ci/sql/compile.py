"""From a node to the query that it stands for, and from that to SQL an engine can run."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from seeknal_ci.model.node import Node
from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import (
    AggregationSpec,
    ExposureSpec,
    Located,
    SqlText,
    TransformSpec,
)
from seeknal_ci.sql.aggregation import aggregation_query
from seeknal_ci.sql.errors import SqlError
from seeknal_ci.sql.parse import parse_query, too_deep
from seeknal_ci.sql.references import Resolved, resolve


def query_of(node: Node, dialect: str) -> Resolved | None:
    """The query whose rows are the node's; None for a node that is no query. Raises SqlError.

    An exposure's rows are those of its input.
    """
    spec = node.spec
    inputs = [edge.ref for edge in node.inputs]
    if isinstance(spec, TransformSpec):
        query = parse_query(spec.sql, dialect)
        try:
            return resolve(query, spec.sql, inputs)
        except RecursionError as error:
            raise too_deep(spec.sql.place_of(1)) from error
    if isinstance(spec, AggregationSpec):
        return aggregation_query(spec, _only_input(node), node.inputs[0].place, dialect)
    if isinstance(spec, ExposureSpec):
        return _rows_of(_only_input(node), node.inputs[0].place)
    return None


def also_read(node: Node) -> tuple[Located, ...]:
    """Columns of its own output that a node names outside its query."""
    return node.spec.partition_by if isinstance(node.spec, ExposureSpec) else ()


def physical_sql(query: Resolved, tables: Mapping[str, tuple[str, str]], dialect: str) -> str:
    """The query over physical tables: node id to schema and table, every name quoted."""
    tree = query.tree.copy()
    for table in list(tree.find_all(exp.Table)):
        target = tables.get(table.name)
        if target is None or not isinstance(table.this, exp.Identifier):
            continue
        schema, name = target
        table.set("this", exp.to_identifier(name, quoted=True))
        table.set("db", exp.to_identifier(schema, quoted=True))
    return tree.sql(dialect, comments=False)


def _only_input(node: Node) -> str:
    if len(node.inputs) == 1:
        return node.inputs[0].ref
    raise SqlError(
        "one-input",
        f"{node.id} has {len(node.inputs)} inputs, and a node of kind {node.kind} reads one",
        fix="name exactly one node under `inputs:`; join others in a transform before it",
        place=node.place_of("inputs"),
    )


def _rows_of(node_id: str, place: Place) -> Resolved:
    identifier = exp.to_identifier(node_id, quoted=True)
    identifier.meta["line"] = place.line
    alias = exp.TableAlias(this=exp.to_identifier("input_0"))
    tree = exp.select(exp.Star()).from_(exp.Table(this=identifier, alias=alias))
    return Resolved(tree, tree, ((node_id, place),), SqlText("", Place(place.path, 1)))
