"""`seeknal-ci env list|show|delete`."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from seeknal_ci.commands.apply import BRANCH_EXPORTS
from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.environment import Environment, Footprint, overlaps
from seeknal_ci.settings import Settings
from seeknal_ci.warehouse.protocol import Warehouse


def show(warehouse: Warehouse, name: str) -> Environment:
    """One environment. Raises SeeknalCiError if there is none of that name."""
    environment = warehouse.environment(name)
    if environment is None:
        names = [found.name for found in warehouse.environments()]
        close = get_close_matches(name, names, n=1)
        listed = ", ".join(names) or "none"
        fix = f"did you mean {close[0]}?" if close else f"there are: {listed}"
        raise SeeknalCiError(f"there is no environment {name}", fix=fix)
    return environment


def footprints(
    warehouse: Warehouse, settings: Settings, environments: Iterable[Environment]
) -> dict[str, Footprint]:
    """Environment to its rows, its size, and the others that change the same nodes."""
    found = tuple(environments)
    tables = {table.build.id: table for table in warehouse.stored() if table.build is not None}
    shown = {one.name: {n.build_id for n in one.nodes if n.build_id in tables} for one in found}
    used = Counter(build_id for ids in shown.values() for build_id in ids)
    changed = {one.name: one.changed for one in found}

    def size(ids: Iterable[str]) -> int:
        return sum(tables[build_id].bytes or 0 for build_id in ids)

    return {
        name: Footprint(
            rows=sum(build.rows for i in ids if (build := tables[i].build) is not None),
            bytes=size(ids),
            own_bytes=size(i for i in ids if used[i] == 1),
            overlaps=overlaps(name, settings.production, changed[name], changed),
        )
        for name, ids in shown.items()
    }


def refuse_production(settings: Settings, name: str) -> None:
    """Raise for production, which only promotion moves and nothing deletes."""
    if name == settings.production:
        raise SeeknalCiError(
            f"{name} is production, and is never deleted",
            fix="name another environment; `seeknal-ci env list` shows them",
        )


def delete(warehouse: Warehouse, settings: Settings, name: str) -> Environment:
    """Drop an environment's views, its record and the files it wrote.

    Its builds stay: others may show them.
    """
    refuse_production(settings, name)
    with warehouse.hold(name):
        environment = show(warehouse, name)
        drop(warehouse, settings, environment)
    return environment


def drop(warehouse: Warehouse, settings: Settings, environment: Environment) -> None:
    """Drop an environment that is held, and the files that it wrote on this machine."""
    # First: whoever is killed after that can still delete the environment.
    remove_exports(settings.folder / BRANCH_EXPORTS / environment.schema)
    warehouse.delete(environment.name)


def remove_exports(folder: Path) -> None:
    """Remove the files that an environment wrote, all at once for those who look."""
    # Half of a folder would pass for what was written.
    aside = folder.with_name(f".{folder.name}")
    if folder.is_dir():
        shutil.rmtree(aside, ignore_errors=True)
        folder.rename(aside)
    if aside.is_dir():
        shutil.rmtree(aside)


def none_yet(name: str) -> SeeknalCiError:
    """The error for an environment of a warehouse that was never made."""
    return SeeknalCiError(
        f"there is no environment {name}, because there is no warehouse yet",
        fix=f"run `seeknal-ci apply {name}` first",
    )
