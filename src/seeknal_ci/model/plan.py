"""What apply will do, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from seeknal_ci.model.environment import Overlap
from seeknal_ci.model.report import Report
from seeknal_ci.model.run import SkipReason


class Action(StrEnum):
    """What happens to one node."""

    BUILD = "build"
    REUSE = "reuse"
    DROP = "drop"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Step:
    """One node's part of a plan. `level` is for display; nothing waits for a level."""

    node: str
    action: Action
    reason: str
    build_id: str | None
    depends_on: tuple[str, ...] = ()
    level: int = 0
    # Of a step that is skipped: which result it will have.
    skip_reason: SkipReason | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in the order in which they could run one by one.

    `digest` is a hash of what apply would do; `notes` say what the plan could not look at, and
    `overlaps` which other environments change the same nodes. `versions` are those of sources in
    databases, None for a first load.
    """

    environment: str
    schema: str
    commit: str | None
    dirty: bool
    digest: str
    steps: tuple[Step, ...]
    report: Report
    notes: tuple[str, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    versions: Mapping[str, str | None] = field(default_factory=dict)

    def of(self, action: Action) -> tuple[Step, ...]:
        """The steps with this action."""
        return tuple(step for step in self.steps if step.action is action)
