"""A plan carried out: steps run, results gathered, the environment shown only if all is well."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from seeknal_ci.apply.runner import Limits, Runner, Work, skipped
from seeknal_ci.model.environment import Environment, EnvironmentNode
from seeknal_ci.model.event import Reporter, RunStarted, StepFinished
from seeknal_ci.model.manifest import Manifest
from seeknal_ci.model.plan import Action, Plan, Step
from seeknal_ci.model.run import AuditResult, RunReport, SkipReason, Status, StepResult
from seeknal_ci.naming import view_names
from seeknal_ci.warehouse.protocol import Warehouse


@dataclass(frozen=True, slots=True)
class Run:
    """One run's collaborators. `audit` is called when no step has failed, and `publish` when
    no audit objects either; steps in `late` run after that, as exports of production do.
    """

    run_id: str
    warehouse: Warehouse
    work: Work
    limits: Limits
    reporter: Reporter
    audit: Callable[[], tuple[AuditResult, ...]]
    publish: Callable[[], None]
    late: frozenset[str] = frozenset()


def new_run_id() -> str:
    """A name for a run that sorts by time: UTC to the millisecond, and random digits."""
    now = datetime.now(UTC)
    return f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}-{secrets.token_hex(4)}"


def execute(plan: Plan, run: Run) -> RunReport:
    """Run the plan's steps, then audit, then publish. A failure, an interruption or an audit
    that objects publishes nothing.

    The report has one result for every step of the plan, in the plan's order.
    """
    started = time.perf_counter()
    run.reporter(RunStarted(len(plan.steps)))
    results = {result.node: result for result in skipped(plan.steps)}
    for result in results.values():
        run.reporter(StepFinished(result))
    early = tuple(step for step in plan.steps if step.node not in run.late)
    whole = _built(early, run, results)
    audits = run.audit() if whole else ()
    whole = whole and not any(audit.stops for audit in audits)
    if whole:
        run.publish()
        _built(tuple(step for step in plan.steps if step.node in run.late), run, results)
    for step in plan.of(Action.DROP):
        results[step.node] = _dropped(step, whole)
        run.reporter(StepFinished(results[step.node]))
    return RunReport(
        run_id=run.run_id,
        environment=plan.environment,
        schema=plan.schema,
        seconds=time.perf_counter() - started,
        results=tuple(results.get(step.node, _never_begun(step)) for step in plan.steps),
        published=whole,
        audits=audits,
    )


def _built(steps: tuple[Step, ...], run: Run, results: dict[str, StepResult]) -> bool:
    """Run the steps that are due; True if all of them succeeded."""
    runner = Runner(run.work, run.limits, run.reporter, run.warehouse.interrupt)
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
