"""Which columns of its inputs a query reads, and which it reads in vain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import Column
from seeknal_ci.sql.analysed import Missing, Use
from seeknal_ci.sql.expansion import ABSENT, spread_in
from seeknal_ci.sql.references import Resolved, place_in

Source = exp.Expr | Scope
Known = Mapping[str, tuple[Column, ...]]

NATURAL = "natural"


def reading_of(
    tree: exp.Expr, query: Resolved, known: Known
) -> tuple[tuple[Use, ...], tuple[Missing, ...]]:
    """Every use of an input's column, and every column that is nowhere; sorted.

    `tree` is the qualified query; `known` has the columns of the inputs for which they are known.
    """
    return _Reading(tree, query, known).result()


@dataclass
class _Reading:
    """One pass over the scopes of a qualified tree."""

    tree: exp.Expr
    query: Resolved
    known: Known
    uses: set[Use] = field(default_factory=set)
    missing: dict[tuple[str, Place], Missing] = field(default_factory=dict)
    # A query of many columns asks the same of its sources for each of them.
    sources: dict[int, dict[str, Source]] = field(default_factory=dict)
    columns: dict[int, frozenset[str] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = {node.lower(): node for node, _ in self.query.reads}
        star = self.query.written.find(exp.Star, exp.Columns)
        origin = self.query.origin
        self.star_place = place_in(star, origin) if star else origin.place_of(1)
        self.join_keys = _join_keys(self.tree, self.query)

    def result(self) -> tuple[tuple[Use, ...], tuple[Missing, ...]]:
        scopes = traverse_scope(self.tree)
        for scope in scopes:
            query = scope.expression
            named = query.named_selects if isinstance(query, exp.Query) else ()
            aliases = {name.lower() for name in named}
            for column in _columns_in(scope):
                self._read(scope, column, aliases)
            for row in scope.table_columns:
                self._read_row(scope, row)
            for left in spread_in(query):
                self._read_all(scope, left)
        ordered = sorted(self.uses, key=_order)
        if self.tree.find(exp.Pivot) is not None:
            return tuple(ordered), ()  # its columns are known to the engine alone
        return tuple(ordered), tuple(self.missing[key] for key in sorted(self.missing))

    def _read(self, scope: Scope, column: exp.Column, aliases: set[str]) -> None:
        if isinstance(column.this, exp.Star):
            return
        if not column.table:
            if column.name.lower() not in aliases or not _may_use_alias(column):
                self._read_unqualified(scope, column)
            return
        source = self._sources(scope).get(column.table)
        node = self._node(source)
        if node is not None:
            self.uses.add(self._use(node, column))
        self._add(self._absent(scope, column, source))

    def _use(self, node: str, column: exp.Column) -> Use:
        if column.this.meta.get("line") is not None:
            return Use(node, column.name, place_in(column, self.query.origin))
        key = self.join_keys.get(column.name.lower())
        return Use(node, column.name, key or self.star_place, star=key is None)

    def _read_row(self, scope: Scope, row: exp.TableColumn) -> None:
        """A table's name where a column is expected is the struct of its row, as `*` is its row."""
        node = self._node(self._sources(scope).get(row.name))
        place = place_in(row, self.query.origin)
        for column in self.known.get(node, ()) if node is not None else ():
            self.uses.add(Use(node or "", column.name, place, star=True))

    def _read_all(self, scope: Scope, left: exp.Expr) -> None:
        """What could not be written out may stand for any column that there is."""
        absent, have = left.meta.get(ABSENT, ((), ()))
        place = place_in(left, self.query.origin)
        nodes = tuple(n for source in scope.sources.values() for n in self._nodes(source))
        for name in absent:
            self._add(Missing(name, tuple(dict.fromkeys(nodes)), have, place))
        for source in scope.sources.values() if not absent else ():
            node = self._node(source)
            for column in self.known.get(node or "", ()):
                self.uses.add(Use(node or "", column.name, place, star=True))

    def _add(self, missing: Missing | None) -> None:
        if missing is not None:
            self.missing.setdefault((missing.column, missing.place), missing)

    def _absent(self, scope: Scope, column: exp.Column, source: Source | None) -> Missing | None:
        if source is None:
            # The result of a PIVOT has a name, and columns that only the engine knows.
            return None if scope.pivots else self._unknown_table(scope, column)
        if id(source) not in self.columns:
            names = self._columns(source)
            lower = None if names is None else frozenset(name.lower() for name in names)
            self.columns[id(source)] = lower
        known = self.columns[id(source)]
        if known is None or column.name.lower() in known:
            return None
        place = place_in(column, self.query.origin)
        return Missing(column.name, self._nodes(source), self._columns(source) or (), place)

    def _unknown_table(self, scope: Scope, column: exp.Column) -> Missing:
        place = place_in(column, self.query.origin)
        candidates = {
            f"{alias}.{name}"
            for alias, source in self._sources(scope).items()
            for name in self._columns(source) or ()
        }
        sources = self._sources(scope).values()
        nodes = dict.fromkeys(node for source in sources for node in self._nodes(source))
        name = f"{column.table}.{column.name}"
        return Missing(name, (), tuple(sorted(candidates)), place, struct_of=tuple(nodes))

    def _read_unqualified(self, scope: Scope, column: exp.Column) -> None:
        """A name that sqlglot gave no table: it is nowhere, in several places, or unknowable."""
        visible = visible_sources(scope, named=False)
        known = {alias: self._columns(source) for alias, source in visible.items()}
        if None in known.values():
            return
        name = column.name.lower()
        holders = [a for a, have in known.items() if name in {item.lower() for item in have or ()}]
        place = place_in(column, self.query.origin)
        if len(holders) == 1:
            node = self._node(visible[holders[0]])
            if node is not None:
                self.uses.add(Use(node, column.name, place))
            return
        nodes = dict.fromkeys(node for source in visible.values() for node in self._nodes(source))
        candidates = tuple(sorted({item for have in known.values() for item in have or ()}))
        ambiguous = len(holders) > 1
        self._add(Missing(column.name, tuple(nodes), candidates, place, ambiguous))

    def _sources(self, scope: Scope) -> dict[str, Source]:
        if id(scope) not in self.sources:
            self.sources[id(scope)] = visible_sources(scope)
        return self.sources[id(scope)]

    def _columns(self, source: Source) -> tuple[str, ...] | None:
        """Column names of a source; None where they cannot be known."""
        if isinstance(source, Scope):
            expression = source.expression
            if isinstance(expression, exp.Query):
                selects = expression.selects
                if any(s.is_star or s.find(exp.Columns) is not None for s in selects):
                    return None
                return tuple(expression.named_selects)
            return None
        if source.alias_column_names:
            return None  # `AS o(a, b)` names the first columns anew
        columns = self.known.get(self._node(source) or "")
        return None if columns is None else tuple(column.name for column in columns)

    def _node(self, source: Source | None) -> str | None:
        return self.names.get(source.name.lower()) if isinstance(source, exp.Table) else None

    def _nodes(self, source: Source) -> tuple[str, ...]:
        """The nodes that a source is made of."""
        inner = source.expression if isinstance(source, Scope) else source
        found = (self._node(table) for table in inner.find_all(exp.Table))
        return tuple(dict.fromkeys(node for node in found if node is not None))


