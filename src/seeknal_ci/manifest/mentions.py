"""Columns that a node's fields name, beside its query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from seeknal_ci.model.features import FeatureGroupSpec
from seeknal_ci.model.lineage import ColumnId, Role, Use
from seeknal_ci.model.node import Node
from seeknal_ci.model.spec import Audit, ExposureSpec, Json, Located
from seeknal_ci.model.tracked import ModelSpec, TableSpec
from seeknal_ci.sql.lineage import names_in

# Fields that name columns of the node's own output, and what for.
NAMING: Mapping[tuple[str, ...], Role] = {
    ("incremental", "time_column"): Role.KEY,
    ("incremental", "unique_keys"): Role.KEY,
    ("materialization", "partition_by"): Role.PARTITION,
    ("materialization", "time_column"): Role.KEY,
    ("materialization", "unique_keys"): Role.KEY,
    ("materializations", "partition_by"): Role.PARTITION,
    ("materializations", "time_column"): Role.KEY,
    ("materializations", "unique_keys"): Role.KEY,
}
# Fields in which the name of a column is a coincidence.
PROSE = ("description", "kind", "name", "owner", "tags")


def named_outputs(node: Node, columns: Mapping[str, str], dialect: str) -> Iterator[Use]:
    """Uses of a node's own output: by audits, as keys, and as partitions.

    `columns` has their names in small letters to these as the node spells them.
    """

    def own(name: str) -> tuple[ColumnId, ...]:
        return (ColumnId(node.id, columns.get(name.lower(), name)),)

    for audit in node.audits:
        for column in audit.columns:
            yield Use(Role.AUDIT, audit.name, own(column.name), column.place)
        for name in _queried(audit, columns, dialect):
            yield Use(Role.AUDIT, audit.name, own(name), audit.place)
    for role, text, located in _of_spec(node):
        yield Use(role, text, own(located.name), located.place)
    for path, text in _texts(node.definition):
        field = tuple(key for key in path if not key.isdigit())
        if field in NAMING:
            yield Use(NAMING[field], ".".join(field), own(text), node.place_of(*path))


def other_uses(node: Node) -> Iterator[Use]:
    """Uses of columns of inputs that a node's fields tell, and its query does not."""
    if isinstance(node.spec, TableSpec):
        for reference in node.spec.references:
            key = ColumnId(reference.node, reference.key.name)
            yield Use(Role.KEY, f"{reference.column.name} references", (key,), reference.key.place)
    if isinstance(node.spec, ModelSpec) and node.spec.label and node.spec.label_node:
        label = node.spec.label
        yield Use(Role.READ, "label", (ColumnId(node.spec.label_node, label.name),), label.place)


def mentioned(node: Node, columns: Mapping[str, ColumnId], reason: str) -> Iterator[Use]:
    """Columns of inputs whose names stand somewhere in the file of a node that tells no more.

    `columns` has them by their names in small letters.
    """
    for path, text in _texts(node.definition):
        column = columns.get(text.lower())
        if column is not None and path[0] not in PROSE:
            field = ".".join(key for key in path if not key.isdigit())
            yield Use(Role.READ, field, (column,), node.place_of(*path), reason)


def _of_spec(node: Node) -> Iterator[tuple[Role, str, Located]]:
    spec = node.spec
    if isinstance(spec, ExposureSpec):
        yield from ((Role.PARTITION, "partition_by", column) for column in spec.partition_by)
    elif isinstance(spec, FeatureGroupSpec):
        yield from ((Role.KEY, "join_keys", column) for column in spec.join_keys)
        if spec.event_time is not None:
            yield Role.KEY, "event_time", spec.event_time
    elif isinstance(spec, TableSpec):
        yield from ((Role.KEY, "keys", column) for column in spec.keys)
        yield from ((Role.KEY, "references", item.column) for item in spec.references)


def _queried(audit: Audit, columns: Mapping[str, str], dialect: str) -> list[str]:
    """The columns whose names an audit's own query has; all of them if it cannot be read."""
    if audit.sql is None:
        return []
    names = names_in(audit.sql, dialect)
    return sorted(columns if names is None else names & columns.keys())


def _texts(value: Mapping[str, Json]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text within a node's definition, with the way to it."""
    stack: list[tuple[tuple[str, ...], object]] = [((), value)]
    while stack:
        path, item = stack.pop()
        if isinstance(item, str) and path:
            yield path, item
        elif isinstance(item, Mapping):
            stack += [((*path, str(key)), inner) for key, inner in reversed(list(item.items()))]
        elif isinstance(item, list):
            stack += [((*path, str(at)), inner) for at, inner in reversed(list(enumerate(item)))]
