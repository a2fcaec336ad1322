"""The verdict on a comparison: changes with their findings, and what they do downstream."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from seeknal_ci.model.category import Category, highest
from seeknal_ci.model.node import Node
from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem
from seeknal_ci.model.side import Side


class ChangeKind(StrEnum):
    """What happened to a node between base and head."""

    ADDED = "added"
    REMOVED = "removed"
    MODIFIED = "modified"
    RENAMED = "renamed"


class Impact(StrEnum):
    """What a downstream node suffers."""

    BREAKS = "breaks"
    BLOCKED = "blocked"
    REBUILDS = "rebuilds"
    UNAFFECTED = "unaffected"


@dataclass(frozen=True, slots=True)
class Change:
    """A node of which base and head say different things. `before` or `after` may be missing."""

    kind: ChangeKind
    before: Node | None
    after: Node | None

    @property
    def node(self) -> Node:
        """The node as head has it; as base had it where head has none."""
        node = self.after or self.before
        assert node is not None, "a change has at least one side"
        return node


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation about a change: what, how severe, where, and what to do now."""

    rule: str
    category: Category
    message: str
    fix: str
    place: Place
    columns: tuple[str, ...] = ()
    # Set where the project's configuration changed the rule's own category.
    default_category: Category | None = None


@dataclass(frozen=True, slots=True)
class ClassifiedChange:
    """A change with all its findings, the most severe first."""

    change: Change
    findings: tuple[Finding, ...]

    @property
    def category(self) -> Category:
        """The highest of the findings'."""
        return highest(finding.category for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Downstream:
    """A node whose own file did not change, and what the changes do to it."""

    node: Node
    impact: Impact
    because_of: tuple[str, ...]
    message: str
    place: Place
    columns: tuple[str, ...] = ()

    @property
    def rebuilt(self) -> bool:
        """True if the node gets a new build where it can have one, be its rows the same or not.

        One that is switched off keeps its last.
        """
        return self.impact is not Impact.UNAFFECTED or self.node.active

    @property
    def category(self) -> Category:
        """By the node's own fate."""
        if self.impact in (Impact.BREAKS, Impact.BLOCKED):
            return Category.BREAKING
        return Category.NON_BREAKING if self.rebuilt else Category.METADATA


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts. `rebuild` is how many nodes must be built anew, downstream ones included."""

    breaking: int = 0
    non_breaking: int = 0
    metadata: int = 0
    downstream_breaking: int = 0
    rebuild: int = 0
    errors: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that `diff` says; sorted, and the same for the same two manifests."""

    base: Side
    head: Side
    changes: tuple[ClassifiedChange, ...] = ()
    downstream: tuple[Downstream, ...] = ()
    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def category(self) -> Category | None:
        """The highest category of all; None where nothing changed."""
        found = [c.category for c in self.changes] + [d.category for d in self.downstream]
        return max(found, default=None)

    @property
    def changed_nodes(self) -> tuple[str, ...]:
        """Nodes whose own files changed, also by the names that they had before; sorted."""
        sides = {
            side.id for c in self.changes for side in (c.change.before, c.change.after) if side
        }
        return tuple(sorted(sides))

    @property
    def summary(self) -> Summary:
        """Changes by category, and what they cause."""
        of = [change.category for change in self.changes]
        rebuilt = [
            c
            for c in self.changes
            if c.category > Category.METADATA and c.change.kind is not ChangeKind.REMOVED
        ]
        downstream = [d for d in self.downstream if d.rebuilt]
        return Summary(
            breaking=of.count(Category.BREAKING),
            non_breaking=of.count(Category.NON_BREAKING),
            metadata=of.count(Category.METADATA),
            downstream_breaking=sum(d.category is Category.BREAKING for d in self.downstream),
            rebuild=len(rebuilt) + len(downstream),
            errors=len(self.errors),
        )
