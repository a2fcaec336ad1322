"""What happened: runs and promotions, and a run with all that it is made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from seeknal_ci.model.environment import Environment, Promotion
from seeknal_ci.model.execution import Execution, ExecutionStatus, Level, RunSummary


@dataclass(frozen=True, slots=True)
class Happening:
    """A run, the promotion that it made, or both; a promotion that is older than the ledger has no
    run.
    """

    run: RunSummary | None
    promotion: Promotion | None

    @property
    def id(self) -> str:
        """By which people ask for it; a promotion has the id of its run."""
        return self.run.run.id if self.run is not None else self._promotion.id

    @property
    def started_at(self) -> datetime:
        """When it began."""
        return self.run.run.started_at if self.run is not None else self._promotion.started_at

    @property
    def _promotion(self) -> Promotion:
        assert self.promotion is not None, "there is a run or a promotion"
        return self.promotion


@dataclass(frozen=True, slots=True)
class History:
    """Runs and promotions, each the newest first, and production as it is."""

    runs: tuple[RunSummary, ...] = ()
    promotions: tuple[Promotion, ...] = ()
    production: Environment | None = None

    @property
    def happenings(self) -> tuple[Happening, ...]:
        """All of it, the newest first."""
        made = {promotion.id: promotion for promotion in self.promotions}
        found = [Happening(run, made.pop(run.run.id, None)) for run in self.runs]
        found += [Happening(None, promotion) for promotion in made.values()]
        return tuple(sorted(found, key=lambda one: (one.started_at, one.id), reverse=True))


@dataclass(frozen=True, slots=True)
class RunTree:
    """A run and all that it is made of, by the time when it began, and what it promoted."""

    executions: tuple[Execution, ...]
    promotion: Promotion | None = None

    @property
    def run(self) -> Execution:
        """The root."""
        return self.executions[0]

    @property
    def children(self) -> Mapping[str, Sequence[Execution]]:
        """An execution's id to its children, of all that have some."""
        found: dict[str, list[Execution]] = defaultdict(list)
        for one in self.executions:
            if one.parent_id is not None:
                found[one.parent_id].append(one)
        return dict(found)

    @property
    def leaves(self) -> tuple[Execution, ...]:
        """What failed and has nothing below it that failed; of several attempts, the last."""
        failed = [one for one in self.executions if one.status is ExecutionStatus.FAILED]
        tried = {one.parent_id: one.id for one in failed if one.level is Level.ATTEMPT}
        parents = {one.parent_id for one in failed}
        return tuple(
            one
            for one in failed
            if one.id not in parents and tried.get(one.parent_id, one.id) == one.id
        )
