"""`seeknal-ci action`: one run of the GitHub Action, from its event to its outputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from seeknal_ci.commands.apply import Applied
from seeknal_ci.commands.apply import apply as build
from seeknal_ci.commands.diff import exit_code
from seeknal_ci.commands.environments import delete
from seeknal_ci.commands.event_range import acknowledged_in, revisions_of
from seeknal_ci.commands.gc import collect
from seeknal_ci.commands.naming import environment_name
from seeknal_ci.commands.outcome import DONE, FIXABLE, GATE
from seeknal_ci.commands.prepare import Compared, compare_versions
from seeknal_ci.commands.promote import Promoted, Request
from seeknal_ci.commands.promote import promote as move
from seeknal_ci.errors import GateError, SeeknalCiError
from seeknal_ci.git.repository import Repository
from seeknal_ci.github.event import GitHubContext
from seeknal_ci.github.inputs import Inputs
from seeknal_ci.github.route import Route, Step
from seeknal_ci.model.cleanup import Cleanup
from seeknal_ci.model.environment import Origin
from seeknal_ci.model.event import Reporter
from seeknal_ci.model.report import Impact
from seeknal_ci.promote.gates import check_breaking, check_consumers
from seeknal_ci.settings import Settings
from seeknal_ci.warehouse.protocol import Warehouse


@dataclass(frozen=True, slots=True)
class Workplace:
    """What a run works with."""

    repository: Repository
    settings: Settings
    context: GitHubContext
    inputs: Inputs
    route: Route
    open_warehouse: Callable[[], Warehouse]
    existing_warehouse: Callable[[], AbstractContextManager[Warehouse | None]]
    progress: Callable[[], AbstractContextManager[Reporter]]


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What the steps did; what none of them looked at is None.

    `not_built` says why nothing was built, `refused` what a gate said, `failed` what stopped
    the build before a single node was built.
    """

    compared: Compared | None = None
    environment: str | None = None
    applied: Applied | None = None
    promoted: Promoted | None = None
    not_built: str | None = None
    refused: SeeknalCiError | None = None
    failed: SeeknalCiError | None = None
    dropped: bool = False
    collected: Cleanup | None = None

    @property
    def exit_code(self) -> int:
        """Errors before failures before gates."""
        if self.compared is not None and self.compared.report.errors:
            return FIXABLE
        if self.failed is not None:
            return self.failed.exit_code
        if self.collected is not None and self.collected.failed:
            return FIXABLE
        for done in (self.applied, self.promoted):
            if done is not None and done.exit_code != DONE:
                return done.exit_code
        return GATE if self.refused is not None else DONE


def act(work: Workplace) -> ActionResult:
    """Carry out the route's steps, but for the comment, which tells what they did."""
    steps = work.route.steps
    if Step.CLEANUP in steps:
        return _cleanup(work)
    if Step.GC in steps:
        return ActionResult(collected=_collect(work))
    if Step.PROMOTE in steps:
        return ActionResult(promoted=_promote(work))
    if Step.DIFF not in steps:
        return ActionResult()
    revisions = revisions_of(work.repository, work.context, work.inputs)
    compared = compare_versions(work.repository, work.settings, revisions)
    refused = _gate(work, compared)
    if Step.APPLY not in steps:
        return ActionResult(compared, refused=refused, not_built="the event asks for no build")
    name = environment_of(work)
    reason = _unbuildable(compared)
    if reason is not None:
        return ActionResult(compared, name, not_built=reason, refused=refused)
    try:
        with work.progress() as reporter:
            applied = build(
                compared,
                work.settings,
                name,
                work.open_warehouse,
                reporter,
                origin=_origin(work),
            )
    except SeeknalCiError as error:
        # The report is worth reading all the same.
        return ActionResult(compared, name, not_built=error.what, refused=refused, failed=error)
    return ActionResult(compared, name, applied, refused=refused)


def environment_of(work: Workplace) -> str:
    """The input's environment; else the pull request's; else the branch's."""
    if work.inputs.environment is not None:
        return work.inputs.environment
    if work.context.pull_request is not None:
        return f"pr_{work.context.pull_request.number}"
    return environment_name(work.repository, work.context.branch)


def _origin(work: Workplace) -> Origin | None:
    """The branch that the run is for, which is at the remote; a fork's never gets here."""
    pull_request = work.context.pull_request
    branch = pull_request.head_ref if pull_request else work.context.branch
    return None if branch is None else Origin(branch, None)


def _gate(work: Workplace, compared: Compared) -> SeeknalCiError | None:
    """What the gate says of a change that somebody wants to merge.

    `fail-on` decides where it is given; else promotion's own policy, so that a pull request is
    red exactly where its promotion would be refused.
    """
    report, inputs = compared.report, work.inputs
    if inputs.fail_on is not None:
        if exit_code(report, inputs.fail_on) != GATE:
            return None
        return GateError(
            f"the change is {report.category}, and `fail-on` is {inputs.fail_on}",
            fix="change it, or change `fail-on`",
        )
    if work.context.pull_request is None and work.context.merge_group is None:
        return None
    given = acknowledged_in(work.repository, compared.base_commit, compared.head_commit)
    try:
        check_consumers(report)
        check_breaking(report, work.settings.breaking, given)
    except GateError as error:
        return error
    return None


def _unbuildable(compared: Compared) -> str | None:
    """Why there is nothing to build, in a few words; None where there is."""
    if compared.report.errors:
        return "the project has errors"
    broken = [d.node.id for d in compared.report.downstream if d.impact is Impact.BREAKS]
    return f"the change breaks {', '.join(broken[:3])}" if broken else None


def _cleanup(work: Workplace) -> ActionResult:
    """Drop the pull request's environment, if there is one."""
    name = environment_of(work)
    with work.existing_warehouse() as existing:
        there = existing is not None and existing.environment(name) is not None
    if not there:
        return ActionResult(environment=name)
    warehouse = work.open_warehouse()
    try:
        delete(warehouse, work.settings, name)
    finally:
        warehouse.close()
    return ActionResult(environment=name, dropped=True)


def _collect(work: Workplace) -> Cleanup:
    """Drop what nobody needs; nothing where there is no warehouse."""
    with work.existing_warehouse() as existing:
        if existing is None:
            return Cleanup()
    warehouse = work.open_warehouse()
    try:
        return collect(work.repository, work.settings, warehouse, datetime.now(UTC))
    finally:
        warehouse.close()


def _promote(work: Workplace) -> Promoted:
    actor = work.context.actor or "unknown"
    # The route has seen to it that the event is about the main branch.
    request = Request(None, (), allow_dirty=False, dry_run=False, actor=actor, is_main=True)
    with work.progress() as reporter:
        return move(work.repository, work.settings, request, work.open_warehouse, reporter)


def report_folder(environ: Mapping[str, str]) -> Path | None:
    """Where files that outlive the step are written."""
    temp = environ.get("RUNNER_TEMP")
    return Path(temp) / "seeknal-ci-report" if temp else None
