"""`init` writes what is missing, keeps what is there, and is done after one run."""

from __future__ import annotations

import difflib
import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from seeknal_ci.commands.precommit import with_hooks
from tests.support.program import Program, ecommerce
from tests.support.repo import GitRepo

WRITTEN = (
    ".github/workflows/seeknal-ci-cleanup.yml",
    ".github/workflows/seeknal-ci-nightly.yml",
    ".github/workflows/seeknal-ci-promote.yml",
    ".github/workflows/seeknal-ci.yml",
    ".gitignore",
    ".pre-commit-config.yaml",
    ".seeknal-ci/schema/config.json",
    ".seeknal-ci/schema/node.json",
    "seeknal-ci.yml",
)


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but git's own."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


@pytest.fixture
def project(tmp_path: Path) -> Program:
    """The e-commerce project, before anything of ours is in it."""
    program = ecommerce(tmp_path)
    for path in WRITTEN:
        (program.repo.path / path).unlink(missing_ok=True)
    return program


def test_everything_is_written_once(project: Program) -> None:
    root = project.repo.path
    before = files(root)

    first = project.ok("init")
    after = files(root)
    second = project.ok("init")

    assert set(after) - set(before) == set(WRITTEN)
    assert {path: after[path] for path in before} == before
    assert files(root) == after
    assert {line[:13].strip() for line in second.out.splitlines()} == {"there already"}
    assert "uses:" in first.err
    project.ok("validate")


def test_what_is_written_can_be_read(project: Program) -> None:
    root = project.repo.path
    project.ok("init")

    config = (root / "seeknal-ci.yml").read_text(encoding="utf-8")
    schema = root / config.splitlines()[0].partition("$schema=")[2]
    assert json.loads(schema.read_text(encoding="utf-8"))["title"] == "seeknal-ci config"
    settings = "\n".join(line.removeprefix("# ") for line in config.splitlines()[3:])
    (root / "seeknal-ci.yml").write_text(settings, encoding="utf-8")
    project.ok("validate")
    promote = yaml.safe_load(
        (root / ".github/workflows/seeknal-ci-promote.yml").read_text(encoding="utf-8")
    )
    assert promote[True]["push"]["branches"] == ["main"]  # YAML 1.1 reads `on` as true
    checked = [sys.executable, "-m", "pre_commit", "validate-config", ".pre-commit-config.yaml"]
    assert subprocess.run(checked, cwd=root, check=False).returncode == 0


def test_what_is_there_is_kept(project: Program) -> None:
    root = project.repo.path
    (root / "seeknal-ci.yml").write_text("workers: 2\n", encoding="utf-8")

    kept = project.ok("init")
    assert (root / "seeknal-ci.yml").read_text(encoding="utf-8") == "workers: 2\n"
    assert "kept as is    seeknal-ci.yml\n" in kept.out

    project.ok("init", "--force")
    assert "workers: 2" not in (root / "seeknal-ci.yml").read_text(encoding="utf-8")


def test_a_dry_run_writes_nothing(project: Program) -> None:
    before = files(project.repo.path)
    said = project.ok("init", "--dry-run")
    assert files(project.repo.path) == before
    assert all(path in said.out for path in WRITTEN)
    assert "Nothing was written." in said.err


def test_a_project_in_a_folder_of_the_repository(tmp_path: Path) -> None:
    repo = GitRepo.init(tmp_path / "project")
    (repo.path / ".vscode").mkdir()
    repo.write("sub dir/seeknal/a.yml", "kind: transform\nname: a\ntransform: SELECT 1 AS one\n")
    program = Program(repo)

    program.ok("init", "--project", "sub dir")

    written = files(repo.path)
    assert b'project: "sub dir"' in written[".github/workflows/seeknal-ci-sub-dir.yml"]
    assert b"validate --project 'sub dir'" in written[".pre-commit-config.yaml"]
    assert "sub dir/seeknal-ci.yml" in written
    (schema, glob) = next(
        iter(json.loads(written[".vscode/settings.json"])["yaml.schemas"].items())
    )
    assert (repo.path / schema).is_file()
    assert glob == "sub dir/seeknal/**/*.yml"
    program.ok("validate", "--project", "sub dir", "sub dir/seeknal/a.yml")


