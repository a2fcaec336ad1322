"""The queries of Watcher's documentation, asked of the ledger as they are written there."""

from __future__ import annotations

from dataclasses import replace

from seeknal_ci.warehouse.protocol import Warehouse
from tests.contract.conftest import Query
from tests.contract.test_warehouse_ledger import ATTEMPT, NODE, RUN, begin

# The page "Nested Pipeline Executions" of Watcher's documentation, letter for letter.
DIRECT_CHILDREN = """
   SELECT pe.* 
   FROM pipeline_execution pe
   JOIN pipeline_execution_closure pec 
       ON pe.id = pec.child_execution_id
   WHERE pec.parent_execution_id = 123 
       AND pec.depth = 1;
"""  # noqa: W291
DOWNSTREAM = """
   SELECT pe.* 
   FROM pipeline_execution pe
   JOIN pipeline_execution_closure pec 
       ON pe.id = pec.child_execution_id
   WHERE pec.parent_execution_id = 123 
       AND pec.depth > 0;
"""  # noqa: W291
UPSTREAM = """
   SELECT pe.* 
   FROM pipeline_execution pe
   JOIN pipeline_execution_closure pec 
       ON pe.id = pec.parent_execution_id
   WHERE pec.child_execution_id = 456 
       AND pec.depth > 0;
"""  # noqa: W291


def grown(warehouse: Warehouse, count: int) -> None:
    """So many executions, `e0001` the first: runs of 300 each, all but the first two of them nodes
    with nine attempts each.
    """
    run = node = ""
    for number in range(1, count + 1):
        id_ = f"e{number:04}"
        if number % 300 == 1:
            run = id_
            begin(warehouse, replace(RUN, id=id_, run_id=run))
        elif number % 300 == 2 or number % 10 == 3:
            node = id_
            begin(warehouse, replace(NODE, id=id_, run_id=run, parent_id=run))
        else:
            begin(warehouse, replace(ATTEMPT, id=id_, run_id=run, parent_id=node))


def asked(query: Query, sql: str) -> list[str]:
    """The ids in the answer to a question that does not say in which schema it is asked."""
    query("SET search_path = 'seeknal_ci'")
    return sorted(row[-5] for row in query(sql))


def test_the_closure_queries_of_watcher_run_word_for_word(
    warehouse: Warehouse, query: Query
) -> None:
    grown(warehouse, 460)

    attempts = [f"e{number:04}" for number in range(124, 133)]
    assert asked(query, DIRECT_CHILDREN) == attempts
    assert asked(query, DOWNSTREAM) == attempts
    assert asked(query, UPSTREAM) == ["e0301", "e0453"]
    run = DOWNSTREAM.replace("123", "301")
    assert asked(query, run) == [f"e{number:04}" for number in range(302, 461)]
