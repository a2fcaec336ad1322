"""Which steps each event asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.github.event import GitHubContext, read_context
from seeknal_ci.github.route import Step, route
from tests.unit.github import runs

MAIN = "refs/heads/main"
BRANCH = "refs/heads/feat/orders"
LOOK = ("diff", "apply", "comment")

# Event, payload, ref → steps, and a word of the reason.
EVENTS: tuple[tuple[str, Any, str, tuple[str, ...], str], ...] = (
    ("pull_request", runs.pull_request("opened"), BRANCH, LOOK, "opened"),
    ("pull_request", runs.pull_request("synchronize"), BRANCH, LOOK, "synchronize"),
    ("pull_request", runs.pull_request("reopened"), BRANCH, LOOK, "reopened"),
    ("pull_request", runs.pull_request("ready_for_review"), BRANCH, LOOK, "ready_for_review"),
    ("pull_request", runs.pull_request("closed"), BRANCH, ("cleanup",), "closed"),
    ("pull_request", runs.pull_request("closed", merged=True), BRANCH, ("cleanup",), "closed"),
    ("pull_request", runs.pull_request("labeled"), BRANCH, (), "labeled"),
    ("pull_request", runs.from_fork("opened"), BRANCH, ("diff",), "fork"),
    ("pull_request", runs.from_fork("synchronize", None), BRANCH, ("diff",), "fork"),
    ("pull_request", runs.from_fork("closed"), BRANCH, (), "fork"),
    ("merge_group", runs.merge_group(), BRANCH, ("diff", "gate"), "merge queue"),
    ("push", runs.push(), MAIN, ("promote",), "main moved"),
    ("push", runs.push(before=runs.ZEROS), MAIN, ("promote",), "main moved"),
    ("push", runs.push(), BRANCH, ("diff",), "not to main"),
    ("push", runs.push(), "refs/tags/main", ("diff",), "not to main"),
    ("push", runs.push(), "refs/heads/feat/$(touch F)", ("diff",), "not to main"),
    ("push", runs.push(after=runs.ZEROS), BRANCH, (), "deleted"),
    ("push", {"before": runs.BASE, "after": runs.HEAD}, MAIN, ("diff",), "not known"),
    ("schedule", {"schedule": "0 3 * * *"}, MAIN, ("gc",), "nobody needs"),
    ("workflow_run", {"action": "completed"}, MAIN, (), "not available yet"),
    ("workflow_dispatch", {"inputs": None}, MAIN, ("diff",), "by hand"),
    ("issue_comment", {"action": "created"}, MAIN, (), "issue_comment"),
)


@pytest.mark.parametrize(("event", "payload", "ref", "steps", "because"), EVENTS)
def test_auto(
    tmp_path: Path, event: str, payload: Any, ref: str, steps: tuple[str, ...], because: str
) -> None:
    chosen = route(context_of(tmp_path, event, payload, ref))
    assert chosen.steps == steps
    assert because in chosen.reason


@pytest.mark.parametrize(
    ("command", "steps"),
    [
        ("diff", (Step.DIFF,)),
        ("apply", (Step.DIFF, Step.APPLY)),
        ("cleanup", (Step.CLEANUP,)),
        ("comment", (Step.DIFF, Step.COMMENT)),
        ("gc", (Step.GC,)),
    ],
)
def test_a_command_goes_before_the_event(
    tmp_path: Path, command: str, steps: tuple[Step, ...]
) -> None:
    context = context_of(tmp_path, "pull_request", runs.pull_request("labeled"))
    assert route(context, command).steps == steps


@pytest.mark.parametrize("command", ["auto", "diff", "apply", "comment", "cleanup", "gc"])
def test_a_fork_never_gets_a_warehouse_or_a_comment(tmp_path: Path, command: str) -> None:
    chosen = route(context_of(tmp_path, "pull_request", runs.from_fork()), command)
    assert set(chosen.steps) <= {Step.DIFF}
    assert not chosen.uses_warehouse


@pytest.mark.parametrize("event", ["push", "workflow_dispatch", "schedule"])
def test_promote_can_be_asked_for_on_main(tmp_path: Path, event: str) -> None:
    chosen = route(context_of(tmp_path, event, runs.push(), MAIN), "promote")
    assert chosen.steps == (Step.PROMOTE,)
    assert chosen.uses_warehouse


@pytest.mark.parametrize(
    ("event", "payload", "ref"),
    [
        ("pull_request", runs.pull_request(), MAIN),
        ("pull_request", runs.from_fork(), MAIN),
        ("merge_group", runs.merge_group(), "refs/heads/gh-readonly-queue/main/pr-1"),
        ("push", runs.push(), BRANCH),
        ("workflow_dispatch", runs.push(), BRANCH),
    ],
)
def test_what_is_not_merged_is_never_promoted(
    tmp_path: Path, event: str, payload: Any, ref: str
) -> None:
    with pytest.raises(SeeknalCiError, match="not merged") as caught:
        route(context_of(tmp_path, event, payload, ref), "promote")
    assert "push to main" in caught.value.fix


def test_the_project_names_its_main_branch(tmp_path: Path) -> None:
    context = context_of(tmp_path, "push", runs.push(), "refs/heads/trunk")
    assert route(context, main_branch="trunk").steps == (Step.PROMOTE,)
    assert route(context).steps == (Step.DIFF,)


@pytest.mark.parametrize("command", ["auto", "diff"])
def test_pull_request_target_is_refused(tmp_path: Path, command: str) -> None:
    context = context_of(tmp_path, "pull_request_target", runs.pull_request())
    with pytest.raises(SeeknalCiError, match="with this repository's secrets"):
        route(context, command)


def test_a_comment_needs_a_pull_request(tmp_path: Path) -> None:
    with pytest.raises(SeeknalCiError, match="push has none"):
        route(context_of(tmp_path, "push", runs.push(), MAIN), "comment")


def test_an_unknown_command_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(SeeknalCiError, match="'\\$\\(touch F\\)'") as caught:
        route(context_of(tmp_path, "push", runs.push(), MAIN), "$(touch F)")
    assert caught.value.fix == "use auto, diff, apply, promote, cleanup, comment, gc"


def context_of(folder: Path, event: str, payload: Any, ref: str = MAIN) -> GitHubContext:
    """The run of an event."""
    return read_context(runs.environ(folder, event, payload, GITHUB_REF=ref))
