"""The ledger's tables, and the views that show them with the column names of Watcher.

There are no foreign keys: DuckDB fails updates of rows that others refer to. Whoever adds an
execution looks for its parent first.
"""

from __future__ import annotations

from dataclasses import replace

from seeknal_ci.warehouse.identifiers import qualified, quote
from seeknal_ci.warehouse.protocol import REGISTRY_SCHEMA
from seeknal_ci.warehouse.registry import Table

_SEQUENCE = qualified(REGISTRY_SCHEMA, "execution_number")

EXECUTION = Table(
    "execution",
    (
        ("id", "TEXT"),
        ("run_id", "TEXT"),
        ("parent_id", "TEXT"),
        ("level", "TEXT"),
        ("environment", "TEXT"),
        ("pipeline", "TEXT"),
        ("command", "TEXT"),
        ("commit", "TEXT"),
        ("attempt", "BIGINT"),
        ("full_load", "BOOLEAN"),
        ("status", "TEXT"),
        ("skip_reason", "TEXT"),
        ("started_at", "TIMESTAMP"),
        ("ended_at", "TIMESTAMP"),
        ("rows_read", "BIGINT"),
        ("rows_written", "BIGINT"),
        ("inserts", "BIGINT"),
        ("updates", "BIGINT"),
        ("soft_deletes", "BIGINT"),
        ("total_rows", "BIGINT"),
        ("watermark", "TEXT"),
        ("next_watermark", "TEXT"),
        ("error_class", "TEXT"),
        ("retriable", "BOOLEAN"),
        ("message", "TEXT"),
        ("worker", "TEXT"),
    ),
)
# What is known of an execution only when it ends.
END = (
    "status",
    "ended_at",
    "attempt",
    "rows_read",
    "rows_written",
    "inserts",
    "updates",
    "soft_deletes",
    "total_rows",
    "error_class",
    "retriable",
    "message",
)
CLOSURE = Table(
    "execution_closure",
    (("descendant", "TEXT"), ("ancestor", "TEXT"), ("depth", "BIGINT")),
    keys=2,
)

# Watcher's ids are numbers; the database gives one to every execution.
_NUMBERED = replace(
    EXECUTION,
    columns=(*EXECUTION.columns, ("number", f"BIGINT DEFAULT nextval('{_SEQUENCE}')")),
)
_RUN_EXECUTIONS = qualified(REGISTRY_SCHEMA, "pipeline_execution")
_RUN_CLOSURE = qualified(REGISTRY_SCHEMA, "pipeline_execution_closure")
_SHOWN = f"""
SELECT "e"."number" AS "id", "p"."number" AS "parent_id", "e"."pipeline" AS "pipeline_id",
"e"."started_at" AS "start_date", "e"."ended_at" AS "end_date", "e"."full_load",
"e"."watermark", "e"."next_watermark",
CASE WHEN "e"."status" NOT IN ('RUNNING', 'SKIPPED') THEN "e"."status" = 'SUCCESS' END
AS "completed_successfully",
"e"."total_rows", "e"."inserts", "e"."updates", "e"."soft_deletes",
"e"."id" AS "execution_id", "e"."run_id", "e"."level", "e"."environment", "e"."status"
FROM {EXECUTION.target} AS "e" LEFT JOIN {EXECUTION.target} AS "p" ON "p"."id" = "e"."parent_id"
"""  # noqa: S608 (names of ours)
_SHOWN_CLOSURE = f"""
SELECT "a"."number" AS "parent_execution_id", "d"."number" AS "child_execution_id", "c"."depth"
FROM {CLOSURE.target} AS "c" JOIN {EXECUTION.target} AS "a" ON "a"."id" = "c"."ancestor"
JOIN {EXECUTION.target} AS "d" ON "d"."id" = "c"."descendant"
"""  # noqa: S608 (names of ours)

_TABLES = (f"CREATE SEQUENCE IF NOT EXISTS {_SEQUENCE}", _NUMBERED.create, CLOSURE.create)
_VIEWS = ((_RUN_EXECUTIONS, _SHOWN), (_RUN_CLOSURE, _SHOWN_CLOSURE))

DUCKDB = (*_TABLES, *(f"CREATE VIEW IF NOT EXISTS {name} AS {sql}" for name, sql in _VIEWS))


def _index(name: str, table: Table, column: str, where: str = "") -> str:
    made = f"CREATE INDEX IF NOT EXISTS {quote(name)} ON {table.target} ({quote(column)})"
    return f"{made} {where}"


# DuckDB has none: an index beside the key makes every change of a status dear there.
POSTGRES = (
    *_TABLES,
    _index("execution_run", EXECUTION, "run_id"),
    _index("execution_number", EXECUTION, "number"),
    _index("execution_runs", EXECUTION, "started_at", "WHERE \"level\" = 'run'"),
    _index("execution_running", EXECUTION, "environment", "WHERE \"status\" = 'RUNNING'"),
    _index("execution_closure_ancestor", CLOSURE, "ancestor"),
    *(f"CREATE OR REPLACE VIEW {name} AS {sql}" for name, sql in _VIEWS),
)
