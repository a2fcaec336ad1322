"""Those who read an environment while it moves: never broken, never shown a mixture, and named."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import Connection, IsolationLevel

from seeknal_ci.errors import WarehouseError
from seeknal_ci.model.environment import Build, Environment
from seeknal_ci.warehouse.postgres import PostgresWarehouse
from tests.contract.samples import environment, promotion, request
from tests.support.postgres import run

Session = Connection[tuple[Any, ...]]
SINCE = r"began at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"


@pytest.fixture
def told() -> list[str]:
    """What the warehouse has said of its waits."""
    return []


@pytest.fixture
def warehouse(postgres_url: str, told: list[str]) -> Iterator[PostgresWarehouse]:
    opened = PostgresWarehouse.open(postgres_url, "here", lock_timeout=0.3, on_wait=told.append)
    yield opened
    opened.close()


@pytest.fixture
def patient(postgres_url: str, told: list[str]) -> Iterator[PostgresWarehouse]:
    opened = PostgresWarehouse.open(postgres_url, "here", lock_timeout=60, on_wait=told.append)
    yield opened
    opened.close()


@contextmanager
def reader(url: str, level: IsolationLevel | None = None) -> Iterator[Session]:
    """Somebody in a transaction."""
    with psycopg.connect(url, application_name="dashboard") as session:
        session.isolation_level = level
        yield session


def built(warehouse: PostgresWarehouse, value: str, *names: str) -> dict[str, Build]:
    """A build of one row for each name; the value is the row."""
    return {
        name: warehouse.build(request(f"transform.{name}", f"SELECT {value} AS n", value))
        for name in names
    }


def published(warehouse: PostgresWarehouse) -> Environment:
    """Production as it is: three views, each with the row 1."""
    before = environment("prod", built(warehouse, "1", "a", "b", "same"))
    warehouse.publish(before, promotion("p1", before))
    return before


def wanted(warehouse: PostgresWarehouse) -> Environment:
    """Production as it is to be, and built by now: the row of `a` and `b` is 2."""
    same = built(warehouse, "1", "same")
    return environment("prod", same | built(warehouse, "2", "a", "b"), commit="c2")


def moving(warehouse: PostgresWarehouse, target: Environment) -> None:
    warehouse.publish(target, promotion("p2", target))


def test_a_transaction_with_an_old_snapshot_is_let_finish(
    patient: PostgresWarehouse, postgres_url: str, told: list[str]
) -> None:
    """It has read what does not move, and would find views over tables that it sees as empty."""
    published(patient)
    with (
        reader(postgres_url, IsolationLevel.REPEATABLE_READ) as session,
        ThreadPoolExecutor(1) as t,
    ):
        assert session.execute("SELECT n FROM prod.same").fetchall() == [(1,)]
        ends = t.submit(moving, patient, wanted(patient))
        while not told:
            time.sleep(0.01)
        assert session.execute("SELECT a.n, b.n FROM prod.a, prod.b").fetchall() == [(1, 1)]
        session.rollback()
        ends.result()

    assert len(told) == 1
    assert re.search(rf"dashboard \(session \d+ of \w+, its transaction {SINCE}\)", told[0])
    assert run(postgres_url, "SELECT a.n, b.n FROM prod.a, prod.b") == [(2, 2)]


@pytest.mark.parametrize("sql", ["SELECT n FROM prod.same", "SELECT 1"])
def test_a_promotion_gives_up_and_changes_nothing(
    warehouse: PostgresWarehouse, postgres_url: str, sql: str
) -> None:
    before = published(warehouse)
    with reader(postgres_url, IsolationLevel.REPEATABLE_READ) as session:
        session.execute(sql.encode())
        after = wanted(warehouse)
        with pytest.raises(WarehouseError, match="older than the new tables: dashboard") as caught:
            moving(warehouse, after)
        assert session.execute("SELECT n FROM prod.a").fetchall() == [(1,)]

    assert "--lock-timeout" in caught.value.fix
    assert warehouse.environments() == (before,)
    assert [one.id for one in warehouse.promotions()] == ["p1"]
    moving(warehouse, after)
    assert run(postgres_url, "SELECT n FROM prod.a") == [(2,)]


def test_a_snapshot_that_has_all_rows_is_not_waited_for(
    warehouse: PostgresWarehouse, postgres_url: str, told: list[str]
) -> None:
    published(warehouse)
    new = wanted(warehouse)
    with reader(postgres_url, IsolationLevel.REPEATABLE_READ) as session:
        session.execute("SELECT n FROM prod.same")
        moving(warehouse, new)
        assert session.execute("SELECT n FROM prod.a").fetchall() == [(2,)]
    assert told == []


def test_a_transaction_without_a_snapshot_is_not_waited_for(
    warehouse: PostgresWarehouse, postgres_url: str, told: list[str]
) -> None:
    published(warehouse)
    with reader(postgres_url) as session:
        session.execute("SELECT n FROM prod.same")
        moving(warehouse, wanted(warehouse))
        assert session.execute("SELECT n FROM prod.a").fetchall() == [(2,)]
    assert told == []


def test_a_branch_does_not_wait_for_those_who_do_not_read_it(
    warehouse: PostgresWarehouse, postgres_url: str, told: list[str]
) -> None:
    with reader(postgres_url, IsolationLevel.REPEATABLE_READ) as session:
        session.execute("SELECT 1")
        warehouse.publish(environment("dev", built(warehouse, "1", "a")))
    assert told == []


def test_a_view_that_loses_a_column_waits_for_who_reads_it(
    warehouse: PostgresWarehouse, postgres_url: str
) -> None:
    before = environment("prod", built(warehouse, "1 AS m, 1", "a", "b"))
    warehouse.publish(before)
    after = environment("prod", built(warehouse, "2", "a", "b"), commit="c2")
    with reader(postgres_url) as session:
        session.execute("SELECT m FROM prod.b")
        pid = session.info.backend_pid
        with pytest.raises(WarehouseError) as caught:
            moving(warehouse, after)
        assert re.search(
            rf"in use: prod\.b by dashboard \(session {pid} of \w+, its transaction {SINCE}\)",
            caught.value.what,
        )
        # It reads on, also what would have moved before.
        assert session.execute("SELECT a.m + b.m FROM prod.a, prod.b").fetchall() == [(2,)]
    assert warehouse.environments() == (before,)
    moving(warehouse, after)
    assert run(postgres_url, "SELECT count(*) FROM prod.a WHERE n = 2") == [(1,)]


def test_who_runs_a_query_is_named_with_its_beginning(
    warehouse: PostgresWarehouse, postgres_url: str
) -> None:
    published(warehouse)
    new = wanted(warehouse)
    with reader(postgres_url) as session, ThreadPoolExecutor(1) as threads:
        busy = threads.submit(session.execute, "SELECT n, pg_sleep(60) FROM prod.a")
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
        while run(postgres_url, waits) != [(1,)]:
            time.sleep(0.01)
        with pytest.raises(WarehouseError, match=f"prod.a by dashboard .*, its query {SINCE}"):
            moving(warehouse, new)
        session.cancel_safe()
        assert isinstance(busy.exception(), psycopg.errors.QueryCanceled)


def test_who_has_locked_the_registry_is_named(
    warehouse: PostgresWarehouse, postgres_url: str
) -> None:
    old, new = published(warehouse), wanted(warehouse)
    with reader(postgres_url) as session:
        session.execute("LOCK TABLE seeknal_ci.promotion IN SHARE MODE")
        with pytest.raises(WarehouseError, match=r"in use: seeknal_ci\.promotion by dashboard"):
            moving(warehouse, new)
    assert warehouse.environments() == (old,)


def test_a_user_who_may_not_look_into_sessions_waits_too(
    postgres_url: str, told: list[str]
) -> None:
    """Of others' sessions it knows the locks and snapshots, and not since when they are at work."""
    role = f"ci_{uuid.uuid4().hex}"
    whole = urlsplit(postgres_url)
    url = urlunsplit(whole._replace(netloc=f"{role}@{whole.netloc.rpartition('@')[2]}"))
    run(postgres_url, f"CREATE ROLE {role} LOGIN")
    run(postgres_url, f"GRANT CREATE ON DATABASE {whole.path[1:]} TO {role}")
    with (
        closing(PostgresWarehouse.open(url, "", lock_timeout=0.3, on_wait=told.append)) as opened,
        reader(postgres_url, IsolationLevel.REPEATABLE_READ) as session,
    ):
        published(opened)
        session.execute("SELECT n FROM prod.same")
        with pytest.raises(WarehouseError, match=r"new tables: dashboard \(session \d+ of \w+\),"):
            moving(opened, wanted(opened))
    run(postgres_url, f"DROP OWNED BY {role}")
    run(postgres_url, f"DROP ROLE {role}")
