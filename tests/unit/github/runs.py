"""Runs of a workflow for tests: environments and payloads as the runner makes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HEAD = "a" * 40
BASE = "b" * 40
ZEROS = "0" * 40
REPOSITORY = "team/pipeline"
DEFAULT = {"default_branch": "main", "full_name": REPOSITORY}


def environ(folder: Path, event: str, payload: object, **more: str) -> dict[str, str]:
    """What the runner sets, with `payload` in the event's file; a str is written as it is."""
    path = folder / "event.json"
    path.write_text(payload if isinstance(payload, str) else json.dumps(payload), encoding="utf-8")
    return {
        "GITHUB_EVENT_NAME": event,
        "GITHUB_EVENT_PATH": str(path),
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_API_URL": "https://api.github.com",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_WORKSPACE": str(folder),
        "GITHUB_RUN_ID": "17",
        "GITHUB_RUN_ATTEMPT": "1",
        "GITHUB_ACTOR": "octocat",
        "GITHUB_SHA": HEAD,
        "GITHUB_REF": "refs/pull/42/merge",
        **more,
    }


def pull_request(action: str = "opened", **more: Any) -> dict[str, Any]:
    """The payload of a pull request from the repository itself."""
    return {
        "action": action,
        "number": 42,
        "repository": DEFAULT,
        "pull_request": {
            "number": 42,
            "title": "Drop customer_id",
            "merged": False,
            "head": {"sha": HEAD, "ref": "feat/orders", "repo": {"full_name": REPOSITORY}},
            "base": {"sha": BASE, "ref": "main", "repo": DEFAULT},
            **more,
        },
    }


def from_fork(action: str = "opened", repository: str | None = "stranger/pipeline") -> Any:
    """The payload of a pull request from a fork; None for one that was deleted."""
    repo = None if repository is None else {"full_name": repository}
    return pull_request(action, head={"sha": HEAD, "ref": "main", "repo": repo})


def push(before: str = BASE, after: str = HEAD) -> dict[str, Any]:
    """The payload of a push."""
    return {"before": before, "after": after, "repository": DEFAULT}


def merge_group() -> dict[str, Any]:
    """The payload of an entry of the merge queue."""
    group = {"base_sha": BASE, "head_sha": HEAD, "base_ref": "refs/heads/main"}
    return {"action": "checks_requested", "merge_group": group, "repository": DEFAULT}
