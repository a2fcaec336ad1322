"""Which versions an event of GitHub compares."""

from __future__ import annotations

from itertools import islice

from seeknal_ci.commands.prepare import Revisions
from seeknal_ci.git.failures import ShallowError
from seeknal_ci.git.repository import Repository
from seeknal_ci.github.event import GitHubContext
from seeknal_ci.github.inputs import Inputs
from seeknal_ci.model.environment import Acknowledgement
from seeknal_ci.promote.acknowledge import in_message


def revisions_of(repository: Repository, context: GitHubContext, inputs: Inputs) -> Revisions:
    """The inputs' refs, if given; else the event's.

    On a pull request HEAD is the test merge, whose first parent is the base as it is now; the
    event's own base goes stale when the base branch moves.
    """
    if inputs.base or inputs.head:
        return Revisions(base=inputs.base, head=inputs.head or "HEAD")
    if context.merge_group is not None:
        return Revisions(base=context.merge_group.base_sha, head=context.merge_group.head_sha)
    pull_request = context.pull_request
    if pull_request is None:
        return Revisions(head="HEAD")
    head = repository.resolve("HEAD")
    parents = repository.commit_parents(head)
    if len(parents) == 2 and parents[1] == pull_request.head_sha:
        return Revisions(base=parents[0], head="HEAD")
    if pull_request.base_sha is not None:
        return Revisions(revisions=f"{pull_request.base_sha}...HEAD")
    return Revisions(head="HEAD")


def acknowledged_in(
    repository: Repository, base: str | None, head: str | None
) -> tuple[Acknowledgement, ...]:
    """Acknowledgements in the commits that head adds to base.

    In a clone too shallow to show them all, those of the newest commits.
    """
    if base is None or head is None:
        return ()
    try:
        commits = list(repository.commits_between(base, head))
    except ShallowError:
        newest = islice(repository.commits_between(None, head), 3)
        commits = [commit for commit in newest if commit.sha != base]
    return tuple(
        item for commit in commits for item in in_message(commit.message, commit.author, commit.sha)
    )
