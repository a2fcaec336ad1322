"""Runs and promotions are listed, each run is a tree, and what crashed or was stopped says so."""

from __future__ import annotations

import importlib
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from seeknal_ci.demo.edits import ADD_DISCOUNT, EDIT_DESCRIPTION, Edit
from seeknal_ci.render.documents import json_schema
from tests.support.program import Ended, Program, ecommerce

ENDLESS = Edit(
    "seeknal/06_transform_inventory_status.yml",
    "FROM source.inventory",
    "FROM source.inventory CROSS JOIN generate_series(1, 1000000000000) AS t(i)",
    "a query without an end",
)
FAILING = Edit(ADD_DISCOUNT.path, "UPPER(TRIM(status))", "CAST(status AS INTEGER)", "a bad cast")
STATUSES = 'SELECT "level", "status" FROM seeknal_ci.execution ORDER BY "started_at"'


@pytest.fixture
def program(tmp_path: Path, warehouse_url: str | None) -> Program:
    """The e-commerce project, with a warehouse of either kind."""
    return ecommerce(tmp_path, warehouse_url)


def validate(name: str, document: object) -> None:
    jsonschema = importlib.import_module("jsonschema")  # it has no types
    jsonschema.Draft202012Validator(json_schema(name)).validate(document)


@contextmanager
def begun(program: Program, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A run of the program that the ledger has at work on the node without an end."""
    home = program.repo.path.parent / "home"
    home.mkdir(exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "seeknal_ci", *arguments],
        cwd=program.repo.path,
        env=program.environment(home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert process.stderr is not None
        assert any("inventory_status: started" in line for line in process.stderr)
        while not _seen(program):
            assert process.poll() is None
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.communicate()


def _seen(program: Program) -> bool:
    """Whether the ledger has a node that runs."""
    if program.warehouse is not None:
        return ("node", "RUNNING") in program.query(STATUSES)
    # Nobody else can open the file. What was committed is in its log.
    log = program.repo.path / "warehouse.duckdb.wal"
    return b"transform.inventory_status" in log.read_bytes()


def lines(ended: Ended) -> list[str]:
    """The lines that begin with an id."""
    return [line for line in ended.out.splitlines() if re.match(r"[* ] [0-9a-f]{8}-", line)]


def test_runs_and_promotions_are_listed_and_found_by_part_of_an_id(program: Program) -> None:
    program.ok("promote", "--quiet")
    FAILING.make(program.repo.path)
    program.run("apply", "dev", "--quiet")

    listed = program.ok("history")
    failed, promoted = lines(listed)

    assert re.search(r"  apply +dev +FAILED .* 1 failed, 7 skipped$", failed)
    assert "✗ transform.clean_orders: " in listed.out
    assert re.search(r"^\* .*promote +prod +SUCCESS .* nothing → \w{7}, 8 nodes, by ", promoted)
    found = program.ok("history", "--format", "json").json
    validate("history", found)
    assert [run["promotion"] == run["run"] for run in found["runs"]] == [False, True]
    assert [one["promotion"] for one in found["promotions"]] == [found["runs"][1]["run"]]
    for line, run in zip((failed, promoted), found["runs"], strict=True):
        shown = program.ok("history", line[2:].split()[0], "--format", "json").json
        validate("run", shown)
        assert shown["run"]["run"] == run["run"]
    ambiguous = program.run("history", found["runs"][0]["run"][:2])
    assert ambiguous.exit_code == 1
    assert "error: 2 runs begin with `" in ambiguous.err
    unknown = program.run("history", found["runs"][0]["run"][:-1] + "x")
    assert unknown.exit_code == 1
    assert f"did you mean {found['runs'][0]['run']}?" in unknown.err


def test_a_run_is_a_tree_with_what_failed_by_name(program: Program) -> None:
    program.ok("promote", "--quiet")
    FAILING.make(program.repo.path)
    run = program.run("apply", "dev", "--format", "json").json["run_id"]

    told = program.ok("history", run).out

    assert f"Run: {run}\n" in told
    assert "apply dev\n├─ transform.clean_orders  FAILED" in told
    assert "4 nodes  SKIPPED: up_to_date" in told
    assert "exposure.warehouse_export, transform.customer_enriched  SKIPPED: upstream_f" in told
    assert told.splitlines()[-1].startswith("✗ transform.clean_orders failed: ")


def test_an_execution_is_kept_for_every_node_and_for_the_move(program: Program) -> None:
    run = program.ok("promote", "--format", "json").json["run_id"]
    again = program.ok("promote", "--format", "json").json["run_id"]

    shown = program.ok("history", run, "--format", "json").json
    assert {one["status"] for one in shown["executions"]} == {"SUCCESS"}
    assert sorted(one["level"] for one in shown["executions"]) == ["node"] * 8 + ["promote"]
    assert shown["promotion"]["promotion"] == run
    rows = {one["node"]: one["total_rows"] for one in shown["executions"]}
    assert (rows["source.orders"], rows["exposure.warehouse_export"]) == (3, 2)
    unmoved = program.ok("history", again, "--format", "json").json
    assert unmoved["promotion"] is None
    assert {one["skip_reason"] for one in unmoved["executions"]} == {"up_to_date"}
    EDIT_DESCRIPTION.make(program.repo.path)
    told = program.ok("apply", "dev", "--format", "json").json
    reasons = {one["node"]: one["skip_reason"] for one in told["results"]}
    changed = program.ok("history", told["run_id"], "--format", "json").json
    assert "metadata_only" in reasons.values()
    assert {one["node"]: one["skip_reason"] for one in changed["executions"]} == reasons


def test_runs_are_chosen(program: Program) -> None:
    program.ok("promote", "--quiet")
    FAILING.make(program.repo.path)
    program.run("apply", "dev", "--quiet")

    assert len(lines(program.ok("history", "--limit", "1"))) == 1
    assert "dev" in lines(program.ok("history", "--status", "failed", "--since", "24h"))[0]
    assert "prod" in lines(program.ok("history", "--env", "prod"))[0]
    assert lines(program.ok("history", "--since", "0s")) == []
    assert lines(program.ok("history", "--running")) == []
    for wrong in (("--since", "soon"), ("--status", "late"), ("x", "--running"), ("--limit", "0")):
        assert program.run("history", *wrong).exit_code == 2


def test_a_killed_run_has_crashed_and_the_next_goes_on(program: Program) -> None:
    program.ok("apply", "dev", "--quiet")
    ENDLESS.make(program.repo.path)
    with begun(program, "apply", "dev") as killed:
        killed.kill()

    listed = lines(program.ok("history", "--status", "crashed"))
    assert [line.split()[4:7] for line in listed] == [["apply", "dev", "CRASHED"]]
    assert lines(program.ok("history", "--running")) == []
    run = listed[0].split()[0]
    tree = program.ok("history", run).out
    assert "transform.inventory_status  CRASHED" in tree
    # To look at it changes nothing; to go on does.
    assert ("node", "RUNNING") in program.query(STATUSES)
    program.repo.git("checkout", "--", ".")
    program.ok("apply", "dev", "--quiet")
    assert ("run", "CRASHED") in program.query(STATUSES)
    assert ("node", "CRASHED") in program.query(STATUSES)
    assert "RUNNING" not in {status for _, status in program.query(STATUSES)}
    assert program.ok("history", run).out == tree


def test_an_interrupted_run_is_cancelled(program: Program) -> None:
    ENDLESS.make(program.repo.path)
    with begun(program, "apply", "dev") as stopped:
        stopped.send_signal(signal.SIGINT)
        stopped.wait(timeout=60)
    assert stopped.returncode == 130

    found = program.ok("history", "--format", "json").json["runs"][0]
    assert found["status"] == "CANCELLED"
    shown = program.ok("history", found["run"], "--format", "json").json
    nodes = {one["node"]: one["status"] for one in shown["executions"]}
    assert nodes["transform.inventory_status"] == "CANCELLED"
    assert len(nodes) == 8
    assert set(nodes.values()) <= {"CANCELLED", "SUCCESS"}


def test_a_run_that_goes_on_is_seen_to(tmp_path: Path, postgres_url: str) -> None:
    program = ecommerce(tmp_path, postgres_url)
    ENDLESS.make(program.repo.path)
    with begun(program, "apply", "dev"):
        (line,) = lines(program.ok("history", "--running"))
        assert "RUNNING" in line
        tree = program.ok("history", line.split()[0]).out
        assert "transform.inventory_status  RUNNING" in tree


def test_a_promotion_without_a_run_is_listed_all_the_same(program: Program) -> None:
    promotion = program.ok("promote", "--format", "json").json["run_id"]
    program.change("DELETE FROM seeknal_ci.execution")

    (line,) = lines(program.ok("history"))
    assert line.startswith(f"* {promotion[:13]}  ")
    refused = program.run("history", promotion)
    assert refused.exit_code == 1
    assert "is older than the ledger" in refused.err


def test_without_a_warehouse_there_is_nothing_and_none_is_made(tmp_path: Path) -> None:
    program = ecommerce(tmp_path)

    assert "There is none" in program.ok("history").out
    validate("history", program.ok("history", "--format", "json").json)
    assert program.run("history", "0198").exit_code == 1
    assert not (program.repo.path / "warehouse.duckdb").exists()
