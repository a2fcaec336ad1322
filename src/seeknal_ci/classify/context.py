"""What a rule sees of one change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.manifest.definition import canonical_definition
from seeknal_ci.model.category import Category
from seeknal_ci.model.node import Node
from seeknal_ci.model.place import Place
from seeknal_ci.model.report import Change, ChangeKind, Finding
from seeknal_ci.sql.analysed import Analysed, Use


@dataclass(frozen=True)
class Context:
    """One change, and all that is known of both sides. Columns are compared without case."""

    change: Change
    base: Analysis
    head: Analysis

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
        old, new = self.both[0].definition, self.both[1].definition
        return tuple(key for key in sorted({*old, *new}) if old.get(key) != new.get(key))

    @cached_property
    def same_definition(self) -> bool:
        """True if nothing changed that decides rows or columns."""
        if self.both is None or self.change.kind is not ChangeKind.MODIFIED:
            return False
        before, after = self.both
        return canonical_definition(before, self.base) == canonical_definition(after, self.head)

    def readers(self, column: str) -> tuple[Use, ...]:
        """Uses by name, in head's text, of a column that base's node has; one a reader, sorted.

        Readers are found in base and held against head: who no longer reads it is not named.
        """
        if self.before is None:
            return ()
        found: dict[str, Use] = {}
        for reader in self.base.manifest.downstream.get(self.before.id, ()):
            if reader not in self.head.manifest.nodes:
                continue
            for use in self._uses(reader):
                if use.column.lower() == column:
                    found.setdefault(reader, Use(reader, use.column, use.place))
        return tuple(found[reader] for reader in sorted(found))

    def _uses(self, reader: str) -> tuple[Use, ...]:
        assert self.before is not None, "only asked where base has the node"
        names = {self.before.id, self.node.id}
        known = self.head.of(reader)
        uses = [use for use in known.uses if use.node in names and not use.star]
        uses += [
            Use(node, missing.column, missing.place)
            for missing in known.missing
            for node in missing.nodes
            if node in names
        ]
        return tuple(uses)

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
