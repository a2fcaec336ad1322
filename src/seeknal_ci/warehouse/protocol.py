"""What apply and promote ask of a warehouse; every adapter passes one contract suite."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from seeknal_ci.model.cleanup import StoredTable
from seeknal_ci.model.environment import Build, Environment, Load, Promotion
from seeknal_ci.model.execution import (
    NO_ENTRIES,
    Ending,
    Entries,
    Execution,
    RunFilter,
    RunSummary,
    no_ending,
)
from seeknal_ci.model.spec import Column, Json

# Schemas of ours beside those of the environments.
REGISTRY_SCHEMA = "seeknal_ci"
BUILDS_SCHEMA = "seeknal_ci_builds"


@dataclass(frozen=True, slots=True)
class QueryRelation:
    """Rows that a query makes; the SQL names physical tables, quoted.

    `dialect` is what the SQL is written in: the engine's own where it is None.
    """

    sql: str
    dialect: str | None = None


@dataclass(frozen=True, slots=True)
class FileRelation:
    """Rows that files hold. Declared columns are enforced by name and type.

    `format` is csv, parquet, json or jsonl. `shown_as` is the path that error messages name:
    the files read may be copies of what git holds.
    """

    paths: tuple[Path, ...]
    format: str
    columns: tuple[Column, ...] | None
    params: Mapping[str, Json] = field(default_factory=dict)
    shown_as: str = ""


@dataclass(frozen=True, slots=True)
class TableRelation:
    """Rows of a PostgreSQL database: of a table, by its name's parts, or of a query.

    `url` is None for the warehouse's own database, which is read in place. Declared columns are
    found by name, and cast. `version` is what the rows are known by.
    """

    table: tuple[str, ...]
    query: str | None
    columns: tuple[Column, ...] | None
    url: str | None
    version: str | None


Relation = QueryRelation | FileRelation | TableRelation


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """A table to make: `table` is its name in the builds' schema.

    `ending` tells what the ledger is to have when the table is committed.
    """

    build_id: str
    node: str
    table: str
    relation: Relation
    run_id: str
    ending: Ending = no_ending


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """Rows to write to a file (or a folder of them where partitioned).

    `dialect` is what the SQL is written in: the engine's own where it is None.
    """

    sql: str
    target: Path
    format: str
    partition_by: tuple[str, ...] = ()
    compression: str | None = None
    dialect: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """An exposure that was written for an environment, and from which build."""

    environment: str
    node: str
    build_id: str
    target: str
    rows: int
    delivered_at: datetime


class Warehouse(Protocol):
    """Builds, environments and promotions. All methods may be called from worker threads.

    Failures of the engine are raised as `WarehouseError`.
    """

    @property
    def engine(self) -> str:
        """The engine's name, a part of every build id."""

    def builds(self, build_ids: Collection[str]) -> Mapping[str, Build]:
        """Those of `build_ids` that are whole and registered."""

    def latest_seconds(self) -> Mapping[str, float]:
        """Node id to how long its latest build took."""

    def build(self, request: BuildRequest) -> Build:
        """Make a table and register it, in one transaction; an existing build is returned as is."""

    def fingerprint(self, relation: TableRelation) -> str:
        """What tells the rows of a source from others, as they are now, whatever their order."""

    def loads(self, build_ids: Collection[str]) -> Mapping[str, Load]:
        """Build id to what was loaded for it, of builds whose rows came from a database."""

    def check(self, sql: str, dialect: str | None = None) -> int:
        """The single number that a query returns: how many rows an audit objects to.

        `dialect` is what the SQL is written in: the engine's own where it is None.
        """

    def numbers(self, sql: str, seconds: float) -> tuple[int, ...] | None:
        """The one row of whole numbers that a query of ours returns, in the engine's own dialect.

        None where it takes more than so many seconds. Nothing is written.
        """

    def environments(self) -> tuple[Environment, ...]:
        """All environments, sorted by name, production included."""

    def environment(self, name: str) -> Environment | None:
        """One environment with its nodes."""

    def changed_nodes(self) -> Mapping[str, tuple[str, ...]]:
        """Environment to the nodes whose own files it changes."""

    def hold(self, environment: str, *, wait: bool = True) -> AbstractContextManager[None]:
        """Nobody else applies, promotes or deletes the environment while the block lasts.

        Who comes second waits, is told for whom, and fails when the time is up: at once unless
        `wait`. Builds that were there when the block began stay there until it ends.
        """

    def alone(self) -> AbstractContextManager[None]:
        """Nobody holds any environment while the block lasts; waits like `hold`."""

    def stored(self) -> tuple[StoredTable, ...]:
        """Everything in the builds' schema, whoever made it, sorted by name."""

    def discard(self, table: str) -> None:
        """Drop a table of the builds' schema and forget the build that it is, in one transaction.

        Only in a block of `alone`. A table that others depend on is an error, and stays.
        """

    def publish(
        self,
        environment: Environment,
        promotion: Promotion | None = None,
        entries: Entries = NO_ENTRIES,
    ) -> None:
        """Make the environment's schema show exactly its nodes, in one transaction.

        Views of nodes that it no longer has are dropped, its record and nodes are written, the
        promotion's, if there is one, and the ledger's entries.
        """

    def delete(self, name: str) -> None:
        """Drop an environment's views, its schema and its record, in one transaction.

        What others put into the schema is never dropped: that is an error, and nothing happens.
        An environment that does not exist is an error too.
        """

    def promotions(self) -> tuple[Promotion, ...]:
        """All promotions, the newest first."""

    def export(self, request: ExportRequest) -> int:
        """Write a query's rows to a file; returns how many. The target appears whole or not."""

    def deliveries(self, environment: str) -> Mapping[str, Delivery]:
        """Exposure's node id to its last delivery in an environment."""

    def deliver(self, delivery: Delivery, entries: Entries = NO_ENTRIES) -> None:
        """Remember a delivery in place of the earlier one, and write into the ledger, in one
        transaction.
        """

    def write_ledger(self, entries: Entries) -> None:
        """Write into the ledger, in one transaction. Sent twice, it changes nothing.

        Raises `WarehouseError` for an execution whose parent is not there.
        """

    def find_crashed(self, environment: str) -> None:
        """What the ledger has as running in an environment has crashed: the caller holds it."""

    def is_held(self, environment: str) -> bool:
        """Whether somebody else holds the environment now."""

    def runs(self, wanted: RunFilter) -> tuple[RunSummary, ...]:
        """Those runs of the ledger, the newest first."""

    def run_ids(self, beginning: str) -> tuple[str, ...]:
        """The ids of the runs whose ids begin so, sorted."""

    def executions(self, run_id: str) -> tuple[Execution, ...]:
        """A run and all that it is made of, by the time when it began."""

    def interrupt(self) -> None:
        """Stop what runs on any thread; may be called from any thread."""

    def close(self) -> None:
        """Let go of the database."""
