"""What every warehouse does with the ledger of executions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from seeknal_ci.errors import WarehouseError
from seeknal_ci.model.execution import (
    MESSAGE_LENGTH,
    Ending,
    Entries,
    Execution,
    ExecutionStatus,
    Level,
    RunFilter,
    new_id,
)
from seeknal_ci.warehouse.protocol import Delivery, Warehouse
from tests.contract.conftest import Query
from tests.contract.samples import NOON, environment, promotion, request

RUN = Execution(
    id="run",
    run_id="run",
    level=Level.RUN,
    environment="dev",
    status=ExecutionStatus.RUNNING,
    started_at=NOON,
    command="apply",
    commit="c1",
    worker="host:1",
)
NODE = replace(RUN, id="node", parent_id="run", level=Level.NODE, pipeline="transform.t")
ATTEMPT = replace(NODE, id="attempt", parent_id="node", level=Level.ATTEMPT, attempt=2)
CLOSURE = 'SELECT "ancestor", "descendant", "depth" FROM seeknal_ci.execution_closure ORDER BY 1, 2'


def begin(warehouse: Warehouse, *executions: Execution) -> None:
    warehouse.write_ledger(Entries(executions))


def ended(execution: Execution, status: ExecutionStatus, seconds: float = 2.0) -> Execution:
    return replace(execution, status=status, ended_at=NOON + timedelta(seconds=seconds))


def success(*executions: Execution) -> Ending:
    """Ends executions with success."""

    def ending(rows: int, made: bool) -> Entries:
        written = rows if made else 0
        return Entries(
            ended=tuple(
                replace(ended(one, ExecutionStatus.SUCCESS), rows_written=written, total_rows=rows)
                for one in executions
            )
        )

    return ending


def statuses(warehouse: Warehouse, run_id: str = "run") -> dict[str, str]:
    return {one.id: one.status.value for one in warehouse.executions(run_id)}


def test_a_tree_is_kept_with_all_that_is_above_each(warehouse: Warehouse, query: Query) -> None:
    begin(warehouse, RUN, NODE, ATTEMPT)

    assert warehouse.executions("run") == (RUN, ATTEMPT, NODE)
    assert query(CLOSURE) == [
        ("attempt", "attempt", 0),
        ("node", "attempt", 1),
        ("node", "node", 0),
        ("run", "attempt", 2),
        ("run", "node", 1),
        ("run", "run", 0),
    ]


def test_every_fact_is_kept(warehouse: Warehouse) -> None:
    whole = replace(
        ended(RUN, ExecutionStatus.FAILED),
        full_load=False,
        rows_read=1,
        rows_written=2,
        inserts=3,
        updates=4,
        soft_deletes=5,
        total_rows=2**40,
        watermark="2026-01-01",
        next_watermark="2026-01-02",
        error_class="IOException",
        retriable=True,
        message='it\'s "late" 🦆\n? %s',
    )
    begin(warehouse, whole)

    assert warehouse.executions("run") == (whole,)
    assert whole.seconds == 2.0


def test_what_is_sent_twice_is_there_once(warehouse: Warehouse, query: Query) -> None:
    first = Entries((RUN, NODE), (ended(NODE, ExecutionStatus.FAILED),))
    warehouse.write_ledger(first)
    closure = query(CLOSURE)

    warehouse.write_ledger(first)
    warehouse.write_ledger(Entries((RUN, NODE), (ended(NODE, ExecutionStatus.SUCCESS),)))

    assert statuses(warehouse) == {"run": "RUNNING", "node": "FAILED"}
    assert query(CLOSURE) == closure


def test_what_is_new_is_added_once(warehouse: Warehouse, query: Query) -> None:
    """Whether this warehouse has written the run above it, or another one."""
    below = replace(ATTEMPT, parent_id="run", id="below")
    warehouse.write_ledger(Entries((RUN,), new=(NODE, below)))
    assert {("run", "below", 1), ("run", "node", 1)} < set(query(CLOSURE))

    warehouse.write_ledger(Entries(new=(replace(NODE, id="later"),)))
    for again in (NODE, replace(ATTEMPT, id="lost", parent_id="nobody")):
        with pytest.raises(WarehouseError):
            warehouse.write_ledger(Entries(new=(again,)))

    assert sorted(statuses(warehouse)) == ["below", "later", "node", "run"]
    assert ("run", "later", 1) in query(CLOSURE)


def test_a_child_needs_its_parent(warehouse: Warehouse, query: Query) -> None:
    with pytest.raises(WarehouseError, match="which is not in the ledger"):
        begin(warehouse, RUN, replace(NODE, parent_id="nobody"))

    assert query("SELECT * FROM seeknal_ci.execution") == []
    assert query(CLOSURE) == []


def test_thousands_are_written_at_once(warehouse: Warehouse, query: Query) -> None:
    skipped = [
        replace(
            ended(NODE, ExecutionStatus.SKIPPED, number),
            id=f"node-{number}",
            skip_reason="up_to_date" if number % 2 else None,
        )
        for number in range(3000)
    ]
    begin(warehouse, RUN, *skipped)
    begin(warehouse, RUN, *skipped, NODE)

    assert len(warehouse.executions("run")) == 3002
    assert set(skipped) < set(warehouse.executions("run"))
    assert query("SELECT count(*) FROM seeknal_ci.execution_closure") == [(2 * 3001 + 1,)]


def test_a_build_and_its_success_are_one(warehouse: Warehouse) -> None:
    begin(warehouse, RUN, NODE, ATTEMPT)
    wanted = replace(request("transform.t", "SELECT 1 AS id"), ending=success(NODE, ATTEMPT))

    with pytest.raises(WarehouseError):
        warehouse.build(replace(wanted, relation=request("x", "SELECT no").relation))
    assert set(statuses(warehouse).values()) == {"RUNNING"}
    warehouse.build(wanted)

    done = {one.id: one for one in warehouse.executions("run")}
    assert done["run"].status is ExecutionStatus.RUNNING
    for id_ in ("node", "attempt"):
        assert done[id_].status is ExecutionStatus.SUCCESS
        assert (done[id_].rows_written, done[id_].total_rows) == (1, 1)
        assert done[id_].seconds == 2.0


def test_a_build_that_was_there_is_a_success_that_wrote_nothing(warehouse: Warehouse) -> None:
    warehouse.build(request("transform.t", "SELECT 1 AS id"))
    begin(warehouse, RUN, NODE)

    warehouse.build(replace(request("transform.t", "SELECT 1 AS id"), ending=success(NODE)))

    done = next(one for one in warehouse.executions("run") if one.id == "node")
    assert (done.status, done.rows_written, done.total_rows) == (ExecutionStatus.SUCCESS, 0, 1)


def test_a_delivery_and_its_success_are_one(warehouse: Warehouse) -> None:
    begin(warehouse, RUN, NODE)

    delivery = Delivery("dev", "exposure.e", "b", "out.csv", 7, NOON)
    warehouse.deliver(delivery, success(NODE)(7, True))

    assert statuses(warehouse) == {"run": "RUNNING", "node": "SUCCESS"}
    assert warehouse.executions("run")[1].rows_written == 7
    assert warehouse.deliveries("dev") == {"exposure.e": delivery}


def test_a_promotion_and_its_execution_are_one(warehouse: Warehouse) -> None:
    built = warehouse.build(request("transform.t", "SELECT 1 AS id"))
    prod = environment("prod", {"t": built})
    moved = replace(
        ended(NODE, ExecutionStatus.SUCCESS), id="move", level=Level.PROMOTE, pipeline=None
    )
    begin(warehouse, RUN)
    torn = replace(moved, parent_id="nobody")
    with pytest.raises(WarehouseError, match="which is not in the ledger"):
        warehouse.publish(prod, promotion("run", prod), Entries((torn,)))
    assert warehouse.environment("prod") is None
    assert warehouse.promotions() == ()

    warehouse.publish(
        prod, promotion("run", prod), Entries((moved,), (ended(RUN, ExecutionStatus.SUCCESS),))
    )

    assert warehouse.promotions() == (promotion("run", prod),)
    assert statuses(warehouse) == {"run": "SUCCESS", "move": "SUCCESS"}


def test_a_message_is_short_and_tells_no_password(warehouse: Warehouse) -> None:
    told = "cannot reach postgresql://ada:s3cret@host/db with password='s3 cret' or TOKEN=s3cret\0"
    begin(
        warehouse,
        replace(RUN, message=told),
        replace(NODE, message="x" * (MESSAGE_LENGTH + 1)),
    )

    run, node = warehouse.executions("run")
    assert run.message == (
        "cannot reach postgresql://ada:***@host/db with password=*** or TOKEN=***"
    )
    assert node.message == "x" * (MESSAGE_LENGTH - 1) + "…"


def test_what_nobody_runs_any_more_has_crashed(warehouse: Warehouse) -> None:
    begin(warehouse, RUN, NODE, replace(ended(NODE, ExecutionStatus.SUCCESS), id="done"))
    other = replace(RUN, id="other", run_id="other", environment="prod")
    begin(warehouse, other)

    with warehouse.hold("dev"):
        warehouse.find_crashed("dev")

    assert statuses(warehouse) == {"run": "CRASHED", "node": "CRASHED", "done": "SUCCESS"}
    assert {one.seconds for one in warehouse.executions("run") if one.id != "done"} == {None}
    # Who has the file of DuckDB knows that nobody else runs anything in it.
    alone = "CRASHED" if warehouse.engine == "duckdb" else "RUNNING"
    assert statuses(warehouse, "other") == {"other": alone}


def test_runs_are_listed_and_found(warehouse: Warehouse) -> None:
    failed = replace(ended(RUN, ExecutionStatus.FAILED), id="b", run_id="b")
    lost = replace(ended(NODE, ExecutionStatus.FAILED), id="b-n", run_id="b", parent_id="b")
    made = replace(lost, id="b-m", status=ExecutionStatus.SUCCESS, rows_written=5)
    later = replace(RUN, id="a", run_id="a", environment="prod", started_at=NOON + timedelta(1))
    begin(warehouse, failed, lost, made, later)

    def ids(wanted: RunFilter) -> list[str]:
        return [one.run.id for one in warehouse.runs(wanted)]

    assert ids(RunFilter()) == ["a", "b"]
    assert ids(RunFilter(limit=1)) == ["a"]
    assert ids(RunFilter(since=NOON + timedelta(hours=1))) == ["a"]
    assert ids(RunFilter(environment="dev")) == ["b"]
    assert ids(RunFilter(statuses=frozenset({ExecutionStatus.FAILED}))) == ["b"]
    assert ids(RunFilter(environment="dev", since=NOON + timedelta(hours=1))) == []
    summary = warehouse.runs(RunFilter(environment="dev"))[0]
    assert summary.nodes == {ExecutionStatus.FAILED: 1, ExecutionStatus.SUCCESS: 1}
    assert (summary.rows_written, summary.failed) == (5, (lost,))
    assert warehouse.run_ids("b") == ("b",)
    assert warehouse.run_ids("") == ("a", "b")
    assert warehouse.run_ids("b-n") == ()
    assert warehouse.executions("nobody") == ()


def test_ids_sort_by_time() -> None:
    made = [new_id() for _ in range(100)]

    assert len(set(made)) == 100
    assert {(len(one), one[14]) for one in made} == {(36, "7")}
    assert {one[19] for one in made} <= set("89ab")
    assert sorted(made, key=lambda one: one[:18]) == made
