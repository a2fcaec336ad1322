"""The whole life of a change: hook, comment, gate, fix, environment, merge, promotion."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb

from seeknal_ci.demo.edits import ADD_DISCOUNT, RENAME_CUSTOMER_ID
from tests.support.fake_github import FakeGitHub
from tests.support.github_flow import NUMBER, Flow

BIN = str(Path(sys.prefix) / "bin")


def query(path: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def columns(path: Path, schema: str) -> list[object]:
    rows = query(
        path,
        "SELECT column_name FROM information_schema.columns "
        f"WHERE table_schema = '{schema}' AND table_name = 'clean_orders'",
    )
    return [name for (name,) in rows]


def builds(path: Path) -> list[tuple[object, ...]]:
    return query(path, "SELECT id FROM seeknal_ci.build ORDER BY id")


def commit_with_hooks(flow: Flow, message: str) -> str:
    """Commit as a person does, with the hooks; returns what the terminal showed."""
    done = subprocess.run(
        ["git", "commit", "--all", "--message", message],
        cwd=flow.developer.path,
        env=flow.developer.environment() | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    return done.stdout


def test_from_a_breaking_change_to_production(tmp_path: Path) -> None:
    with FakeGitHub() as github:
        flow = Flow.begin(tmp_path, github)
        first = flow.on_push()
        assert first.exit_code == 0, first.log
        assert first.outputs["result"] == "promoted"

        the_hook_warns_of_a_breaking_change(flow)
        comment = the_action_comments_and_its_gate_is_red(flow)
        a_fix_turns_the_same_comment_green_and_is_built(flow, comment)
        a_squash_merge_is_promoted_without_a_build(flow)
        closing_the_pull_request_drops_its_environment(flow)


def the_hook_warns_of_a_breaking_change(flow: Flow) -> None:
    flow.developer.checkout("change", new=True)
    subprocess.run(
        [sys.executable, "-m", "seeknal_ci", "hooks", "install"],
        cwd=flow.developer.path,
        env=flow.developer.environment(),
        check=True,
    )
    RENAME_CUSTOMER_ID.make(flow.developer.path)

    warned = commit_with_hooks(flow, "Rename customer_id")

    assert "BREAKING" in warned
    assert "References missing column 'customer_id'" in warned


def the_action_comments_and_its_gate_is_red(flow: Flow) -> int:
    flow.open()

    red = flow.on_pull_request("opened")

    assert red.exit_code == 3, red.log
    assert red.outputs["has-breaking"] == "true"
    assert red.outputs["comment-url"]
    (comment,) = flow.github.comments_on(NUMBER)
    assert "1 BREAKING" in comment.body
    assert "transform.clean_orders" in comment.body
    assert columns(flow.warehouse, "pr_1") == []
    return comment.id


def a_fix_turns_the_same_comment_green_and_is_built(flow: Flow, comment: int) -> None:
    flow.developer.git("checkout", "--quiet", "main", "--", RENAME_CUSTOMER_ID.path)
    ADD_DISCOUNT.make(flow.developer.path)
    commit_with_hooks(flow, "Add discount_pct instead")
    flow.open()

    green = flow.on_pull_request("synchronize")

    assert green.exit_code == 0, green.log
    (patched,) = flow.github.comments_on(NUMBER)
    assert patched.id == comment
    assert "1 NON_BREAKING" in patched.body
    assert "1 BREAKING" not in patched.body
    assert green.outputs["environment"] == "pr_1"
    assert "environment" in green.summary
    assert "discount_pct" in columns(flow.warehouse, "pr_1")
    assert "discount_pct" not in columns(flow.warehouse, "prod")


def a_squash_merge_is_promoted_without_a_build(flow: Flow) -> None:
    before = builds(flow.warehouse)
    flow.squash_merge("Add discount_pct (#1)")

    promoted = flow.on_push()

    assert promoted.exit_code == 0, promoted.log
    assert promoted.outputs["result"] == "promoted"
    assert promoted.outputs["promoted-commit"] == flow.origin.git("rev-parse", "main")
    assert builds(flow.warehouse) == before
    assert "discount_pct" in columns(flow.warehouse, "prod")


def closing_the_pull_request_drops_its_environment(flow: Flow) -> None:
    flow.developer.git("checkout", "--quiet", "change")

    closed = flow.on_pull_request("closed")

    assert closed.exit_code == 0, closed.log
    assert closed.outputs["result"] == "dropped"
    assert query(flow.warehouse, "SELECT name FROM seeknal_ci.environment") == [("prod",)]
    assert not (flow.developer.path / "F").exists()
