"""Processes that share a PostgreSQL database: who waits for whom, and what the dead leave."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from seeknal_ci.errors import WarehouseError
from seeknal_ci.warehouse.postgres import PostgresWarehouse
from tests.contract.samples import environment, physical, promotion, request
from tests.support.postgres import run

OPEN = """
import sys
from seeknal_ci.warehouse.postgres import PostgresWarehouse
from tests.contract.samples import environment, request
warehouse = PostgresWarehouse.open(sys.argv[1], "here", lock_timeout=0, on_wait=print)
"""
HOLD = f"""{OPEN}
with warehouse.hold("dev"):
    print("held", flush=True)
    sys.stdin.read()
"""
BUILD_ENDLESSLY = f"""{OPEN}
warehouse.build(request("transform.done", "SELECT 1 AS n"))
print("held", flush=True)
endless = "SELECT i FROM generate_series(1, 1000000000000) AS t(i) WHERE i % 7 = 3"
warehouse.build(request("transform.endless", endless))
"""
# The query waits as long as somebody has the lock 42.
BUILD_SLOWLY = f"""{OPEN}
print("held", flush=True)
warehouse.build(request("transform.t", "SELECT 1 AS n, pg_advisory_xact_lock(42)::text AS w"))
"""
BUILD_IN_TURNS = f"""{OPEN.replace("lock_timeout=0", "lock_timeout=60")}
print("held", flush=True)
sys.stdin.read()
for number in range(5):
    warehouse.build(request(f"transform.t{{number}}", "SELECT 1 AS n, pg_sleep(0.02)::text AS s"))
"""
PROCESSES = 8 if os.environ.get("SEEKNAL_CI_TEST_LONG") else 3


@contextmanager
def another_process(script: str, url: str) -> Iterator[subprocess.Popen[str]]:
    """A process that has said `held`; it is gone afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-c", script, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def opened(postgres_url: str) -> Iterator[Callable[..., PostgresWarehouse]]:
    """Opens warehouses in one database, and closes them."""
    made: list[PostgresWarehouse] = []

    def open_(
        lock_timeout: float = 0, on_wait: Callable[[str], None] = pytest.fail
    ) -> PostgresWarehouse:
        one = PostgresWarehouse.open(
            postgres_url, postgres_url, lock_timeout=lock_timeout, on_wait=on_wait
        )
        made.append(one)
        return one

    yield open_
    for one in made:
        one.close()


Open = Callable[..., PostgresWarehouse]


def test_an_environment_that_is_held_is_waited_for(opened: Open, postgres_url: str) -> None:
    told = []
    with another_process(HOLD, postgres_url) as holder:

        def let_go(message: str) -> None:
            told.append(message)
            holder.communicate("")

        with opened(60, let_go).hold("dev"):
            pass
        assert len(told) == 1
        assert told[0].startswith("environment `dev` is held by seeknal-ci")
        assert f"PID {holder.pid}" in told[0]
        assert told[0].endswith("waiting up to 60 s")


def test_an_environment_that_stays_held_is_an_error(opened: Open, postgres_url: str) -> None:
    told: list[str] = []
    with another_process(HOLD, postgres_url) as holder:
        with (
            pytest.raises(WarehouseError, match=f"PID {holder.pid}") as caught,
            opened(0.2, told.append).hold("dev"),
        ):
            pass

        assert "--lock-timeout" in caught.value.fix
        assert caught.value.retriable
        assert len(told) == 1


def test_other_environments_are_free(opened: Open, postgres_url: str) -> None:
    with another_process(HOLD, postgres_url), opened().hold("other"):
        pass


def test_a_lock_dies_with_its_owner(opened: Open, postgres_url: str) -> None:
    with another_process(HOLD, postgres_url) as holder:
        holder.kill()
        holder.wait()
        with opened(30, lambda message: None).hold("dev"):
            pass


def test_a_lock_that_the_server_took_away_is_noticed(opened: Open, postgres_url: str) -> None:
    warehouse = opened()
    with warehouse.hold("dev"):
        run(
            postgres_url,
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'",
        )
        with pytest.raises(WarehouseError, match="ended the session") as caught:
            warehouse.publish(environment("dev", {}))

    assert caught.value.retriable
    assert warehouse.environments() == ()


