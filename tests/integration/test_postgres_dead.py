"""What a process that was killed leaves in PostgreSQL while its sessions are still at work."""

from __future__ import annotations

import time

import pytest

from seeknal_ci.warehouse.postgres import PostgresWarehouse
from tests.contract.samples import environment
from tests.integration.test_postgres_lock import OPEN, another_process
from tests.support.postgres import run

PUBLISH = f"""{OPEN}
with warehouse.hold("dev"):
    print("held", flush=True)
    warehouse.publish(environment("dev", {{}}, commit="c2"))
"""
# A commit takes a while, but less than the second in which the death is noticed.
SLOW_COMMIT = (
    "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN PERFORM pg_sleep(0.7); RETURN NULL; END $$",
    "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON seeknal_ci.environment "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow()",
)
COMMITS = (
    "SELECT count(*) FROM pg_stat_activity WHERE query = 'COMMIT' AND wait_event = 'PgSleep' "
    "AND datname = current_database()"
)


def test_a_commit_of_the_dead_is_waited_for(postgres_url: str) -> None:
    """Its lock is free before its transaction is over: who holds it next must see that one."""
    warehouse = PostgresWarehouse.open(
        postgres_url, "here", lock_timeout=60, on_wait=lambda message: None
    )
    warehouse.publish(environment("dev", {}))
    for statement in SLOW_COMMIT:
        run(postgres_url, statement)
    with another_process(PUBLISH, postgres_url) as killed:
        while run(postgres_url, COMMITS) != [(1,)]:
            if killed.poll() is not None:
                pytest.fail("it was done before it could be killed")
            time.sleep(0.01)
        killed.kill()
        killed.wait()
        with warehouse.hold("dev"):
            found = warehouse.environment("dev")
    warehouse.close()
    assert found is not None
    assert found.commit == "c2"
