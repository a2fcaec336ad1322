"""A node at work: what its execution and the attempts at it come to, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from seeknal_ci.errors import SeeknalCiError, WarehouseError
from seeknal_ci.model.execution import Entries, Execution, ExecutionStatus, Level, new_id
from seeknal_ci.model.run import Status, StepResult

STATUSES = {
    Status.SUCCEEDED: ExecutionStatus.SUCCESS,
    Status.FAILED: ExecutionStatus.FAILED,
    Status.SKIPPED: ExecutionStatus.SKIPPED,
    Status.CANCELLED: ExecutionStatus.CANCELLED,
}


@dataclass(slots=True)
class NodeWork:
    """A node at work, and the attempts at it; they are written once there are two.

    `sent` is True once the ledger has the node for certain, False until it is first sent, and None
    in between: what is sent may be lost together with the node's rows.
    """

    node: Execution
    attempts: list[Execution] = field(default_factory=list)
    error: SeeknalCiError | None = None
    sent: bool | None = False

    @property
    def written(self) -> tuple[Execution, ...]:
        """The attempts that are executions of their own."""
        return tuple(self.attempts) if len(self.attempts) > 1 else ()

    def begin(self) -> Entries:
        """Another attempt begins; what went before it is sent again, in case it did not arrive."""
        attempt = replace(
            self.node,
            id=new_id(),
            parent_id=self.node.id,
            level=Level.ATTEMPT,
            attempt=len(self.attempts) + 1,
            started_at=utc_now(),
        )
        before = self.attempts[-1:]
        self.attempts.append(attempt)
        return Entries((self.node, *self.written), tuple(before) if self.written else ())

    def succeed(self, rows: int, made: bool) -> Entries:
        """The node has its rows, which this run made or found."""
        node = _succeeded(self.node, rows, made=made)
        attempts = tuple(_succeeded(one, rows, made=made) for one in self.written[-1:])
        if self.sent is False:
            self.sent = None
            return Entries(new=(node,))
        begun = () if self.sent else (node, *self.written)
        return Entries(begun, (node, *attempts))

    def fail(self, error: SeeknalCiError) -> None:
        """The latest attempt has failed."""
        self.error = error
        self.attempts[-1] = failed(self.attempts[-1], error)

    def end(self, result: StepResult) -> Entries:
        """The node ends as `result` says, and with it the attempt under way."""
        status = STATUSES[result.status]
        node = replace(
            self.node,
            status=status,
            ended_at=utc_now(),
            error_class=result.error_class,
            message=result.error,
            retriable=_retriable(self.error) if result.status is Status.FAILED else None,
        )
        if self.attempts and self.attempts[-1].status is ExecutionStatus.RUNNING:
            self.attempts[-1] = replace(self.attempts[-1], status=status, ended_at=utc_now())
        return Entries((node, *self.written), (node, *self.written))


def _succeeded(execution: Execution, rows: int, *, made: bool) -> Execution:
    written = rows if made else 0
    return replace(
        execution,
        status=ExecutionStatus.SUCCESS,
        ended_at=utc_now(),
        rows_written=written,
        inserts=written,
        total_rows=rows,
    )


def failed(execution: Execution, error: SeeknalCiError) -> Execution:
    """The execution, ended by an error."""
    return replace(
        execution,
        status=ExecutionStatus.FAILED,
        ended_at=utc_now(),
        error_class=error.error_class
        if isinstance(error, WarehouseError)
        else type(error).__name__,
        retriable=_retriable(error),
        message="; ".join(filter(None, (error.what, error.where, error.fix))),
    )


def _retriable(error: SeeknalCiError | None) -> bool:
    return isinstance(error, WarehouseError) and error.retriable


def utc_now() -> datetime:
    """The present."""
    return datetime.now(UTC)