@contextmanager
def build_under_way(url: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """Another process is in the middle of `transform.t` until the session unlocks 42."""
    with psycopg.connect(url, autocommit=True) as session:
        session.execute("SELECT pg_advisory_lock(42)")
        with another_process(BUILD_SLOWLY, url):
            waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            while run(url, waits) != [(1,)]:
                time.sleep(0.02)
            yield session


def test_a_build_that_another_process_makes_is_waited_for_and_reused(
    opened: Open, postgres_url: str
) -> None:
    told = []
    with build_under_way(postgres_url) as session:

        def let_go(message: str) -> None:
            told.append(message)
            session.execute("SELECT pg_advisory_unlock(42)")

        made = opened(0, let_go).build(request("transform.t", "SELECT 2 AS other"))

    assert [column.name for column in made.columns] == ["n", "w"]
    assert len(told) == 1
    assert told[0].startswith("the build of transform.t is held by seeknal-ci, PID")


def test_an_interrupt_ends_a_wait(opened: Open, postgres_url: str) -> None:
    waiting = threading.Event()
    with build_under_way(postgres_url), ThreadPoolExecutor(1) as threads:
        warehouse = opened(0, lambda message: waiting.set())
        running = threads.submit(warehouse.build, request("transform.t", "SELECT 1 AS n"))
        waiting.wait()
        warehouse.interrupt()
        with pytest.raises(WarehouseError, match="interrupted") as caught:
            running.result()
    assert not caught.value.retriable


def test_a_build_that_was_killed_leaves_nothing_and_ends_soon(
    opened: Open, postgres_url: str
) -> None:
    with another_process(BUILD_ENDLESSLY, postgres_url) as builder:
        time.sleep(0.3)  # late enough for the query itself
        builder.kill()
        builder.wait()

    warehouse = opened(0, lambda message: None)
    done, endless = request("transform.done", ""), request("transform.endless", "SELECT 1 AS n")
    assert set(warehouse.builds([done.build_id, endless.build_id])) == {done.build_id}
    assert warehouse.build(endless).rows == 1
    tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = "
    found = run(postgres_url, f"{tables} 'seeknal_ci_builds'")
    assert sorted(found) == sorted([(done.table,), (endless.table,)])


def test_a_reader_is_waited_for_and_sees_one_state(opened: Open, postgres_url: str) -> None:
    """A statement that reads two views has both old or both new ones."""
    told: list[str] = []
    warehouse = opened(60, told.append)
    old = {name: warehouse.build(request(f"transform.{name}", "SELECT 1 AS n")) for name in "ab"}
    new = {
        name: warehouse.build(request(f"transform.{name}", "SELECT 'x' AS m", "new"))
        for name in "ab"
    }
    warehouse.publish(environment("prod", old))
    with ThreadPoolExecutor(1) as threads, psycopg.connect(postgres_url) as reader:
        assert reader.execute("SELECT n FROM prod.a").fetchall() == [(1,)]
        moving = threads.submit(warehouse.publish, environment("prod", new, commit="c2"))
        while not told:
            time.sleep(0.01)
        # Others read on, and so does the one that is waited for.
        assert run(postgres_url, "SELECT a.n + b.n FROM prod.a, prod.b") == [(2,)]
        assert reader.execute("SELECT n FROM prod.b").fetchall() == [(1,)]
        reader.rollback()
        moving.result()

    assert "prod.a by a program without a name (session" in told[0]
    assert len(told) == 1
    assert run(postgres_url, "SELECT a.m || b.m FROM prod.a, prod.b") == [("xx",)]


def test_a_reader_that_stays_is_named(opened: Open, postgres_url: str) -> None:
    told: list[str] = []
    warehouse = opened(0.1, told.append)
    old = warehouse.build(request("transform.a", "SELECT 1 AS n"))
    before = environment("prod", {"a": old})
    warehouse.publish(before)
    with psycopg.connect(postgres_url, application_name="dashboard") as reader:
        reader.execute("SELECT n FROM prod.a")
        with pytest.raises(WarehouseError, match=r"prod\.a by dashboard") as caught:
            warehouse.delete("prod")

    assert "--lock-timeout" in caught.value.fix
    assert warehouse.environments() == (before,)


def test_two_promotions_at_once_are_both_recorded(opened: Open) -> None:
    first, second = opened(60, lambda message: None), opened(60, lambda message: None)
    builds = [
        first.build(request("transform.a", f"SELECT {number} AS n", str(number)))
        for number in range(20)
    ]
    states = [environment("prod", {"a": one}, commit=f"c{i}") for i, one in enumerate(builds)]

    def move(warehouse: PostgresWarehouse, numbers: range) -> None:
        for number in numbers:
            warehouse.publish(states[number], promotion(f"p{number}", states[number]))

    with ThreadPoolExecutor(2) as threads:
        ends = [
            threads.submit(move, first, range(0, 20, 2)),
            threads.submit(move, second, range(1, 20, 2)),
        ]
        for end in ends:
            end.result()

    assert {one.id for one in first.promotions()} == {f"p{number}" for number in range(20)}
    held = first.environment("prod")
    assert held in states
    assert held is not None
    shown = first.builds([held.nodes[0].build_id])[held.nodes[0].build_id]
    assert first.check(f"SELECT n FROM {physical(shown)}") == first.check("SELECT n FROM prod.a")


def test_processes_that_want_the_same_build_nothing_twice(opened: Open, postgres_url: str) -> None:
    opened()

    def apply(_: int) -> tuple[int, str]:
        with another_process(BUILD_IN_TURNS, postgres_url) as process:
            output = process.communicate("")[0]
            return process.returncode, output

    with ThreadPoolExecutor(PROCESSES) as threads:
        ends = list(threads.map(apply, range(PROCESSES)))

    assert {code for code, _ in ends} == {0}
    assert run(postgres_url, 'SELECT count(*) FROM seeknal_ci."build"') == [(5,)]
