"""`seeknal-ci apply`: build what changed, and show it in the branch's environment."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from seeknal_ci.apply.audits import due, run_audits
from seeknal_ci.apply.execute import Run, environment_of, execute, new_run_id
from seeknal_ci.apply.runner import Limits
from seeknal_ci.apply.values import missing_values
from seeknal_ci.apply.work import Builder, Project
from seeknal_ci.commands.naming import refuse_production
from seeknal_ci.commands.outcome import DONE, FIXABLE, GATE, INTERRUPTED, ProblemsError
from seeknal_ci.commands.plan import plan_with, refuse_errors
from seeknal_ci.commands.prepare import Compared
from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.manifest.validate import query_problems
from seeknal_ci.model.environment import Build, Environment
from seeknal_ci.model.event import Reporter
from seeknal_ci.model.plan import Action, Plan
from seeknal_ci.model.run import AuditResult, RowCount, RunReport, Status
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
    rows: tuple[RowCount, ...] = ()

    @property
    def exit_code(self) -> int:
        """How the command ends."""
        return DONE if self.run is None else run_exit_code(self.run)


def apply(
    compared: Compared,
    settings: Settings,
    name: str,
    open_warehouse: Callable[[], Warehouse],
    reporter: Reporter,
    *,
    fail_fast: bool = False,
    dry_run: bool = False,
) -> Applied:
    """Build head in the environment `name`; it shows the new builds only if every step succeeded.

    Errors of the project are raised before anything runs, and before the warehouse is opened.
    """
    refuse_production(name, settings.production)
    refuse_errors(compared)
    warehouse = open_warehouse()
    try:
        # Held from the look at what is there to its change, so that nobody else comes between.
        with nullcontext() if dry_run else warehouse.hold(name):
            plan = plan_with(warehouse, compared, settings, name)
            refuse_unbuildable(plan, compared.head, settings.values)
            if dry_run:
                return Applied(plan, compared)
            return _carry_out(
                plan, compared, settings, warehouse, reporter, limits(settings, fail_fast=fail_fast)
            )
    finally:
        warehouse.close()


def _carry_out(
    plan: Plan,
    compared: Compared,
    settings: Settings,
    warehouse: Warehouse,
    reporter: Reporter,
    bounds: Limits,
) -> Applied:
    after = environment_of(
        plan,
        compared.head.manifest,
        warehouse.environment(plan.environment),
        compared.base_commit,
        settings.environment_ttl,
    )
    exports = settings.folder / BRANCH_EXPORTS / plan.schema
    with tempfile.TemporaryDirectory(prefix="seeknal-ci-") as scratch:
        builder = builder_for(plan, compared, settings, warehouse, exports, Path(scratch))
        run = Run(
            run_id=builder.run_id,
            warehouse=warehouse,
            work=builder,
            limits=bounds,
            reporter=reporter,
            audit=lambda: audits(plan, builder, settings),
            publish=lambda: warehouse.publish(after),
        )
        report = execute(plan, run)
    rows = row_counts(plan, warehouse, settings.production) if report.published else ()
    return Applied(plan, compared, report, after, rows)


def builder_for(
    plan: Plan,
    compared: Compared,
    settings: Settings,
    warehouse: Warehouse,
    exports: Path,
    scratch: Path,
) -> Builder:
    """What does the work of a plan's steps."""
    run_id = new_run_id()
    project = Project(
        analysis=compared.head,
        files=compared.head_files,
        ids={step.node: step.build_id for step in plan.steps},
        root=settings.root,
        folder=settings.project,
        values=replace(settings.values, run_id=run_id),
    )
    return Builder(project, warehouse, plan.environment, exports, scratch, run_id)


def audits(plan: Plan, builder: Builder, settings: Settings) -> tuple[AuditResult, ...]:
    """Ask the audits of all that production does not show yet."""
    production = builder.warehouse.environment(settings.production)
    nodes = due(plan, builder.project, production)
    return run_audits(nodes, builder.project, builder.warehouse)


def row_counts(plan: Plan, warehouse: Warehouse, production: str) -> tuple[RowCount, ...]:
    """Rows of every node that production shows otherwise, or not at all; sorted."""
    shown = warehouse.environment(production)
    before = dict(shown.build_ids) if shown else {}
    after = {step.node: step.build_id for step in plan.steps if step.build_id is not None}
    builds = warehouse.builds({*before.values(), *after.values()})
    return tuple(
        RowCount(node, _rows(builds, before.get(node)), builds[after[node]].rows)
        for node in sorted(after)
        if after[node] in builds and before.get(node) != after[node]
    )


def _rows(builds: Mapping[str, Build], build_id: str | None) -> int | None:
    found = builds.get(build_id) if build_id is not None else None
    return None if found is None else found.rows


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
