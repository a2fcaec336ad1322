"""Columns that fields outside a node's query name: keys, dates, and where rows are written."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from seeknal_ci.model.node import Node
from seeknal_ci.model.spec import Column, Json, Located
from seeknal_ci.model.tracked import Reference, SemanticSpec, TableSpec
from seeknal_ci.sql.analysed import Missing, Use

TARGETS = ("materialization", "materializations")
TARGET_COLUMNS = ("time_column", "unique_keys", "unique_key", "partition_by")
AGES = ("freshness", "timeliness")


def own_columns(node: Node) -> Iterator[Located]:
    """The columns of its output that a node names; audits are told elsewhere."""
    if isinstance(node.spec, TableSpec):
        yield from node.spec.keys
    if isinstance(node.spec, SemanticSpec) and node.spec.time_dimension is not None:
        yield node.spec.time_dimension
    for field in TARGETS:
        value = node.definition.get(field)
        targets = value if isinstance(value, list) else [value]
        for index, target in enumerate(targets):
            at = (field, index) if isinstance(value, list) else (field,)
            if isinstance(target, dict) and target.get("enabled") is not False:
                yield from _named(node, target, at, TARGET_COLUMNS)
    for field in AGES:
        age = node.definition.get(field)
        if isinstance(age, dict):
            yield from _named(node, age, (field,), ("time_column",))


def _named(
    node: Node, target: dict[str, Json], at: tuple[str | int, ...], keys: tuple[str, ...]
) -> Iterator[Located]:
    for key in keys:
        value = target.get(key)
        for index, name in enumerate(value if isinstance(value, list) else [value]):
            # `day(ordered_at)` is a computation of the place where the rows go.
            if isinstance(name, str) and "(" not in name:
                yield Located(name, node.place_of(*at, key, index))


def referenced_columns(
    node: Node, columns_of: Callable[[str], tuple[Column, ...] | None]
) -> tuple[tuple[Use, ...], tuple[Missing, ...]]:
    """The keys of other nodes that foreign keys name: those that are there, and those that are not.

    A key of a node whose columns are unknown is neither.
    """
    references: tuple[Reference, ...] = ()
    if isinstance(node.spec, TableSpec):
        references = node.spec.references
    uses: list[Use] = []
    missing: list[Missing] = []
    for reference in references:
        columns = columns_of(reference.node)
        if columns is None:
            continue
        names = {column.name.lower(): column.name for column in columns}
        name = names.get(reference.key.name.lower())
        if name is not None:
            uses.append(Use(reference.node, name, reference.key.place))
        else:
            have = tuple(sorted(names.values()))
            gone = Missing(reference.key.name, (reference.node,), have, reference.key.place)
            missing.append(gone)
    return tuple(uses), tuple(missing)
