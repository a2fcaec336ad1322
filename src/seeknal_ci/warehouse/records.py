"""The registry's records of environments and promotions, read and written alike on every engine,
and the words in which a change of them is refused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.environment import Build, Environment, EnvironmentNode, Load, Promotion
from seeknal_ci.warehouse import registry
from seeknal_ci.warehouse.protocol import Delivery
from seeknal_ci.warehouse.registry import (
    BUILD,
    DELIVERY,
    ENVIRONMENT,
    ENVIRONMENT_NODE,
    LOAD,
    PROMOTION,
    PROMOTION_NODE,
    Row,
    Table,
)

_LISTED = 5
_ASKED_AT_ONCE = 500
_NAMED_BUILD = f'{BUILD.select()} WHERE "id" = ? OR "table" = ?'
_BUILD_OF = f'SELECT "id" FROM {BUILD.target} WHERE "table" = ?'  # noqa: S608 (names of ours)


class Records(Protocol):
    """The registry in a database, as this thread sees it. Placeholders are `?`."""

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """All rows of a query."""

    def write(self, sql: str, rows: Sequence[Row]) -> None:
        """Send a statement once for each row of parameters."""

    def snapshot(self) -> AbstractContextManager[object]:
        """A block in which all queries see one state of the database."""


def insert(records: Records, table: Table, rows: Sequence[Row]) -> None:
    """Add rows to a table, however many."""
    if rows:
        sql, parameters = table.insert_all(rows)
        records.write(sql, [parameters])


def registered(records: Records, build_ids: Collection[str]) -> Mapping[str, Build]:
    """Those builds that are registered and whose tables are still there."""
    asked = sorted(build_ids)
    found: dict[str, Build] = {}
    for start in range(0, len(asked), _ASKED_AT_ONCE):
        some = asked[start : start + _ASKED_AT_ONCE]
        for row in records.rows(registry.select_whole_builds(len(some)), some):
            build = registry.build_of(row)
            found[build.id] = build
    return found


def builds_by_table(records: Records) -> Mapping[str, Build]:
    """Table to the build that is registered for it, as the transaction under way sees it."""
    found = map(registry.build_of, records.rows(BUILD.select()))
    return {build.table: build for build in found}


def environments(records: Records) -> tuple[Environment, ...]:
    """All environments, sorted by name."""
    with records.snapshot():
        rows = records.rows(ENVIRONMENT.select())
        nodes = _by_owner(records, ENVIRONMENT_NODE)
    found = (registry.environment_of(row, nodes[row[0]]) for row in rows)
    return tuple(sorted(found, key=lambda environment: environment.name))


def environment(records: Records, name: str) -> Environment | None:
    """One environment with its nodes."""
    with records.snapshot():
        return recorded(records, name)


def recorded(records: Records, name: str) -> Environment | None:
    """One environment with its nodes, as the transaction under way sees it."""
    rows = records.rows(ENVIRONMENT.select("name"), [name])
    nodes = records.rows(ENVIRONMENT_NODE.select("environment"), [name])
    return registry.environment_of(rows[0], nodes) if rows else None


def changed_nodes(records: Records) -> Mapping[str, tuple[str, ...]]:
    """Environment to the nodes whose own files it changes; those that change none are left out."""
    found = (registry.environment_of(row, ()) for row in records.rows(ENVIRONMENT.select()))
    return {one.name: one.changed for one in found if one.changed}


def promotions(records: Records) -> tuple[Promotion, ...]:
    """All promotions, the newest first."""
    with records.snapshot():
        rows = records.rows(PROMOTION.select())
        nodes = _by_owner(records, PROMOTION_NODE)
    found = (registry.promotion_of(row, nodes[row[0]]) for row in rows)
    return tuple(sorted(found, key=lambda one: (one.finished_at, one.id), reverse=True))


def deliveries(records: Records, environment: str) -> Mapping[str, Delivery]:
    """Exposure's node id to its last delivery in an environment, sorted."""
    found = map(registry.delivery_of, records.rows(DELIVERY.select("environment"), [environment]))
    return {delivery.node: delivery for delivery in sorted(found, key=lambda one: one.node)}


def deliver(records: Records, delivery: Delivery) -> None:
    """Write a delivery in place of the earlier one."""
    key = (delivery.environment, delivery.node)
    records.write(DELIVERY.delete("environment", "node"), [key])
    records.write(DELIVERY.insert, [registry.row_of(DELIVERY, delivery)])


