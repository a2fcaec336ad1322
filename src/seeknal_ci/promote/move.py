"""The move itself: production's views, its record and the promotion's, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from seeknal_ci.model.environment import Acknowledgement, Environment, Promotion
from seeknal_ci.model.execution import Entries
from seeknal_ci.warehouse.protocol import Warehouse


@dataclass(frozen=True, slots=True)
class Move:
    """One promotion about to happen."""

    before: Environment | None
    after: Environment
    actor: str
    acknowledgements: tuple[Acknowledgement, ...]
    started_at: datetime

    @property
    def changes_nothing(self) -> bool:
        """True if production already shows these builds, from this commit."""
        if self.before is None:
            return False
        return (
            self.before.nodes == self.after.nodes
            and self.before.commit == self.after.commit
            and self.before.dirty == self.after.dirty
        )


def move(warehouse: Warehouse, planned: Move, run_id: str, entries: Entries) -> Promotion:
    """Move production; readers see all of the old or all of the new. Returns what was recorded.

    The promotion has the id of its run, whose entries into the ledger go with it.
    """
    promotion = Promotion(
        id=run_id,
        environment=planned.after.name,
        from_commit=planned.before.commit if planned.before else None,
        to_commit=planned.after.commit,
        dirty=planned.after.dirty,
        digest=planned.after.digest,
        actor=planned.actor,
        acknowledgements=planned.acknowledgements,
        started_at=planned.started_at,
        finished_at=datetime.now(UTC),
        nodes=planned.after.nodes,
    )
    warehouse.publish(planned.after, promotion, entries)
    return promotion


def moved_nodes(before: Environment | None, after: Environment) -> tuple[str, ...]:
    """Nodes that production shows anew or no longer shows, sorted."""
    old = dict(before.build_ids) if before else {}
    new = dict(after.build_ids)
    return tuple(sorted(node for node in {*old, *new} if old.get(node) != new.get(node)))


def acknowledged_by(items: Iterable[Acknowledgement]) -> str:
    """Who accepted what, for a sentence."""
    return ", ".join(f"{item.node} by {item.by} ({item.how})" for item in items)
