"""What GitHub Actions says about the run: its environment, read once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.github.payload import COMMIT, Payload, read_payload

API_URL = "https://api.github.com"
SERVER_URL = "https://github.com"
TOKEN_VARIABLES = ("SEEKNAL_CI_INPUT_GITHUB_TOKEN", "GITHUB_TOKEN")

REPOSITORY = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")
PULL_REQUEST_EVENTS = frozenset(
    {"pull_request", "pull_request_target", "pull_request_review", "pull_request_review_comment"}
)


@dataclass(frozen=True, slots=True)
class PullRequest:
    """The pull request of the event. Its title and branch are the author's text: only data."""

    number: int
    title: str
    head_sha: str
    head_ref: str | None
    # None where the fork was deleted.
    head_repository: str | None
    base_sha: str | None
    base_ref: str | None
    is_fork: bool
    merged: bool


@dataclass(frozen=True, slots=True)
class MergeGroup:
    """The two sides of an entry of the merge queue."""

    base_sha: str
    head_sha: str


@dataclass(frozen=True, slots=True)
class Push:
    """What a push moved. `before` is None for a new branch, `after` for a deleted one."""

    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class GitHubContext:
    """One run of a workflow. The token itself is not kept here: see `token_from`."""

    event: str
    action: str | None
    repository: str
    api_url: str
    has_token: bool
    workspace: Path | None
    event_path: Path | None
    run_id: str | None
    run_attempt: str | None
    run_url: str | None
    actor: str | None
    sha: str | None
    ref: str | None
    default_branch: str | None
    pull_request: PullRequest | None = None
    merge_group: MergeGroup | None = None
    push: Push | None = None

    @property
    def branch(self) -> str | None:
        """The branch that the run is for; None for a tag and for a pull request's own ref."""
        prefix = "refs/heads/"
        return self.ref.removeprefix(prefix) if self.ref and self.ref.startswith(prefix) else None


def token_from(environ: Mapping[str, str]) -> str | None:
    """The token for GitHub's API, without the line break that a copied secret often ends in."""
    tokens = (environ.get(name, "").strip() for name in TOKEN_VARIABLES)
    return next((token for token in tokens if token), None)


def api_url_from(environ: Mapping[str, str]) -> str:
    """Where GitHub's API is: the action's input, else the runner's own, else github.com's."""
    names = ("SEEKNAL_CI_INPUT_API_URL", "GITHUB_API_URL")
    urls = (environ.get(name, "").strip() for name in names)
    return next((url.rstrip("/") for url in urls if url), API_URL)


def read_context(environ: Mapping[str, str]) -> GitHubContext:
    """The run that `environ` and the event's file describe.

    Raises SeeknalCiError outside GitHub Actions, and for a payload that is not what its event
    promises.
    """
    event = _required(environ, "GITHUB_EVENT_NAME")
    repository = _required(environ, "GITHUB_REPOSITORY")
    if not REPOSITORY.fullmatch(repository):
        raise SeeknalCiError(
            f"GITHUB_REPOSITORY is {repository!r}, which is no repository",
            fix="set it to owner/name, as the runner does",
        )
    event_path = environ.get("GITHUB_EVENT_PATH")
    payload = read_payload(Path(event_path)) if event_path else Payload()
    workspace = environ.get("GITHUB_WORKSPACE")
    return GitHubContext(
        event=event,
        action=payload.text("action"),
        repository=repository,
        api_url=api_url_from(environ),
        has_token=token_from(environ) is not None,
        workspace=Path(workspace) if workspace else None,
        event_path=payload.path,
        run_id=environ.get("GITHUB_RUN_ID") or None,
        run_attempt=environ.get("GITHUB_RUN_ATTEMPT") or None,
        run_url=_run_url(environ, repository),
        actor=environ.get("GITHUB_ACTOR") or None,
        sha=environ.get("GITHUB_SHA") or None,
        ref=environ.get("GITHUB_REF") or None,
        default_branch=payload.text("repository", "default_branch"),
        pull_request=_pull_request(payload, repository) if event in PULL_REQUEST_EVENTS else None,
        merge_group=_merge_group(payload) if event == "merge_group" else None,
        push=_push(payload) if event == "push" else None,
    )


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if not value:
        raise SeeknalCiError(
            f"{name} is not set, so this is no run of GitHub Actions",
            fix="use `seeknal-ci diff`, `apply` or `promote` outside GitHub Actions",
        )
    return value


def _run_url(environ: Mapping[str, str], repository: str) -> str | None:
    run_id = environ.get("GITHUB_RUN_ID")
    if not run_id:
        return None
    server = environ.get("GITHUB_SERVER_URL") or SERVER_URL
    attempt = environ.get("GITHUB_RUN_ATTEMPT")
    tail = f"/attempts/{attempt}" if attempt and attempt != "1" else ""
    return f"{server.rstrip('/')}/{repository}/actions/runs/{run_id}{tail}"


def _pull_request(payload: Payload, repository: str) -> PullRequest:
    head_repository = payload.text("pull_request", "head", "repo", "full_name")
    # GitHub's names do not differ by case; a fork that was deleted is still a fork.
    is_fork = head_repository is None or head_repository.casefold() != repository.casefold()
    return PullRequest(
        number=payload.number("pull_request", "number"),
        title=payload.text("pull_request", "title") or "",
        head_sha=payload.commit("pull_request", "head", "sha"),
        head_ref=payload.text("pull_request", "head", "ref"),
        head_repository=head_repository,
        base_sha=payload.text("pull_request", "base", "sha"),
        base_ref=payload.text("pull_request", "base", "ref"),
        is_fork=is_fork,
        merged=payload.flag("pull_request", "merged"),
    )


def _merge_group(payload: Payload) -> MergeGroup:
    return MergeGroup(
        base_sha=payload.commit("merge_group", "base_sha"),
        head_sha=payload.commit("merge_group", "head_sha"),
    )


def _push(payload: Payload) -> Push:
    return Push(before=_moved(payload, "before"), after=_moved(payload, "after"))


def _moved(payload: Payload, side: str) -> str | None:
    """A side of a push; git writes zeros for "there was nothing"."""
    commit = payload.text(side)
    if commit is None or not COMMIT.fullmatch(commit) or not commit.strip("0"):
        return None
    return commit
