"""`seeknal-ci rollback`: production as an earlier promotion left it, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime

from seeknal_ci.apply.ledger import Ledger
from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.environment import Environment, Promotion
from seeknal_ci.promote.back import chosen, environment_at, require_builds
from seeknal_ci.promote.move import Move, move, moved_nodes
from seeknal_ci.settings import Settings
from seeknal_ci.warehouse.protocol import Warehouse


@dataclass(frozen=True, slots=True)
class RolledBack:
    """What went back. `promotion` is None for a rehearsal, and where nothing was to move.

    `files` are exposures that a later promotion wrote, and that no rollback writes again.
    """

    before: Environment
    target: Promotion
    moved: tuple[str, ...]
    files: tuple[str, ...]
    promotion: Promotion | None


def rollback(
    settings: Settings,
    name: str | None,
    actor: str,
    open_warehouse: Callable[[], Warehouse],
    *,
    dry_run: bool = False,
) -> RolledBack:
    """Show again what a promotion showed. Its tables are still there: nothing is built."""
    warehouse = open_warehouse()
    try:
        with nullcontext() if dry_run else warehouse.hold(settings.production):
            return _rollback(settings, name, actor, warehouse, dry_run=dry_run)
    finally:
        warehouse.close()


def _rollback(
    settings: Settings, name: str | None, actor: str, warehouse: Warehouse, *, dry_run: bool
) -> RolledBack:
    started = datetime.now(UTC)
    if not dry_run:
        warehouse.find_crashed(settings.production)
    before = warehouse.environment(settings.production)
    if before is None:
        raise SeeknalCiError(
            f"{settings.production} holds nothing, so there is nothing to go back to",
            fix="promote first: seeknal-ci promote",
        )
    target = chosen(before, warehouse.promotions(), name)
    require_builds(target, warehouse.builds({node.build_id for node in target.nodes}))
    after = environment_at(before, target, started)
    planned = Move(before, after, actor, (), started)
    promotion = None if dry_run or planned.changes_nothing else _move(warehouse, planned)
    moved = moved_nodes(before, after)
    delivered = warehouse.deliveries(settings.production)
    return RolledBack(
        before=before,
        target=target,
        moved=moved,
        files=tuple(delivered[node].target for node in moved if node in delivered),
        promotion=promotion,
    )


def _move(warehouse: Warehouse, planned: Move) -> Promotion:
    ledger = Ledger(warehouse, "rollback", planned.after.name, planned.after.commit)
    ledger.begin()
    with ledger.whole():
        entries = ledger.moved() + ledger.published((), last=True)
        return move(warehouse, planned, ledger.run_id, entries)
