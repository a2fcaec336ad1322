"""The ledger: what was carried out, how it ended, and what it was a part of."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

# A message is cut to so many characters.
MESSAGE_LENGTH = 4_000
CRASH_MESSAGE = "its process died"


class ExecutionStatus(StrEnum):
    """How an execution ended; CRASHED is found later, by whoever finds its process dead."""

    RUNNING = "RUNNING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"
    CANCELLED = "CANCELLED"
    CRASHED = "CRASHED"


class Level(StrEnum):
    """What an execution is of: a command's run, a node in it, an attempt at a node, the move of
    production.
    """

    RUN = "run"
    NODE = "node"
    ATTEMPT = "attempt"
    PROMOTE = "promote"


@dataclass(frozen=True, slots=True)
class Execution:
    """Something that was carried out. `run_id` is the id of the run at the root of its tree.

    `pipeline` is a node's id, `command` what started a run. Rows are None where nobody counted
    them, and watermarks where everything is loaded at once.
    """

    id: str
    run_id: str
    level: Level
    environment: str
    status: ExecutionStatus
    started_at: datetime
    parent_id: str | None = None
    pipeline: str | None = None
    command: str | None = None
    commit: str | None = None
    attempt: int = 1
    full_load: bool = True
    skip_reason: str | None = None
    ended_at: datetime | None = None
    rows_read: int | None = None
    rows_written: int | None = None
    inserts: int | None = None
    updates: int | None = None
    soft_deletes: int | None = None
    total_rows: int | None = None
    watermark: str | None = None
    next_watermark: str | None = None
    error_class: str | None = None
    retriable: bool | None = None
    message: str | None = None
    worker: str | None = None

    @property
    def seconds(self) -> float | None:
        """How long it took. None for what runs, and for what crashed: nobody saw its end."""
        if self.ended_at is None or self.status is ExecutionStatus.CRASHED:
            return None
        return (self.ended_at - self.started_at).total_seconds()


@dataclass(frozen=True, slots=True)
class Entries:
    """What is written into the ledger at once, parents first.

    `begun` are added unless they are there. `ended` are ended as they say, unless they have ended.
    `new` are added too, and an error if they are there: nobody has sent them before.
    """

    begun: tuple[Execution, ...] = ()
    ended: tuple[Execution, ...] = ()
    new: tuple[Execution, ...] = ()

    def __add__(self, other: Entries) -> Entries:
        """Both."""
        return Entries(self.begun + other.begun, self.ended + other.ended, self.new + other.new)


NO_ENTRIES = Entries()


# What is written when rows are there: asked with how many there are, and whether they were made
# by this very execution.
Ending = Callable[[int, bool], Entries]


def no_ending(rows: int, made: bool) -> Entries:
    """The ending of what the ledger does not have."""
    return NO_ENTRIES


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs are asked for: all that are not excluded, the newest first."""

    statuses: frozenset[ExecutionStatus] = frozenset()
    since: datetime | None = None
    environment: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run, how many of its nodes ended how, and those of them that failed."""

    run: Execution
    nodes: Mapping[ExecutionStatus, int] = field(default_factory=dict)
    rows_written: int = 0
    failed: tuple[Execution, ...] = ()


def new_id() -> str:
    """An id that sorts by time: a UUID of version 7, its 12 bits after the version counting parts
    of the millisecond (RFC 9562, 6.2, method 3).
    """
    millisecond, rest = divmod(time.time_ns(), 1_000_000)
    number = (
        millisecond << 80
        | 0x7 << 76
        | (rest * 4096 // 1_000_000) << 64
        | 0b10 << 62
        | int.from_bytes(os.urandom(8)) >> 2
    )
    digits = f"{number:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
