"""Sources in PostgreSQL databases: which can be reached, and what their rows are."""

from __future__ import annotations

from seeknal_ci.apply.values import in_run, lacks_values
from seeknal_ci.model.connections import Connections
from seeknal_ci.model.node import Node
from seeknal_ci.model.spec import REMOTE, SourceSpec
from seeknal_ci.model.values import Values
from seeknal_ci.warehouse.protocol import TableRelation


def is_remote(node: Node) -> bool:
    """True for a source that is loaded from a database."""
    return isinstance(node.spec, SourceSpec) and node.spec.type in REMOTE


def is_reachable(node: Node, connections: Connections, values: Values) -> bool:
    """False where nobody says which database a source is in. A variable that is not set is
    another matter: that is an error once the source is to be loaded.
    """
    return lacks_values(node, values) or connections.url_of(_spec(node, values)) is not None


def table_relation(
    node: Node, connections: Connections, values: Values, version: str | None
) -> TableRelation:
    """The rows of a source that can be reached, and that has all its values."""
    spec = _spec(node, values)
    url = connections.url_of(spec)
    assert url is not None, f"{node.id} cannot be reached, and is never planned to be built"
    query, schema = spec.params.get("query"), spec.params.get("schema")
    parts = tuple(spec.table.split("."))
    if isinstance(schema, str) and len(parts) == 1:
        parts = (schema, *parts)
    return TableRelation(
        table=parts,
        query=query.rstrip().rstrip(";") if isinstance(query, str) else None,
        columns=spec.columns,
        url=None if url == connections.warehouse else url,
        version=version,
    )


def _spec(node: Node, values: Values) -> SourceSpec:
    spec = in_run(node, values).spec
    assert isinstance(spec, SourceSpec), "values make no other spec of it"
    return spec
