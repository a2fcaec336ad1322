"""The ledger in a database, written alike on every engine: executions, and what each is a part of.

Who calls this has begun the transaction that does what the executions are about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby

from seeknal_ci.errors import WarehouseError
from seeknal_ci.model.execution import (
    CRASH_MESSAGE,
    MESSAGE_LENGTH,
    Entries,
    Execution,
    ExecutionStatus,
)
from seeknal_ci.warehouse import registry
from seeknal_ci.warehouse.identifiers import quote
from seeknal_ci.warehouse.ledger_tables import CLOSURE, END, EXECUTION
from seeknal_ci.warehouse.records import Records, insert
from seeknal_ci.warehouse.registry import Row, Table

RUNNING = ExecutionStatus.RUNNING.value

_PASSWORD = re.compile(r"(://[^\s/:@]*):[^\s@]*@")
_NAMED = re.compile(r"(?i)\b(\w*(?:password|passwd|pwd|token|secret)\s*=\s*)('[^']*'|[^\s&;,]+)")

_ABOVE = (
    f'SELECT "descendant", "ancestor", "depth" FROM {CLOSURE.target} '  # noqa: S608
    'WHERE "descendant" IN '
)
_FEW = "(?, ?)"
_MANY = "(SELECT unnest(CAST(? AS TEXT[])))"
_END = (
    f"UPDATE {EXECUTION.target} SET "  # noqa: S608
    f'{", ".join(f"{quote(name)} = ?" for name in END)} WHERE "id" = ? AND "status" = ?'
)
_CRASH = (
    f'UPDATE {EXECUTION.target} SET "status" = ?, "ended_at" = ?, "message" = ? '  # noqa: S608
    'WHERE "status" = ?'
)


class Writer:
    """Writes into one database's ledger, and knows which runs it has for certain."""

    def __init__(self) -> None:
        self._runs: set[str] = set()

    def write(self, records: Records, entries: Entries) -> None:
        """Add what began, and end what has ended. Raises for what is a part of nothing."""
        for parent, executions in groupby(entries.begun, lambda one: one.parent_id):
            _begin(records, parent, tuple(executions))
        for parent, executions in groupby(entries.new, lambda one: one.parent_id):
            new = tuple(executions)
            if parent in self._runs:
                # Nothing is above a run. Not to ask is a third of what this costs.
                _add(records, new, [(str(parent), 0)])
            else:
                _begin(records, parent, new)
        records.write(_END, [_end(one) for one in entries.ended])

    def remember(self, entries: Entries) -> None:
        """These entries have been committed."""
        self._runs |= {one.id for one in entries.begun if one.parent_id is None}


def crash(records: Records, environment: str | None = None) -> None:
    """What still runs, in one environment or in all, has died: the caller holds its lock."""
    ended = (ExecutionStatus.CRASHED.value, _now(), CRASH_MESSAGE, RUNNING)
    if environment is None:
        records.write(_CRASH, [ended])
    else:
        records.write(f'{_CRASH} AND "environment" = ?', [(*ended, environment)])


def _begin(records: Records, parent: str | None, executions: tuple[Execution, ...]) -> None:
    """Add executions with the same parent, and their places below all that is above it."""
    above, there = _known(records, parent, [one.id for one in executions])
    if parent is not None and not above:
        raise WarehouseError(
            f"execution {executions[0].id} is a part of {parent}, which is not in the ledger",
            fix="this is a bug of seeknal-ci: please report it",
            error_class="MissingParent",
        )
    _add(records, [one for one in executions if one.id not in there], above)


def _add(
    records: Records, executions: Sequence[Execution], above: Sequence[tuple[str, int]]
) -> None:
    insert(records, *_rows(executions))
    closure: list[Row] = []
    for one in executions:
        closure.append((one.id, one.id, 0))
        closure += [(one.id, ancestor, depth + 1) for ancestor, depth in above]
    insert(records, CLOSURE, closure)


def _known(
    records: Records, parent: str | None, ids: list[str]
) -> tuple[list[tuple[str, int]], set[str]]:
    """What is above the children of `parent`, with its depth above it; and which ids are there."""
    asked = [*ids, parent or ids[0]]
    if len(asked) == 2:
        found = records.rows(_ABOVE + _FEW, asked)
    else:
        found = records.rows(_ABOVE + _MANY, [asked])
    above = [(ancestor, depth) for child, ancestor, depth in found if child == parent]
    return sorted(above, key=lambda one: one[1]), {child for child, _, _ in found}


def _rows(executions: Sequence[Execution]) -> tuple[Table, list[Row]]:
    """Rows for `execution`, and the table with no columns but those that they have values for."""
    rows = [_row(one) for one in executions]
    used = [i for i in range(len(EXECUTION.columns)) if any(row[i] is not None for row in rows)]
    table = replace(EXECUTION, columns=tuple(EXECUTION.columns[i] for i in used))
    return table, [tuple(row[i] for i in used) for row in rows]


def _end(execution: Execution) -> Row:
    facts = dict(zip((name for name, _ in EXECUTION.columns), _row(execution), strict=True))
    return (*(facts[name] for name in END), execution.id, RUNNING)


def _row(execution: Execution) -> Row:
    return registry.row_of(EXECUTION, replace(execution, message=_shown(execution.message)))


def _shown(message: str | None) -> str | None:
    """A message that is short, and tells no password."""
    if message is None:
        return None
    message = _NAMED.sub(r"\1***", _PASSWORD.sub(r"\1:***@", message)).replace("\0", "")
    return message if len(message) <= MESSAGE_LENGTH else message[: MESSAGE_LENGTH - 1] + "…"


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
