"""Which step may run next: pure, so that it can be tested without threads or a database."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping

from seeknal_ci.model.graph import reachable, topological_order
from seeknal_ci.model.plan import Action, Step


class Schedule:
    """The steps to build, each ready the moment its inputs are done.

    Among ready steps the one with the longest way to the end of the graph comes first (the
    critical path: Graham's list scheduling), by the seconds that earlier builds took.
    """

    def __init__(self, steps: Iterable[Step], seconds: Mapping[str, float]) -> None:
        due = {step.node: step for step in steps if step.action is Action.BUILD}
        self._waits_for = {n: {i for i in s.depends_on if i in due} for n, s in due.items()}
        self._readers: dict[str, list[str]] = {node: [] for node in due}
        for node, inputs in self._waits_for.items():
            for item in inputs:
                self._readers[item].append(node)
        self._weights = self._ways_to_the_end(seconds)
        self._ready: list[tuple[float, str]] = []
        self._open = set(due)
        for node, inputs in self._waits_for.items():
            if not inputs:
                self._push(node)

    def _ways_to_the_end(self, seconds: Mapping[str, float]) -> dict[str, float]:
        usual = max(seconds.values(), default=1.0) / 2
        ways: dict[str, float] = {}
        for node in reversed(topological_order(self._waits_for)):
            after = max((ways[reader] for reader in self._readers[node]), default=0.0)
            ways[node] = seconds.get(node, usual) + after
        return ways

    def _push(self, node: str) -> None:
        heapq.heappush(self._ready, (-self._weights[node], node))

    def next(self) -> str | None:
        """Take the most urgent step that is ready; None if none is."""
        return heapq.heappop(self._ready)[1] if self._ready else None

    def succeeded(self, node: str) -> None:
        """The step is done: readers that waited for nothing else become ready."""
        self._open.discard(node)
        for reader in self._readers[node]:
            self._waits_for[reader].discard(node)
            if not self._waits_for[reader] and reader in self._open:
                self._push(reader)

    def failed(self, node: str) -> tuple[str, ...]:
        """The step has failed: its descendants will never run; they are returned, sorted."""
        self._open.discard(node)
        lost = reachable([node], self._readers) & self._open
        self._open -= lost
        return tuple(sorted(lost))

    @property
    def open(self) -> tuple[str, ...]:
        """Steps that have neither ended nor been given up, sorted."""
        return tuple(sorted(self._open))
