"""The way of a node's columns through the graph: up to the sources, and down to who reads them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from seeknal_ci.model.lineage import (
    ColumnId,
    Flow,
    Link,
    NodeLineage,
    NodeUse,
    Output,
    Role,
    Traced,
    TracedColumn,
    TracedNode,
    Use,
    UsedColumn,
)
from seeknal_ci.model.manifest import Manifest
from seeknal_ci.model.place import Place

RANKS = {role: rank for rank, role in enumerate(Role)}


class Lineages(Protocol):
    """Tells the lineage of each node."""

    def of(self, node_id: str) -> NodeLineage:
        """What a node's outputs are made of, known or not."""


def upstream_of(
    manifest: Manifest, lineages: Lineages, start: str, column: str | None, depth: int | None
) -> Traced:
    """What a node is made of; with a column, what that is made of, and what decides the rows.

    `depth` is how many edges to go; None for all.
    """
    walk = _Walk(manifest, lineages, depth, sign=-1)
    nodes, links = walk.nodes(start)
    if column is None:
        return Traced(nodes, links, cut=walk.cut)
    columns, flows = walk.columns(ColumnId(start, column), walk.made_of)
    uses = [
        NodeUse(node.node, use)
        for node in (TracedNode(start, 0), *nodes)
        if depth is None or -node.distance < depth
        for use in lineages.of(node.node).uses
        if use.role is not Role.READ
    ]
    return Traced(nodes, links, columns, flows, tuple(uses), walk.cut)


def downstream_of(
    manifest: Manifest, lineages: Lineages, start: str, column: str | None, depth: int | None
) -> Traced:
    """Who reads a node; with a column, what is made of it, and what else is done with it."""
    walk = _Walk(manifest, lineages, depth, sign=1)
    nodes, links = walk.nodes(start)
    if column is None:
        return Traced(nodes, links, cut=walk.cut)
    columns, flows = walk.columns(ColumnId(start, column), walk.made_from)
    first = TracedColumn(ColumnId(start, column), 0)
    uses = tuple(dict.fromkeys(walk.uses((first, *columns))))
    touched = {use.node for use in uses} | {item.id.node for item in columns}
    return Traced(
        tuple(node for node in nodes if node.node in touched),
        tuple(link for link in links if {link.origin, link.reader} <= {start, *touched}),
        columns,
        flows,
        uses,
        walk.cut,
    )


def node_at(manifest: Manifest, lineages: Lineages, node_id: str, distance: int) -> TracedNode:
    """A node with what is known of it; of one that no file defines, that it is not there."""
    lineage = lineages.of(node_id)
    columns = None if lineage.unknown else tuple(lineage.types)
    node = manifest.nodes.get(node_id)
    owner, place = (None, None) if node is None else (node.owner, node.place)
    return TracedNode(node_id, distance, owner, place, columns, lineage.unknown)


def column_at(lineages: Lineages, column: ColumnId, distance: int) -> TracedColumn:
    """A column as its node makes it."""
    lineage = lineages.of(column.node)
    types = {name.lower(): kind for name, kind in lineage.types.items()}
    kind = types.get(column.column.lower())
    output = _output(lineage, column.column)
    if output is not None:
        words = output.expression or None
        return TracedColumn(column, distance, kind, words, output.steps, output.unknown)
    known = column.column.lower() in types
    return TracedColumn(column, distance, kind, unknown=None if known else _doubt(lineage, column))


def _doubt(lineage: NodeLineage, column: ColumnId) -> str:
    if lineage.passed:
        nodes = " or ".join(sorted({passed.node for passed in lineage.passed}))
        return f"taken by `*` from {nodes}, whose columns are unknown"
    reason = lineage.unknown or lineage.opaque or "the node does not put it out"
    return f"it cannot be told whether there is such a column: {reason}"


def _output(lineage: NodeLineage, name: str) -> Output | None:
    return next((o for o in lineage.outputs if o.name.lower() == name.lower()), None)


def _key(column: ColumnId) -> tuple[str, str]:
    return column.node, column.column.lower()


