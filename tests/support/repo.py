"""Real git repositories for tests, the same bytes on every machine."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

# 2024-01-01T00:00:00Z; each commit is a minute later, so that order never depends on a tie.
EPOCH = 1_704_067_200


class GitRepo:
    """A repository on disk, driven by the git command line and by no one's configuration."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.commits = 0

    @classmethod
    def init(cls, path: Path, *, bare: bool = False) -> GitRepo:
        """A new repository on the branch `main`, without a commit."""
        path.mkdir(parents=True, exist_ok=True)
        repo = cls(path)
        repo.git("init", "--quiet", "--initial-branch=main", *(["--bare"] if bare else []))
        repo._settle()
        return repo

    def clone(self, path: Path, *options: str) -> GitRepo:
        """A clone of this repository; `--depth` works, because it goes by way of a URL."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.git("clone", "--quiet", *options, self.path.as_uri(), str(path))
        repo = GitRepo(path)
        repo.commits = self.commits
        repo._settle()
        return repo

    def git(self, *args: str, check: bool = True, env: dict[str, str] | None = None) -> str:
        """Runs git and returns what it printed, without the newline at the end."""
        done = subprocess.run(
            ["git", *args],
            cwd=self.path,
            env=self.environment() | (env or {}),
            check=False,
            capture_output=True,
            text=True,
            errors="surrogateescape",
        )
        if check and done.returncode != 0:
            raise AssertionError(f"git {' '.join(args)}: {done.stdout}{done.stderr}")
        return done.stdout.rstrip("\n")

    def write(self, path: str, content: str | bytes) -> Path:
        """Writes a file, with the folders it needs, and stages nothing."""
        file = self.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def delete(self, path: str) -> None:
        """Removes a file from disk and stages nothing."""
        (self.path / path).unlink()

    def commit(self, message: str, *, files: dict[str, str | bytes] | None = None) -> str:
        """Commits everything that is on disk, after writing `files`; returns the sha."""
        for path, content in (files or {}).items():
            self.write(path, content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self._counted()

    def branch(self, name: str, at: str = "HEAD") -> None:
        """Makes a branch without switching to it."""
        self.git("branch", "--", name, at)

    def checkout(self, ref: str, *, new: bool = False) -> None:
        """Switches to a branch, new or not, or to a commit."""
        self.git("checkout", "--quiet", *(["-b"] if new else []), ref)

    def merge(self, ref: str, *, squash: bool = False, message: str = "merge") -> str:
        """Merges into the current branch, with a merge commit unless squashed; the sha."""
        if not squash:
            self.git("merge", "--quiet", "--no-ff", "--message", message, ref)
            return self._counted()
        self.git("merge", "--quiet", "--squash", ref)
        self.git("commit", "--quiet", "--message", message)
        return self._counted()

    def tag(self, name: str, *, at: str = "HEAD", message: str | None = None) -> None:
        """Makes a tag, annotated where there is a message."""
        self.git("tag", *(["--annotate", "--message", message] if message else []), name, at)

    def head(self) -> str:
        """The sha of HEAD."""
        return self.git("rev-parse", "HEAD")

    def _counted(self) -> str:
        self.commits += 1
        return self.head()

    def _settle(self) -> None:
        # libgit2 in the test's own process sees the developer's ~/.gitconfig; this overrides it.
        for key, value in {
            "core.autocrlf": "false",
            "core.excludesFile": os.devnull,
            "core.attributesFile": os.devnull,
        }.items():
            self.git("config", key, value)

    @property
    def hooks(self) -> Path:
        """The folder in which git looks for this repository's hooks."""
        return self.path / self.git("rev-parse", "--git-path", "hooks")

    def environment(self) -> dict[str, str]:
        """Fixed names and dates, and no configuration but the repository's own."""
        when = f"{EPOCH + 60 * self.commits} +0000"
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.path),
            "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_AUTHOR_NAME": "Test Author",
            "GIT_AUTHOR_EMAIL": "author@example.com",
            "GIT_AUTHOR_DATE": when,
            "GIT_COMMITTER_NAME": "Cora Committer",
            "GIT_COMMITTER_EMAIL": "cora@example.com",
            "GIT_COMMITTER_DATE": when,
            "GIT_ALLOW_PROTOCOL": "file",
        }
