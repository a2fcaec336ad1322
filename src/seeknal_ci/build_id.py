"""The name of a node's rows: the same id, the same table, on every branch and in production."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from graphlib import CycleError

from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.manifest.definition import canonical_definition, json_text
from seeknal_ci.model.graph import topological_order
from seeknal_ci.model.node import DataFile, Node
from seeknal_ci.model.spec import Json, SourceSpec, TrackedSpec
from seeknal_ci.model.values import Values

# Raised when the same definition would make other rows than before: everything is built anew.
FORMAT = 1


def build_ids(
    analysis: Analysis,
    engine: str,
    data_versions: Mapping[str, tuple[DataFile, ...]],
    last_builds: Mapping[str, str],
    values: Values | None = None,
    absent: Collection[str] = (),
) -> dict[str, str | None]:
    """Node id to build id, a sha256 in hex of the definition, the engine, and the inputs' ids.

    `data_versions` are those of sources whose files git does not track, `absent` the sources that
    cannot be loaded here. A node that is switched
    off keeps its last build, from `last_builds`. A query with dates, or with variables of the
    environment, has another id for other `values`. None where a node has no rows to offer, and for
    everything that needs them. A graph with a circle has no ids at all.
    """
    ids: dict[str, str | None] = {}
    manifest = analysis.manifest
    try:
        order = topological_order(manifest.upstream)
    except CycleError:
        return dict.fromkeys(manifest.nodes)
    for node_id in order:
        node = manifest.nodes[node_id]
        if not node.active:
            ids[node_id] = last_builds.get(node_id)
        elif isinstance(node.spec, TrackedSpec) or not _is_loaded(node) or node_id in absent:
            ids[node_id] = None
        else:
            inputs = {ref: ids[ref] for ref in sorted(manifest.upstream[node_id])}
            ids[node_id] = (
                None
                if None in inputs.values()
                else _hash(node, analysis, engine, inputs, _version(node, data_versions), values)
            )
    return ids


def _is_loaded(node: Node) -> bool:
    return not isinstance(node.spec, SourceSpec) or node.spec.loaded


def _version(node: Node, elsewhere: Mapping[str, tuple[DataFile, ...]]) -> list[str]:
    """Content alone, as `diff` has it: a file of a glob that is renamed is the same data."""
    return sorted(file.blob_id for file in node.data or elsewhere.get(node.id, ()))


def _hash(
    node: Node,
    analysis: Analysis,
    engine: str,
    inputs: Mapping[str, str | None],
    version: object,
    values: Values | None,
) -> str:
    definition = canonical_definition(node, analysis)
    content = [FORMAT, engine, analysis.dialect, definition, inputs, version]
    # Of what the rows are made of alone: a comment, or a step that nobody reads, has no values.
    stamps = (values or Values()).stamps(_texts(definition["is"]))
    if stamps:
        content.append(stamps)
    return hashlib.sha256(json_text(content).encode()).hexdigest()


def _texts(value: Json) -> Iterator[str]:
    """Every text in a definition."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
