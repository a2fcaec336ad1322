"""`seeknal-ci promote`: what was reviewed becomes production, in one transaction."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from seeknal_ci.apply.execute import Run, environment_of, execute
from seeknal_ci.apply.ledger import Ledger
from seeknal_ci.commands.apply import audits, builder_for, limits, refuse_unbuildable, run_exit_code
from seeknal_ci.commands.outcome import DONE
from seeknal_ci.commands.plan import plan_with, refuse_errors
from seeknal_ci.commands.prepare import Compared, classified
from seeknal_ci.commands.target import Target, find_target
from seeknal_ci.git.comparison import Comparison
from seeknal_ci.git.repository import Repository
from seeknal_ci.model.environment import Acknowledgement, Environment, Promotion
from seeknal_ci.model.event import Reporter
from seeknal_ci.model.execution import Entries
from seeknal_ci.model.plan import Action, Plan
from seeknal_ci.model.run import RunReport
from seeknal_ci.model.spec import ExposureSpec
from seeknal_ci.promote.acknowledge import by_flag, in_message, used
from seeknal_ci.promote.gates import check_breaking, check_consumers, check_descent
from seeknal_ci.promote.move import Move, move
from seeknal_ci.settings import Settings
from seeknal_ci.warehouse.protocol import Warehouse


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be promoted, and what was allowed on the command line."""

    environment: str | None
    allow_breaking: tuple[str, ...]
    allow_dirty: bool
    dry_run: bool
    actor: str
    is_main: bool = False
    # Stay at production's commit, and load sources anew.
    refresh: bool = False


@dataclass(frozen=True, slots=True)
class Promoted:
    """What a promotion did. `promotion` is None where production already held it all."""

    plan: Plan
    compared: Compared
    before: Environment | None
    run: RunReport | None = None
    promotion: Promotion | None = None

    @property
    def exit_code(self) -> int:
        """How the command ends."""
        return DONE if self.run is None else run_exit_code(self.run)


def promote(
    repository: Repository,
    settings: Settings,
    request: Request,
    open_warehouse: Callable[[], Warehouse],
    reporter: Reporter,
) -> Promoted:
    """Move production to the target. Killed at any point, it is wholly old or wholly new.

    Raises GateError where a gate says no; the gates are asked before anything is built.
    """
    warehouse = open_warehouse()
    try:
        # Held from the look at what is there to its change, so that nobody else comes between.
        with nullcontext() if request.dry_run else warehouse.hold(settings.production):
            return _promote(repository, settings, request, warehouse, reporter)
    finally:
        warehouse.close()


def _promote(
    repository: Repository,
    settings: Settings,
    request: Request,
    warehouse: Warehouse,
    reporter: Reporter,
) -> Promoted:
    if not request.dry_run:
        warehouse.find_crashed(settings.production)
    before = warehouse.environment(settings.production)
    target = find_target(repository, settings, request, warehouse, before)
    compared = _compared(repository, settings, target, before)
    refuse_errors(compared)
    plan = plan_with(warehouse, compared, settings, settings.production, refresh=request.refresh)
    plan = replace(plan, commit=target.commit, dirty=target.dirty)
    given = _gates(repository, settings, request, compared, plan, before)
    refuse_unbuildable(plan, compared.head, settings.values)
    if request.dry_run:
        return Promoted(plan, compared, before)
    moving = Move(
        before=before,
        after=environment_of(plan, compared.head.manifest, before, None, None),
        actor=request.actor,
        acknowledgements=given,
        started_at=datetime.now(UTC),
    )
    return _carry_out(plan, compared, settings, warehouse, moving, reporter)


def _compared(
    repository: Repository, settings: Settings, target: Target, before: Environment | None
) -> Compared:
    """The target against the commit that production holds; against nothing the first time."""
    held = before.commit if before else None
    if held is None:
        base = repository.empty_tree("(production is empty)")
    else:
        base = repository.tree_at(held, settings.production, prefix=settings.project)
    return classified(Comparison(base, target.files, held, target.commit), settings)


def _gates(
    repository: Repository,
    settings: Settings,
    request: Request,
    compared: Compared,
    plan: Plan,
    before: Environment | None,
) -> tuple[Acknowledgement, ...]:
    """Ask every gate; the acknowledgements that were needed."""
    given = [*by_flag(request.allow_breaking, request.actor)]
    if before is not None and before.commit is not None and plan.commit is not None:
        held, target = before.commit, plan.commit
        descends = repository.is_ancestor(held, target)
        same_rows = plan.digest == before.digest
        check_descent(held, target, descends=descends, same_rows=same_rows)
        for commit in repository.commits_between(held, target):
            given += in_message(commit.message, commit.author, commit.sha)
    check_consumers(compared.report)
    check_breaking(compared.report, settings.breaking, given)
    return used(compared.report, given)


def _carry_out(
    plan: Plan,
    compared: Compared,
    settings: Settings,
    warehouse: Warehouse,
    moving: Move,
    reporter: Reporter,
) -> Promoted:
    """Build what no environment has built yet, move, then write the exposures."""
    moved: list[Promotion] = []

    ledger = Ledger(warehouse, "promote", plan.environment, plan.commit)

    def publish(entries: Entries) -> None:
        if not moving.changes_nothing:
            entries = ledger.moved() + entries
            moved.append(move(warehouse, moving, ledger.run_id, entries))
        elif moving.before is not None:
            # The record is as it should be; a view that somebody dropped comes back.
            warehouse.publish(moving.before, entries=entries)

    with tempfile.TemporaryDirectory(prefix="seeknal-ci-") as scratch:
        exports = settings.folder
        builder = builder_for(plan, compared, settings, ledger, warehouse, exports, Path(scratch))
        run = Run(
            ledger=ledger,
            warehouse=warehouse,
            work=builder,
            limits=limits(settings),
            reporter=reporter,
            audit=lambda: audits(plan, builder, settings),
            publish=publish,
            late=_exports(plan, compared),
        )
        report = execute(plan, run)
    return Promoted(plan, compared, moving.before, report, moved[0] if moved else None)


def _exports(plan: Plan, compared: Compared) -> frozenset[str]:
    """Exposures act on the outside world, so they wait until production has moved."""
    nodes = compared.head.manifest.nodes
    return frozenset(
        step.node
        for step in plan.of(Action.BUILD)
        if isinstance(nodes[step.node].spec, ExposureSpec)
    )
