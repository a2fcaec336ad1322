"""What every engine reads of the registry and the ledger, and writes into the ledger, alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.environment import Build, Environment, Load, Promotion
from seeknal_ci.model.execution import Entries, Execution, RunFilter, RunSummary
from seeknal_ci.warehouse import ledger_reads, records, registry
from seeknal_ci.warehouse.ledger import Writer
from seeknal_ci.warehouse.protocol import Delivery
from seeknal_ci.warehouse.records import Records


class Guarded(Records, Protocol):
    """A database whose errors are told as ours; `shown` names it in messages."""

    read_only: bool
    shown: str

    def guarded(self) -> AbstractContextManager[None]:
        """A block out of which only our errors come."""

    def transaction(self) -> AbstractContextManager[object]:
        """A block of which all is done, or nothing."""


class Recorded:
    """The part of a `Warehouse` that is about its records; without a registry there are none."""

    _database: Guarded
    _ledger: Writer
    _known: bool

    def builds(self, build_ids: Collection[str]) -> Mapping[str, Build]:
        """Those of `build_ids` that are whole and registered."""
        with self._database.guarded():
            return records.registered(self._database, build_ids) if self._known else {}

    def latest_seconds(self) -> Mapping[str, float]:
        """Node id to how long its latest build took."""
        with self._database.guarded():
            return dict(self._database.rows(registry.LATEST_SECONDS)) if self._known else {}

    def loads(self, build_ids: Collection[str]) -> Mapping[str, Load]:
        """Build id to what was loaded for it, of builds whose rows came from a database."""
        with self._database.guarded():
            return records.loads(self._database, build_ids) if self._known else {}

    def environments(self) -> tuple[Environment, ...]:
        """All environments, sorted by name, production included."""
        with self._database.guarded():
            return records.environments(self._database) if self._known else ()

    def environment(self, name: str) -> Environment | None:
        """One environment with its nodes."""
        with self._database.guarded():
            return records.environment(self._database, name) if self._known else None

    def changed_nodes(self) -> Mapping[str, tuple[str, ...]]:
        """Environment to the nodes whose own files it changes."""
        with self._database.guarded():
            return records.changed_nodes(self._database) if self._known else {}

    def promotions(self) -> tuple[Promotion, ...]:
        """All promotions, the newest first."""
        with self._database.guarded():
            return records.promotions(self._database) if self._known else ()

    def deliveries(self, environment: str) -> Mapping[str, Delivery]:
        """Exposure's node id to its last delivery in an environment."""
        with self._database.guarded():
            return records.deliveries(self._database, environment) if self._known else {}

    def write_ledger(self, entries: Entries) -> None:
        """Write into the ledger, in one transaction."""
        self._refuse_read_only()
        with self._database.guarded(), self._database.transaction():
            self._ledger.write(self._database, entries)
        self._ledger.remember(entries)

    def runs(self, wanted: RunFilter) -> tuple[RunSummary, ...]:
        """Those runs of the ledger, the newest first."""
        with self._database.guarded():
            return ledger_reads.runs(self._database, wanted) if self._known else ()

    def run_ids(self, beginning: str) -> tuple[str, ...]:
        """The ids of the runs whose ids begin so, sorted."""
        with self._database.guarded():
            return ledger_reads.run_ids(self._database, beginning) if self._known else ()

    def executions(self, run_id: str) -> tuple[Execution, ...]:
        """A run and all that it is made of, by the time when it began."""
        with self._database.guarded():
            return ledger_reads.run(self._database, run_id) if self._known else ()

    def _refuse_read_only(self) -> None:
        if self._database.read_only:
            raise SeeknalCiError(
                f"{self._database.shown} is open read-only", fix="open it for writing"
            )
