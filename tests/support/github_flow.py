"""A pull request's life on real repositories: an origin, a developer's clone, a runner's."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seeknal_ci.demo.project import write_project
from tests.support.action_harness import ActionHarness, ActionRun
from tests.support.fake_github import FakeGitHub
from tests.support.repo import GitRepo

ACTION = Path(__file__).resolve().parents[2]
REPOSITORY = "team/pipeline"
NUMBER = 1


@dataclass
class Flow:
    """One repository on GitHub, and everybody around it."""

    folder: Path
    github: FakeGitHub
    origin: GitRepo
    developer: GitRepo
    runs: int = 0

    @classmethod
    def begin(cls, folder: Path, github: FakeGitHub) -> Flow:
        """The e-commerce project, pushed to an origin."""
        origin = GitRepo.init(folder / "origin.git", bare=True)
        developer = GitRepo.init(folder / "developer")
        developer.git("remote", "add", "origin", origin.path.as_uri())
        write_project(developer.path)
        developer.commit("E-commerce pipeline")
        developer.git("push", "--quiet", "origin", "main")
        return cls(folder, github, origin, developer)

    @property
    def warehouse(self) -> Path:
        """The team's warehouse, which every run is given."""
        return self.folder / "warehouse.duckdb"

    def open(self) -> None:
        """Push the developer's branch, and tell GitHub's API of the pull request."""
        self.developer.git("push", "--quiet", "origin", "HEAD:refs/heads/change")
        self.github.open_pull_request(NUMBER, self.developer.head())

    def on_pull_request(
        self, action: str, *, head_repository: str = REPOSITORY, **inputs: str
    ) -> ActionRun:
        """The action on the pull request's test merge, in a clone of depth 2."""
        head, base = self.developer.head(), self.origin.git("rev-parse", "main")
        merge = self._test_merge(base, head)
        runner = self._runner("refs/pull/1/merge", depth=2)
        payload = {
            "action": action,
            "number": NUMBER,
            "pull_request": {
                "number": NUMBER,
                "title": "A change $(touch F)",
                "merged": action == "closed",
                "head": self._ref(head, "change", head_repository),
                "base": self._ref(base, "main", REPOSITORY),
            },
        }
        return self._run(runner, "pull_request", payload, merge, "refs/pull/1/merge", inputs)

    def on_push(self) -> ActionRun:
        """The action on main, in a full clone."""
        head = self.origin.git("rev-parse", "main")
        runner = self._runner("refs/heads/main", depth=0)
        payload = {"before": "0" * 40, "after": head}
        return self._run(runner, "push", payload, head, "refs/heads/main", {})

    def on_merge_group(self) -> ActionRun:
        """The action on an entry of the merge queue."""
        head, base = self.developer.head(), self.origin.git("rev-parse", "main")
        merge = self._test_merge(base, head)
        self.developer.git("push", "--quiet", "--force", "origin", f"{merge}:refs/heads/queue")
        runner = self._runner("refs/heads/queue", depth=2)
        payload = {
            "action": "checks_requested",
            "merge_group": {"base_sha": base, "head_sha": merge},
        }
        return self._run(runner, "merge_group", payload, merge, "refs/heads/queue", {})

    def squash_merge(self, message: str) -> None:
        """Press the green button, as a developer on main would by hand."""
        self.developer.git("checkout", "--quiet", "main")
        self.developer.git("merge", "--quiet", "--squash", "change")
        self.developer.commit(message)
        self.developer.git("push", "--quiet", "origin", "main")

    def _test_merge(self, base: str, head: str) -> str:
        """What GitHub keeps at refs/pull/N/merge: head merged into the base as it is now."""
        tree = self.developer.git("rev-parse", f"{head}^{{tree}}")
        merge = self.developer.git(
            "commit-tree", tree, "-p", base, "-p", head, "-m", f"Merge {head} into {base}"
        )
        self.developer.git("push", "--quiet", "--force", "origin", f"{merge}:refs/pull/1/merge")
        return merge

    def _runner(self, ref: str, depth: int) -> GitRepo:
        """A fresh clone, fetched as actions/checkout fetches."""
        self.runs += 1
        runner = GitRepo.init(self.folder / f"runner-{self.runs}")
        runner.git("remote", "add", "origin", self.origin.path.as_uri())
        limit = [f"--depth={depth}"] if depth else []
        runner.git("fetch", "--quiet", *limit, "origin", f"+{ref}:refs/remotes/origin/checked-out")
        runner.git("checkout", "--quiet", "--detach", "refs/remotes/origin/checked-out")
        return runner

    def _ref(self, sha: str, branch: str, repository: str) -> dict[str, Any]:
        return {"sha": sha, "ref": branch, "repo": {"full_name": repository}}

    def _run(
        self,
        runner: GitRepo,
        event: str,
        payload: dict[str, Any],
        sha: str,
        ref: str,
        inputs: dict[str, str],
    ) -> ActionRun:
        temp = self.folder / f"temp-{self.runs}"
        temp.mkdir()
        path = temp / "event.json"
        whole = {**payload, "repository": {"default_branch": "main", "full_name": REPOSITORY}}
        path.write_text(json.dumps(whole), encoding="utf-8")
        harness = ActionHarness(
            folder=ACTION,
            temp=temp,
            workspace=runner.path,
            installed=Path(sys.prefix),
            environ={
                "PATH": os.environ["PATH"],
                "HOME": str(temp),
                "GITHUB_EVENT_NAME": event,
                "GITHUB_EVENT_PATH": str(path),
                "GITHUB_REPOSITORY": REPOSITORY,
                "GITHUB_API_URL": self.github.url,
                "GITHUB_SERVER_URL": "https://github.com",
                "GITHUB_RUN_ID": str(self.runs),
                "GITHUB_ACTOR": "octocat",
                "GITHUB_SHA": sha,
                "GITHUB_REF": ref,
            },
        )
        given = {"warehouse": f"duckdb:///{self.warehouse}", **inputs}
        run = harness.run(given, token=self.github.token)
        shutil.rmtree(runner.path)
        return run
