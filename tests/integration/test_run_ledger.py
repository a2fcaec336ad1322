"""What a run leaves in the ledger, whatever happens to it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from seeknal_ci.apply.execute import Run, execute
from seeknal_ci.apply.ledger import MOMENT, Ledger
from seeknal_ci.apply.runner import Limits
from seeknal_ci.errors import SeeknalCiError, WarehouseError
from seeknal_ci.model.event import Event
from seeknal_ci.model.execution import Entries, Execution, Level, RunFilter
from seeknal_ci.model.plan import Action, Plan, Step
from seeknal_ci.model.run import AuditResult, SkipReason
from seeknal_ci.warehouse.connect import connect
from seeknal_ci.warehouse.protocol import BuildRequest, Warehouse
from tests.contract.samples import request
from tests.support.reports import unchanged_report

Work = Callable[[str], BuildRequest]
Told = dict[str, tuple[str, str | None]]


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    url = "duckdb:///lab.duckdb"
    made = connect(url, tmp_path, lock_timeout=0, read_only=False, on_wait=pytest.fail)
    yield made
    made.close()


def plan(*steps: Step) -> Plan:
    return Plan("dev", "dev", "c1", False, "d1", steps, unchanged_report())


def build(node: str, *inputs: str) -> Step:
    return Step(node, Action.BUILD, "", node, inputs)


def table(node: str) -> BuildRequest:
    return request(node, "SELECT 1 AS id")


def quiet(event: Event) -> None:
    """Nobody listens."""


class Scene:
    """A run over a warehouse, and what the ledger has of it."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self.ledger = Ledger(warehouse, "apply", "dev", "c1")
        self.published: list[Entries] = []

    def run(
        self,
        plan: Plan,
        work: Work = table,
        audits: tuple[AuditResult, ...] = (),
        publish: Callable[[Entries], None] | None = None,
        fail_fast: bool = False,
    ) -> None:
        def done(node: str) -> int:
            with self.ledger.attempt(node) as ending:
                return self.warehouse.build(replace(work(node), ending=ending)).rows

        def shown(entries: Entries) -> None:
            self.warehouse.write_ledger(entries)
            self.published.append(entries)

        workers = 1 if fail_fast else 2
        limits = Limits(workers, retries=2, backoff=0.001, fail_fast=fail_fast)
        run = Run(
            self.ledger, self.warehouse, done, limits, quiet, lambda: audits, publish or shown
        )
        execute(plan, run)

    @property
    def executions(self) -> tuple[Execution, ...]:
        return self.warehouse.executions(self.ledger.run_id)

    @property
    def nodes(self) -> Told:
        """Status and skip reason of every node."""
        found = [one for one in self.executions if one.level is Level.NODE]
        told = {str(one.pipeline): (one.status.value, one.skip_reason) for one in found}
        assert len(told) == len(found)
        return told

    @property
    def root(self) -> tuple[str, str | None]:
        """Status and message of the run."""
        (root,) = (one.run for one in self.warehouse.runs(RunFilter()))
        return root.status.value, root.message


@pytest.fixture
def scene(warehouse: Warehouse) -> Scene:
    return Scene(warehouse)


def failing(name: str) -> Work:
    def work(node: str) -> BuildRequest:
        return request(node, "SELECT no") if node == name else table(node)

    return work


def test_every_step_has_an_execution(scene: Scene) -> None:
    scene.run(
        plan(
            build("a"),
            build("b", "a"),
            Step("c", Action.REUSE, "", "c"),
            Step("d", Action.REUSE, "", "d", skip_reason=SkipReason.METADATA_ONLY),
            Step("e", Action.SKIP, "", None, skip_reason=SkipReason.INACTIVE),
            Step("f", Action.DROP, "", None),
        )
    )

    assert scene.nodes == {
        "a": ("SUCCESS", None),
        "b": ("SUCCESS", None),
        "c": ("SKIPPED", "up_to_date"),
        "d": ("SKIPPED", "metadata_only"),
        "e": ("SKIPPED", "inactive"),
        "f": ("SUCCESS", None),
    }
    assert scene.root == ("SUCCESS", None)
    made = {one.pipeline: one.total_rows for one in scene.executions}
    assert (made["a"], made["b"], made["c"]) == (1, 1, None)


def test_what_is_published_and_the_end_of_the_run_are_one(scene: Scene) -> None:
    scene.run(plan(build("a"), Step("f", Action.DROP, "", None)))

    (entries,) = scene.published
    assert [one.pipeline for one in entries.begun] == ["f"]
    assert [one.id for one in entries.ended] == [scene.ledger.run_id]


