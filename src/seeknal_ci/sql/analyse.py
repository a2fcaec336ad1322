"""What a query puts out, what it reads, and what it reads in vain."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlglot import exp
from sqlglot.errors import ErrorLevel, OptimizeError, SqlglotError, UnsupportedError
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from seeknal_ci.model.spec import Column, Located
from seeknal_ci.sql.analysed import Analysed, Missing, Use
from seeknal_ci.sql.canonical import normalised
from seeknal_ci.sql.clauses import clauses_of, expressions_of, keep_own_words, places_of
from seeknal_ci.sql.computed import computed_columns
from seeknal_ci.sql.explicit import SPELLED, explicit
from seeknal_ci.sql.frame import frame_of
from seeknal_ci.sql.inference import infer_types
from seeknal_ci.sql.outputs import (
    columns_of,
    duplicates_in,
    mark_stars,
    sides_of,
    untold,
)
from seeknal_ci.sql.reading import mark_natural_joins, natural_keys, reading_of
from seeknal_ci.sql.references import Resolved, place_in
from seeknal_ci.sql.spelling import as_written, spellings, written_names
from seeknal_ci.sql.stars import named_in_stars
from seeknal_ci.sql.texts import text_of

# Input's node id to its columns, None where they are unknown.
Inputs = Mapping[str, tuple[Column, ...] | None]


def analyse(
    query: Resolved, inputs: Inputs, dialect: str, also: Sequence[Located] = ()
) -> Analysed:
    """Understand a query given the columns of its inputs; `also` names outputs used elsewhere.

    Never raises: what sqlglot cannot resolve leaves the columns unknown, with the reason.
    """
    known = {node: columns for node, columns in inputs.items() if columns is not None}
    try:
        return _analysed(query, known, dialect, also)
    except SqlglotError as error:
        reason = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).splitlines()[0].rstrip(".")
    except RecursionError:
        reason = "it is nested too deeply"
    return Analysed(
        None,
        canonical=_plain(query, dialect),
        unknown=f"the query cannot be resolved: {reason}",
        uses=_uses_by_text(query, known),
        missing=(*_missing_using(query, known), *_missing_tables(query)),
        resolved=False,
    )


def _analysed(
    query: Resolved,
    known: Mapping[str, tuple[Column, ...]],
    dialect: str,
    also: Sequence[Located],
) -> Analysed:
    tree = qualified(query.tree, known, dialect)
    columns, unknown = columns_of(tree)
    columns = as_written(columns, tree.meta[SPELLED])
    uses, missing = reading_of(tree, query, known)
    named, absent = named_in_stars(tree, query, known)
    uses, missing = (*uses, *named), (*missing, *absent)
    used, gone = _named_outputs(also, columns, query)
    pivoted = tree.find(exp.Pivot) is not None
    computed, (crossed, uneven) = computed_columns(tree, query, dialect), sides_of(tree)
    natural, duplicates = natural_keys(tree), duplicates_in(columns)
    keep_own_words(tree, query, dialect)
    shape = normalised(tree)  # of what follows, nothing is of the tree as it was
    return Analysed(
        columns=columns,
        canonical=text_of(shape, dialect) + spellings(columns, query),
        unknown=unknown,
        uses=(*uses, *used),
        missing=(*missing, *gone),
        expressions=expressions_of(shape, dialect),
        clauses=clauses_of(shape, query, dialect),
        frame=frame_of(shape, dialect),
        places=places_of(query),
        computed=computed,
        duplicates=duplicates,
        natural_keys=natural,
        crossed=crossed,
        uneven=uneven,
        # Which columns go into a PIVOT can be told, and not whether they are there.
        resolved=not pivoted,
    )


def qualified(tree: exp.Query, known: Mapping[str, tuple[Column, ...]], dialect: str) -> exp.Query:
    """A copy of a resolved query in which every column has its table and its type."""
    schema = _schema(tuple(known.items()), dialect)
    marked = tree.copy()
    mark_natural_joins(marked)

    def resolved(query: exp.Query) -> exp.Query:
        mark_stars(query)
        found = qualify(
            query,
            dialect=dialect,
            schema=schema,
            allow_partial_qualification=True,
            validate_qualify_columns=False,
            quote_identifiers=False,
            identify=False,
        )
        typed = infer_types(found, schema, dialect)
        assert isinstance(typed, exp.Query), "qualify keeps a query a query"
        return typed

    def outputs(probe: exp.Select) -> list[exp.Expr]:
        found = resolved(probe)
        why = untold(found)
        if why is not None:
            raise OptimizeError(why)
        return found.selects

    return resolved(explicit(marked, outputs, written_names(tree, known)))


@lru_cache(maxsize=64)
def _schema(known: tuple[tuple[str, tuple[Column, ...]], ...], dialect: str) -> MappingSchema:
    """The inputs as sqlglot knows them; kept, as both sides of a change read the same."""
    schema = MappingSchema(dialect=dialect)
    for node, columns in known:
        table = exp.Table(this=exp.to_identifier(node, quoted=True))
        # As mere text a name would be parsed as SQL, which `Order id` or `a;b` is not.
        types: dict[Any, str] = {
            exp.to_identifier(c.name, quoted=True): c.type or "UNKNOWN" for c in columns
        }
        schema.add_table(table, types, dialect=dialect, match_depth=False)
    return schema


def _plain(query: Resolved, dialect: str) -> str:
    """A text that is equal only for the same query, comments and formatting aside."""
    try:
        return query.tree.sql(
            dialect, comments=False, normalize=True, unsupported_level=ErrorLevel.RAISE
        )
    except (RecursionError, UnsupportedError):
        return query.origin.text


def _uses_by_text(query: Resolved, known: Mapping[str, tuple[Column, ...]]) -> tuple[Use, ...]:
    """What a query that cannot be resolved may read: every known column whose name it has."""
    have = {node: {column.name.lower() for column in columns} for node, columns in known.items()}
    uses = {
        Use(node, column.name, place_in(column, query.origin))
        for column in query.tree.find_all(exp.Column)
        for node, names in have.items()
        if column.name.lower() in names
    }
    return tuple(sorted(uses, key=lambda use: (use.node, use.column, use.place)))


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


def _missing_tables(query: Resolved) -> tuple[Missing, ...]:
    """`x.*` of what the query does not read: sqlglot stops at the first without a place."""
    tables = query.tree.find_all(exp.Table, exp.Subquery, exp.CTE, exp.UDTF)
    known = {table.alias_or_name.lower() for table in tables}
    return tuple(
        Missing(f"{column.table}.*", (), tuple(sorted(known)), place_in(column, query.origin))
        for column in query.tree.find_all(exp.Column)
        if column.is_star and column.table and column.table.lower() not in known
    )


def _missing_using(query: Resolved, known: Mapping[str, tuple[Column, ...]]) -> tuple[Missing, ...]:
    """Join keys of USING that one side lacks: sqlglot stops at the first without a place."""
    missing: list[Missing] = []
    for select in query.tree.find_all(exp.Select):
        source = select.args.get("from_")
        left = [source.this.name] if source is not None else []
        for join in select.args.get("joins") or ():
            for key in join.args.get("using") or ():
                for side in (left, [join.this.name]):
                    columns = {c.name.lower() for node in side for c in known.get(node, ())}
                    if all(node in known for node in side) and key.name.lower() not in columns:
                        place = place_in(key, query.origin)
                        have = tuple(sorted(columns))
                        missing.append(Missing(key.name, tuple(side), have, place))
            left = [*left, join.this.name]
    return tuple(missing)
