"""From a node to the query that it stands for, and from that to SQL an engine can run."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

from seeknal_ci.model.features import FeatureGroupSpec, ProfileSpec, SecondOrderSpec
from seeknal_ci.model.node import Node
from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import (
    AggregationSpec,
    Column,
    ExposureSpec,
    Located,
    SqlText,
    TrackedSpec,
    TransformSpec,
)
from seeknal_ci.model.values import Values
from seeknal_ci.sql.analysed import Analysed
from seeknal_ci.sql.errors import SqlError
from seeknal_ci.sql.parse import parse_query, too_deep
from seeknal_ci.sql.placeholders import fill
from seeknal_ci.sql.references import Resolved, resolve

# A node's columns, None where they are unknown.
ColumnsOf = Callable[[str], tuple[Column, ...] | None]


def query_of(node: Node, dialect: str, columns_of: ColumnsOf) -> Resolved | None:
    """The query whose rows are the node's; None for a node that is no query. Raises SqlError.

    An exposure's rows are those of its input; a profile's go by the columns of its input. What a
    kind is compiled with is loaded with the first of its nodes: few projects have every kind.
    """
    spec = node.spec
    if isinstance(spec, TransformSpec):
        return _written(node, spec.sql, dialect)
    if isinstance(spec, FeatureGroupSpec):
        if spec.sql is not None:
            return _written(node, spec.sql, dialect)
        return _rows_of(_first_input(node), node.inputs[0].place)
    if isinstance(spec, TrackedSpec):
        from seeknal_ci.sql.tracked import tracked_query

        return tracked_query(node, dialect, columns_of)
    if isinstance(spec, ExposureSpec) and spec.type != "file":
        alone = len(node.inputs) == 1 and not spec.queries
        return _rows_of(node.inputs[0].ref, node.inputs[0].place) if alone else None
    if not isinstance(spec, AggregationSpec | SecondOrderSpec | ProfileSpec | ExposureSpec):
        return None
    source = _only_input(node)
    place = node.inputs[0].place
    if isinstance(spec, AggregationSpec):
        from seeknal_ci.sql.aggregation import aggregation_query

        return aggregation_query(spec, source, place, dialect)
    if isinstance(spec, SecondOrderSpec):
        from seeknal_ci.sql.second_order import second_order_query

        return second_order_query(spec, source, place, dialect)
    if isinstance(spec, ProfileSpec):
        from seeknal_ci.sql.profile import profile_query

        return profile_query(spec, source, place, columns_of(source))
    return _rows_of(source, place)


def known_of_profile(node: Node, columns_of: ColumnsOf) -> Analysed:
    """What is known of a profile's output, and what it reads. Raises SqlError."""
    from seeknal_ci.sql.profile import profile_analysed

    assert isinstance(node.spec, ProfileSpec), "other nodes are known by their queries"
    source = _only_input(node)
    return profile_analysed(node.spec, source, node.inputs[0].place, columns_of(source))


def also_read(node: Node) -> tuple[Located, ...]:
    """Columns of its own output that a node names outside its query, and has of its input."""
    spec = node.spec
    if isinstance(spec, FeatureGroupSpec):
        return spec.named if spec.sql is None else ()
    return spec.partition_by if isinstance(spec, ExposureSpec) else ()


def physical_sql(
    query: Resolved,
    tables: Mapping[str, tuple[str, str]],
    dialect: str,
    values: Values | None = None,
) -> str:
    """The query over physical tables: node id to schema and table, every name quoted.

    `values` are needed where symbols are left for a run. Raises SeeknalCiError for one without.
    """
    tree = query.tree.copy()
    fill(tree, values)
    for table in list(tree.find_all(exp.Table)):
        target = tables.get(table.name)
        if target is None or not isinstance(table.this, exp.Identifier):
            continue
        schema, name = target
        table.set("this", exp.to_identifier(name, quoted=True))
        table.set("db", exp.to_identifier(schema, quoted=True))
    return tree.sql(dialect, comments=False)


def _written(node: Node, sql: SqlText, dialect: str) -> Resolved:
    """The query that the project writes."""
    query = parse_query(sql, dialect)
    try:
        if isinstance(node.spec, FeatureGroupSpec):
            from seeknal_ci.sql.feature_group import with_first_input

            query = with_first_input(query)
        return resolve(query, sql, [edge.ref for edge in node.inputs])
    except RecursionError as error:
        raise too_deep(sql.place_of(1)) from error


def _first_input(node: Node) -> str:
    """As in Seeknal, a group without a query reads the first of its inputs."""
    return node.inputs[0].ref if node.inputs else _only_input(node)


def _only_input(node: Node) -> str:
    if len(node.inputs) == 1:
        return node.inputs[0].ref
    raise SqlError(
        "one-input",
        f"{node.id} has {len(node.inputs)} inputs, and a node of kind {node.kind} reads one",
        fix="name exactly one node under `inputs:`; join others in a transform before it",
        place=node.place_of("inputs"),
    )


def _rows_of(node_id: str, place: Place) -> Resolved:
    identifier = exp.to_identifier(node_id, quoted=True)
    identifier.meta["line"] = place.line
    alias = exp.TableAlias(this=exp.to_identifier("input_0"))
    tree = exp.select(exp.Star()).from_(exp.Table(this=identifier, alias=alias))
    return Resolved(tree, tree, ((node_id, place),), SqlText("", Place(place.path, 1)))
