"""Which columns of a node's rows may differ, and which readers can see that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from seeknal_ci.classify.context import Context
from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.manifest.definition import json_text
from seeknal_ci.manifest.lineage import Lineages
from seeknal_ci.model.lineage import NodeLineage, Role
from seeknal_ci.model.node import METADATA_FIELDS, Node
from seeknal_ci.model.report import ChangeKind
from seeknal_ci.model.spec import ExposureSpec, SourceSpec
from seeknal_ci.sql.errors import SqlError
from seeknal_ci.sql.frame import goes_by_order, has_named_windows, in_any_order
from seeknal_ci.sql.references import Resolved


@dataclass(frozen=True, slots=True)
class Difference:
    """Columns of a node, in small letters, beside which head's rows are those of base.

    `reordered` where the rows may come in another order.
    """

    columns: frozenset[str] = frozenset()
    reordered: bool = False

    def __or__(self, other: Difference) -> Difference:
        """What differs by either."""
        return Difference(self.columns | other.columns, self.reordered or other.reordered)


NOTHING = Difference()

# Fields that say nothing of rows but what the query, made of them, says too.
WRITTEN = METADATA_FIELDS | {"columns", "features", "group_by", "inputs", "params", "transform"}

# Fields of a source that say which columns of the same data are taken, and as what.
SCHEMA = METADATA_FIELDS | {"columns", "schema"}

# Of nodes that differ: None where any row may, or where it cannot be told.
Differences = Mapping[str, Difference | None]


class Observed:
    """What can be told of how head's nodes differ from base's, by what each reads."""

    def __init__(self, base: Analysis, head: Analysis) -> None:
        self._sides = (base, head)
        self._lineages = (Lineages(base), Lineages(head))

    def of_change(self, context: Context) -> Difference | None:
        """What a changed text alone makes different, if its inputs stay as they are."""
        if context.both is None or context.change.kind is not ChangeKind.MODIFIED:
            return None
        if not context.may_differ:
            return NOTHING
        before, after = context.both
        if not (before.active and after.active) or before.data != after.data or _moved(context):
            return None
        if isinstance(after.spec, SourceSpec):
            return _of_schema(context, after.spec)
        if not WRITTEN.issuperset(context.changed_fields):
            return None
        known = (context.known_before, context.known_after)
        old, new = (side.frame for side in known)
        if old is None or new is None or context.renamed(old.text) != new.text:
            return None
        if None in [self._query(side, context.node.id) for side in self._sides]:
            return None
        made = [{name.lower(): text for name, text in side.expressions.items()} for side in known]
        columns = frozenset(
            name
            for name in {*made[0], *made[1]}
            if name not in made[0]
            or context.renamed(made[0][name]) != made[1].get(name)
            or context.types_before.get(name) != context.types_after.get(name)
        )
        reordered = old.in_any_order or not columns.isdisjoint(old.mixing | new.mixing)
        return Difference(columns, bool(columns) and reordered)

    def of_reader(self, node: Node, differences: Differences) -> Difference | None:
        """What a node of the same text has of what is different in its inputs.

        Nothing if it reads none of the columns that differ, or puts them to no use.
        """
        found = {e.ref: differences[e.ref] for e in node.inputs if e.ref in differences}
        told = {ref: difference for ref, difference in found.items() if difference is not None}
        if len(told) < len(found):
            return None
        if all(difference == NOTHING for difference in told.values()):
            return NOTHING
        if isinstance(node.spec, ExposureSpec):  # all that its input has goes out
            return None
        return self._traced(node, told)

    def _traced(self, node: Node, differences: Mapping[str, Difference]) -> Difference | None:
        queries = [self._query(side, node.id) for side in self._sides]
        if None in queries:
            return None
        reordered = any(difference.reordered for difference in differences.values())
        if reordered and any(query is not None and goes_by_order(query) for query in queries):
            return None
        gone = {(ref, name) for ref, item in differences.items() for name in item.columns}
        old, new = (lineages.of(node.id) for lineages in self._lineages)
        if any(_decides(side, gone) for side in (old, new)):
            return None
        made = [_made(side, gone) for side in (old, new)]
        before, after = made
        columns = {name for name in {*before, *after} if before.get(name) != after.get(name)}
        columns |= {name for outputs in made for name, same in outputs.items() if same is None}
        known = [side.of(node.id) for side in self._sides]
        if not columns and known[0].canonical != known[1].canonical:
            return None
        chosen = any(query is not None and in_any_order(query.tree) for query in queries)
        return Difference(frozenset(columns), reordered or (bool(columns) and chosen))

    def _query(self, side: Analysis, node_id: str) -> Resolved | None:
        """A query of which it is known what each of its columns is; None where there is none."""
        if node_id not in side.manifest.nodes:
            return None
        query, known = side.query(node_id), side.of(node_id)
        if query is None or isinstance(query, SqlError):
            return None
        wrong = known.missing or known.duplicates or known.uneven
        told = known.resolved and known.columns is not None
        told = told and not (wrong or has_named_windows(query))
        return query if told else None


def _of_schema(context: Context, source: SourceSpec) -> Difference | None:
    """What another schema makes different: columns are found in the data by their names."""
    by_place = source.type == "csv" and source.params.get("header") is False
    if by_place or not SCHEMA.issuperset(context.changed_fields) or not context.columns_known:
        return None
    old, new = (
        _declared(node, types)
        for node, types in zip(
            (context.before, context.after),
            (context.types_before, context.types_after),
            strict=True,
        )
    )
    return Difference(frozenset(n for n in {*old, *new} if old.get(n) != new.get(n)))


def _declared(node: Node | None, types: Mapping[str, str | None]) -> Mapping[str, str]:
    """Column to its type and all else that a source says of it, its description aside."""
    found = {name: f"{kind}" for name, kind in types.items()}
    entries = node.definition.get("schema") if node is not None else None
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and str(entry.get("name", "")).lower() in found:
            said = {key: value for key, value in entry.items() if key != "description"}
            found[str(said.pop("name")).lower()] += json_text(said)
    return found


def _moved(context: Context) -> bool:
    """True if columns that both have stand in another order, or are spelled in another way."""
    shared = set(context.shared_columns)
    old, new = (
        [name for name in known.types if name.lower() in shared]
        for known in (context.known_before, context.known_after)
    )
    return old != new


def _decides(lineage: NodeLineage, gone: Iterable[tuple[str, str]]) -> bool:
    """True if one of the columns may have a say in which rows there are."""
    if lineage.opaque is not None or lineage.unknown is not None or lineage.passed:
        return True
    return any(
        use.unknown is not None or (column.node, column.column.lower()) in gone
        for use in lineage.uses
        if use.role is not Role.READ or use.unknown is not None
        for column in use.reads
    )


def _made(
    lineage: NodeLineage, gone: Iterable[tuple[str, str]]
) -> dict[str, tuple[object, ...] | None]:
    """Output to what it is made of; to None where that is one of the columns, or not known."""
    found: dict[str, tuple[object, ...] | None] = {}
    for output in lineage.outputs:
        origins = {(o.column.node, o.column.column.lower()) for o in output.origins}
        differs = output.unknown is not None or not origins.isdisjoint(gone)
        kind = lineage.types.get(output.name)
        made = (output.expression, output.origins, output.steps, kind)
        found[output.name.lower()] = None if differs else made
    return found
