"""Columns that a node names outside its query, and that are not there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from seeknal_ci.manifest.keys import own_columns, referenced_columns
from seeknal_ci.model.features import FeatureGroupSpec
from seeknal_ci.model.node import Node
from seeknal_ci.model.spec import Column, Located
from seeknal_ci.sql.analysed import Analysed, Missing

Columns = tuple[Column, ...] | None


def with_named(node: Node, known: Analysed, columns_of: Callable[[str], Columns]) -> Analysed:
    """What is known of a node, with the columns that its other fields name: audits, keys, and the
    keys and features of a group with a query of its own are columns of the node's output, foreign
    keys also of the dimensions that they refer to.
    """
    own = [column for audit in node.audits for column in audit.columns]
    if isinstance(node.spec, FeatureGroupSpec) and node.spec.sql is not None:
        own += node.spec.named
    own += own_columns(node)
    uses, elsewhere = referenced_columns(node, columns_of)
    missing = (*_missing(own, node.id, known.columns), *elsewhere)
    return replace(known, missing=(*known.missing, *missing), uses=(*known.uses, *uses))


def _missing(names: Iterable[Located], node_id: str, columns: Columns) -> tuple[Missing, ...]:
    if columns is None:
        return ()
    have = tuple(sorted(column.name for column in columns))
    lowered = {name.lower() for name in have}
    return tuple(
        Missing(item.name, (node_id,), have, item.place)
        for item in names
        if item.name.lower() not in lowered
    )
