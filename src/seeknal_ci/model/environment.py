"""What the warehouse holds: builds, environments over them, and promotions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from seeknal_ci.model.spec import Column


@dataclass(frozen=True, slots=True)
class Build:
    """One immutable physical table with one node's rows, named by its build id."""

    id: str
    node: str
    table: str
    columns: tuple[Column, ...]
    rows: int
    seconds: float
    created_at: datetime
    run_id: str
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class EnvironmentNode:
    """A node in an environment. `view` is None for a node that has no rows, as an exposure."""

    node: str
    build_id: str
    view: str | None


@dataclass(frozen=True, slots=True)
class Environment:
    """A named, complete, queryable set of nodes: one schema of views over builds."""

    name: str
    schema: str
    commit: str | None
    dirty: bool
    base_commit: str | None
    digest: str
    created_at: datetime
    updated_at: datetime
    expires_at: datetime | None
    nodes: tuple[EnvironmentNode, ...] = ()

    @property
    def build_ids(self) -> Mapping[str, str]:
        """Node id to build id."""
        return {node.node: node.build_id for node in self.nodes}


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A BREAKING change that somebody accepted: which node, who, how, and why."""

    node: str
    by: str
    how: str
    reason: str


@dataclass(frozen=True, slots=True)
class Promotion:
    """Production moved from one commit to another, all or nothing."""

    id: str
    environment: str
    from_commit: str | None
    to_commit: str | None
    dirty: bool
    digest: str
    actor: str
    acknowledgements: tuple[Acknowledgement, ...]
    started_at: datetime
    finished_at: datetime
    nodes: tuple[EnvironmentNode, ...]
