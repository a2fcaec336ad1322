"""What is kept, and what may go: pure functions of what the warehouse holds and of the clock."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from seeknal_ci.model.cleanup import (
    DroppedEnvironment,
    DroppedTable,
    Left,
    Reason,
    StoredTable,
)
from seeknal_ci.model.environment import Environment, Promotion

# How `table_name` writes it: kind, name, and the first digits of the build id.
_OURS = re.compile(r"[a-z_]+__.+__[0-9a-f]{12}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Retention:
    """How many promotions can be gone back to, and how long a build that nothing shows is kept:
    what a failed run has finished is used by the next one.
    """

    promotions: int = 20
    unused: timedelta = timedelta(days=1)


def due(
    environments: Iterable[Environment],
    production: str,
    now: datetime,
    is_gone: Callable[[Environment], bool],
) -> tuple[DroppedEnvironment, ...]:
    """The environments that are to go, sorted by name; production never is."""
    found = []
    for environment in sorted(environments, key=lambda one: one.name):
        if environment.name == production:
            continue
        if environment.expires_at is not None and environment.expires_at <= now:
            found.append(DroppedEnvironment(environment, Reason.EXPIRED))
        elif is_gone(environment):
            found.append(DroppedEnvironment(environment, Reason.BRANCH_GONE))
    return tuple(found)


def referred_to(
    environments: Iterable[Environment], promotions: Sequence[Promotion], kept: int
) -> frozenset[str]:
    """Ids of the builds of these environments, and of the newest promotions of each of theirs.

    `promotions` are the newest first.
    """
    shown = {node.build_id for one in environments for node in one.nodes}
    counts: dict[str, int] = {}
    for promotion in promotions:
        counts[promotion.environment] = counts.get(promotion.environment, 0) + 1
        if counts[promotion.environment] <= kept:
            shown.update(node.build_id for node in promotion.nodes)
    return frozenset(shown)


def unused(
    tables: Iterable[StoredTable],
    needed: Collection[str],
    views: Collection[tuple[str, str]],
    young: Callable[[StoredTable], bool],
) -> tuple[tuple[DroppedTable, ...], tuple[Left, ...]]:
    """The tables that are to go, and those that stay although nothing of ours needs them; sorted.

    `needed` are build ids. `views` are (schema, view) of environments that go, which keep no
    table; any other view does. `young` says of a build that it is too new to go.
    """
    dropped, left = [], []
    for table in sorted(tables, key=lambda one: one.name):
        if table.build is not None and table.build.id in needed:
            continue
        why = _stays(table, [reader for reader in table.readers if reader not in views], young)
        if why is not None:
            left.append(Left(table.name, why))
        else:
            reason = Reason.UNFINISHED if table.build is None else Reason.UNUSED
            dropped.append(DroppedTable(table, reason))
    return tuple(dropped), tuple(left)


def _stays(
    table: StoredTable, readers: Sequence[tuple[str, str]], young: Callable[[StoredTable], bool]
) -> str | None:
    """Why a table is left alone that nothing of ours needs; None if it goes."""
    if not table.is_table or (table.build is None and not _OURS.fullmatch(table.name)):
        return "it was not made by seeknal-ci"
    if readers:
        more = f" and {len(readers) - 3} more" if len(readers) > 3 else ""
        return f"it is read by {', '.join('.'.join(one) for one in readers[:3])}{more}"
    if table.build is not None and young(table):
        return "it is new, and the next apply may use it"
    return None
