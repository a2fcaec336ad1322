"""Killed at any moment, production is wholly old or wholly new, and the next run finishes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from seeknal_ci.demo.edits import ADD_DISCOUNT, Edit
from tests.support.program import Program, ecommerce

KILLS = 60 if os.environ.get("SEEKNAL_CI_TEST_LONG") else 4
SEED = 20260209

RELABEL = Edit("seeknal/06_transform_inventory_status.yml", "'reorder'", "'low'", "relabel")


def kill_after(program: Program, seconds: float, *arguments: str) -> None:
    """Start the program, and kill -9 it once it has run for a while, if it still runs."""
    started = subprocess.Popen(
        [sys.executable, "-m", "seeknal_ci", *arguments],
        cwd=program.repo.path,
        env=program.environment(program.repo.path.parent),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        started.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        started.send_signal(signal.SIGKILL)
        started.wait()


def holds(program: Program) -> str:
    """ "old" or "new", by what readers see in two views that move together; else "torn"."""
    discount = "discount_pct" in program.columns("prod", "clean_orders")
    ((relabelled,),) = program.query(
        "SELECT count(*) FROM prod.inventory_status WHERE stock_status = 'low'"
    )
    return {(False, 0): "old", (True, 1): "new"}.get((discount, relabelled), "torn")


@pytest.fixture
def program(tmp_path: Path, warehouse_url: str | None) -> Program:
    """The e-commerce project, with a warehouse of either kind."""
    return ecommerce(tmp_path, warehouse_url)


@pytest.mark.parametrize("moment", range(KILLS))
def test_a_killed_promotion_is_all_or_nothing(program: Program, moment: int) -> None:
    # A promotion in PostgreSQL begins and ends later: it connects, and copies what it builds.
    late = 0.3 if program.warehouse else 0.0
    delay = random.Random(f"{SEED}-{moment}").uniform(0.35 + late, 1.1 + 2 * late)
    program.ok("promote", "--quiet")
    ADD_DISCOUNT.make(program.repo.path)
    RELABEL.make(program.repo.path)
    commit = program.repo.commit("Two changes that belong together")

    kill_after(program, delay, "promote", "--quiet")

    assert holds(program) in ("old", "new"), f"after {delay:.3f} s"
    program.ok("promote")
    assert holds(program) == "new"
    assert program.query("SELECT count(*) FROM seeknal_ci.promotion") == [(2,)]
    assert program.query('SELECT "commit" FROM seeknal_ci.environment') == [(commit,)]
    exported = program.repo.path / "exports/customer_enriched"
    assert sorted(p.name for p in exported.iterdir()) == ["country=UK", "country=US"]
