"""What a rule sees of one change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.manifest.definition import canonical_definition, json_text
from seeknal_ci.model.category import Category
from seeknal_ci.model.checks import RuleSpec
from seeknal_ci.model.node import Node
from seeknal_ci.model.place import Place
from seeknal_ci.model.report import Change, ChangeKind, Downstream, Finding
from seeknal_ci.model.spec import Json, SourceSpec
from seeknal_ci.sql.analysed import Analysed


@dataclass(frozen=True)
class Context:
    """One change, and all that is known of both sides. Columns are compared without case.

    `renames` has the old ids of renamed nodes with their new ones, and `fates` what all changes
    together do to the nodes that they reach, the changed one included.
    """

    change: Change
    base: Analysis
    head: Analysis
    renames: Mapping[str, str] = field(default_factory=dict)
    fates: Mapping[str, Downstream] = field(default_factory=dict)

    @property
    def before(self) -> Node | None:
        """The node in base."""
        return self.change.before

    @property
    def after(self) -> Node | None:
        """The node in head."""
        return self.change.after

    @property
    def node(self) -> Node:
        """The node as head has it; as base had it where head has none."""
        return self.change.node

    @property
    def is_rule(self) -> bool:
        """True for a rule: it has no rows, and its changes are those of its checks."""
        return isinstance(self.node.spec, RuleSpec)

    @property
    def both(self) -> tuple[Node, Node] | None:
        """Base's and head's node, where the change has both."""
        if self.before is None or self.after is None:
            return None
        return self.before, self.after

    @cached_property
    def known_before(self) -> Analysed:
        """What is known of base's node; nothing where there is none."""
        return self.base.of(self.before.id) if self.before else Analysed(None)

    @cached_property
    def known_after(self) -> Analysed:
        """What is known of head's node; nothing where there is none."""
        return self.head.of(self.after.id) if self.after else Analysed(None)

    @cached_property
    def types_before(self) -> dict[str, str | None]:
        """Lower-case column name to type, in order."""
        return {name.lower(): kind for name, kind in self.known_before.types.items()}

    @cached_property
    def types_after(self) -> dict[str, str | None]:
        """Lower-case column name to type, in order."""
        return {name.lower(): kind for name, kind in self.known_after.types.items()}

    @property
    def columns_known(self) -> bool:
        """True if the output columns of both sides are known."""
        return self.known_before.columns is not None and self.known_after.columns is not None

    @cached_property
    def removed_columns(self) -> tuple[str, ...]:
        """Columns that base's node has and head's has not, in order."""
        if not self.columns_known:
            return ()
        return tuple(name for name in self.types_before if name not in self.types_after)

    @cached_property
    def added_columns(self) -> tuple[str, ...]:
        """Columns that head's node has and base's has not, in order."""
        if not self.columns_known:
            return ()
        return tuple(name for name in self.types_after if name not in self.types_before)

    @cached_property
    def renamed_columns(self) -> dict[str, str]:
        """Removed columns to added ones that are computed in the same way, where there is one."""
        old, new = (
            {name.lower(): text for name, text in known.expressions.items()}
            for known in (self.known_before, self.known_after)
        )
        gone = {name: self.renamed(old[name]) for name in self.removed_columns if name in old}
        came = {name: new[name] for name in self.added_columns if name in new}
        pairs = {
            name: [other for other, same in came.items() if same == text]
            for name, text in gone.items()
            if list(gone.values()).count(text) == 1
        }
        return {name: found[0] for name, found in pairs.items() if len(found) == 1}

    def told_as_gone(self, column: str) -> str:
        """A removed column in words, with its new name where it has one, or may have one."""
        if column in self.renamed_columns:
            return f"Renamed column '{column}' to '{self.renamed_columns[column]}'"
        perhaps = self.perhaps_renamed(column)
        return f"Removed column '{column}'" + (
            f", perhaps renamed to '{perhaps}'" if perhaps else ""
        )

    def perhaps_renamed(self, column: str) -> str | None:
        """The new column of a schema that has the place and the type of one that is gone."""
        before, after = [*self.types_before], [*self.types_after]
        if not isinstance(self.node.spec, SourceSpec) or len(before) != len(after):
            return None
        new = after[before.index(column)]
        is_same = self.types_before[column] == self.types_after[new]
        return new if new in self.added_columns and is_same else None

    @cached_property
    def shared_columns(self) -> tuple[str, ...]:
        """Columns that both have, in head's order."""
        if not self.columns_known:
            return ()
        return tuple(name for name in self.types_after if name in self.types_before)

    @cached_property
    def changed_fields(self) -> tuple[str, ...]:
        """Top-level fields of the YAML that differ, sorted."""
        if self.both is None:
            return ()
        return different(self.both[0].definition, self.both[1].definition)

    @cached_property
    def same_definition(self) -> bool:
        """True if nothing changed that decides rows or columns."""
        if self.both is None or self.change.kind is not ChangeKind.MODIFIED:
            return False
        before, after = self.both
        old = canonical_definition(before, self.base)
        return json_text(old) == json_text(canonical_definition(after, self.head))

    @cached_property
    def may_differ(self) -> bool:
        """True if the change may leave the node with other rows than base's."""
        if self.both is None or self.change.kind is not ChangeKind.MODIFIED:
            return True
        before, after = self.both
        if not after.active:
            return False
        return not (self.same_definition and before.active and before.data == after.data)

    @property
    def fate(self) -> Downstream | None:
        """What the changes of its inputs do to the node; None where they do not reach it."""
        return self.fates.get(self.node.id)

    def readers(self, column: str) -> tuple[str, ...]:
        """Nodes whose text in head reads a column that base's node has, by name or by `*`; sorted.

        Readers are found in base and held against head: who no longer reads it is not named.
        """
        if self.before is None:
            return ()
        readers = self.base.manifest.downstream.get(self.before.id, ())
        known = [reader for reader in readers if reader in self.head.manifest.nodes]
        return tuple(r for r in known if self._reads(r, column) or self._takes_all(r, column))

    def _reads(self, reader: str, column: str) -> bool:
        known = self.head.of(reader)
        # Of a query that cannot be resolved, head's uses are those of columns that are still there.
        found = known.uses if known.resolved else (*known.uses, *self.base.of(reader).uses)
        uses = {(use.node, use.column.lower()) for use in found if not use.star}
        uses |= {(node, m.column.lower()) for m in known.missing for node in m.nodes}
        uses |= {(node, m.struct.lower()) for m in known.missing for node in m.struct_of}
        return any((name, column) in uses for name in self._names)

    def _takes_all(self, reader: str, column: str) -> bool:
        """True if base's reader had the column by `*`, and head's still takes columns so."""
        stars = [
            {use.column.lower() for use in side.of(reader).uses if use.node in names and use.star}
            for side, names in ((self.base, self._names), (self.head, self._names))
        ]
        return column in stars[0] and bool(stars[1])

    def renamed(self, text: str) -> str:
        """A canonical text of base, with renamed inputs by their new names."""
        for old, new in self.renames.items():
            text = text.replace(f'"{old.lower()}"', f'"{new.lower()}"')
        return text

    @property
    def _names(self) -> frozenset[str]:
        return frozenset(node.id for node in (self.before, self.after) if node is not None)

    def place_of_column(self, column: str, *, in_base: bool = False) -> Place:
        """Where the project names a column of the node: in its schema, else where its query is."""
        node = self.before if in_base and self.before is not None else self.node
        entries = node.definition.get("schema")
        if isinstance(entries, list):
            for index, entry in enumerate(entries):
                if isinstance(entry, dict) and str(entry.get("name", "")).lower() == column:
                    return node.place_of("schema", index)
        known = self.known_before if node is self.before else self.known_after
        for name, place in known.places.items():
            if name.lower() == column:
                return place
        for key in ("transform", "sql", "features", "schema", "columns"):
            if key in node.definition:
                return node.place_of(key)
        return node.place


@dataclass(frozen=True, slots=True)
class Rule:
    """One idea of what a change can mean. `check` neither prints nor remembers anything."""

    id: str
    category: Category
    check: Callable[[Context], Iterable[Finding]]

    def __call__(self, context: Context) -> Iterable[Finding]:
        """The findings of this rule."""
        return self.check(context)


def different(old: Mapping[str, Json], new: Mapping[str, Json]) -> tuple[str, ...]:
    """Keys under which two mappings have other values, sorted."""
    keys = sorted({*old, *new})
    return tuple(key for key in keys if json_text(old.get(key)) != json_text(new.get(key)))


def listed(names: Iterable[str], limit: int = 8) -> str:
    """Names for a sentence: `a`, `b` and `c`; what is over the limit is counted."""
    quoted = [f"`{name}`" for name in names]
    if len(quoted) > limit:
        return f"{', '.join(quoted[:limit])} and {len(quoted) - limit} more"
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def shortened(text: str, limit: int = 120) -> str:
    """A piece of the project's text for a sentence."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
