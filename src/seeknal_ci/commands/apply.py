"""`seeknal-ci apply`: build what changed, and show it in the branch's environment."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from seeknal_ci.apply.audits import due, run_audits
from seeknal_ci.apply.execute import Run, environment_of, execute
from seeknal_ci.apply.ledger import Ledger
from seeknal_ci.apply.runner import Limits
from seeknal_ci.apply.values import missing_values
from seeknal_ci.apply.work import Builder, Project
from seeknal_ci.commands.compare_data import compare_data
from seeknal_ci.commands.naming import refuse_production
from seeknal_ci.commands.outcome import DONE, FIXABLE, GATE, INTERRUPTED, ProblemsError
from seeknal_ci.commands.plan import plan_with, refuse_errors
from seeknal_ci.commands.prepare import Compared
from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.manifest.validate import query_problems
from seeknal_ci.model.data_diff import DataDiff
from seeknal_ci.model.environment import Environment, Origin
from seeknal_ci.model.event import Reporter
from seeknal_ci.model.plan import Action, Plan
from seeknal_ci.model.run import AuditResult, RunReport, Status
from seeknal_ci.model.values import Values
from seeknal_ci.settings import Settings
from seeknal_ci.warehouse.protocol import Warehouse

# Where exposures of branch environments are written, below the project's folder.
BRANCH_EXPORTS = Path("target/environments")


@dataclass(frozen=True, slots=True)
class Applied:
    """A plan and what became of it; no run where it was only to be shown."""

    plan: Plan
    compared: Compared
    run: RunReport | None = None
    environment: Environment | None = None
    data: DataDiff | None = None

    @property
    def exit_code(self) -> int:
        """How the command ends."""
        if self.run is None:
            return DONE
        done = run_exit_code(self.run)
        return INTERRUPTED if done == DONE and self.data and self.data.interrupted else done


def apply(
    compared: Compared,
    settings: Settings,
    name: str,
    open_warehouse: Callable[[], Warehouse],
    reporter: Reporter,
    *,
    fail_fast: bool = False,
    dry_run: bool = False,
    origin: Origin | None = None,
    refresh: bool = False,
) -> Applied:
    """Build head in the environment `name`; it shows the new builds only if every step succeeded.

    `origin` is the branch that head is of; the environment goes when its branch does. With
    `refresh`, sources in databases are loaded anew where their rows are others now.
    Errors of the project are raised before anything runs, and before the warehouse is opened.
    """
    refuse_production(name, settings.production)
    refuse_errors(compared)
    warehouse = open_warehouse()
    try:
        # Held from the look at what is there to its change, so that nobody else comes between.
        with nullcontext() if dry_run else warehouse.hold(name):
            if not dry_run:
                warehouse.find_crashed(name)
            plan = plan_with(warehouse, compared, settings, name, refresh=refresh)
            refuse_unbuildable(plan, compared.head, settings.values)
            if dry_run:
                production = warehouse.environment(settings.production)
                data = compare_data(warehouse, plan, compared, settings, production)
                return Applied(plan, compared, data=data)
            bounds = limits(settings, fail_fast=fail_fast)
            return _carry_out(plan, compared, settings, warehouse, reporter, bounds, origin)
    finally:
        warehouse.close()


def _carry_out(
    plan: Plan,
    compared: Compared,
    settings: Settings,
    warehouse: Warehouse,
    reporter: Reporter,
    bounds: Limits,
    origin: Origin | None,
) -> Applied:
    production = warehouse.environment(settings.production)
    after = environment_of(
        plan,
        compared.head.manifest,
        warehouse.environment(plan.environment),
        compared.base_commit,
        settings.environment_ttl,
    )
    after = replace(
        after,
        branch=origin.branch if origin else None,
        clone=origin.clone if origin else None,
        changed=compared.report.changed_nodes,
    )
    exports = settings.folder / BRANCH_EXPORTS / plan.schema
    with tempfile.TemporaryDirectory(prefix="seeknal-ci-") as scratch:
        ledger = Ledger(warehouse, "apply", plan.environment, plan.commit)
        builder = builder_for(plan, compared, settings, ledger, warehouse, exports, Path(scratch))
        run = Run(
            ledger=ledger,
            warehouse=warehouse,
            work=builder,
            limits=bounds,
            reporter=reporter,
            audit=lambda: audits(plan, builder, settings),
            publish=lambda entries: warehouse.publish(after, entries=entries),
        )
        report = execute(plan, run)
    data = compare_data(warehouse, plan, compared, settings, production, report, reporter)
    return Applied(plan, compared, report, after, data)


def builder_for(
    plan: Plan,
    compared: Compared,
    settings: Settings,
    ledger: Ledger,
    warehouse: Warehouse,
    exports: Path,
    scratch: Path,
) -> Builder:
    """What does the work of a plan's steps."""
    project = Project(
        analysis=compared.head,
        files=compared.head_files,
        ids={step.node: step.build_id for step in plan.steps},
        root=settings.root,
        folder=settings.project,
        values=replace(settings.values, run_id=ledger.run_id),
        connections=settings.databases,
        versions=plan.versions,
    )
    return Builder(project, warehouse, plan.environment, exports, scratch, ledger)


def audits(plan: Plan, builder: Builder, settings: Settings) -> tuple[AuditResult, ...]:
    """Ask the audits of all that production does not show yet."""
    production = builder.warehouse.environment(settings.production)
    nodes = due(plan, builder.project, production)
    return run_audits(nodes, builder.project, builder.warehouse)


def limits(settings: Settings, *, fail_fast: bool = False) -> Limits:
    """How a run is carried out."""
    return Limits(settings.workers, settings.retries, settings.backoff_seconds, fail_fast)


def refuse_unbuildable(plan: Plan, analysis: Analysis, values: Values) -> None:
    """Raise what is wrong with the queries that would be run, before any of them is."""
    due = [step.node for step in plan.of(Action.BUILD)]
    nodes = (analysis.manifest.nodes[node_id] for node_id in sorted(due))
    problems = (*query_problems(analysis, due), *missing_values(nodes, values))
    if problems:
        raise ProblemsError(problems)


def run_exit_code(run: RunReport) -> int:
    """130 if interrupted, 1 if a step failed, 3 if an audit objected, else 0."""
    if run.of(Status.CANCELLED):
        return INTERRUPTED
    if run.of(Status.FAILED):
        return FIXABLE
    return GATE if run.objections else DONE
