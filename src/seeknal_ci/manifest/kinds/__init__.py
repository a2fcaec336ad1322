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
from seeknal_ci.manifest.kinds.source import SourceShape, source_spec
from seeknal_ci.manifest.kinds.transform import TransformShape, transform_spec
from seeknal_ci.model.node import Input
from seeknal_ci.model.spec import Spec, TrackedSpec


@dataclass(frozen=True, slots=True)
class Kind:
    """How nodes of a kind are read. `spec` and `edges` take a checked shape and its fields;
    `edges` gives what the node reads beside its `inputs`.
    """

    shape: type[NodeShape]
    spec: Callable[[Any, Fields], Spec]
    edges: Callable[[Any, Fields], Iterable[Input]] = lambda shape, fields: ()


def tracked(shape: NodeShape, fields: Fields) -> TrackedSpec:
    """A node that is compared and drawn, and nothing else."""
    return TrackedSpec(f"a node of kind {shape.kind} is compared, but not executed")


KINDS: Mapping[str, Kind] = {
    "aggregation": Kind(AggregationShape, aggregation_spec, aggregation_edges),
    "dimension": Kind(NodeShape, tracked),
    "exposure": Kind(ExposureShape, exposure_spec, exposure_edges),
    "fact": Kind(NodeShape, tracked),
    "feature_group": Kind(NodeShape, tracked),
    "metric": Kind(NodeShape, tracked),
    "model": Kind(NodeShape, tracked),
    "profile": Kind(NodeShape, tracked),
    "rule": Kind(NodeShape, tracked),
    "second_order_aggregation": Kind(NodeShape, tracked),
    "semantic_model": Kind(NodeShape, tracked),
    "source": Kind(SourceShape, source_spec),
    "transform": Kind(TransformShape, transform_spec),
}
