"""What a query puts out, what it reads, and what it reads in vain."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, traverse_scope
from sqlglot.schema import MappingSchema

from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import Column, Located, SqlText
from seeknal_ci.sql.analysed import Analysed, Missing, Use
from seeknal_ci.sql.canonical import canonical_text, expressions_of
from seeknal_ci.sql.clauses import clauses_of, places_of
from seeknal_ci.sql.references import Resolved, place_in
from seeknal_ci.sql.types import type_name

# sqlglot's name for an output that the query does not name.
UNNAMED = re.compile(r"_col_\d+")

# Input's node id to its columns, None where they are unknown.
Inputs = Mapping[str, tuple[Column, ...] | None]


def analyse(
    query: Resolved, inputs: Inputs, dialect: str, also: Sequence[Located] = ()
) -> Analysed:
    """Understand a query given the columns of its inputs; `also` names outputs used elsewhere.

    Never raises: what sqlglot cannot resolve leaves the columns unknown, with the reason.
    """
    known = {node: columns for node, columns in inputs.items() if columns is not None}
    names = {node.lower(): node for node in inputs}
    try:
        tree = _qualified(query.tree, known, dialect)
    except SqlglotError as error:
        reason = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).splitlines()[0].rstrip(".")
        missing = _missing_using(query, inputs)
        plain = query.tree.sql(dialect, comments=False, normalize=True)
        return Analysed(None, plain, f"the query cannot be resolved: {reason}", missing=missing)
    columns, unknown = _outputs(tree, query.written, dialect)
    uses, missing = _Reading(tree, query.origin, known, names, query.tree).result()
    shape = canonical_text(tree, dialect)
    used, gone = _named_outputs(also, columns, query)
    return Analysed(
        columns=columns,
        canonical=shape,
        unknown=unknown,
        uses=(*uses, *used),
        missing=(*missing, *gone),
        expressions=expressions_of(tree, dialect),
        clauses=clauses_of(tree, query, dialect),
        places=places_of(query),
        duplicates=_duplicates(columns),
    )


def _qualified(tree: exp.Query, known: Mapping[str, tuple[Column, ...]], dialect: str) -> exp.Expr:
    schema = MappingSchema(dialect=dialect)
    for node, columns in known.items():
        table = exp.Table(this=exp.to_identifier(node, quoted=True))
        types = {column.name: column.type or "UNKNOWN" for column in columns}
        schema.add_table(table, types, dialect=dialect, match_depth=False)
    qualified = qualify(
        tree.copy(),
        dialect=dialect,
        schema=schema,
        allow_partial_qualification=True,
        validate_qualify_columns=False,
        quote_identifiers=False,
        identify=False,
    )
    return annotate_types(qualified, schema=schema, dialect=dialect)


def _outputs(
    tree: exp.Expr, written: exp.Query, dialect: str
) -> tuple[tuple[Column, ...] | None, str | None]:
    assert isinstance(tree, exp.Query), "qualify keeps a query a query"
    columns: list[Column] = []
    aliases = {select.alias_or_name.lower() for select in written.selects}
    same_length = len(written.selects) == len(tree.selects)
    for index, select in enumerate(tree.selects):
        if select.is_star:
            return None, "`*` stands for the columns of an input whose columns are unknown"
        if select.find(exp.Columns) is not None:
            return None, "`COLUMNS(…)` picks columns by a pattern, which only the engine can match"
        name = select.alias_or_name
        if UNNAMED.fullmatch(name) and name not in aliases:
            plain = written.selects[index] if same_length else select.unalias()
            name = plain.sql(dialect, comments=False).lower()
        if not name:
            return None, f"an output has no name: {select.sql(dialect)[:80]}"
        columns.append(Column(name, type_name(select.type)))
    return tuple(columns), None


def _duplicates(columns: tuple[Column, ...] | None) -> tuple[str, ...]:
    counts = Counter(column.name.lower() for column in columns or ())
    return tuple(sorted(name for name, count in counts.items() if count > 1))


def _named_outputs(
    also: Sequence[Located], columns: tuple[Column, ...] | None, query: Resolved
) -> tuple[tuple[Use, ...], tuple[Missing, ...]]:
    """Names that a node's other fields take from its output, as the folders of an export."""
    if columns is None or not query.reads:
        return (), ()
    node = query.reads[0][0]
    have = {column.name.lower(): column.name for column in columns}
    used = tuple(
        Use(node, have[item.name.lower()], item.place) for item in also if item.name.lower() in have
    )
    gone = tuple(
        Missing(item.name, (node,), tuple(sorted(have.values())), item.place)
        for item in also
        if item.name.lower() not in have
    )
    return used, gone


def _missing_using(query: Resolved, inputs: Inputs) -> tuple[Missing, ...]:
    """Join keys of USING that one side lacks: sqlglot stops at the first without a place."""
    missing: list[Missing] = []
    for join in query.tree.find_all(exp.Join):
        table = join.this
        columns = inputs.get(table.name) if isinstance(table, exp.Table) else None
        if columns is None:
            continue
        have = {column.name.lower() for column in columns}
        missing.extend(
            Missing(key.name, (table.name,), tuple(sorted(have)), place_in(key, query.origin))
            for key in join.args.get("using") or ()
            if key.name.lower() not in have
        )
    return tuple(missing)


