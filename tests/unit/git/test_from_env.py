"""Inside a hook: git points elsewhere for the index, and that is what it will commit."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.support.repo import GitRepo

A, B, C = "seeknal/a.yml", "seeknal/b.yml", "seeknal/c.yml"

SCRIPT = """
import json, sys
from pathlib import Path
from seeknal_ci.git.comparison import compare
from seeknal_ci.git.repository import Repository
repository = Repository.open(Path.cwd(), from_env=True)
found = compare(repository, staged=True)
seen = {path: found.head.read(path).decode() for path in found.head.blobs}
answer = {"root": str(repository.root), "base": found.base.side.ref, "files": seen}
Path(sys.argv[1]).write_text(json.dumps(answer))
"""


class Hook:
    """A pre-commit hook that notes what it was shown."""

    def __init__(self, repo: GitRepo, folder: Path) -> None:
        self.noted = folder / "noted.json"
        script = folder / "hook.py"
        script.write_text(SCRIPT)
        repo.hooks.mkdir(parents=True, exist_ok=True)
        hook = repo.hooks / "pre-commit"
        hook.write_text(
            f"#!/bin/sh\nexport PYTHONPATH='{os.pathsep.join(sys.path)}'\n"
            f"exec '{sys.executable}' '{script}' '{self.noted}'\n"
        )
        hook.chmod(0o755)

    @property
    def files(self) -> dict[str, str]:
        """Content by path, as the last commit's hook saw it."""
        files: dict[str, str] = json.loads(self.noted.read_text())["files"]
        return files

    @property
    def root(self) -> Path:
        """The work tree that the last commit's hook was in."""
        return Path(json.loads(self.noted.read_text())["root"])


def committed(repo: GitRepo) -> dict[str, str]:
    """Content by path at HEAD."""
    paths = repo.git("ls-tree", "-r", "--name-only", "HEAD").splitlines()
    return {path: repo.git("show", f"HEAD:{path}") + "\n" for path in paths}


@pytest.fixture
def project(repo: GitRepo) -> GitRepo:
    """Two files committed; then one changed and staged, the other only changed, a third new."""
    repo.commit("first", files={A: "a1\n", B: "b1\n"})
    repo.write(A, "a2\n")
    repo.git("add", A)
    repo.write(B, "b2\n")
    repo.write(C, "c1\n")
    return repo


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), {A: "a2\n", B: "b1\n"}),
        (("--all",), {A: "a2\n", B: "b2\n"}),
        (("--", B), {A: "a1\n", B: "b2\n"}),
        (("--include", "--", B), {A: "a2\n", B: "b2\n"}),
    ],
)
@pytest.mark.parametrize("folder", [".", "seeknal"])
def test_the_hook_sees_what_is_going_to_be_committed(
    project: GitRepo,
    tmp_path: Path,
    options: tuple[str, ...],
    expected: dict[str, str],
    folder: str,
) -> None:
    hook = Hook(project, tmp_path)
    options = tuple(str(project.path / o) if o == B else o for o in options)
    GitRepo(project.path / folder).git("commit", "--quiet", "--message", "second", *options)
    assert hook.files == expected == committed(project)
    assert hook.root == project.path


def test_the_first_commit_of_all(repo: GitRepo, tmp_path: Path) -> None:
    hook = Hook(repo, tmp_path)
    repo.commit("first", files={A: "a1\n"})
    assert hook.files == {A: "a1\n"}
    assert json.loads(hook.noted.read_text())["base"] == "(no commit yet)"


def test_in_a_linked_work_tree(project: GitRepo, tmp_path: Path) -> None:
    hook = Hook(project, tmp_path)
    project.git("worktree", "add", "--quiet", "-b", "feature", str(tmp_path / "linked"))
    linked = GitRepo(tmp_path / "linked")
    linked.write(B, "linked\n")
    linked.git("commit", "--quiet", "--all", "--message", "second")
    assert hook.files == {A: "a1\n", B: "linked\n"} == committed(linked)
    assert hook.root == linked.path


def test_in_a_submodule(project: GitRepo, repo: GitRepo, tmp_path: Path) -> None:
    outer = GitRepo.init(tmp_path / "outer")
    outer.git("submodule", "--quiet", "add", project.path.as_uri(), "inner")
    inner = GitRepo(outer.path / "inner")
    hook = Hook(inner, tmp_path)
    inner.write(B, "inner\n")
    inner.git("commit", "--quiet", "--message", "second", "--", B)
    assert hook.files == {A: "a1\n", B: "inner\n"} == committed(inner)
    assert hook.root == inner.path


def test_with_a_git_folder_elsewhere(project: GitRepo, tmp_path: Path) -> None:
    hook = Hook(project, tmp_path)
    (project.path / ".git").rename(tmp_path / "elsewhere.git")
    options = (f"--git-dir={tmp_path / 'elsewhere.git'}", f"--work-tree={project.path}")
    project.git(*options, "commit", "--quiet", "--all", "--message", "second")
    assert hook.files == {A: "a2\n", B: "b2\n"}
    assert hook.root == project.path
