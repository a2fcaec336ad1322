"""What the warehouse holds: builds, environments over them, and promotions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
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
class Load:
    """What the rows of a source were when they were loaded from a database for a build.

    `version` is what they are known by in build ids, None for the first load of all.
    """

    build_id: str
    version: str | None
    fingerprint: str


@dataclass(frozen=True, slots=True)
class EnvironmentNode:
    """A node in an environment. `view` is None for a node that has no rows, as an exposure."""

    node: str
    build_id: str
    view: str | None


@dataclass(frozen=True, slots=True)
class Origin:
    """The branch that an environment is made from. `clone` is the mark of the one clone that has
    the branch, and None where a remote has it too.
    """

    branch: str
    clone: str | None


@dataclass(frozen=True, slots=True)
class Environment:
    """A named, complete, queryable set of nodes: one schema of views over builds.

    `branch` and `clone` are its origin, if it was made from a branch. `changed` are the nodes
    whose own files differ from the base, sorted.
    """

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
    branch: str | None = None
    clone: str | None = None
    changed: tuple[str, ...] = ()

    @property
    def build_ids(self) -> Mapping[str, str]:
        """Node id to build id."""
        return {node.node: node.build_id for node in self.nodes}

    def status(self, now: datetime) -> str:
        """`kept` where it never expires, else `active` or `expired`."""
        if self.expires_at is None:
            return "kept"
        return "expired" if self.expires_at <= now else "active"

    @property
    def origin(self) -> Origin | None:
        """The branch that it is made from, if it is made from one."""
        return None if self.branch is None else Origin(self.branch, self.clone)


@dataclass(frozen=True, slots=True)
class Footprint:
    """How much an environment shows, and what that takes on disk, where the engine knows it.

    `own_bytes` are those of tables that no other environment shows. `overlaps` are the others
    that change the same nodes.
    """

    rows: int = 0
    bytes: int = 0
    own_bytes: int = 0
    overlaps: tuple[Overlap, ...] = ()


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another open environment that changes the same nodes."""

    environment: str
    nodes: tuple[str, ...]


def overlaps(
    name: str, production: str, changed: Collection[str], others: Mapping[str, Collection[str]]
) -> tuple[Overlap, ...]:
    """Environments beside this one and production that change some of the same nodes; sorted.

    `others` is environment to the nodes that it changes.
    """
    found = []
    for other in sorted(set(others) - {name, production}):
        both = tuple(sorted(set(changed).intersection(others[other])))
        if both:
            found.append(Overlap(other, both))
    return tuple(found)


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
