"""Every kind of node: its shape in YAML, what it says, and what it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from seeknal_ci.manifest.fields import Fields
from seeknal_ci.manifest.kinds.aggregation import (
    AggregationShape,
    aggregation_edges,
    aggregation_spec,
)
from seeknal_ci.manifest.kinds.base import NodeShape
from seeknal_ci.manifest.kinds.exposure import ExposureShape, exposure_edges, exposure_spec
from seeknal_ci.manifest.kinds.feature_group import FeatureGroupShape, feature_group_spec
from seeknal_ci.manifest.kinds.metric import MetricShape, metric_spec
from seeknal_ci.manifest.kinds.model import ModelShape, model_edges, model_spec
from seeknal_ci.manifest.kinds.profile import ProfileShape, profile_spec
from seeknal_ci.manifest.kinds.rule import RuleShape, rule_spec
from seeknal_ci.manifest.kinds.second_order import (
    SecondOrderShape,
    second_order_edges,
    second_order_spec,
)
from seeknal_ci.manifest.kinds.semantic import SemanticShape, semantic_edges, semantic_spec
from seeknal_ci.manifest.kinds.source import SourceShape, source_spec
from seeknal_ci.manifest.kinds.tables import TableShape, table_edges, table_spec
from seeknal_ci.manifest.kinds.transform import TransformShape, transform_spec
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


KINDS: Mapping[str, Kind] = {
    "aggregation": Kind(AggregationShape, aggregation_spec, aggregation_edges),
    "dimension": Kind(TableShape, table_spec, table_edges),
    "exposure": Kind(ExposureShape, exposure_spec, exposure_edges),
    "fact": Kind(TableShape, table_spec, table_edges),
    "feature_group": Kind(FeatureGroupShape, feature_group_spec),
    "metric": Kind(MetricShape, metric_spec),
    "model": Kind(ModelShape, model_spec, model_edges),
    "profile": Kind(ProfileShape, profile_spec),
    "rule": Kind(RuleShape, rule_spec),
    "second_order_aggregation": Kind(SecondOrderShape, second_order_spec, second_order_edges),
    "semantic_model": Kind(SemanticShape, semantic_spec, semantic_edges),
    "source": Kind(SourceShape, source_spec),
    "transform": Kind(TransformShape, transform_spec),
}
