"""What each output of a query is made of, and what decides its rows; looked at only when asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import traverse_scope

from seeknal_ci.model.lineage import ColumnId, Output, Passed, Role, Use
from seeknal_ci.model.spec import Column, SqlText
from seeknal_ci.sql.analyse import Inputs, qualified
from seeknal_ci.sql.analysed import Analysed
from seeknal_ci.sql.errors import SqlError
from seeknal_ci.sql.flows import outflow, reason_of
from seeknal_ci.sql.made import Outflow, Surroundings
from seeknal_ci.sql.parse import parse_query
from seeknal_ci.sql.references import Resolved
from seeknal_ci.sql.words import worded

Known = Mapping[str, tuple[Column, ...]]


@dataclass(frozen=True, slots=True)
class QueryLineage:
    """Outputs with their origins, and the other uses of columns of inputs.

    `passed` are inputs of unknown columns that are put out by `*`. `opaque` says why nothing
    could be told of any column: then each may be used for anything.
    """

    outputs: tuple[Output, ...] = ()
    uses: tuple[Use, ...] = ()
    passed: tuple[Passed, ...] = ()
    opaque: str | None = None


def lineage_of(query: Resolved, inputs: Inputs, analysed: Analysed, dialect: str) -> QueryLineage:
    """The lineage of a query that was analysed with the same inputs. Never raises."""
    known = {node: columns for node, columns in inputs.items() if columns is not None}
    try:
        found = _traced(query, known, dialect) if analysed.resolved else None
        reason = analysed.unknown or "the engine alone can tell what it makes of its inputs"
    except SqlglotError as error:
        found = None
        reason = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).splitlines()[0].rstrip(".")
    except RecursionError:
        found, reason = None, "the query is nested too deeply"
    if found is None:
        return QueryLineage(_named(analysed, reason), _by_name(analysed, reason), opaque=reason)
    outputs = _as_spelled(found.outputs, analysed)
    return replace(found, outputs=outputs, uses=(*found.uses, *_merely_read(found, analysed)))


def names_in(sql: SqlText, dialect: str) -> frozenset[str] | None:
    """Names of columns in a query, in small letters; None for a query that cannot be read."""
    try:
        query = parse_query(sql, dialect)
    except SqlError:
        return None
    return frozenset(column.name.lower() for column in query.find_all(exp.Column))


def _traced(query: Resolved, known: Known, dialect: str) -> QueryLineage | None:
    tree = qualified(worded(query, dialect), known, dialect)
    if tree.find(exp.Pivot, exp.Columns) is not None:
        return None
    around = Surroundings({node.lower(): node for node, _ in query.reads}, known)
    scopes = traverse_scope(tree)
    again = bool(scopes)
    while again:
        before = _origins(around)
        for scope in scopes:
            flow = outflow(scope, around, query, dialect)
            if flow is not None:
                around.flows[id(scope.expression)] = flow
        # A recursive query reads itself, and with every look finds as much or more.
        recursive = any(with_.recursive for with_ in tree.find_all(exp.With))
        again = recursive and _origins(around) != before
    last = around.flows.get(id(tree)) or around.flows.get(id(tree.unnest()))
    return None if last is None else _result(last)


def _result(flow: Outflow) -> QueryLineage:
    outputs = tuple(
        Output(name, words, tuple(sorted(made.origins)), made.steps, reason_of(made))
        for name, words, made in flow.outputs
    )
    return QueryLineage(outputs, flow.uses, flow.passed)


def _origins(around: Surroundings) -> dict[int, list[object]]:
    return {
        query: [made.origins for _, _, made in flow.outputs] for query, flow in around.flows.items()
    }


def _as_spelled(outputs: tuple[Output, ...], analysed: Analysed) -> tuple[Output, ...]:
    """The outputs under the names that the node gives them."""
    names = [column.name for column in analysed.columns or ()]
    if len(names) != len(outputs):
        return outputs
    return tuple(replace(o, name=name) for o, name in zip(outputs, names, strict=True))


def _merely_read(found: QueryLineage, analysed: Analysed) -> Iterator[Use]:
    """Columns that the query reads to no effect, as in a WITH that nobody uses."""
    told = {origin.column for output in found.outputs for origin in output.origins}
    told |= {column for use in found.uses for column in use.reads}
    lowered = {(column.node, column.column.lower()) for column in told}
    for use in analysed.uses:
        if (use.node, use.column.lower()) not in lowered and not use.star:
            yield Use(Role.READ, use.column, (ColumnId(use.node, use.column),), use.place)


def _named(analysed: Analysed, reason: str) -> tuple[Output, ...]:
    """Outputs of which it cannot be told what they are made of: of whatever the query reads."""
    return tuple(Output(column.name, "", unknown=reason) for column in analysed.columns or ())


def _by_name(analysed: Analysed, reason: str) -> tuple[Use, ...]:
    return tuple(
        Use(Role.READ, use.column, (ColumnId(use.node, use.column),), use.place, reason)
        for use in analysed.uses
    )