def record(records: Records, environment: Environment, promotion: Promotion | None) -> None:
    """Write what an environment is now, and how it came to be."""
    forget(records, environment.name)
    records.write(ENVIRONMENT.insert, [registry.row_of(ENVIRONMENT, environment)])
    rows = registry.node_rows(environment.name, environment.nodes)
    insert(records, ENVIRONMENT_NODE, rows)
    if promotion:
        records.write(PROMOTION.insert, [registry.row_of(PROMOTION, promotion)])
        rows = registry.node_rows(promotion.id, promotion.nodes)
        insert(records, PROMOTION_NODE, rows)


def forget(records: Records, name: str) -> None:
    """Remove an environment's record; its deliveries stay."""
    records.write(ENVIRONMENT_NODE.delete("environment"), [(name,)])
    records.write(ENVIRONMENT.delete("name"), [(name,)])


def existing(records: Records, name: str) -> Environment:
    """An environment that is to be deleted. Raises where there is none."""
    found = recorded(records, name)
    if found is None:
        raise SeeknalCiError(f"there is no environment `{name}`", fix="see `seeknal-ci env list`")
    return found


def tables_of(records: Records, environment: Environment) -> Mapping[str, str]:
    """Build id to table of everything that the environment shows. Raises for what is not built."""
    shown = [node for node in environment.nodes if node.view is not None]
    found = registered(records, {node.build_id for node in shown})
    absent = sorted(node.node for node in shown if node.build_id not in found)
    if absent:
        raise SeeknalCiError(
            f"environment `{environment.name}` cannot show what is not built: {listed(absent)}",
            fix="apply it again: what is missing is built then",
        )
    return {build_id: build.table for build_id, build in found.items()}


def views_of(nodes: Iterable[EnvironmentNode]) -> set[str]:
    """The names of the views that are registered for these nodes."""
    return {node.view for node in nodes if node.view is not None}


def refuse_taken_schema(
    records: Records, name: str, schema: str, fold: Callable[[str], str] = str
) -> None:
    """Raise for a schema that is there, and is not this environment's."""
    rows = records.rows(ENVIRONMENT.select())
    owner = next((row[0] for row in rows if fold(row[1]) == fold(schema)), None)
    whose = f"belongs to environment `{owner}`" if owner else "is not one of ours"
    raise SeeknalCiError(
        f"environment `{name}` cannot have the schema `{schema}`: it {whose}",
        fix="choose another name, or drop or rename that schema yourself",
    )


def refuse_taken_names(schema: str, taken: Sequence[str], present: Mapping[str, str]) -> None:
    """Raise if something else has the name of a view; `present` has the type of each name."""
    if taken:
        kinds = [f"{present[name].lower()} `{name}`" for name in sorted(taken)]
        raise SeeknalCiError(
            f"schema `{schema}` already has something else of that name: {listed(kinds)}",
            fix="move or drop it yourself: it was not made by seeknal-ci",
        )


def not_empty(schema: str, what: str) -> SeeknalCiError:
    """The error for a schema that holds what others put there."""
    return SeeknalCiError(
        f"schema `{schema}` has more in it than this environment: {what}",
        fix="move or drop it yourself: it was not made by seeknal-ci",
    )


def loads(records: Records, build_ids: Collection[str]) -> Mapping[str, Load]:
    """Build id to what was loaded for it, of builds whose rows came from a database."""
    found = (
        row for one in sorted(build_ids) for row in records.rows(LOAD.select("build_id"), [one])
    )
    return {row[0]: Load(*row) for row in found}


def loaded(records: Records, load: Load) -> None:
    """Remember what was loaded for a build, in place of what was before."""
    records.write(LOAD.delete("build_id"), [(load.build_id,)])
    records.write(LOAD.insert, [registry.row_of(LOAD, load)])


def forget_build(records: Records, table: str) -> None:
    """Forget the build that a table was, and what was loaded for it."""
    for (build_id,) in records.rows(_BUILD_OF, [table]):
        records.write(LOAD.delete("build_id"), [(build_id,)])
    records.write(BUILD.delete("table"), [(table,)])


def registered_build(records: Records, build_id: str, table: str) -> Build | None:
    """The build of that id, whether or not its table is there. Raises for a table's name that
    another build has.
    """
    found = {row[0]: row for row in records.rows(_NAMED_BUILD, [build_id, table])}
    if build_id in found:
        return registry.build_of(found[build_id])
    for other in found:
        raise SeeknalCiError(
            f"table `{table}` already holds build {other}",
            fix="this is a bug of seeknal-ci: please report it",
        )
    return None


def listed(names: Sequence[str]) -> str:
    """The first few of the names, and how many more there are."""
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more


def _by_owner(records: Records, table: Table) -> Mapping[object, list[Row]]:
    """Rows of a table of nodes, by what they belong to."""
    found: dict[object, list[Row]] = defaultdict(list)
    for row in records.rows(table.select()):
        found[row[0]].append(row)
    return found
