"""`seeknal-ci plan`: what apply would do. Writes nothing, and creates nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from seeknal_ci.commands.compare_data import compare_data
from seeknal_ci.commands.outcome import ProblemsError
from seeknal_ci.commands.prepare import Compared, ids_of
from seeknal_ci.commands.source_versions import source_versions
from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.data_diff import DataDiff
from seeknal_ci.model.environment import overlaps
from seeknal_ci.model.plan import Plan
from seeknal_ci.model.template import symbols_in
from seeknal_ci.model.values import Values
from seeknal_ci.naming import schema_name
from seeknal_ci.plan import Held, make_plan
from seeknal_ci.settings import Settings
from seeknal_ci.warehouse.protocol import Warehouse

# Opens the warehouse for reading; None where there is none yet.
OpenForReading = Callable[[], AbstractContextManager[Warehouse | None]]
ENGINE_WITHOUT_WAREHOUSE = "duckdb"


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and how what is built of it already differs from production; None if unknown."""

    plan: Plan
    data: DataDiff | None = None


def plan(
    compared: Compared, settings: Settings, name: str, open_warehouse: OpenForReading
) -> Planned:
    """What apply would do to the environment `name`."""
    refuse_errors(compared)
    with ExitStack() as stack:
        try:
            warehouse = stack.enter_context(open_warehouse())
        except SeeknalCiError as error:
            note = f"planned from git alone, as if production held the base: {error.what}"
            return Planned(plan_from_git(compared, settings, name, note))
        if warehouse is None:
            note = "planned from git alone, as if production held the base: no warehouse yet"
            return Planned(plan_from_git(compared, settings, name, note))
        made = plan_with(warehouse, compared, settings, name)
        production = warehouse.environment(settings.production)
        return Planned(made, compare_data(warehouse, made, compared, settings, production))


def refuse_errors(compared: Compared) -> None:
    """Raise everything that is wrong with head."""
    if compared.report.errors:
        raise ProblemsError(compared.report.errors)


def plan_from_git(compared: Compared, settings: Settings, name: str, note: str) -> Plan:
    """A plan that takes base's builds for made."""
    engine = ENGINE_WITHOUT_WAREHOUSE
    before = ids_of(compared.base, compared.base_files, settings, engine, None)
    held = Held(
        builds={build_id for build_id in before.values() if build_id},
        because="the same as in the base",
        delivered={(node, build_id) for node, build_id in before.items() if build_id},
    )
    ids = ids_of(compared.head, compared.head_files, settings, engine, None)
    return _plan(compared, settings, name, ids, held, (note,))


def plan_with(
    warehouse: Warehouse,
    compared: Compared,
    settings: Settings,
    name: str,
    *,
    refresh: bool = False,
) -> Plan:
    """A plan by what the warehouse holds; with `refresh`, by what sources in databases hold now."""
    production = warehouse.environment(settings.production)
    # Of its own loads an environment goes back to production's, unless they are the same rows.
    holders = (production, warehouse.environment(name)) if refresh else (production,)
    manifest = compared.head.manifest
    versions = source_versions(warehouse, manifest, settings, holders, refresh=refresh)
    ids = ids_of(
        compared.head, compared.head_files, settings, warehouse.engine, production, versions
    )
    held = held_by(warehouse, name, settings, ids)
    plan = _plan(compared, settings, name, ids, held, ())
    changed = compared.report.changed_nodes
    others = overlaps(name, settings.production, changed, warehouse.changed_nodes())
    return replace(plan, overlaps=others, versions=versions)


def held_by(
    warehouse: Warehouse, name: str, settings: Settings, ids: dict[str, str | None]
) -> Held:
    """What the warehouse has of these builds, and of the environment."""
    shown = warehouse.environment(name)
    # Files may be cleaned up by anybody. What production wrote need not be where this runs.
    values = settings.values
    delivered = [d for d in warehouse.deliveries(name).values() if _exists(d.target, values)]
    if name != settings.production:
        delivered += warehouse.deliveries(settings.production).values()
    return Held(
        builds=warehouse.builds([i for i in ids.values() if i]).keys(),
        shown=tuple(shown.build_ids) if shown else (),
        delivered={(delivery.node, delivery.build_id) for delivery in delivered},
    )


def _exists(target: str, values: Values) -> bool:
    """False too for a file whose path needs a variable that is not set."""
    if any(values.missing(symbol) for symbol in symbols_in(target)):
        return False
    return Path(values.filled(target)).exists()


def _plan(
    compared: Compared,
    settings: Settings,
    name: str,
    ids: dict[str, str | None],
    held: Held,
    notes: tuple[str, ...],
) -> Plan:
    return make_plan(
        compared.head.manifest,
        ids,
        held,
        compared.report,
        environment=name,
        schema=schema_name(name, settings.production),
        commit=compared.head_commit,
        notes=notes,
    )
