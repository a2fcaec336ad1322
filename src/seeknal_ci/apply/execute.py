"""A plan carried out: steps run, results gathered, the environment shown only if all is well."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from seeknal_ci.apply.ledger import Ledger
from seeknal_ci.apply.runner import Limits, Runner, Work, skipped
from seeknal_ci.model.environment import Environment, EnvironmentNode
from seeknal_ci.model.event import Reporter, RunStarted, StepFinished
from seeknal_ci.model.execution import Entries
from seeknal_ci.model.manifest import Manifest
from seeknal_ci.model.plan import Action, Plan, Step
from seeknal_ci.model.run import AuditResult, RunReport, SkipReason, Status, StepResult
from seeknal_ci.naming import view_names
from seeknal_ci.warehouse.protocol import Warehouse


@dataclass(frozen=True, slots=True)
class Run:
    """One run's collaborators. `audit` is called when no step has failed, and `publish` when
    no audit objects either, with what the ledger is to have together with the environment; steps
    in `late` run after that, as exports of production do.
    """

    ledger: Ledger
    warehouse: Warehouse
    work: Work
    limits: Limits
    reporter: Reporter
    audit: Callable[[], tuple[AuditResult, ...]]
    publish: Callable[[Entries], None]
    late: frozenset[str] = frozenset()


def execute(plan: Plan, run: Run) -> RunReport:
    """Run the plan's steps, then audit, then publish. A failure, an interruption or an audit
    that objects publishes nothing.

    The report has one result for every step of the plan, in the plan's order.
    """
    started = time.perf_counter()
    results = {result.node: result for result in skipped(plan.steps)}
    run.ledger.begin(results.values())
    with run.ledger.whole():
        run.reporter(RunStarted(len(plan.steps)))
        for result in results.values():
            run.reporter(StepFinished(result))
        early = tuple(step for step in plan.steps if step.node not in run.late)
        whole = _built(early, run, results)
        audits = run.audit() if whole else ()
        whole = whole and not any(audit.stops for audit in audits)
        dropped = tuple(_dropped(step, whole) for step in plan.of(Action.DROP))
        if whole:
            late = tuple(step for step in plan.steps if step.node in run.late)
            entries = run.ledger.published(dropped, last=not late)
            run.publish(entries)
            run.ledger.confirm(entries)
            _built(late, run, results)
        for result in dropped:
            results[result.node] = result
            run.reporter(StepFinished(result))
        report = RunReport(
            run_id=run.ledger.run_id,
            environment=plan.environment,
            schema=plan.schema,
            seconds=time.perf_counter() - started,
            results=tuple(results.get(step.node, _never_begun(step)) for step in plan.steps),
            published=whole,
            audits=audits,
        )
        run.ledger.finish(report)
    return report


def _built(steps: tuple[Step, ...], run: Run, results: dict[str, StepResult]) -> bool:
    """Run the steps that are due; True if all of them succeeded."""
    reporter = run.ledger.telling(run.reporter)
    pulse = run.ledger.tell_running
    runner = Runner(run.work, run.limits, reporter, run.warehouse.interrupt, pulse)
    found = runner.run(steps, run.warehouse.latest_seconds())
    results.update(found)
    lost = (Status.FAILED, Status.CANCELLED)
    return not runner.interrupted and all(r.status not in lost for r in found.values())


def _never_begun(step: Step) -> StepResult:
    """A late step whose turn never came."""
    return StepResult(step.node, Status.SKIPPED, SkipReason.UPSTREAM_FAILED)


def _dropped(step: Step, published: bool) -> StepResult:
    if published:
        return StepResult(step.node, Status.SUCCEEDED)
    return StepResult(step.node, Status.SKIPPED, SkipReason.UPSTREAM_FAILED)


def environment_of(
    plan: Plan,
    manifest: Manifest,
    before: Environment | None,
    base_commit: str | None,
    ttl: timedelta | None,
) -> Environment:
    """What the environment will be once the plan is carried out; it never expires without `ttl`."""
    now = datetime.now(UTC)
    views = view_names(manifest)
    nodes = tuple(
        EnvironmentNode(step.node, step.build_id, views.get(step.node))
        for step in sorted(plan.steps, key=lambda step: step.node)
        if step.build_id is not None
    )
    return Environment(
        name=plan.environment,
        schema=plan.schema,
        commit=plan.commit,
        dirty=plan.dirty,
        base_commit=base_commit,
        digest=plan.digest,
        created_at=before.created_at if before else now,
        updated_at=now,
        expires_at=None if ttl is None else now + ttl,
        nodes=nodes,
    )
