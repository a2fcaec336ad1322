"""The workflows that are shipped as examples, and what the action installs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from seeknal_ci.github.route import OPEN_ACTIONS

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "workflows"
READ, WRITE = "read", "write"

# Trigger with its types, and the least permissions of the one job.
EXPECTED: dict[str, tuple[str, set[str], dict[str, str]]] = {
    "pull-request.yml": (
        "pull_request",
        set(OPEN_ACTIONS),
        {"contents": READ, "pull-requests": WRITE},
    ),
    "closed.yml": ("pull_request", {"closed"}, {"contents": READ}),
    "merge-group.yml": ("merge_group", {"checks_requested"}, {"contents": READ}),
    "schedule.yml": ("schedule", set(), {"contents": READ}),
    "promote.yml": ("push", set(), {"contents": READ, "pull-requests": WRITE}),
}


def load(path: Path) -> dict[Any, Any]:
    """A workflow as plain data; YAML 1.1 reads its key `on` as True."""
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def workflows() -> list[Path]:
    """The examples, and this repository's own."""
    return sorted([*EXAMPLES.glob("*.yml"), *(ROOT / ".github" / "workflows").glob("*.yml")])


def test_every_example_is_expected() -> None:
    assert sorted(path.name for path in EXAMPLES.iterdir()) == sorted(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_an_example_has_its_trigger_and_the_least_permissions(name: str) -> None:
    workflow = load(EXAMPLES / name)
    event, types, permissions = EXPECTED[name]
    assert list(workflow[True]) == [event]
    when = workflow[True][event]
    assert (set(when.get("types", ())) if isinstance(when, dict) else set()) == types
    (job,) = workflow["jobs"].values()
    assert workflow["permissions"] == {}
    assert job["permissions"] == permissions


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_only_what_writes_to_no_warehouse_is_cancelled(name: str) -> None:
    assert load(EXAMPLES / name)["concurrency"]["cancel-in-progress"] is (name == "merge-group.yml")


def test_a_clean_up_waits_for_the_build_of_its_pull_request() -> None:
    groups = [load(EXAMPLES / name)["concurrency"] for name in ("pull-request.yml", "closed.yml")]
    assert groups[0] == groups[1]


@pytest.mark.parametrize("path", workflows(), ids=lambda path: path.name)
def test_every_workflow_is_pinned_and_keeps_no_credentials(path: Path) -> None:
    for job in load(path)["jobs"].values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")
            uses = step.get("uses", "")
            assert not uses or re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", uses)
            if uses.startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_the_page_shows_the_examples_as_they_are(name: str) -> None:
    page = (ROOT / "docs" / "github-action.md").read_text(encoding="utf-8")
    assert f"```yaml\n{(EXAMPLES / name).read_text(encoding='utf-8')}```" in page


def test_the_page_names_every_input_and_output() -> None:
    page = (ROOT / "docs" / "github-action.md").read_text(encoding="utf-8")
    action = load(ROOT / "action.yml")
    names = [*action["inputs"], *action["outputs"]]
    assert [name for name in names if f"| `{name}` |" not in page] == []


def test_requirements_are_those_of_the_lock_file() -> None:
    """On failure: the comment at the top of requirements.txt says how to write it again."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pins = dict(re.findall(r"(?m)^([a-z0-9-]+)==(\S+)", text))
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    packages = {package["name"]: package for package in lock["package"]}
    wanted: set[str] = set()
    todo = _names(packages["seeknal-ci"], "github") | _names(packages["seeknal-ci"], "postgres")
    while todo:
        name = todo.pop()
        if name not in wanted:
            wanted.add(name)
            todo |= _names(packages[name], "c") | _names(packages[name], "binary")
    stale = {n: packages[n]["version"] for n in wanted if pins.get(n) != packages[n]["version"]}
    assert stale == {}
    assert "hatchling" in pins


def _names(package: dict[str, Any], extra: str) -> set[str]:
    extras = package.get("optional-dependencies", {}).get(extra, [])
    return {needed["name"] for needed in [*package.get("dependencies", []), *extras]}


def test_every_requirement_has_hashes_and_no_index() -> None:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    logical = text.replace("\\\n", " ").splitlines()
    lines = [line for line in logical if line and not line.startswith("#")]
    bare = [line for line in lines if not re.match(r"[a-z0-9-]+==.* --hash=sha256:", line)]
    assert bare == []
    assert "://" not in text
