"""What tells a node's rows apart, as far as the project says it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from seeknal_ci.manifest.keys import TARGETS
from seeknal_ci.model.features import FeatureGroupSpec, ProfileSpec, SecondOrderSpec
from seeknal_ci.model.node import Node
from seeknal_ci.model.spec import AggregationSpec, Located, Spec

UNIQUE_KEYS = ("unique_keys", "unique_key")
# One row a column and metric.
PROFILE_KEY = ("column_name", "metric")


def row_keys(node: Node) -> tuple[tuple[str, ...], ...]:
    """Every key that the node declares, each a set of columns, the likeliest first.

    First what its kind is grouped by, then the keys by which its rows are written elsewhere, then
    the columns that its audits hold to be unique.
    """
    keys: dict[tuple[str, ...], tuple[str, ...]] = {}
    for key in _declared(node):
        names = tuple({name.lower(): name for name in key}.values())
        if names:
            keys.setdefault(tuple(sorted(name.lower() for name in names)), names)
    return tuple(keys.values())


def _declared(node: Node) -> Iterator[tuple[str, ...]]:
    yield from _of_kind(node.spec)
    for field in TARGETS:
        value = node.definition.get(field)
        for target in value if isinstance(value, list) else [value]:
            if isinstance(target, dict) and target.get("enabled") is not False:
                yield from _listed(target)
    for audit in node.audits:
        if audit.type == "unique":
            yield _names(audit.columns)


def _of_kind(spec: Spec) -> Iterator[tuple[str, ...]]:
    if isinstance(spec, AggregationSpec):
        yield _names((spec.id_column, spec.application_date_column, *spec.group_by))
    elif isinstance(spec, SecondOrderSpec):
        yield _names((spec.id_column,))
    elif isinstance(spec, FeatureGroupSpec) and spec.join_keys:
        yield _names(spec.join_keys)
        if spec.event_time is not None:
            yield _names((*spec.join_keys, spec.event_time))
    elif isinstance(spec, ProfileSpec):
        yield PROFILE_KEY


def _listed(target: Mapping[str, object]) -> Iterator[tuple[str, ...]]:
    for field in UNIQUE_KEYS:
        value = target.get(field)
        yield tuple(str(name) for name in (value if isinstance(value, list) else [value]) if name)


def _names(columns: tuple[Located, ...]) -> tuple[str, ...]:
    return tuple(column.name for column in columns)
