"""The action's steps on events that are not the usual pull request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from seeknal_ci.demo.edits import ADD_DISCOUNT, EDIT_DESCRIPTION, RENAME_CUSTOMER_ID, Edit
from tests.support.fake_github import FakeGitHub
from tests.support.github_flow import NUMBER, Flow

DROP_LABEL = Edit(
    "seeknal/06_transform_inventory_status.yml", "AS stock_status", "AS stock_label", "rename"
)
FAIL = Edit(ADD_DISCOUNT.path, "UPPER(TRIM(status))", "CAST(status AS INTEGER)", "a bad cast")


@pytest.fixture
def flow(tmp_path: Path) -> Iterator[Flow]:
    """A pull request's surroundings, on a branch without changes yet."""
    with FakeGitHub() as github:
        made = Flow.begin(tmp_path, github)
        made.developer.checkout("change", new=True)
        yield made


def change(flow: Flow, edit: Edit, message: str = "Change") -> None:
    """Commit an edit on the pull request's branch, and open it."""
    edit.make(flow.developer.path)
    flow.developer.commit(message)
    flow.open()


def test_a_fork_gets_a_report_and_nothing_else(flow: Flow) -> None:
    change(flow, RENAME_CUSTOMER_ID)

    run = flow.on_pull_request("opened", head_repository="stranger/pipeline")

    assert run.exit_code == 3, run.log
    assert "1 BREAKING" in run.summary
    assert "::error file=seeknal/01_source_orders.yml" in run.log
    assert flow.github.comments_on(NUMBER) == []
    assert not flow.warehouse.exists()


def test_a_merge_queue_asks_the_gates(flow: Flow) -> None:
    change(flow, DROP_LABEL)
    assert flow.on_merge_group().exit_code == 3

    flow.developer.commit("Agreed\n\nBreaking-Change: transform.inventory_status nobody reads it")
    flow.open()
    assert flow.on_merge_group().exit_code == 0


def test_an_acknowledged_breaking_change_is_green_and_built(flow: Flow) -> None:
    change(
        flow, DROP_LABEL, "Rename\n\nBreaking-Change: transform.inventory_status nobody reads it"
    )

    run = flow.on_pull_request("opened")

    assert run.exit_code == 0, run.log
    assert run.outputs["has-breaking"] == "true"
    assert "1 BREAKING" in flow.github.comments_on(NUMBER)[0].body
    assert flow.warehouse.exists()


@pytest.mark.parametrize(
    ("fail_on", "exit_code"), [("never", 0), ("breaking", 3), ("non_breaking", 3)]
)
def test_fail_on_decides_where_it_is_given(flow: Flow, fail_on: str, exit_code: int) -> None:
    change(flow, DROP_LABEL)

    assert flow.on_pull_request("opened", **{"fail-on": fail_on}).exit_code == exit_code


def test_a_build_that_fails_is_red_and_on_the_pull_request(flow: Flow) -> None:
    change(flow, FAIL)

    run = flow.on_pull_request("opened")

    assert run.exit_code == 1
    assert run.outputs["result"] == "failed"
    (comment,) = flow.github.comments_on(NUMBER)
    assert "transform.clean_orders" in comment.body
    assert "ConversionException" in comment.body


def test_a_warehouse_that_cannot_be_reached_is_said_beside_the_verdict(flow: Flow) -> None:
    change(flow, ADD_DISCOUNT)

    run = flow.on_pull_request("opened", warehouse="duckdb:////no/such/folder/w.duckdb")

    assert run.exit_code == 1
    (comment,) = flow.github.comments_on(NUMBER)
    assert "1 NON_BREAKING" in comment.body
    assert "Not checked" in comment.body


def test_no_comment_where_no_node_changed(flow: Flow) -> None:
    flow.developer.commit("Notes", files={"notes.txt": "x"})
    flow.open()

    run = flow.on_pull_request("opened")

    assert run.exit_code == 0, run.log
    assert run.outputs["has-changes"] == "false"
    assert flow.github.comments_on(NUMBER) == []


def test_metadata_builds_nothing(flow: Flow) -> None:
    flow.on_push()
    change(flow, EDIT_DESCRIPTION)

    run = flow.on_pull_request("opened")

    assert run.exit_code == 0, run.log
    assert run.outputs["metadata-count"] == "1"
    plan = json.loads(Path(run.outputs["plan-file"]).read_text(encoding="utf-8"))
    assert {step["action"] for step in plan["steps"]} == {"reuse"}
    report = json.loads(Path(run.outputs["report-file"]).read_text(encoding="utf-8"))
    assert report["summary"]["metadata"] == 1


def test_switches_turn_off_what_they_name(flow: Flow) -> None:
    change(flow, RENAME_CUSTOMER_ID)

    run = flow.on_pull_request("opened", comment="false", annotations="false", summary="false")

    assert run.exit_code == 3
    assert flow.github.comments_on(NUMBER) == []
    assert run.summary == ""
    assert "::error" not in run.log


def test_the_token_and_the_warehouse_are_masked_and_in_no_file(flow: Flow) -> None:
    change(flow, ADD_DISCOUNT)

    run = flow.on_pull_request("opened")

    assert f"::add-mask::{flow.github.token}" in run.log
    seen = run.log.replace(f"::add-mask::{flow.github.token}", "")
    body = flow.github.comments_on(NUMBER)[0].body
    for text in (seen, run.summary, body, *run.outputs.values()):
        assert flow.github.token not in text
