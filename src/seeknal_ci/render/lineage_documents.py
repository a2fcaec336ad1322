"""A lineage as JSON."""

from __future__ import annotations

from seeknal_ci import __version__
from seeknal_ci.model.lineage import (
    ColumnId,
    Flow,
    Lineage,
    Link,
    NodeUse,
    Traced,
    TracedColumn,
    TracedNode,
)
from seeknal_ci.render.documents import SCHEMA_VERSION, Document, problem_document


def lineage_document(found: Lineage) -> Document:
    """`lineage --format json`: nodes, columns and uses in each direction, the nearest first."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool_version": __version__,
        "version": {
            "ref": found.side.ref,
            "commit": found.side.commit,
            "dirty": found.side.dirty,
        },
        "node": _node(found.target),
        "column": None if found.column is None else _column(found.column),
        "depth": found.depth,
        "upstream": None if found.upstream is None else _direction(found.upstream),
        "downstream": None if found.downstream is None else _direction(found.downstream),
        "errors": [problem_document(error) for error in found.errors],
    }


def _direction(traced: Traced) -> Document:
    return {
        "nodes": [_node(node) for node in traced.nodes],
        "edges": [_link(link) for link in traced.links],
        "columns": [_column(column) for column in traced.columns],
        "flows": [_flow(flow) for flow in traced.flows],
        "uses": [_use(use) for use in traced.uses],
        "beyond_depth": list(traced.cut),
    }


def _node(node: TracedNode) -> Document:
    return {
        "node": node.node,
        "distance": node.distance,
        "owner": node.owner,
        "path": None if node.place is None else node.place.path,
        "line": None if node.place is None else node.place.line,
        "columns": None if node.columns is None else list(node.columns),
        "unknown": node.unknown,
    }


def _link(link: Link) -> Document:
    return {
        "from": link.origin,
        "to": link.reader,
        "read": link.read,
        "columns": [
            {"column": used.column, "roles": [role.value for role in used.roles]}
            for used in link.columns
        ],
        "unknown": link.unknown,
    }


def _column(column: TracedColumn) -> Document:
    return {
        **_id(column.id),
        "distance": column.distance,
        "type": column.type,
        "expression": column.expression,
        "steps": [{"name": step.name, "expression": step.expression} for step in column.steps],
        "unknown": column.unknown,
    }


def _flow(flow: Flow) -> Document:
    return {"from": _id(flow.origin), "to": _id(flow.output), "role": flow.role.value}


def _use(item: NodeUse) -> Document:
    use = item.use
    return {
        "node": item.node,
        "role": use.role.value,
        "text": use.text,
        "reads": [_id(column) for column in use.reads],
        "path": use.place.path,
        "line": use.place.line,
        "unknown": use.unknown,
    }


def _id(column: ColumnId) -> Document:
    return {"node": column.node, "column": column.column}