@dataclass
class _Walk:
    """One walk in one direction, nearest first; each node and column is visited once."""

    manifest: Manifest
    lineages: Lineages
    depth: int | None
    sign: int
    beyond: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)

    @property
    def cut(self) -> tuple[str, ...]:
        """Nodes that the walk did not go on to; sorted."""
        return tuple(sorted(self.beyond - self.seen))

    def nodes(self, start: str) -> tuple[tuple[TracedNode, ...], tuple[Link, ...]]:
        """Every node in reach but the first, and every edge on the way."""
        found: list[TracedNode] = []
        links: list[Link] = []
        self.seen = {start}
        queue = deque([(start, 0)])
        while queue:
            node_id, distance = queue.popleft()
            near = self._next_to(node_id)
            if distance == self.depth:
                self.beyond.update(near)
                continue
            for other in near:
                origin, reader = (other, node_id) if self.sign < 0 else (node_id, other)
                links.append(self._link(origin, reader))
                if other not in self.seen:
                    self.seen.add(other)
                    found.append(self._node(other, distance + 1))
                    queue.append((other, distance + 1))
        return tuple(found), tuple(links)

    def columns(
        self, start: ColumnId, step: Callable[[ColumnId], Iterator[Flow]]
    ) -> tuple[tuple[TracedColumn, ...], tuple[Flow, ...]]:
        """Every column in reach but the first, and every flow on the way."""
        found: list[TracedColumn] = []
        flows: list[Flow] = []
        seen = {_key(start)}
        queue = deque([(start, 0)])
        while queue:
            column, distance = queue.popleft()
            if distance == self.depth:
                continue
            for flow in step(column):
                flows.append(flow)
                other = flow.origin if self.sign < 0 else flow.output
                if _key(other) not in seen:
                    seen.add(_key(other))
                    found.append(column_at(self.lineages, other, (distance + 1) * self.sign))
                    queue.append((other, distance + 1))
        return tuple(found), tuple(dict.fromkeys(flows))

    def made_of(self, column: ColumnId) -> Iterator[Flow]:
        """From every column that one is, or may be, made of."""
        lineage = self.lineages.of(column.node)
        output = _output(lineage, column.column)
        if output is not None:
            for origin in output.origins:
                yield Flow(origin.column, column, origin.role)
            if lineage.opaque:
                for read in dict.fromkeys(c for use in lineage.uses for c in use.reads):
                    yield Flow(read, column, Role.READ)
            return
        for passed in lineage.passed:
            if column.column.lower() not in passed.but:
                yield Flow(ColumnId(passed.node, column.column), column, Role.VALUE)

    def made_from(self, column: ColumnId) -> Iterator[Flow]:
        """To every column that is, or may be, made of one."""
        for reader in self.manifest.downstream.get(column.node, ()):
            lineage = self.lineages.of(reader)
            for output in lineage.outputs:
                for origin in output.origins:
                    if _key(origin.column) == _key(column):
                        yield Flow(column, ColumnId(reader, output.name), origin.role)
            passing = any(
                passed.node == column.node and column.column.lower() not in passed.but
                for passed in lineage.passed
            )
            if passing and _output(lineage, column.column) is None:
                yield Flow(column, ColumnId(reader, column.column), Role.VALUE)

    def uses(self, columns: Iterable[TracedColumn]) -> Iterator[NodeUse]:
        """Whatever else is done with these columns: by their own nodes, and by who reads them."""
        for item in columns:
            column = item.id
            for use in self.lineages.of(column.node).named:
                if _key(column) in map(_key, use.reads):
                    yield NodeUse(column.node, use)
            if self.depth is not None and item.distance >= self.depth:
                continue
            for reader in self.manifest.downstream.get(column.node, ()):
                yield from self._uses_by(reader, column)

    def _uses_by(self, reader: str, column: ColumnId) -> Iterator[NodeUse]:
        lineage = self.lineages.of(reader)
        if column.node not in lineage.reads:
            return
        told = [use for use in lineage.uses if _key(column) in map(_key, use.reads)]
        for use in told:
            yield NodeUse(reader, use)
        if lineage.opaque and not told:
            place = self._place(reader, column.node)
            yield NodeUse(reader, Use(Role.READ, "", (column,), place, lineage.opaque))

    def _place(self, reader: str, ref: str) -> Place:
        node = self.manifest.nodes[reader]
        return next((edge.place for edge in node.inputs if edge.ref == ref), node.place)

    def _node(self, node_id: str, distance: int) -> TracedNode:
        return node_at(self.manifest, self.lineages, node_id, distance * self.sign)

    def _next_to(self, node_id: str) -> tuple[str, ...]:
        if self.sign > 0:
            return self.manifest.downstream.get(node_id, ())
        node = self.manifest.nodes.get(node_id)
        declared = () if node is None else tuple(edge.ref for edge in node.inputs)
        return tuple(dict.fromkeys((*declared, *self.lineages.of(node_id).reads)))

    def _link(self, origin: str, reader: str) -> Link:
        """An edge with every column that goes over it, and how it is used."""
        lineage = self.lineages.of(reader)
        roles: dict[str, set[Role]] = {}
        for output in lineage.outputs:
            beside = {u.role for u in lineage.named if ColumnId(reader, output.name) in u.reads}
            for item in output.origins:
                if item.column.node == origin:
                    kept = {item.role, *(beside - {Role.AUDIT})}
                    roles.setdefault(item.column.column, set()).update(kept)
        for use in lineage.uses:
            for column in use.reads:
                if column.node == origin:
                    roles.setdefault(column.column, set()).add(use.role)
        if any(passed.node == origin for passed in lineage.passed):
            roles.setdefault("*", set()).add(Role.VALUE)
        columns = tuple(
            UsedColumn(name, tuple(sorted(roles[name], key=RANKS.__getitem__)))
            for name in sorted(roles)
        )
        return Link(origin, reader, columns, origin in lineage.reads, lineage.opaque)
