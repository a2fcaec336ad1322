"""Builds go only while nobody applies: what PostgreSQL's locks say to several processes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from seeknal_ci.demo.edits import ADD_DISCOUNT
from seeknal_ci.errors import SeeknalCiError, WarehouseError
from seeknal_ci.warehouse.postgres import PostgresWarehouse
from tests.contract.samples import environment, physical, request
from tests.support.postgres import run
from tests.support.program import ecommerce

ROUNDS = 4


@contextmanager
def opened(url: str, lock_timeout: float = 0) -> Iterator[PostgresWarehouse]:
    """A warehouse, as another process would have it: sessions are all that PostgreSQL sees."""
    warehouse = PostgresWarehouse.open(
        url, "here", lock_timeout=lock_timeout, on_wait=lambda message: None
    )
    try:
        yield warehouse
    finally:
        warehouse.close()


def test_nobody_is_alone_while_an_environment_is_held(postgres_url: str) -> None:
    with (
        opened(postgres_url) as applying,
        opened(postgres_url) as promoting,
        opened(postgres_url) as collecting,
    ):
        with applying.hold("dev"), promoting.hold("prod"):
            with (
                pytest.raises(WarehouseError, match="the set of builds is held by") as caught,
                collecting.alone(),
            ):
                pass
            assert caught.value.retriable
        with collecting.alone():
            pass


def test_who_wants_an_environment_waits_for_who_is_alone(postgres_url: str) -> None:
    with opened(postgres_url) as collecting, opened(postgres_url, 60) as applying:
        got = threading.Event()

        def apply() -> None:
            with applying.hold("dev"):
                got.set()

        thread = threading.Thread(target=apply)
        with collecting.alone():
            thread.start()
            assert not got.wait(0.3)
        thread.join()
        assert got.is_set()


def test_an_environment_that_is_held_is_not_waited_for_unless_asked(postgres_url: str) -> None:
    with opened(postgres_url) as applying, opened(postgres_url, 600) as collecting:
        with (
            applying.hold("dev"),
            pytest.raises(WarehouseError, match="environment `dev`"),
            collecting.hold("dev", wait=False),
        ):
            pass
        with collecting.hold("dev", wait=False):
            pass


def test_a_table_that_others_depend_on_is_not_dropped(postgres_url: str) -> None:
    with opened(postgres_url) as warehouse:
        build = warehouse.build(request("transform.a", "SELECT 1 AS n"))
        warehouse.publish(environment("dev", {"a": build}))
        run(postgres_url, f"CREATE TABLE public.heir () INHERITS ({physical(build)})")

        with warehouse.alone(), pytest.raises(SeeknalCiError, match="depend"):
            warehouse.discard(build.table)

        assert warehouse.builds([build.id])


def test_a_clean_up_takes_nothing_from_an_apply_at_the_same_time(
    tmp_path: Path, postgres_url: str
) -> None:
    program = ecommerce(tmp_path, postgres_url)
    program.repo.write("seeknal-ci.yml", "builds: {keep: 0s}\n")
    program.ok("promote", "--quiet")
    ADD_DISCOUNT.make(program.repo.path)
    program.ok("apply", "dev", "--quiet")

    with ThreadPoolExecutor(2) as pool:
        for _ in range(ROUNDS):
            # Its builds stay behind: the next apply wants them, and the clean-up too.
            program.ok("env", "delete", "dev", "--quiet")
            applied = pool.submit(program.run, "apply", "dev", "--quiet")
            collected = pool.submit(program.run, "env", "gc")
            assert applied.result().exit_code == 0, applied.result().err
            assert collected.result().exit_code == 0, collected.result().err
            assert "discount_pct" in program.columns("dev", "clean_orders")
            assert program.query("SELECT count(*) FROM dev.customer_enriched")[0][0] > 0
