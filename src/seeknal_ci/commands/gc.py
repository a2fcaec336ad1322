"""`seeknal-ci env gc`: drops what nobody needs any more."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from seeknal_ci.commands.environments import drop
from seeknal_ci.errors import SeeknalCiError, WarehouseError
from seeknal_ci.git.repository import Repository
from seeknal_ci.model.cleanup import Cleanup, DroppedEnvironment, DroppedTable, Left, StoredTable
from seeknal_ci.model.environment import Environment
from seeknal_ci.model.execution import ExecutionStatus, RunFilter
from seeknal_ci.retention import due, referred_to, unused
from seeknal_ci.settings import Settings
from seeknal_ci.warehouse.protocol import BUILDS_SCHEMA, Warehouse


def would_collect(
    repository: Repository, settings: Settings, warehouse: Warehouse, now: datetime
) -> Cleanup:
    """What `collect` would do now. Nothing is dropped, and nothing waited for."""
    environments = warehouse.environments()
    doomed = _due(repository, settings, environments, now)
    names = {one.environment.name for one in doomed}
    kept = [one for one in environments if one.name not in names]
    tables, left = _unused(warehouse, settings, kept, [one.environment for one in doomed], now)
    return Cleanup(doomed, tables, left, dry_run=True)


def collect(
    repository: Repository, settings: Settings, warehouse: Warehouse, now: datetime
) -> Cleanup:
    """Drop environments that have expired or whose branch is gone, then the builds that neither
    an environment nor a promotion which can be gone back to refers to.

    What is being applied or promoted is left alone. Killed at any point, the next one goes on.
    """
    doomed = _due(repository, settings, warehouse.environments(), now)
    environments, left = _drop_environments(repository, settings, warehouse, doomed, now)
    try:
        # Nobody applies meanwhile: an apply counts on builds that nothing refers to yet.
        with warehouse.alone():
            tables, others = _drop_tables(settings, warehouse, now)
    except WarehouseError as error:
        tables, others = (), (Left(BUILDS_SCHEMA, error.what, failed=True),)
    return Cleanup(environments, tables, (*left, *others))


def _due(
    repository: Repository, settings: Settings, environments: Iterable[Environment], now: datetime
) -> tuple[DroppedEnvironment, ...]:
    def is_gone(environment: Environment) -> bool:
        origin = environment.origin
        if origin is None:
            return False
        return repository.is_gone(origin, environment.updated_at, environment.commit)

    return due(environments, settings.production, now, is_gone)


def _drop_environments(
    repository: Repository,
    settings: Settings,
    warehouse: Warehouse,
    doomed: Iterable[DroppedEnvironment],
    now: datetime,
) -> tuple[tuple[DroppedEnvironment, ...], tuple[Left, ...]]:
    dropped, left = [], []
    for one in doomed:
        name = one.environment.name
        try:
            with warehouse.hold(name, wait=False):
                # Somebody may have applied or deleted it since the list was made.
                found = warehouse.environment(name)
                if found is None or not _due(repository, settings, [found], now):
                    continue
                drop(warehouse, settings, found)
                dropped.append(one)
        except WarehouseError as error:
            left.append(Left(name, error.what, failed=not error.retriable))
        except SeeknalCiError as error:
            left.append(Left(name, error.what, failed=True))
    return tuple(dropped), tuple(left)


def _drop_tables(
    settings: Settings, warehouse: Warehouse, now: datetime
) -> tuple[tuple[DroppedTable, ...], tuple[Left, ...]]:
    tables, left = _unused(warehouse, settings, warehouse.environments(), (), now)
    dropped, failed = [], []
    for one in tables:
        try:
            warehouse.discard(one.table.name)
            dropped.append(one)
        except WarehouseError as error:
            failed.append(Left(one.table.name, error.what, failed=True))
    return tuple(dropped), tuple(sorted((*left, *failed), key=lambda one: one.name))


def _unused(
    warehouse: Warehouse,
    settings: Settings,
    kept: Iterable[Environment],
    going: Collection[Environment],
    now: datetime,
) -> tuple[tuple[DroppedTable, ...], tuple[Left, ...]]:
    views = {(one.schema, node.view) for one in going for node in one.nodes if node.view}
    needed = referred_to(kept, warehouse.promotions(), settings.retention.promotions)
    since = now - settings.retention.unused
    well = warehouse.runs(RunFilter(frozenset({ExecutionStatus.SUCCESS}), since))
    shown = {summary.run.id for summary in well}

    def young(table: StoredTable) -> bool:
        # What a run that ended well has built was shown, and is needed no more.
        build = table.build
        return build is not None and build.created_at > since and build.run_id not in shown

    return unused(warehouse.stored(), needed, views, young)
