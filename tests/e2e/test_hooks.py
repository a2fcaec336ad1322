"""The hooks as git and pre-commit run them: what is told is what will be committed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from seeknal_ci.demo.edits import ADD_DISCOUNT, RENAME_CUSTOMER_ID
from tests.support.program import Program, ecommerce

ROOT = Path(__file__).resolve().parents[2]
BIN = str(Path(sys.prefix) / "bin")
MISSING = "References missing column 'customer_id'"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The e-commerce project with the native hooks installed."""
    made = ecommerce(tmp_path)
    made.ok("hooks", "install")
    return made


def git(program: Program, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run git with the program on PATH; standard error is part of the output."""
    return subprocess.run(
        ["git", *arguments],
        cwd=program.repo.path,
        env=program.repo.environment()
        | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
        | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def test_a_breaking_change_is_told_and_the_commit_goes_on(program: Program) -> None:
    RENAME_CUSTOMER_ID.make(program.repo.path)

    done = git(program, "commit", "--all", "--message", "Rename")

    assert done.returncode == 0, done.stdout
    assert MISSING in done.stdout


def test_an_error_stops_the_commit(program: Program) -> None:
    program.repo.write("seeknal/09.yml", "kind: transform\nname: x\ntransform: SELECT (\n")
    program.repo.git("add", ".")

    done = git(program, "commit", "--message", "Broken")

    assert done.returncode != 0
    assert "seeknal/09.yml:3" in done.stdout


def test_what_is_not_staged_is_not_looked_at(program: Program) -> None:
    RENAME_CUSTOMER_ID.make(program.repo.path)
    program.repo.write("notes.txt", "nothing of the pipeline\n")
    program.repo.git("add", "notes.txt")

    done = git(program, "commit", "--message", "Notes")

    assert done.returncode == 0
    assert "BREAKING" not in done.stdout


def test_commit_of_a_path_looks_at_that_path(program: Program) -> None:
    RENAME_CUSTOMER_ID.make(program.repo.path)
    ADD_DISCOUNT.make(program.repo.path)

    done = git(program, "commit", "--message", "Discount", "--", ADD_DISCOUNT.path)

    assert done.returncode == 0
    assert "discount_pct" in done.stdout
    assert MISSING not in done.stdout


def test_a_commit_that_only_deletes_is_told_too(program: Program) -> None:
    program.repo.git("rm", "--quiet", "seeknal/06_transform_inventory_status.yml")

    done = git(program, "commit", "--message", "Remove")

    assert done.returncode == 0
    assert "transform.inventory_status" in done.stdout
    assert "BREAKING" in done.stdout


def test_a_merge_with_conflicts_is_left_to_git(program: Program) -> None:
    program.repo.checkout("other", new=True)
    ADD_DISCOUNT.make(program.repo.path)
    program.repo.commit("One way")
    program.repo.checkout("main")
    text = (program.repo.path / ADD_DISCOUNT.path).read_text(encoding="utf-8")
    program.repo.write(ADD_DISCOUNT.path, text.replace("validation_status\n", "checked\n"))
    program.repo.git("commit", "--quiet", "--all", "--message", "Another way", "--no-verify")
    git(program, "merge", "other")

    told = program.run("hook", "pre-commit")

    assert told.exit_code == 0
    assert "did not look" in told.err


def test_a_hook_that_was_there_runs_first_and_comes_back(tmp_path: Path) -> None:
    program = ecommerce(tmp_path)
    own = program.repo.write(".git/hooks/pre-commit", "#!/bin/sh\necho mine > mine.txt\n")
    own.chmod(0o755)
    program.ok("hooks", "install")
    program.ok("hooks", "install")
    RENAME_CUSTOMER_ID.make(program.repo.path)

    done = git(program, "commit", "--all", "--message", "Rename")

    assert MISSING in done.stdout
    assert (program.repo.path / "mine.txt").read_text() == "mine\n"
    program.ok("hooks", "uninstall")
    assert own.read_text() == "#!/bin/sh\necho mine > mine.txt\n"
    hooks = sorted(p.name for p in own.parent.iterdir() if not p.name.endswith(".sample"))
    assert hooks == ["pre-commit"]


def test_a_push_tells_of_the_whole_branch_and_can_be_stopped(tmp_path: Path) -> None:
    program = ecommerce(tmp_path)
    program.repo.git("init", "--quiet", "--bare", str(tmp_path / "origin.git"))
    program.repo.git("remote", "add", "origin", str(tmp_path / "origin.git"))
    program.repo.git("push", "--quiet", "origin", "main")
    program.repo.checkout("change", new=True)
    RENAME_CUSTOMER_ID.make(program.repo.path)
    program.repo.commit("Rename")
    program.repo.commit("Something else", files={"notes.txt": "x"})
    program.ok("hooks", "install")

    done = git(program, "push", "origin", "HEAD")

    assert done.returncode == 0, done.stdout
    assert MISSING in done.stdout
    stopped = program.run("hook", "pre-push", "--fail-on", "breaking", stdin="")
    assert stopped.exit_code == 3


def test_after_a_merge_and_a_checkout_people_are_told_where_they_are(program: Program) -> None:
    checked_out = git(program, "checkout", "-b", "feature/x")
    assert "environment is feature/x" in checked_out.stdout

    program.repo.commit("On a branch", files={"notes.txt": "x"})
    git(program, "checkout", "main")
    merged = git(program, "merge", "--no-edit", "feature/x")
    assert "production is empty" in merged.stdout


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository as it is now, committed, so that pre-commit can clone it."""
    folder = tmp_path_factory.mktemp("published") / "seeknal-ci"
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
    for arguments in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "x"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True)
    return folder


def test_pre_commit_runs_the_published_hooks(published: Path, tmp_path: Path) -> None:
    """Installs the hooks' environment from the package index, as pre-commit does for a user."""
    program = ecommerce(tmp_path)
    RENAME_CUSTOMER_ID.make(program.repo.path)
    program.repo.git("add", ".")
    environment = program.repo.environment() | {
        name: value
        for name, value in os.environ.items()
        if name.startswith(("PIP_", "SSL_", "REQUESTS_", "HTTP", "http", "NO_PROXY"))
    }
    environment |= {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "PRE_COMMIT_HOME": str(tmp_path / "pre-commit"),
    }

    def try_hook(name: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pre-commit", "try-repo", "--verbose", str(published), name, "--all-files"],
            cwd=program.repo.path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    warned = try_hook("seeknal-ci-diff")
    assert warned.returncode == 0, warned.stdout
    assert MISSING in warned.stdout

    invalid = try_hook("seeknal-ci-validate")
    assert invalid.returncode == 1, invalid.stdout
    assert "seeknal/04_transform_clean_orders.yml:8" in invalid.stdout
