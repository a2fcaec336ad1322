"""What one run writes into the ledger about itself, from its begin to its end.

That a node succeeded is written by the warehouse, in the transaction that has its rows; whatever
else happens is written here. That a node runs is written once it has run for a moment: DuckDB 2.0
takes longer to write it than to make a small table, and what runs for less is written when it ends.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial

from seeknal_ci.apply.node_work import STATUSES, NodeWork, failed, utc_now
from seeknal_ci.errors import SeeknalCiError, WarehouseError
from seeknal_ci.model.event import Event, Reporter, StepFinished
from seeknal_ci.model.execution import (
    Ending,
    Entries,
    Execution,
    ExecutionStatus,
    Level,
    new_id,
)
from seeknal_ci.model.run import RunReport, Status, StepResult
from seeknal_ci.warehouse.protocol import Warehouse

# A node that runs for longer is seen to run.
MOMENT = timedelta(seconds=0.1)


class Ledger:
    """One run's part of the ledger. `attempt` is called from worker threads, all else from one."""

    def __init__(
        self, warehouse: Warehouse, command: str, environment: str, commit: str | None
    ) -> None:
        self.run_id = new_id()
        self._warehouse = warehouse
        self._run = Execution(
            id=self.run_id,
            run_id=self.run_id,
            level=Level.RUN,
            environment=environment,
            status=ExecutionStatus.RUNNING,
            started_at=utc_now(),
            command=command,
            commit=commit,
            worker=f"{socket.gethostname()}:{os.getpid()}",
        )
        self._works: dict[str, NodeWork] = {}
        # Of the works: which of them the ledger has.
        self._guard = threading.Lock()
        # Nodes whose end has been written, and whether the run's has.
        self._done: set[str] = set()
        self._ended = False

    def begin(self, results: Iterable[StepResult] = ()) -> None:
        """The run begins; these results are known already."""
        self._write(Entries((self._run,)) + self._ends(results))

    @contextmanager
    def attempt(self, node: str) -> Iterator[Ending]:
        """An attempt at a node; gives what is to be written together with the node's rows."""
        with self._guard:
            work = self._works.setdefault(node, NodeWork(self._part(node)))
        entries = work.begin()
        try:
            if work.written:
                with self._guard:
                    self._warehouse.write_ledger(entries)
                    work.sent = True
            yield partial(self._succeed, work)
        except SeeknalCiError as error:
            work.fail(error)
            raise

    def _succeed(self, work: NodeWork, rows: int, made: bool) -> Entries:
        with self._guard:
            return work.succeed(rows, made)

    def tell_running(self) -> None:
        """Write which nodes have been running for a moment."""
        with self._guard:
            due = [
                work
                for node, work in self._works.items()
                if work.sent is False
                and node not in self._done
                and utc_now() - work.node.started_at >= MOMENT
            ]
            if not due:
                return
            for work in due:
                work.sent = None
            # What ends them later writes them then.
            with suppress(WarehouseError):
                self._warehouse.write_ledger(Entries(tuple(work.node for work in due)))
                for work in due:
                    work.sent = True

    def telling(self, reporter: Reporter) -> Reporter:
        """A reporter that first writes down what it hears of the ends of nodes."""

        def hear(event: Event) -> None:
            if isinstance(event, StepFinished):
                result = event.result
                if result.status is Status.FAILED:
                    self._write(self._ends([result]))
                elif result.status is Status.SUCCEEDED:
                    self._done.add(result.node)
            reporter(event)

        return hear

    def moved(self) -> Entries:
        """What is written together with a promotion."""
        move = replace(self._part(None), level=Level.PROMOTE)
        return Entries((replace(move, status=ExecutionStatus.SUCCESS, ended_at=utc_now()),))

    def published(self, dropped: Iterable[StepResult], *, last: bool) -> Entries:
        """What is written together with the environment: the nodes that it loses and, where
        nothing comes after it, the end of the run.
        """
        entries = self._ends(dropped)
        return entries + self._end(ExecutionStatus.SUCCESS) if last else entries

    def confirm(self, entries: Entries) -> None:
        """These entries have been written."""
        self._done |= {one.pipeline for one in entries.begun if one.pipeline is not None}
        self._ended = self._ended or any(one.id == self.run_id for one in entries.ended)

    def finish(self, report: RunReport) -> None:
        """The run ends, and with it all of its results that are not written yet."""
        entries = self._ends(one for one in report.results if one.node not in self._done)
        if not self._ended:
            entries += self._end(STATUSES[report.status], "; ".join(_reasons(report)) or None)
        self._write(entries)

    @contextmanager
    def whole(self) -> Iterator[None]:
        """The block is the run: if it raises, the run has failed, or was interrupted."""
        try:
            yield
        except SeeknalCiError as error:
            self._break_off(Entries(ended=(failed(self._run, error),)))
            raise
        except KeyboardInterrupt:
            self._break_off(self._end(ExecutionStatus.CANCELLED))
            raise

    def _break_off(self, end: Entries) -> None:
        left = (StepResult(node, Status.CANCELLED) for node in self._works)
        entries = self._ends(one for one in left if one.node not in self._done)
        # What ended the run matters more than this, and the next run finds this one crashed.
        with suppress(WarehouseError):
            self._write(entries + end)

    def _ends(self, results: Iterable[StepResult]) -> Entries:
        """The ends of nodes, of those too that were never begun."""
        begun: list[Execution] = []
        entries = Entries()
        for result in results:
            work = self._works.get(result.node)
            if work is not None:
                entries += work.end(result)
            else:
                reason = None if result.skip_reason is None else result.skip_reason.value
                node = replace(self._part(result.node), status=STATUSES[result.status])
                begun.append(replace(node, skip_reason=reason, ended_at=node.started_at))
        return Entries(tuple(begun)) + entries

    def _end(self, status: ExecutionStatus, message: str | None = None) -> Entries:
        run = replace(self._run, status=status, ended_at=utc_now(), message=message)
        return Entries(ended=(run,))

    def _part(self, node: str | None) -> Execution:
        """An execution directly below the run's that begins now."""
        return replace(
            self._run,
            id=new_id(),
            parent_id=self.run_id,
            level=Level.NODE,
            pipeline=node,
            command=None,
            started_at=utc_now(),
            worker=threading.current_thread().name,
        )

    def _write(self, entries: Entries) -> None:
        if entries.begun or entries.ended:
            self._warehouse.write_ledger(entries)
            self.confirm(entries)


def _reasons(report: RunReport) -> Iterator[str]:
    """Why a run did not succeed."""
    for result in report.of(Status.FAILED):
        yield f"{result.node} failed"
    for audit in report.objections:
        yield f"{audit.node}: {audit.name} {audit.message}"