@dataclass
class _Reading:
    """One pass over the scopes of a qualified tree."""

    tree: exp.Expr
    origin: SqlText
    known: Mapping[str, tuple[Column, ...]]
    names: Mapping[str, str]
    written: exp.Query

    def result(self) -> tuple[tuple[Use, ...], tuple[Missing, ...]]:
        """Every use of an input's column, and every column that is nowhere; sorted."""
        star = self.written.find(exp.Star)
        self.star_place = place_in(star, self.origin) if star else self.origin.place_of(1)
        uses: set[Use] = set()
        missing: dict[tuple[str, Place], Missing] = {}
        for scope in traverse_scope(self.tree):
            query = scope.expression
            named = query.named_selects if isinstance(query, exp.Query) else ()
            aliases = {name.lower() for name in named}
            for column in scope.columns:
                self._read(scope, column, aliases, uses, missing)
        ordered = sorted(uses, key=lambda use: (use.node, use.column, use.place, use.star))
        return tuple(ordered), tuple(missing[key] for key in sorted(missing))

    def _read(
        self,
        scope: Scope,
        column: exp.Column,
        aliases: set[str],
        uses: set[Use],
        missing: dict[tuple[str, Place], Missing],
    ) -> None:
        name, table = column.name, column.table
        if isinstance(column.this, exp.Star):
            return
        if not table:
            if name.lower() not in aliases or not _may_use_alias(column):
                found = self._unqualified(scope, column)
                if found is not None:
                    missing.setdefault((name, found.place), found)
            return
        source = _source(scope, table)
        if isinstance(source, exp.Table):
            node = self.names.get(source.name.lower())
            if node is None:
                return
            by_name = column.this.meta.get("line") is not None
            place = place_in(column, self.origin) if by_name else self.star_place
            uses.add(Use(node, name, place, star=not by_name))
        absent = self._absent(scope, column, source)
        if absent is not None:
            missing.setdefault((name, absent.place), absent)

    def _absent(
        self, scope: Scope, column: exp.Column, source: exp.Expr | Scope | None
    ) -> Missing | None:
        have = self._columns(source) if source is not None else ()
        if source is None and self._has_unknown(scope):
            return None
        if have is None or column.name.lower() in {name.lower() for name in have}:
            return None
        return Missing(column.name, self._nodes(source), tuple(have), place_in(column, self.origin))

    def _unqualified(self, scope: Scope, column: exp.Column) -> Missing | None:
        """Why a name has no table: nowhere, in several places, or unknowable (then None)."""
        if self._has_unknown(scope):
            return None
        name = column.name.lower()
        nodes: list[str] = []
        candidates: set[str] = set()
        holders = 0
        for source in _visible(scope).values():
            have = self._columns(source) or ()
            candidates.update(have)
            nodes.extend(self._nodes(source))
            holders += name in {item.lower() for item in have}
        if name in {alias.lower() for alias in _visible(scope)}:
            return None  # DuckDB reads a table's name as the struct of its row
        return Missing(
            column.name,
            tuple(dict.fromkeys(nodes)),
            tuple(sorted(candidates)),
            place_in(column, self.origin),
            ambiguous=holders > 1,
        )

    def _has_unknown(self, scope: Scope) -> bool:
        return any(self._columns(source) is None for source in _visible(scope).values())

    def _columns(self, source: exp.Expr | Scope) -> tuple[str, ...] | None:
        """Column names of a source; None where they cannot be known."""
        if isinstance(source, Scope):
            expression = source.expression
            if isinstance(expression, exp.Query):
                selects = expression.selects
                if any(s.is_star or s.find(exp.Columns) is not None for s in selects):
                    return None
                return tuple(expression.named_selects)
            return None
        node = self.names.get(source.name.lower())
        columns = self.known.get(node) if node is not None else None
        return None if columns is None else tuple(column.name for column in columns)

    def _nodes(self, source: exp.Expr | Scope | None) -> tuple[str, ...]:
        """The nodes that a source is made of."""
        if source is None:
            return ()
        if isinstance(source, exp.Table):
            node = self.names.get(source.name.lower())
            return () if node is None else (node,)
        tables = source.expression.find_all(exp.Table) if isinstance(source, Scope) else ()
        found = (self.names.get(table.name.lower()) for table in tables)
        return tuple(dict.fromkeys(node for node in found if node is not None))


def _visible(scope: Scope) -> dict[str, exp.Expr | Scope]:
    """The sources that a query can name: its own before those of the queries around it."""
    visible: dict[str, exp.Expr | Scope] = dict(scope.sources)
    while scope.parent is not None and not (scope.is_cte or scope.is_derived_table):
        scope = scope.parent
        visible = {**scope.sources, **visible}
    return visible


def _source(scope: Scope, table: str) -> exp.Expr | Scope | None:
    return _visible(scope).get(table)


def _may_use_alias(column: exp.Column) -> bool:
    """True in the clauses where DuckDB lets a query refer to its own output names."""
    return column.find_ancestor(exp.Order, exp.Group, exp.Having, exp.Qualify) is not None
