"""Runs and promotions as people and programs read them."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace
from datetime import timedelta

from seeknal_ci.model.environment import Acknowledgement, Promotion
from seeknal_ci.model.execution import Execution, ExecutionStatus, Level, RunSummary
from seeknal_ci.model.history import History, RunTree
from seeknal_ci.render.documents import json_schema
from seeknal_ci.render.history_documents import history_json, run_json
from seeknal_ci.render.history_text import history_text, short_ids
from seeknal_ci.render.tree_text import tree_text
from tests.conftest import Golden
from tests.support.reports import NOON, discount_report, environment_for, plan_for

# It has no types of its own, and its stubs are not among the project's dependencies.
jsonschema = importlib.import_module("jsonschema")

RUN_ID = "01981f2e-7c3a-7b12-8a01-0123456789ab"
PRODUCTION = replace(environment_for(plan_for(discount_report())), name="prod", commit="b" * 40)
RUN = Execution(
    id=RUN_ID,
    run_id=RUN_ID,
    level=Level.RUN,
    environment="dev",
    status=ExecutionStatus.FAILED,
    started_at=NOON,
    ended_at=NOON + timedelta(seconds=75),
    command="apply",
    commit="a" * 40,
    message="transform.orders failed",
    worker="ci:1",
)
NODE = replace(
    RUN,
    id="n1",
    parent_id=RUN_ID,
    level=Level.NODE,
    pipeline="transform.orders",
    ended_at=NOON + timedelta(seconds=70),
    error_class="IOException",
    retriable=True,
    message="cannot read \x1b[31mdata/orders.csv\nat line 3",
)
PROMOTION = Promotion(
    id="01981f2f-0000-7000-8000-000000000000",
    environment="prod",
    from_commit=None,
    to_commit="b" * 40,
    dirty=False,
    digest="d1",
    actor="ada",
    acknowledgements=(Acknowledgement("transform.orders", "ada", "flag", "agreed"),),
    started_at=NOON + timedelta(minutes=5),
    finished_at=NOON + timedelta(minutes=6),
    nodes=PRODUCTION.nodes,
)
MOVED = replace(
    RUN,
    id=PROMOTION.id,
    run_id=PROMOTION.id,
    environment="prod",
    command="promote",
    commit="b" * 40,
    status=ExecutionStatus.SUCCESS,
    started_at=PROMOTION.started_at,
    ended_at=PROMOTION.finished_at,
    message=None,
)
OLD = replace(
    PROMOTION,
    id="20250101T101112-0123abcd",
    started_at=NOON - timedelta(days=30),
    acknowledgements=(),
    nodes=(),
)


def attempt(number: int) -> Execution:
    return replace(NODE, id=f"a{number}", parent_id="n1", level=Level.ATTEMPT, attempt=number)


def made(name: str, **facts: object) -> Execution:
    done = replace(
        NODE, id=name, pipeline=name, status=ExecutionStatus.SUCCESS, error_class=None, message=None
    )
    return replace(done, **facts)  # type: ignore[arg-type]  # fields by name


def skipped(name: str, reason: str) -> Execution:
    return made(name, status=ExecutionStatus.SKIPPED, skip_reason=reason, ended_at=NOON)


TREE = RunTree(
    (
        RUN,
        made("source.orders", total_rows=1_200, rows_written=1_200),
        made("source.shared", total_rows=1, rows_written=0),
        NODE,
        attempt(1),
        attempt(2),
        made("transform.slow", status=ExecutionStatus.CANCELLED),
        *(skipped(f"transform.t{number}", "up_to_date") for number in range(4)),
        skipped("exposure.report", "upstream_failed"),
    )
)
COUNTS = {ExecutionStatus.FAILED: 1, ExecutionStatus.SUCCESS: 2, ExecutionStatus.SKIPPED: 5}
HISTORY = History(
    runs=(
        RunSummary(MOVED, {ExecutionStatus.SUCCESS: 8}, rows_written=21),
        RunSummary(RUN, COUNTS, rows_written=1_200, failed=(NODE,)),
        RunSummary(replace(RUN, id="crash", status=ExecutionStatus.CRASHED, message="it died")),
    ),
    promotions=(PROMOTION, OLD),
    production=PRODUCTION,
)


def test_a_history_as_text(golden: Golden) -> None:
    golden("render/history.txt", history_text(HISTORY, 20))


def test_a_run_as_a_tree(golden: Golden) -> None:
    golden("render/run_tree.txt", tree_text(TREE))


def test_a_history_as_json(golden: Golden) -> None:
    text = history_json(HISTORY)
    jsonschema.Draft202012Validator(json_schema("history")).validate(json.loads(text))
    golden("render/history.json", text)


def test_a_run_as_json(golden: Golden) -> None:
    text = run_json(replace(TREE, promotion=PROMOTION))
    jsonschema.Draft202012Validator(json_schema("run")).validate(json.loads(text))
    golden("render/run_tree.json", text)


def test_no_more_is_listed_than_was_asked_for() -> None:
    told = history_text(HISTORY, 1)
    assert PROMOTION.id[:13] in told
    assert RUN_ID[:13] not in told


def test_of_several_attempts_the_last_one_is_what_failed() -> None:
    assert [one.id for one in TREE.leaves] == ["a2"]
    assert [one.id for one in RunTree((RUN, NODE)).leaves] == ["n1"]
    assert [one.id for one in RunTree((RUN,)).leaves] == [RUN_ID]
    assert RunTree((MOVED,)).leaves == ()


def test_ids_are_as_short_as_they_stay_different() -> None:
    assert short_ids([]) == {}
    assert short_ids([RUN_ID]) == {RUN_ID: "01981f2e-7c3a"}
    twin = RUN_ID[:17] + "f" + RUN_ID[18:]
    assert set(short_ids([RUN_ID, twin]).values()) == {RUN_ID[:18], twin[:18]}


def test_nothing_a_project_writes_moves_the_cursor() -> None:
    assert "\x1b" not in history_text(HISTORY, 20) + tree_text(TREE)
