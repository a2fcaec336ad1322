"""Every kind of node: its shape in YAML, what it says, and what it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from seeknal_ci.manifest.fields import Fields
from seeknal_ci.manifest.kinds.base import NodeShape
from seeknal_ci.model.node import Input
from seeknal_ci.model.spec import Spec


@dataclass(frozen=True, slots=True)
class Kind:
    """How nodes of a kind are read. `spec` and `edges` take a checked shape and its fields;
    `edges` gives what the node reads beside its `inputs`.
    """

    shape: type[NodeShape]
    spec: Callable[[Any, Fields], Spec]
    edges: Callable[[Any, Fields], Iterable[Input]] = lambda shape, fields: ()


# Each kind's module, and the names that its shape, spec and edges have there.
KINDS: Mapping[str, tuple[str, ...]] = {
    "aggregation": ("aggregation", "AggregationShape", "aggregation_spec", "aggregation_edges"),
    "dimension": ("tables", "TableShape", "table_spec", "table_edges"),
    "exposure": ("exposure", "ExposureShape", "exposure_spec", "exposure_edges"),
    "fact": ("tables", "TableShape", "table_spec", "table_edges"),
    "feature_group": ("feature_group", "FeatureGroupShape", "feature_group_spec"),
    "metric": ("metric", "MetricShape", "metric_spec"),
    "model": ("model", "ModelShape", "model_spec", "model_edges"),
    "profile": ("profile", "ProfileShape", "profile_spec"),
    "rule": ("rule", "RuleShape", "rule_spec"),
    "second_order_aggregation": (
        *("second_order", "SecondOrderShape"),
        *("second_order_spec", "second_order_edges"),
    ),
    "semantic_model": ("semantic", "SemanticShape", "semantic_spec", "semantic_edges"),
    "source": ("source", "SourceShape", "source_spec"),
    "transform": ("transform", "TransformShape", "transform_spec"),
}


@cache
def kind_of(word: str) -> Kind:
    """How nodes of that kind are read. Raises KeyError for a word that is no kind.

    Its module is loaded with the first of its nodes: pydantic takes milliseconds for each shape,
    and few projects have every kind.
    """
    module, *names = KINDS[word]
    found = import_module(f"{__name__}.{module}")
    return Kind(*(getattr(found, name) for name in names))
