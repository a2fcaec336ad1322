"""What is known of nodes that are not built: what they read, and the columns that they have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from seeknal_ci.model.checks import RuleSpec
from seeknal_ci.model.features import ProfileSpec
from seeknal_ci.model.node import Input, Node
from seeknal_ci.model.spec import Column, ExposureSpec, TrackedSpec
from seeknal_ci.model.tracked import ModelSpec, TableSpec
from seeknal_ci.sql.analyse import analyse
from seeknal_ci.sql.analysed import Analysed, Missing, Use
from seeknal_ci.sql.errors import SqlError
from seeknal_ci.sql.references import Resolved
from seeknal_ci.sql.rules import assertion, questions

Columns = tuple[Column, ...] | None
ColumnsOf = Callable[[str], Columns]


def without_query(
    node: Node, nodes: Mapping[str, Node], dialect: str, columns_of: ColumnsOf
) -> Analysed:
    """A node that is no query, or one that is several: a rule, a report, a model of two inputs."""
    spec = node.spec
    if isinstance(spec, RuleSpec):
        found = [item.query for item in questions(spec, node.inputs, dialect)]
        known = _of_several(found, dialect, columns_of, "a rule has no rows")
        unprofiled = tuple(_unprofiled(spec, node, nodes, columns_of))
        return replace(known, missing=(*known.missing, *unprofiled))
    if isinstance(spec, ExposureSpec):
        why = f"an exposure of type {spec.type} has no rows"
        try:
            found = [assertion(sql, node.inputs, dialect) for sql in spec.queries]
        except SqlError:
            # Reports are written in the words of the tool that shows them.
            found = []
        known = _of_several(found, dialect, columns_of, why)
        return known if found else replace(known, uses=_all_of(node.inputs, columns_of))
    assert isinstance(spec, TrackedSpec), "all other kinds are queries"
    known = Analysed(None, unknown=spec.reason, uses=_all_of(node.inputs, columns_of))
    return with_declared(node, known)


def _unprofiled(
    spec: RuleSpec, node: Node, nodes: Mapping[str, Node], columns_of: ColumnsOf
) -> Iterator[Missing]:
    """Columns that a rule asks of a profile, and that the profile does not look at."""
    profile = nodes.get(node.inputs[0].ref) if node.inputs else None
    if profile is None or not isinstance(profile.spec, ProfileSpec) or not profile.inputs:
        return
    source = profile.inputs[0].ref
    looked_at = [column.name for column in profile.spec.columns]
    known = columns_of(source)
    have = looked_at or [column.name for column in known or ()]
    lowered = {name.lower() for name in have}
    for check in spec.asked if looked_at or known is not None else ():
        for column in check.columns if check.type == "profile_check" else ():
            if column.name.lower() not in lowered:
                yield Missing(column.name, (source,), tuple(sorted(have)), column.place)


def with_declared(node: Node, known: Analysed) -> Analysed:
    """What is known of a node, with the columns that its fields give it."""
    spec = node.spec
    if isinstance(spec, TableSpec) and spec.surrogate is not None and known.columns is not None:
        name = spec.surrogate.name
        if name.lower() not in {column.name.lower() for column in known.columns}:
            return replace(known, columns=(Column(name), *known.columns))
    if isinstance(spec, ModelSpec):
        known = replace(known, missing=(*known.missing, *_unlearnt(spec, known)))
        if spec.columns is None:
            why = "the model does not say its `output_columns`"
            return replace(known, columns=None, unknown=why, duplicates=())
        types = {name.lower(): kind for name, kind in known.types.items()}
        columns = tuple(Column(c.name, types.get(c.name.lower())) for c in spec.columns)
        places = {column.name: column.place for column in spec.columns}
        return replace(known, columns=columns, places=places, unknown=None, duplicates=())
    return known


def _unlearnt(spec: ModelSpec, known: Analysed) -> Iterator[Missing]:
    """Columns that a model learns from, or is to tell, and that its rows do not have."""
    if known.columns is None:
        return
    have = {column.name.lower(): column.name for column in known.columns}
    own = spec.label is not None and spec.label_node in (None, *spec.reads)
    for item in (*spec.features, *((spec.label,) if spec.label is not None and own else ())):
        if item.name.lower() not in have:
            yield Missing(item.name, spec.reads, tuple(sorted(have.values())), item.place)


def _of_several(
    queries: Iterable[Resolved], dialect: str, columns_of: ColumnsOf, why: str
) -> Analysed:
    """What several queries read, taken together; they put nothing out."""
    found = [
        analyse(query, {ref: columns_of(ref) for ref, _ in query.reads}, dialect)
        for query in queries
    ]
    return Analysed(
        None,
        unknown=why,
        uses=tuple(dict.fromkeys(use for known in found for use in known.uses)),
        missing=tuple(dict.fromkeys(gone for known in found for gone in known.missing)),
        computed=frozenset(pair for known in found for pair in known.computed),
        resolved=all(known.resolved for known in found),
    )


def _all_of(inputs: Iterable[Input], columns_of: ColumnsOf) -> tuple[Use, ...]:
    """Every column of every input, as `*` takes them."""
    return tuple(
        Use(edge.ref, column.name, edge.place, star=True)
        for edge in inputs
        for column in columns_of(edge.ref) or ()
    )
