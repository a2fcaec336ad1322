"""What metrics read: the YAML names measures, and these belong to semantic models."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from seeknal_ci.model.node import Input, Node
from seeknal_ci.model.spec import Located
from seeknal_ci.model.tracked import MetricSpec, SemanticSpec

MODEL = "semantic_model"
METRIC = "metric"


def with_measures(nodes: Mapping[str, Node]) -> dict[str, Node]:
    """The nodes, in which every metric reads the semantic models and metrics that it names.

    A name that none has may be of any semantic model: the metric reads them all.
    """
    if not any(isinstance(node.spec, MetricSpec) for node in nodes.values()):
        return dict(nodes)
    holders: dict[str, list[str]] = defaultdict(list)
    for node in nodes.values():
        if isinstance(node.spec, SemanticSpec):
            for name in node.spec.names:
                holders[name.lower()].append(node.id)
    return {key: _with_inputs(node, nodes, holders) for key, node in nodes.items()}


def _with_inputs(node: Node, nodes: Mapping[str, Node], holders: Mapping[str, list[str]]) -> Node:
    if not isinstance(node.spec, MetricSpec):
        return node
    edges = list(node.inputs)
    for operand in node.spec.metric.operands:
        edges += (Input(ref, operand.place) for ref in _holders(operand, node, nodes, holders))
    if not edges:
        edges += (Input(ref, node.place) for ref in _models(nodes))
    if node.spec.metric.filter is not None:
        # A filter may look at columns that the semantic model has no name for.
        place = node.spec.metric.filter.place
        models = [nodes[edge.ref] for edge in edges if edge.ref in nodes and _is_model(edge.ref)]
        edges += (Input(edge.ref, place) for model in models for edge in model.inputs)
    first: dict[str, Input] = {}
    for edge in edges:
        first.setdefault(edge.ref, edge)
    return replace(node, inputs=tuple(first.values()))


def _holders(
    operand: Located, node: Node, nodes: Mapping[str, Node], holders: Mapping[str, list[str]]
) -> Iterator[str]:
    """The nodes that have a measure or metric of this name."""
    model, _, name = operand.name.lower().rpartition(".")
    found = holders.get(name, [])
    if model:
        wanted = f"{MODEL}.{model.removeprefix(f'{MODEL}.')}"
        found = [ref for ref in found if ref.lower() == wanted]
    if found:
        yield from found
        return
    other = f"{METRIC}.{operand.name}"
    if other in nodes and other != node.id:
        yield other
    else:
        yield from _models(nodes)


def _models(nodes: Mapping[str, Node]) -> list[str]:
    return [node_id for node_id in nodes if _is_model(node_id)]


def _is_model(node_id: str) -> bool:
    return node_id.startswith(f"{MODEL}.")
