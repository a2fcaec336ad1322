"""Repositories to begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.repo import GitRepo


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    """An empty repository on `main`."""
    return GitRepo.init(tmp_path / "repo")


@pytest.fixture
def project(repo: GitRepo) -> GitRepo:
    """A project with a few nodes, and nothing changed."""
    names = ("orders", "keep", "transforms/clean", "transforms/daily")
    files: dict[str, str | bytes] = {f"seeknal/{n}.yml": f"name: {n}\n" for n in names}
    repo.commit("first", files={**files, ".gitignore": "*.tmp\ntarget/\n", "README.md": "read\n"})
    return repo
