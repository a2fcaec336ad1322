"""Columns that a node names outside its query, and that are not there."""

from __future__ import annotations

from dataclasses import replace

from seeknal_ci.model.features import FeatureGroupSpec
from seeknal_ci.model.node import Node
from seeknal_ci.sql.analysed import Analysed, Missing


def with_named(node: Node, known: Analysed) -> Analysed:
    """What is known of a node, with the columns of its output that its other fields name in vain:
    its audits, and the keys and features of a group with a query of its own.
    """
    if known.columns is None:
        return known
    named = [column for audit in node.audits for column in audit.columns]
    if isinstance(node.spec, FeatureGroupSpec) and node.spec.sql is not None:
        named += node.spec.named
    have = tuple(sorted(column.name for column in known.columns))
    lowered = {name.lower() for name in have}
    missing = tuple(
        Missing(item.name, (node.id,), have, item.place)
        for item in named
        if item.name.lower() not in lowered
    )
    return replace(known, missing=(*known.missing, *missing))
