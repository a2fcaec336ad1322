"""What a node is, without what does not matter: the part that decides its rows and columns.

Classification and build ids both read it, so that they agree by construction: a change is
METADATA if and only if it leaves this as it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.manifest.terms import TERM_FIELDS, terms_of
from seeknal_ci.model.checks import RuleSpec
from seeknal_ci.model.features import FeatureGroupSpec
from seeknal_ci.model.node import METADATA_FIELDS, Node
from seeknal_ci.model.spec import Column, ExposureSpec, Json, PythonSpec, SourceSpec, TrackedSpec

# Fields that the typed part of a definition stands for, so that they are not compared as text.
TYPED_FIELDS: Mapping[str, frozenset[str]] = {
    "source": frozenset({"source", "table", "schema", "columns", "params"}),
    # The parameters of a query are what its templates ask for, and so are in its SQL.
    "transform": frozenset({"transform", "sql", "columns", "inputs", "params"}),
    "aggregation": frozenset(
        {
            "id_col",
            "feature_date_col",
            "application_date_col",
            "group_by",
            "features",
            "columns",
            "inputs",
            "source",
        }
    ),
    "second_order_aggregation": frozenset(
        {
            "id_col",
            "feature_date_col",
            "application_date_col",
            "source",
            "features",
            "columns",
            "inputs",
        }
    ),
    "feature_group": frozenset({"transform", "sql", "features", "columns", "inputs"}),
    "profile": frozenset({"profile", "columns", "inputs"}),
    "exposure": frozenset(
        {"type", "path", "format", "partition_by", "compression", "columns", "inputs", "depends_on"}
    ),
    **TERM_FIELDS,
}

# The same for a node in Python, of whatever kind.
PYTHON_FIELDS = frozenset({"code", "columns", "inputs", "modules", "schema"})
PYTHON_SOURCE_FIELDS = frozenset({"source", "table"})

# Spellings of one parameter.
PARAMETERS = {"delim": "delimiter", "sep": "delimiter", "nullstr": "null"}
DEFAULTS: Mapping[str, Json] = {"delimiter": ",", "header": True}


def canonical_definition(node: Node, analysis: Analysis) -> dict[str, Json]:
    """Plain JSON that is equal for two nodes exactly if they make the same rows and columns
    of the same inputs. Input ids are in it by name, their content is not.
    """
    return {"id": node.id, "is": _typed(node, analysis), "else": other_fields(node)}


def json_text(value: object) -> str:
    """One text for one value: keys sorted, and `1` neither `true` nor `1.0`, unlike in Python."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def source_parameters(spec: SourceSpec) -> dict[str, Json]:
    """A source's parameters in one spelling, defaults filled in for delimited text."""
    given = {PARAMETERS.get(key, key): value for key, value in spec.params.items()}
    return {**DEFAULTS, **given} if spec.type == "csv" else given


def never_null(node: Node) -> frozenset[str]:
    """Columns, in small letters, that a source's schema declares never to be NULL."""
    entries = node.definition.get("schema")
    return frozenset(
        str(entry.get("name", "")).lower()
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict) and entry.get("nullable") is False
    )


def _typed(node: Node, analysis: Analysis) -> Json:
    spec = node.spec
    if isinstance(spec, SourceSpec):
        return {
            "type": spec.type,
            "table": spec.table,
            "params": source_parameters(spec),
            "columns": _columns(spec.columns),
            "never null": [*sorted(never_null(node))],
        }
    if isinstance(spec, PythonSpec):
        return {
            "code": spec.code,
            "modules": node.definition.get("modules"),
            "columns": _columns(spec.columns),
            "never null": [*sorted(never_null(node))],
            "inputs": [*sorted({edge.ref for edge in node.inputs})],
            "source": [node.definition.get(key) for key in sorted(PYTHON_SOURCE_FIELDS)],
        }
    if isinstance(spec, RuleSpec):
        return None  # it has no rows, and changes none
    known = analysis.of(node.id)
    # A query that cannot be read has no canonical text; its own text must do.
    query: Json = known.canonical or {
        key: node.definition.get(key) for key in sorted(TYPED_FIELDS[node.kind])
    }
    inputs: Json = [*sorted({edge.ref for edge in node.inputs})]
    if isinstance(spec, ExposureSpec):
        return {
            "type": spec.type,
            "path": spec.path.name if spec.path else None,
            "format": spec.format,
            "partition_by": [item.name.lower() for item in spec.partition_by],
            "compression": spec.compression,
            "inputs": inputs,
        }
    if isinstance(spec, TrackedSpec):
        return {"query": query, "inputs": inputs, "terms": terms_of(node)}
    if isinstance(spec, FeatureGroupSpec):
        named = sorted((item.name.name, item.type or "") for item in spec.features)
        features: Json = [[name, kind] for name, kind in named]
        return {"query": query, "inputs": inputs, "features": features}
    return {"query": query, "inputs": inputs}


def _columns(columns: tuple[Column, ...] | None) -> Json:
    return None if columns is None else [[column.name, column.type] for column in columns]


def other_fields(node: Node) -> dict[str, Json]:
    """The fields that the typed part does not stand for and that are no metadata, as they are."""
    typed = TYPED_FIELDS.get(node.kind, frozenset())
    if isinstance(node.spec, PythonSpec):
        typed = PYTHON_FIELDS | (PYTHON_SOURCE_FIELDS if node.kind == "source" else frozenset())
    skipped = METADATA_FIELDS | typed | {"kind", "name"}
    rest = {key: value for key, value in sorted(node.definition.items()) if key not in skipped}
    if isinstance(node.spec, ExposureSpec) and isinstance(rest.get("params"), dict):
        params = rest.pop("params")
        assert isinstance(params, dict), "checked in the line above"
        named = ("path", "format", "partition_by", "compression")
        others: Json = {key: value for key, value in params.items() if key not in named}
        if others:
            rest["params"] = others
    # A switch decides whether a node is built, and not what of.
    rest.pop("active", None)
    return rest
