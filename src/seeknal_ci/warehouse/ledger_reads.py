"""What the ledger has: runs, the newest first, and the whole tree of one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from seeknal_ci.model.execution import Execution, ExecutionStatus, Level, RunFilter, RunSummary
from seeknal_ci.warehouse import registry
from seeknal_ci.warehouse.ledger_tables import EXECUTION
from seeknal_ci.warehouse.records import Records
from seeknal_ci.warehouse.registry import Row

_SELECT = EXECUTION.select()
_NODES = (
    f'SELECT "run_id", "status", count(*), sum("rows_written") FROM {EXECUTION.target} '  # noqa: S608
    'WHERE "level" = ? AND "run_id" IN (SELECT unnest(CAST(? AS TEXT[]))) GROUP BY 1, 2'
)
_FAILED = (
    f'{_SELECT} WHERE "level" = ? AND "status" = ? '
    'AND "run_id" IN (SELECT unnest(CAST(? AS TEXT[])))'
)


def runs(records: Records, wanted: RunFilter) -> tuple[RunSummary, ...]:
    """The runs that are wanted, the newest first, each with what became of its nodes."""
    with records.snapshot():
        found = _runs(records, wanted)
        ids = [run.id for run in found]
        if not ids:
            return ()
        nodes: dict[str, dict[ExecutionStatus, int]] = defaultdict(dict)
        rows: dict[str, int] = defaultdict(int)
        for run_id, status, count, written in records.rows(_NODES, [Level.NODE.value, ids]):
            nodes[run_id][ExecutionStatus(status)] = count
            rows[run_id] += int(written or 0)
        failed: dict[str, list[Execution]] = defaultdict(list)
        for row in records.rows(_FAILED, [Level.NODE.value, ExecutionStatus.FAILED.value, ids]):
            execution = execution_of(row)
            failed[execution.run_id].append(execution)
    return tuple(
        RunSummary(
            run,
            {
                status: nodes[run.id][status]
                for status in ExecutionStatus
                if status in nodes[run.id]
            },
            rows[run.id],
            _in_order(failed[run.id]),
        )
        for run in found
    )


def run_ids(records: Records, beginning: str) -> tuple[str, ...]:
    """The ids of runs that begin so, sorted."""
    sql = f'SELECT "id" FROM {EXECUTION.target} WHERE "level" = ? AND substr("id", 1, ?) = ?'  # noqa: S608
    found = records.rows(sql, [Level.RUN.value, len(beginning), beginning])
    return tuple(sorted(row[0] for row in found))


def run(records: Records, run_id: str) -> tuple[Execution, ...]:
    """A run and all that is below it, in the order in which it began; none of an unknown id."""
    return _in_order(
        [execution_of(row) for row in records.rows(EXECUTION.select("run_id"), [run_id])]
    )


def execution_of(row: Row) -> Execution:
    """The execution in a row of `execution`."""
    facts = registry.facts_of(EXECUTION, row)
    level, status = Level(facts.pop("level")), ExecutionStatus(facts.pop("status"))
    return Execution(level=level, status=status, **facts)


def _runs(records: Records, wanted: RunFilter) -> list[Execution]:
    conditions, parameters = ['"level" = ?'], [Level.RUN.value]
    if wanted.statuses:
        statuses: Sequence[Any] = sorted(status.value for status in wanted.statuses)
        conditions.append(f'"status" IN ({", ".join("?" * len(statuses))})')
        parameters += statuses
    if wanted.since is not None:
        conditions.append('"started_at" >= ?')
        parameters.append(registry.stored(wanted.since))
    if wanted.environment is not None:
        conditions.append('"environment" = ?')
        parameters.append(wanted.environment)
    limit = "" if wanted.limit is None else f" LIMIT {int(wanted.limit)}"
    order = '"started_at" DESC, "number" DESC'
    sql = f"{_SELECT} WHERE {' AND '.join(conditions)} ORDER BY {order}{limit}"
    return [execution_of(row) for row in records.rows(sql, parameters)]


def _in_order(executions: Sequence[Execution]) -> tuple[Execution, ...]:
    """Parents before their children, then by time; and by name what began at once."""
    return tuple(
        sorted(
            executions,
            key=lambda one: (one.parent_id is not None, one.started_at, one.pipeline or "", one.id),
        )
    )
