"""The native hooks and the hooks for pre-commit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
HOOKS = ("pre-commit", "pre-merge-commit", "pre-push", "post-merge", "post-checkout")
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"

# Records how it was called; fails where a test asks it to.
STUB = """\
#!/bin/sh
echo "$*" >> "$RECORD"
exit "${STUB_EXIT:-0}"
"""


class Git:
    """A repository whose hooks are those of this project, and call a stub."""

    def __init__(self, folder: Path) -> None:
        self.record = folder / "record"
        self.repository = folder / "repository"
        stub = folder / "bin" / "seeknal-ci"
        stub.parent.mkdir()
        stub.write_text(STUB, encoding="utf-8")
        stub.chmod(0o755)
        self.environ = {
            "PATH": f"{stub.parent}:{SYSTEM_PATH}",
            "HOME": str(folder),
            "RECORD": str(self.record),
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        subprocess.run(["git", "init", "-q", "-b", "main", str(self.repository)], check=True)

    def run(self, *argv: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run git with the hooks switched on."""
        settings = {
            "core.hooksPath": str(ROOT / "hooks"),
            "user.name": "Test",
            "user.email": "test@example.invalid",
        }
        options = [text for name, value in settings.items() for text in ("-c", f"{name}={value}")]
        return subprocess.run(
            ["git", *options, *argv],
            cwd=self.repository,
            env={**self.environ, **environ},
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self) -> list[str]:
        """What the stub was called with since the last time."""
        lines = self.record.read_text(encoding="utf-8").splitlines() if self.record.exists() else []
        self.record.unlink(missing_ok=True)
        return lines


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """A repository that uses the hooks."""
    return Git(tmp_path)


@pytest.mark.parametrize("event", HOOKS)
def test_a_hook_is_a_few_lines_that_call_the_program(event: str) -> None:
    path = ROOT / "hooks" / event
    lines = path.read_text(encoding="utf-8").splitlines()
    assert os.access(path, os.X_OK)
    assert lines[0] == "#!/bin/sh"
    assert lines[-1] == f'exec seeknal-ci hook {event} "$@"'
    assert len(lines) <= 10
    assert subprocess.run(["sh", "-n", str(path)], check=False).returncode == 0


def test_there_are_no_others() -> None:
    assert sorted(path.name for path in (ROOT / "hooks").iterdir()) == sorted(HOOKS)


def test_git_calls_them(git: Git, tmp_path: Path) -> None:
    git.run("commit", "-q", "--allow-empty", "-m", "one")
    assert git.calls() == ["hook pre-commit"]
    assert git.run("checkout", "-q", "-b", "feat/$(touch${IFS}F)").returncode == 0
    assert [call.split()[:2] for call in git.calls()] == [["hook", "post-checkout"]]
    git.run("commit", "-q", "--allow-empty", "-m", "two")
    git.run("checkout", "-q", "main")
    git.calls()
    git.run("merge", "-q", "--no-ff", "-m", "merge", "feat/$(touch${IFS}F)")
    assert git.calls() == ["hook pre-merge-commit", "hook post-merge 0"]
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "origin")], check=True)
    git.run("push", "-q", str(tmp_path / "origin"), "main")
    origin = str(tmp_path / "origin")
    assert git.calls() == [f"hook pre-push {origin} {origin}"]


def test_a_hook_that_says_no_stops_the_commit(git: Git) -> None:
    done = git.run("commit", "-q", "--allow-empty", "-m", "one", STUB_EXIT="1")
    assert done.returncode == 1
    assert git.run("rev-parse", "--verify", "-q", "HEAD").returncode == 1


def test_without_the_program_a_commit_stops_and_a_checkout_does_not(git: Git) -> None:
    done = git.run("commit", "-q", "--allow-empty", "-m", "one", PATH=SYSTEM_PATH)
    assert done.returncode == 1
    assert "seeknal-ci is not on PATH" in done.stderr
    assert git.run("commit", "-q", "--allow-empty", "-m", "one", "-n").returncode == 0
    done = git.run("checkout", "-q", "-b", "other", PATH=SYSTEM_PATH)
    assert done.returncode == 0
    assert "seeknal-ci is not on PATH" in done.stderr


def test_pre_commit_accepts_the_manifest() -> None:
    manifest = str(ROOT / ".pre-commit-hooks.yaml")
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", manifest]
    assert subprocess.run(command, check=False).returncode == 0


def test_the_hooks_for_pre_commit() -> None:
    text = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    hooks = {hook["id"]: hook for hook in yaml.safe_load(text)}
    assert {id_: hook["entry"] for id_, hook in hooks.items()} == {
        "seeknal-ci-diff": "seeknal-ci hook pre-commit",
        "seeknal-ci-validate": "seeknal-ci validate",
        "seeknal-ci-push": "seeknal-ci hook pre-push",
    }
    assert {hook["minimum_pre_commit_version"] for hook in hooks.values()} == {"3.2.0"}
    assert all(hook["require_serial"] for hook in hooks.values())
    # A commit that only deletes nodes has no file to hand over, and breaks the most.
    for id_ in ("seeknal-ci-diff", "seeknal-ci-push"):
        assert (hooks[id_]["always_run"], hooks[id_]["pass_filenames"]) == (True, False)
    assert hooks["seeknal-ci-diff"]["stages"] == ["pre-commit", "pre-merge-commit", "manual"]
    assert hooks["seeknal-ci-push"]["stages"] == ["pre-push"]
    assert hooks["seeknal-ci-validate"]["types"] == ["yaml"]
