"""All nodes at one ref, with their edges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from seeknal_ci.model.node import Node
from seeknal_ci.model.problem import Problem, Severity


@dataclass(frozen=True)
class Manifest:
    """The nodes by id, sorted, and everything that is wrong with their files."""

    nodes: Mapping[str, Node]
    problems: tuple[Problem, ...] = ()

    @cached_property
    def upstream(self) -> Mapping[str, tuple[str, ...]]:
        """Node id to the ids it reads, in declared order; edges to nothing are left out."""
        nodes = self.nodes
        return {
            node_id: tuple(dict.fromkeys([e.ref for e in node.inputs if e.ref in nodes]))
            for node_id, node in nodes.items()
        }

    @cached_property
    def downstream(self) -> Mapping[str, tuple[str, ...]]:
        """Node id to the ids that read it, sorted."""
        readers: dict[str, list[str]] = {node_id: [] for node_id in self.nodes}
        for reader, inputs in self.upstream.items():
            for node_id in inputs:
                readers[node_id].append(reader)
        return {node_id: tuple(sorted(ids)) for node_id, ids in readers.items()}

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that are no mere warnings."""
        return tuple(p for p in self.problems if p.severity is Severity.ERROR)