def test_a_failure_is_kept_with_what_it_kept_from_running(scene: Scene) -> None:
    dropped = Step("f", Action.DROP, "", None)
    scene.run(plan(build("a"), build("b", "a"), build("c"), dropped), failing("a"))

    assert scene.nodes == {
        "a": ("FAILED", None),
        "b": ("SKIPPED", "upstream_failed"),
        "c": ("SUCCESS", None),
        "f": ("SKIPPED", "upstream_failed"),
    }
    assert scene.root == ("FAILED", "a failed")
    failed = next(one for one in scene.executions if one.pipeline == "a")
    assert (failed.error_class, failed.retriable) == ("BinderException", False)
    assert '"no"' in str(failed.message)
    assert [one for one in scene.executions if one.level is Level.ATTEMPT] == []


def test_what_a_failure_stopped_is_skipped_for_it(scene: Scene) -> None:
    scene.run(plan(*(build(f"n{i}") for i in range(9))), failing("n0"), fail_fast=True)

    assert scene.nodes["n0"] == ("FAILED", None)
    assert scene.nodes["n8"] == ("SKIPPED", "fail_fast")
    assert len(scene.nodes) == 9


def busy(times: int) -> Work:
    tries = iter(range(times))

    def work(node: str) -> BuildRequest:
        if next(tries, None) is not None:
            raise WarehouseError("busy", fix="wait", error_class="Busy", retriable=True)
        return table(node)

    return work


def tried(scene: Scene) -> list[tuple[int, str, str | None]]:
    attempts = [one for one in scene.executions if one.level is Level.ATTEMPT]
    (node,) = (one for one in scene.executions if one.level is Level.NODE)
    assert {one.parent_id for one in attempts} <= {node.id}
    return [(one.attempt, one.status.value, one.error_class) for one in attempts]


@pytest.mark.parametrize(
    ("times", "attempts", "node"),
    [
        (0, [], "SUCCESS"),
        (1, [(1, "FAILED", "Busy"), (2, "SUCCESS", None)], "SUCCESS"),
        (2, [(1, "FAILED", "Busy"), (2, "FAILED", "Busy"), (3, "SUCCESS", None)], "SUCCESS"),
        (3, [(n, "FAILED", "Busy") for n in (1, 2, 3)], "FAILED"),
    ],
)
def test_each_attempt_of_several_is_an_execution(
    scene: Scene, times: int, attempts: list[tuple[int, str, str | None]], node: str
) -> None:
    scene.run(plan(build("a")), busy(times))

    assert tried(scene) == attempts
    assert scene.nodes == {"a": (node, None)}


def test_an_audit_that_objects_fails_the_run_by_name(scene: Scene) -> None:
    scene.run(plan(build("a")), audits=(AuditResult("a", "not_null(id)", False, False, "1 row"),))

    assert scene.nodes == {"a": ("SUCCESS", None)}
    assert scene.root == ("FAILED", "a: not_null(id) 1 row")


def test_a_run_that_cannot_publish_has_failed(scene: Scene) -> None:
    def refuse(entries: Entries) -> None:
        raise SeeknalCiError("the schema is taken", fix="choose another name")

    with pytest.raises(SeeknalCiError, match="taken"):
        scene.run(plan(build("a"), Step("f", Action.DROP, "", None)), publish=refuse)

    assert scene.nodes == {"a": ("SUCCESS", None)}
    assert scene.root == ("FAILED", "the schema is taken; choose another name")


def test_a_run_that_is_interrupted_at_its_end_is_cancelled(scene: Scene) -> None:
    def interrupt(entries: Entries) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scene.run(plan(build("a")), publish=interrupt)

    assert scene.root == ("CANCELLED", None)


def test_a_node_that_runs_for_a_moment_is_seen_to_run(scene: Scene) -> None:
    seen: list[Told] = []

    def work(node: str) -> BuildRequest:
        if node == "b":
            while not seen or "b" not in seen[-1]:
                threading.Event().wait(MOMENT.total_seconds() / 4)
                seen.append(scene.nodes)
        return table(node)

    scene.run(plan(build("a"), build("b", "a"), build("c", "b")), work)

    assert seen[-1] == {"a": ("SUCCESS", None), "b": ("RUNNING", None)}
    assert set(scene.nodes.values()) == {("SUCCESS", None)}


def test_a_build_that_is_rolled_back_takes_its_success_with_it(scene: Scene) -> None:
    """What is written last is refused; so there is no table either."""
    scene.ledger.begin()
    wanted = table("a")

    def twice(rows: int, made: bool) -> Entries:
        with scene.ledger.attempt("a") as ending:
            entries = ending(rows, made)
        return Entries(new=entries.new + entries.new)

    with pytest.raises(WarehouseError):
        scene.warehouse.build(replace(wanted, ending=twice))

    assert scene.nodes == {}
    assert scene.warehouse.builds([wanted.build_id]) == {}