def _order(use: Use) -> tuple[str, str, int, int, bool]:
    return use.node, use.column, use.place.line, use.place.column or 0, use.star


def mark_natural_joins(tree: exp.Expr) -> None:
    """Let NATURAL joins be told from others after they were resolved."""
    for join in tree.find_all(exp.Join):
        if join.method == "NATURAL":
            join.meta[NATURAL] = True


def natural_keys(tree: exp.Expr) -> tuple[tuple[str, ...], ...]:
    """The columns by which each NATURAL join of a qualified query joins."""
    return tuple(_keys_of(join) for join in tree.find_all(exp.Join) if join.meta.get(NATURAL))


def _keys_of(join: exp.Join) -> tuple[str, ...]:
    condition = join.args.get("on")
    equal = condition.find_all(exp.EQ) if condition is not None else ()
    return tuple(sorted(pair.right.name for pair in equal))


def _join_keys(tree: exp.Expr, query: Resolved) -> dict[str, Place]:
    """Columns that a join takes without a mention in ON, to the place where it does."""
    keys = {
        key: place_in(join, query.origin)
        for join in tree.find_all(exp.Join)
        if join.meta.get(NATURAL)
        for key in _keys_of(join)
    }
    for join in query.tree.find_all(exp.Join):
        for key in join.args.get("using") or ():
            keys[key.name.lower()] = place_in(key, query.origin)
    return keys


def _columns_in(scope: Scope) -> Iterator[exp.Column]:
    """The columns of one query, with those that sqlglot leaves out where an alias may stand."""
    yield from scope.columns
    if scope.expression.find(exp.Having, exp.Qualify) is None:
        return
    for column in scope.find_all(exp.Column):
        clause = column.find_ancestor(exp.Having, exp.Qualify, exp.Select)
        if isinstance(clause, exp.Having | exp.Qualify) and not column.table:
            yield column


def visible_sources(scope: Scope, *, named: bool = True) -> dict[str, Source]:
    """The sources that a query can read: its own before those of the queries around it.

    A query in FROM sees those beside it only if it names them, or is LATERAL: a column that it
    does not find in its own is looked for no further.
    """
    visible: dict[str, Source] = dict(scope.sources)
    while scope.parent is not None and not scope.is_cte and (named or not scope.is_derived_table):
        around = {alias: s for alias, s in scope.parent.sources.items() if s is not scope}
        scope = scope.parent
        visible = {**around, **visible}
    return visible


def _may_use_alias(column: exp.Column) -> bool:
    """True in the clauses where DuckDB lets a query refer to its own output names."""
    clauses = (exp.Order, exp.Group, exp.Having, exp.Qualify, exp.Window)
    return column.find_ancestor(*clauses) is not None
