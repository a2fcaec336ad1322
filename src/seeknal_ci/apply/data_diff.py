"""The rows of builds compared with those that production shows."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from seeknal_ci.apply.comparison import Limit, compared_values, matched
from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.manifest.row_keys import row_keys
from seeknal_ci.model.data_diff import DataDiff, Depth, NodeDiff
from seeknal_ci.model.environment import Build
from seeknal_ci.model.graph import reachable
from seeknal_ci.model.manifest import Manifest
from seeknal_ci.model.spec import SourceSpec
from seeknal_ci.naming import has_rows
from seeknal_ci.warehouse.protocol import Warehouse


@dataclass(frozen=True, slots=True)
class Budget:
    """What a full look may cost: rows of both sides of a node together, and seconds in all."""

    rows: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Versions:
    """What is compared: build ids by node, of production and after, and who reads whom."""

    before: Mapping[str, str]
    after: Mapping[str, str]
    base: Manifest
    head: Manifest

    @property
    def changed(self) -> tuple[str, ...]:
        """The nodes with rows that production shows otherwise or not at all, sorted."""
        return tuple(
            node_id
            for node_id, node in sorted(self.head.nodes.items())
            if has_rows(node)
            and node_id in self.after
            and self.before.get(node_id) != self.after[node_id]
        )

    def other_sources(self) -> Mapping[str, tuple[str, ...]]:
        """Node to the sources above it that the two sides read in different versions, sorted."""
        found: dict[str, list[str]] = {}
        edges = _readers(self.base, self.head)
        for source in sorted({**self.base.nodes, **self.head.nodes}):
            node = self.head.nodes.get(source) or self.base.nodes[source]
            loaded = isinstance(node.spec, SourceSpec) and node.spec.loaded
            if loaded and self.before.get(source) != self.after.get(source):
                for node_id in reachable((source,), edges) - {source}:
                    found.setdefault(node_id, []).append(source)
        return {node_id: tuple(sources) for node_id, sources in found.items()}


def data_diff(
    warehouse: Warehouse, versions: Versions, production: str, depth: Depth, budget: Budget
) -> DataDiff:
    """Every node that differs from production: counts from the registry, values where asked for.

    A failure is part of the answer, and never raised.
    """
    found = DataDiff(depth, production)
    changed = versions.changed
    sides = (versions.before, versions.after)
    try:
        builds = warehouse.builds({ids[n] for ids in sides for n in changed if n in ids})
    except SeeknalCiError as error:
        return replace(found, problem=error.what)
    built = [node for node in changed if versions.after[node] in builds]
    other = versions.other_sources()
    nodes = {
        node: replace(_counted(node, versions, builds), other_sources=other.get(node, ()))
        for node in built
    }
    if depth is Depth.FULL:
        nodes = _valued(warehouse, versions, builds, nodes, budget)
    return replace(
        found,
        nodes=tuple(nodes[node] for node in built),
        unbuilt=tuple(node for node in changed if node not in nodes),
    )


def _counted(node: str, versions: Versions, builds: Mapping[str, Build]) -> NodeDiff:
    """What the registry knows of a node."""
    after = builds[versions.after[node]]
    shown = versions.before.get(node)
    if shown is None:
        return NodeDiff(node, None, after.rows)
    before = builds.get(shown)
    if before is None:
        why = "the table that production shows is gone"
        return NodeDiff(node, None, after.rows, not_compared=why)
    added, removed, pairs = matched(before.columns, after.columns)
    return NodeDiff(
        node,
        before.rows,
        after.rows,
        added=added,
        removed=removed,
        retyped=tuple(pair for pair in pairs if pair.before != pair.after),
    )


def _valued(
    warehouse: Warehouse,
    versions: Versions,
    builds: Mapping[str, Build],
    nodes: Mapping[str, NodeDiff],
    budget: Budget,
) -> dict[str, NodeDiff]:
    """The nodes that both sides have, with their values; the small ones first."""
    limit = Limit(time.monotonic() + budget.seconds, budget.seconds)
    found = dict(nodes)
    due = [diff for diff in nodes.values() if diff.rows_before is not None]
    for diff in sorted(due, key=lambda d: ((d.rows_before or 0) + d.rows_after, d.node)):
        node = diff.node
        if (diff.rows_before or 0) + diff.rows_after > budget.rows:
            why = f"over the budget of {budget.rows:,} rows (`data_diff.max_rows`)"
            found[node] = replace(diff, not_compared=why)
            continue
        sides = builds[versions.before[node]], builds[versions.after[node]]
        keys = row_keys(versions.head.nodes[node])
        found[node] = compared_values(warehouse, diff, sides, keys, limit)
    return found


def _readers(*manifests: Manifest) -> dict[str, set[str]]:
    """Node to those that read it in any of the versions."""
    edges: dict[str, set[str]] = {}
    for manifest in manifests:
        for node_id, readers in manifest.downstream.items():
            edges.setdefault(node_id, set()).update(readers)
    return edges
