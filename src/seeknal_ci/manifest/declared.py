"""Where what a project says of a node's columns is not what the node puts out."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.manifest.kinds.source import declared_columns
from seeknal_ci.model.features import FeatureGroupSpec
from seeknal_ci.model.node import Node
from seeknal_ci.model.problem import Problem, Severity
from seeknal_ci.model.spec import SourceSpec, TrackedSpec
from seeknal_ci.sql.analysed import Analysed
from seeknal_ci.sql.types import FLOATS, INTEGERS, UNSIGNED


def declared_in_vain(analysis: Analysis) -> Iterator[Problem]:
    """A warning for every name under `columns:` that a node does not put out, and for every
    feature whose declared type is another kind of value. A source's columns are what it declares.
    """
    for node in analysis.manifest.nodes.values():
        known = analysis.of(node.id)
        if known.columns is None or isinstance(node.spec, SourceSpec | TrackedSpec):
            continue
        yield from _absent(node, known)
        if isinstance(node.spec, FeatureGroupSpec):
            yield from _mistyped(node, node.spec, known)


def _absent(node: Node, known: Analysed) -> Iterator[Problem]:
    have = {name.lower(): name for name in known.types}
    said = node.definition.get("columns")
    for index, column in enumerate(declared_columns(said) or ()):
        if column.name.lower() in have:
            continue
        close = get_close_matches(column.name.lower(), list(have), n=1)
        yield Problem(
            node.place_of("columns", column.name if isinstance(said, dict) else index),
            "declared-column",
            f"{node.id} declares the column `{column.name}`, which it does not put out",
            fix=f"did you mean `{have[close[0]]}`?" if close else "remove it",
            node=node.id,
            severity=Severity.WARNING,
        )


def _mistyped(node: Node, spec: FeatureGroupSpec, known: Analysed) -> Iterator[Problem]:
    types = {name.lower(): kind for name, kind in known.types.items()}
    for feature in spec.features:
        found = types.get(feature.name.name.lower())
        if feature.type is None or found is None or _sort(feature.type) == _sort(found):
            continue
        yield Problem(
            feature.name.place,
            "feature-type",
            f"{node.id} declares `{feature.name.name}` as {feature.type.lower()}, "
            f"and it is {found.lower()}",
            fix="cast the column, or correct the type",
            node=node.id,
            severity=Severity.WARNING,
        )


def _sort(type_: str) -> str:
    """What feature stores tell apart: how many digits a number has is none of it."""
    if type_ in (*INTEGERS, *UNSIGNED):
        return "integer"
    return "float" if type_ in FLOATS or type_.startswith("DECIMAL") else type_.partition("(")[0]
