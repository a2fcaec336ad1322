"""`seeknal-ci env list|show|delete`."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from difflib import get_close_matches

from seeknal_ci.commands.apply import BRANCH_EXPORTS
from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.environment import Environment
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


def rows_of(warehouse: Warehouse, environments: Iterable[Environment]) -> dict[str, int]:
    """Environment to the number of rows that its views show in all."""
    found = tuple(environments)
    builds = warehouse.builds({node.build_id for e in found for node in e.nodes if node.view})
    return {
        environment.name: sum(
            builds[node.build_id].rows for node in environment.nodes if node.build_id in builds
        )
        for environment in found
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
        warehouse.delete(name)
    exports = settings.folder / BRANCH_EXPORTS / environment.schema
    if exports.is_dir():
        shutil.rmtree(exports)
    return environment


def none_yet(name: str) -> SeeknalCiError:
    """The error for an environment of a warehouse that was never made."""
    return SeeknalCiError(
        f"there is no environment {name}, because there is no warehouse yet",
        fix=f"run `seeknal-ci apply {name}` first",
    )
