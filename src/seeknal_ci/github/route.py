"""Which steps an event asks for: a pure function from a run to a route."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.github.event import GitHubContext


class Step(StrEnum):
    """One thing that the action does; the summary is written whatever the steps."""

    DIFF = "diff"
    GATE = "gate"
    APPLY = "apply"
    COMMENT = "comment"
    PROMOTE = "promote"
    CLEANUP = "cleanup"
    GC = "gc"


@dataclass(frozen=True, slots=True)
class Route:
    """Steps in their order, and one sentence that says why these."""

    steps: tuple[Step, ...]
    reason: str

    @property
    def uses_warehouse(self) -> bool:
        """False where no step opens one, as for every fork."""
        return bool({Step.APPLY, Step.PROMOTE, Step.CLEANUP, Step.GC}.intersection(self.steps))


COMMANDS: dict[str, tuple[Step, ...]] = {
    "diff": (Step.DIFF,),
    "apply": (Step.DIFF, Step.APPLY),
    "promote": (Step.PROMOTE,),
    "cleanup": (Step.CLEANUP,),
    "comment": (Step.DIFF, Step.COMMENT),
    "gc": (Step.GC,),
}

OPEN_ACTIONS = frozenset({"opened", "synchronize", "reopened", "ready_for_review"})


def route(context: GitHubContext, command: str = "auto", main_branch: str | None = None) -> Route:
    """The steps for this run; `main_branch` falls back to the repository's default branch.

    Raises SeeknalCiError for an unknown command, for `pull_request_target`, and for a command
    that the event cannot carry out.
    """
    main = main_branch or context.default_branch
    if context.event == "pull_request_target":
        raise SeeknalCiError(
            "pull_request_target runs a stranger's branch with this repository's secrets",
            fix="use `on: pull_request`; a fork's report stays in the job summary",
        )
    chosen = _by_event(context, main) if command == "auto" else _by_command(context, command, main)
    return _without_secrets(chosen) if _is_fork(context) else chosen


def _is_fork(context: GitHubContext) -> bool:
    return context.pull_request is not None and context.pull_request.is_fork


def _without_secrets(chosen: Route) -> Route:
    """What is left for a fork, whose runs have no secrets and a token that only reads."""
    steps = tuple(step for step in chosen.steps if step is Step.DIFF)
    if steps == chosen.steps:
        return chosen
    rest = "only the diff and the job summary" if steps else "nothing to do"
    return Route(steps, f"the pull request comes from a fork, which has no secrets: {rest}")


def _by_event(context: GitHubContext, main: str | None) -> Route:
    match context.event:
        case "pull_request":
            return _by_pull_request(context.action)
        case "push":
            return _by_push(context, main)
        case "merge_group":
            return Route((Step.DIFF, Step.GATE), "a merge queue asks whether this may be merged")
        case "workflow_dispatch":
            return Route((Step.DIFF,), "started by hand: `command` can ask for more")
        case "schedule":
            return Route((Step.GC,), "on a schedule, what nobody needs any more goes")
        case "workflow_run":
            return Route((), "commenting on a fork's behalf is not available yet: nothing to do")
        case event:
            return Route((), f"`auto` has no steps for {event}: set `command` to ask for some")


def _by_pull_request(action: str | None) -> Route:
    if action in OPEN_ACTIONS:
        steps = (Step.DIFF, Step.APPLY, Step.COMMENT)
        return Route(steps, f"the pull request has new commits to look at ({action})")
    if action == "closed":
        return Route((Step.CLEANUP,), "the pull request is closed: its environment goes")
    return Route((), f"a pull request that is {action} has nothing new to look at")


def _by_push(context: GitHubContext, main: str | None) -> Route:
    if context.push is not None and context.push.after is None:
        return Route((), "the push deleted its ref: nothing to compare")
    if main is None:
        return Route((Step.DIFF,), "the main branch is not known: set `main_branch` to promote")
    if context.branch == main:
        return Route((Step.PROMOTE,), f"{main} moved: production follows")
    return Route((Step.DIFF,), f"a push that is not to {main}")


def _by_command(context: GitHubContext, command: str, main: str | None) -> Route:
    steps = COMMANDS.get(command)
    if steps is None:
        raise SeeknalCiError(
            f"there is no command {command!r}",
            where="the action's input `command`",
            fix=f"use auto, {', '.join(COMMANDS)}",
        )
    if Step.COMMENT in steps and context.pull_request is None:
        raise SeeknalCiError(
            f"`command: comment` needs a pull request, and {context.event} has none",
            fix="run it on `pull_request`",
        )
    unmerged = context.pull_request is not None or context.event == "merge_group"
    elsewhere = context.branch is not None and main is not None and context.branch != main
    if Step.PROMOTE in steps and (unmerged or elsewhere):
        raise SeeknalCiError(
            "`command: promote` would make commits that are not merged the production",
            fix=f"run it on a push to {main or 'the main branch'}",
        )
    return Route(steps, f"`command: {command}` asks for it")
