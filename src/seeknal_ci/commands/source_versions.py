"""Which version of its rows a source in a database is built from."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime

from seeknal_ci.apply.remote import is_reachable, is_remote, table_relation
from seeknal_ci.apply.values import lacks_values, secrets_hidden
from seeknal_ci.model.environment import Environment, Load
from seeknal_ci.model.manifest import Manifest
from seeknal_ci.settings import Settings
from seeknal_ci.warehouse.protocol import TableRelation, Warehouse


def source_versions(
    warehouse: Warehouse,
    manifest: Manifest,
    settings: Settings,
    holders: Iterable[Environment | None],
    *,
    refresh: bool = False,
) -> dict[str, str | None]:
    """Source to version, of those that can be loaded: the one that the first of the holders has
    loaded, None where none has. With `refresh`, a new one where the rows are others now.
    """
    found = [one for one in holders if one is not None]
    versions: dict[str, str | None] = {}
    values = settings.values
    for node in manifest.nodes.values():
        if not is_remote(node) or not is_reachable(node, settings.databases, values):
            continue
        builds = [one.build_ids[node.id] for one in found if node.id in one.build_ids]
        loads = warehouse.loads(builds)
        known = [loads[build_id] for build_id in builds if build_id in loads]
        versions[node.id] = known[0].version if known else None
        if refresh and node.active and not lacks_values(node, values):
            with secrets_hidden(node, values):
                relation = table_relation(node, settings.databases, values, None)
                versions[node.id] = _now(warehouse, relation, known)
    return versions


def _now(warehouse: Warehouse, relation: TableRelation, known: list[Load]) -> str | None:
    """The version of the rows as they are now: that of a load of the same rows, else a new one."""
    mark = warehouse.fingerprint(relation)
    for load in known:
        if load.fingerprint == mark:
            return load.version
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
