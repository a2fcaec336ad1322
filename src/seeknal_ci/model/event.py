"""What a run says about itself while it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from seeknal_ci.model.run import StepResult


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The run begins; `total` is how many steps it plans."""

    total: int


@dataclass(frozen=True, slots=True)
class StepStarted:
    """An attempt at a node begins; attempts count from 1."""

    node: str
    attempt: int


@dataclass(frozen=True, slots=True)
class StepRetried:
    """An attempt failed in a way that may pass; the next follows after the delay."""

    node: str
    attempt: int
    delay_seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class StepFinished:
    """A node has ended, one way or another; skipped nodes end without having started."""

    result: StepResult


@dataclass(frozen=True, slots=True)
class ComparisonStarted:
    """The steps are done, and so many nodes' rows are about to be compared with production's."""

    nodes: int


Event = RunStarted | StepStarted | StepRetried | StepFinished | ComparisonStarted


class Reporter(Protocol):
    """Told every event of a run, in order and from one thread."""

    def __call__(self, event: Event) -> None:
        """Take notice of `event`."""