def test_every_project_of_a_repository_has_hooks_and_runs_of_its_own(tmp_path: Path) -> None:
    repo = GitRepo.init(tmp_path / "project")
    program = Program(repo)
    for name in ("one", "two dirs"):
        repo.write(
            f"{name}/seeknal/a.yml", "kind: transform\nname: a\ntransform: SELECT 1 AS one\n"
        )
        program.ok("init", "--project", name)
    written = files(repo.path)
    again = program.ok("init", "--project", "one")

    hooks = [
        hook["entry"]
        for entry in yaml.safe_load(written[".pre-commit-config.yaml"])["repos"]
        for hook in entry["hooks"]
    ]
    assert hooks == [
        "seeknal-ci hook pre-commit --project one",
        "seeknal-ci validate --project one",
        "seeknal-ci hook pre-commit --project 'two dirs'",
        "seeknal-ci validate --project 'two dirs'",
    ]
    groups = {
        path.rpartition("/")[2]: yaml.safe_load(text)["concurrency"]["group"]
        for path, text in written.items()
        if path.startswith(".github/")
    }
    assert groups["seeknal-ci-one.yml"] == groups["seeknal-ci-one-cleanup.yml"]
    assert len(set(groups.values())) == 6
    assert files(repo.path) == written
    assert {line[:13].strip() for line in again.out.splitlines()} == {"there already"}


def test_a_link_out_of_the_repository_is_not_written_through(project: Program) -> None:
    outside = project.repo.path.parent / "outside.yml"
    (project.repo.path / ".pre-commit-config.yaml").symlink_to(outside)

    said = project.run("init")

    assert said.exit_code == 1
    assert "is a link that leads out of the repository" in said.err
    assert not outside.exists()


def test_a_folder_without_a_pipeline(tmp_path: Path) -> None:
    ended = Program(GitRepo.init(tmp_path / "project")).run("init")
    assert ended.exit_code == 1
    assert ended.err.startswith("error: there is no pipeline here: no folder seeknal/\n  at ")
    assert "\n  fix: run this in the folder that holds `seeknal/`" in ended.err


OTHERS = (
    "repos:\n{0}- repo: https://example.com/x  # keep\n{0}  rev: v1\n{0}  hooks:\n{0}    - id: x\n"
)


@pytest.mark.parametrize(
    "text",
    [
        OTHERS.format(""),
        OTHERS.format("  "),
        OTHERS.format("      "),
        OTHERS.format("  ").rstrip("\n"),
        OTHERS.format("").replace("\n", "\r\n"),
        f"# first\ndefault_stages: [pre-commit]\n{OTHERS.format('  ')}\n# last\nfail_fast: true\n",
    ],
)
def test_hooks_are_added_to_those_of_others(text: str) -> None:
    added = with_hooks(text, "")

    assert added is not None
    changes = difflib.ndiff(text.splitlines(), added.splitlines())
    assert [line for line in changes if line[0] in "-?"] == []
    repos = yaml.safe_load(added)["repos"]
    assert [hook["id"] for hook in repos[-1]["hooks"]] == ["seeknal-ci-diff", "seeknal-ci-validate"]
    assert repos[:-1] == yaml.safe_load(text)["repos"]
    assert with_hooks(added, "") == added


@pytest.mark.parametrize("text", ["repos: []\n", "repos: [", "- x\n", "repos: {a: b}\n", "x: 1\n"])
def test_a_file_that_cannot_be_added_to_is_left_alone(project: Program, text: str) -> None:
    file = project.repo.path / ".pre-commit-config.yaml"
    file.write_text(text, encoding="utf-8")

    ended = project.ok("init")

    assert file.read_text(encoding="utf-8") == text
    assert "in .pre-commit-config.yaml: add the hooks" in ended.err
