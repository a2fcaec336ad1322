"""What a node that is not built is, beside its query: keys, and what its names are for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from seeknal_ci.model.node import Node
from seeknal_ci.model.spec import Json, Located
from seeknal_ci.model.tracked import MetricSpec, ModelSpec, SemanticSpec, TableSpec

TABLE_FIELDS = frozenset(
    {
        "columns",
        "foreign_keys",
        "grain",
        "inputs",
        "keys",
        "merge_keys",
        "scd_type",
        "sql",
        "transform",
        "transformation_sql",
    }
)
# Fields that the query and `terms_of` stand for together.
TERM_FIELDS: Mapping[str, frozenset[str]] = {
    "dimension": TABLE_FIELDS,
    "fact": TABLE_FIELDS,
    "metric": frozenset(
        {
            "columns",
            "denominator",
            "expr",
            "filter",
            "grain_to_date",
            "inputs",
            "label",
            "measure",
            "numerator",
            "type_params",
        }
    ),
    "model": frozenset({"columns", "inputs", "output_columns", "sql", "transform"}),
    "rule": frozenset({"columns", "inputs", "params", "rule"}),
    "semantic_model": frozenset(
        {
            "columns",
            "default_time_dimension",
            "dimensions",
            "entities",
            "inputs",
            "label",
            "measures",
            "metrics",
            "model",
        }
    ),
}

# What a term of a semantic model says to people, and what its query says already.
SAID = frozenset({"description", "format", "label"})
IN_QUERY = frozenset(
    {
        "agg",
        "aggregation",
        "denominator",
        "expr",
        "filter",
        "filters",
        "inputs",
        "measure",
        "numerator",
        "sql",
    }
)


def terms_of(node: Node) -> dict[str, Json]:
    """Plain JSON that is equal for two nodes that mean the same; order counts where it has a
    meaning.
    """
    spec = node.spec
    if isinstance(spec, TableSpec):
        surrogate = spec.surrogate
        return {
            "keys": _declared(node, "keys"),
            "surrogate": None if surrogate is None else surrogate.name.lower(),
            "merge_keys": _declared(node, "merge_keys"),
            "grain": _declared(node, "grain"),
            "scd_type": str(node.definition.get("scd_type")),
            "references": _references(spec),
        }
    if isinstance(spec, SemanticSpec):
        time = spec.time_dimension
        return {
            "time": None if time is None else time.name.lower(),
            "entities": _terms(node, "entities", frozenset()),
            "dimensions": _terms(node, "dimensions", frozenset()),
            "measures": _terms(node, "measures", frozenset({"type"})),
            "metrics": _terms(node, "metrics", frozenset()),
        }
    if isinstance(spec, MetricSpec):
        params = node.definition.get("type_params")
        deeper = params.get("grain_to_date") if isinstance(params, dict) else None
        return {
            "grain_to_date": node.definition.get("grain_to_date", deeper),
            "offsets": _offsets(node.definition.get("inputs")),
        }
    if isinstance(spec, ModelSpec):
        return {"output_columns": [*_names(spec.columns or ())]}
    return {}


def _references(spec: TableSpec) -> Json:
    found = {(r.column.name.lower(), r.node, r.key.name.lower()) for r in spec.references}
    return [[*reference] for reference in sorted(found)]


def _declared(node: Node, field: str) -> Json:
    """A field whose lists are sets of names."""
    return _sorted(node.definition.get(field))


def _sorted(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _sorted(item) for key, item in value.items() if key != "surrogate_key"}
    items = value if isinstance(value, list) else [] if value is None else [value]
    return [*sorted(str(item).lower() for item in items)]


def _names(columns: Iterable[Located]) -> Iterable[str]:
    return (column.name for column in columns)


def _terms(node: Node, field: str, also: frozenset[str]) -> Json:
    """Each term by its name, without what is said to people or is in the query."""
    items = node.definition.get(field)
    found: dict[str, Json] = {}
    for item in items if isinstance(items, list) else [items]:
        if isinstance(item, dict):
            skipped = SAID | IN_QUERY | also | {"name"}
            rest: Json = {key: value for key, value in item.items() if key not in skipped}
            found[str(item.get("name")).lower()] = rest
    return found


def _offsets(inputs: Json) -> Json:
    """How far back each metric is looked at that another is made of."""
    items = inputs if isinstance(inputs, list) else []
    return {
        str(item.get("metric")): item["offset"]
        for item in items
        if isinstance(item, dict) and item.get("offset") is not None
    }
